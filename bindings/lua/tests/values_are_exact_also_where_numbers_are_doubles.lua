-- SPDX-License-Identifier: MIT OR Apache-2.0
local safepoint, system, test = require "safepoint", require "system", require "test"
local eq, me = test.eq, system.getpid()

local last
assert(safepoint.install("RTMIN+1", function(event) last = event.value end))
local function sent(value)
    last = nil
    assert(safepoint.queue(me, "RTMIN+1", value))
    while last == nil do safepoint.check() end
    return last
end
for _, value in ipairs {0, 1, -1, 2 ^ 31, -2 ^ 31, 2 ^ 53, -2 ^ 53} do
    eq(sent(value), value)
end
-- Beyond that, a number where there is one, and its digits elsewhere.
local integers = math.type ~= nil
for _, digits in ipairs {"9007199254740993", "-9007199254740993", "9223372036854775807",
                         "-9223372036854775808"} do
    local value = sent(digits)
    eq(type(value), integers and "number" or "string")
    eq(tostring(value), digits)
    eq(tostring(sent(value)), digits)
end
eq(sent "5", 5)
test.throws("number", safepoint.queue, me, "RTMIN+1", "five")
test.throws("number", safepoint.queue, me, "RTMIN+1", "5\0five")
test.throws("number", safepoint.queue, me, "RTMIN+1", 0.5)
test.throws("number", safepoint.queue, me, "RTMIN+1", 2 ^ 70)
test.throws("number", safepoint.queue, me, "RTMIN+1", "99999999999999999999")
test.throws("number", safepoint.queue, me, "RTMIN+1")
