-- SPDX-License-Identifier: MIT OR Apache-2.0
local safepoint, system, test = require "safepoint", require "system", require "test"
local eq = test.eq

local value
assert(safepoint.install("USR1", function() return value end))
local behind = 0
assert(safepoint.install("USR2", function() behind = behind + 1 end))

for _, nothing in ipairs {false, 0, 0.0} do
    value = nothing
    safepoint.raise "USR1"
    eq(select("#", safepoint.check()), 0, tostring(nothing))
end
for _, something in ipairs {true, 1, -5, 0.5, "0", {}, print} do
    value, behind = something, 0
    safepoint.raise "USR1"
    safepoint.raise "USR2"
    eq(safepoint.check(), something)
    eq(behind, 0, "what is behind it")
    eq(safepoint.check(), nil)
    eq(behind, 1, "what is behind it, then")

    safepoint.raise "USR1"
    local done, sentence, errno, raised = safepoint.sleep()
    test.fails("EINTR", done, sentence, errno)
    eq(raised, something, "by the sleep")

    safepoint.raise "USR1"
    eq(select(4, safepoint.blocking(error, "not called")), something, "by blocking()")
end

-- What C raises, and interrupt(), is a number. mask() has the old one behind it.
value = 3
system.raise_from_thread(safepoint.context(), 7)
eq(safepoint.check(), 7)
assert(safepoint.interrupt(-22))
eq(safepoint.check(), -22)
assert(safepoint.install("HUP", safepoint.interrupted))
safepoint.raise "HUP"
eq(select(4, safepoint.pause()), 130)
assert(safepoint.mask("block", {"USR1"}))
safepoint.raise "USR1"
local results = {safepoint.mask("set", {})}
test.fails("EINTR", results[1], results[2], results[3])
eq(results[4], 3, "by mask()")
eq(test.joined(results[5]), "SIGUSR1", "the mask before")
test.throws("whole number", safepoint.interrupt, -2147483648)
test.throws("whole number", safepoint.interrupt, 0.5)
test.fails("EINVAL", safepoint.interrupt(0))

-- C that checks by itself is told so, and the value is gone.
value = "words"
for _ = 1, 100 do
    safepoint.raise "USR1"
    eq(system.check_in_c(safepoint.context()), -2147483647)
end
value = nil
safepoint.raise "USR1"
eq(system.check_in_c(safepoint.context()), 0)
eq(safepoint.check(), nil)
