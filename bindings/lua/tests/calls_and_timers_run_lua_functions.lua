-- SPDX-License-Identifier: MIT OR Apache-2.0
local safepoint, test = require "safepoint", require "test"
local eq = test.eq

-- In order, and more of them than the 1,024 that the library keeps for others;
-- those that a call makes wait for the next check.
local ran = {}
for i = 1, 3000 do
    eq(safepoint.call(function() ran[#ran + 1] = i end), true)
end
assert(safepoint.call(function() safepoint.call(function() ran[#ran + 1] = "then" end) end))
collectgarbage()
collectgarbage()
safepoint.check()
eq(#ran, 3000)
for i = 1, 3000 do
    eq(ran[i], i)
end
safepoint.check()
eq(ran[3001], "then")

-- What raises leaves the rest.
assert(safepoint.call(function() return "first" end))
assert(safepoint.call(function() return "second" end))
eq(safepoint.check(), "first")
eq(safepoint.check(), "second")
eq(safepoint.check(), nil)

-- Never early.
local began = safepoint.now()
assert(safepoint.after(0.02, function() return "due" end))
collectgarbage()
eq(select(4, safepoint.sleep()), "due")
assert(safepoint.now() - began >= 0.02, "early")

-- Again and again, until it cancels itself.
local ticks, timer = 0, nil
timer = assert(safepoint.after(0, function()
    ticks = ticks + 1
    collectgarbage()
    if ticks == 5 then
        eq(safepoint.cancel(timer), true)
    end
end, 0.001))
while ticks < 5 do
    safepoint.check()
end
safepoint.sleep(0.02)
eq(ticks, 5)

-- No such timer: cancelled, run, a call, never was.
test.fails("ENOENT", safepoint.cancel(timer))
timer = assert(safepoint.after(0, function() end))
safepoint.pause()
test.fails("ENOENT", safepoint.cancel(timer))
assert(safepoint.call(function() end))
for _, id in ipairs {timer + 1, 0, -1, -timer, timer + 100, 2 ^ 80, -2 ^ 80, 0 / 0, 0.5} do
    test.fails("ENOENT", safepoint.cancel(id))
end
safepoint.check()
timer = assert(safepoint.after(60, error))
local later = assert(safepoint.after(60, error))
test.fails("ENOENT", safepoint.cancel(timer + 0.5))
eq(safepoint.cancel(timer), true)
eq(safepoint.cancel(later), true)
timer = assert(safepoint.after(math.huge, error))
eq(safepoint.cancel(timer), true)

test.throws("function expected", safepoint.call)
test.throws("function expected", safepoint.after, 1)
test.throws("number expected", safepoint.after, nil, error)
test.throws("seconds, from 0", safepoint.after, -1, error)
test.throws("seconds, from 0", safepoint.after, 0 / 0, error)
test.throws("seconds, from 0", safepoint.after, 1, error, -1)
test.throws("number expected", safepoint.cancel)
