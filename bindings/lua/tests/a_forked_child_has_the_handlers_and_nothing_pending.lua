-- SPDX-License-Identifier: MIT OR Apache-2.0
local safepoint, system, test = require "safepoint", require "system", require "test"
local eq = test.eq

local ran, calls, timer = 0, 0, nil
local weak = setmetatable({}, {__mode = "k"})
local function keeps()
    local kept = {}
    weak[kept] = true
    return function() calls = calls + (kept and 1) end
end
local function is_kept()
    collectgarbage()
    collectgarbage()
    return next(weak) ~= nil
end
assert(safepoint.install("USR1", function() ran = ran + 1 end))
timer = assert(safepoint.after(0, keeps()))
assert(safepoint.call(keeps()))
safepoint.raise "USR1"

local child = system.fork()
if child == 0 then
    local ok, why = pcall(function()
        safepoint.alarm(60)
        eq(safepoint.is_owner(), true)
        safepoint.check()
        safepoint.sleep(0.01)
        eq(ran, 0)
        eq(calls, 0)
        eq(safepoint.stats().arrivals, 0)
        eq(is_kept(), false, "the functions of calls")
        test.fails("ENOENT", safepoint.cancel(timer))
        assert(safepoint.call(function() calls = calls + 10 end))
        assert(safepoint.after(0, function() return "due" end))
        safepoint.raise "USR1"
        eq(select(4, safepoint.sleep()), "due")
        safepoint.check() -- the call, where the timer was due before it
        eq(ran, 1)
        eq(calls, 10)
    end)
    if not ok then io.stderr:write(why, "\n") end
    os.exit(ok and 3 or 1, true)
end
eq(is_kept(), true, "the functions of calls, here")
local _, how, status = safepoint.waitpid(child)
eq(how, "exited")
eq(status, 3)
while calls < 2 do safepoint.check() end
eq(is_kept(), false, "the functions of calls, that have run")
eq(ran, 1)

-- A handler may fork: each of the two goes on from there.
assert(safepoint.install("USR2", function() return {fork = system.fork()} end))
safepoint.raise "USR2"
local raised = safepoint.check()
if raised.fork == 0 then
    local called
    assert(safepoint.call(function() called = true end))
    safepoint.check()
    os.exit(safepoint.is_owner() and called and 5 or 1, true)
end
eq(select(3, safepoint.waitpid(raised.fork)), 5)
