-- SPDX-License-Identifier: MIT OR Apache-2.0
local safepoint, system, test = require "safepoint", require "system", require "test"
local eq = test.eq

local problem
assert(safepoint.install("USR1", function() error(problem, 0) end))
local usr2 = 0
assert(safepoint.install("USR2", function() usr2 = usr2 + 1 end))

local reader = system.pipe()
local latch = safepoint.latch()
local sleeper = system.spawn("sleep", "100")
local waits = {
    check = safepoint.check,
    sleep = safepoint.sleep,
    pause = safepoint.pause,
    read = function() return safepoint.read(reader, 1) end,
    poll = function() return safepoint.poll {[reader] = "r"} end,
    waitpid = function() return safepoint.waitpid(sleeper) end,
    wait = function() return safepoint.wait({"HUP"}, 60) end,
    latch = function() return latch:wait() end,
    blocking = function() return safepoint.blocking(error, "not called") end,
    coroutine = function()
        local co = coroutine.create(function() return safepoint.check() end)
        error(select(2, coroutine.resume(co)), 0)
    end,
}
-- That very value, be it what it may; and what had not run is still there.
for name, wait in pairs(waits) do
    for _, value in ipairs {{}, "words", false, 5} do
        problem = value
        usr2 = 0
        safepoint.raise "USR1"
        safepoint.raise "USR2"
        local ok, got = pcall(wait)
        eq(ok, false, name)
        eq(got, value, name)
        eq(usr2, 0, "handled before, " .. name)
        safepoint.check()
        eq(usr2, 1, "handled after, " .. name)
    end
end
problem = nil
safepoint.raise "USR1"
local ok, got = pcall(safepoint.check)
eq(ok, false, "error(nil)")
eq(got, nil, "error(nil)")

-- Also from within mask(), which lets it in.
problem = {}
assert(safepoint.mask("block", {"USR1"}))
safepoint.raise "USR1"
ok, got = pcall(safepoint.mask, "unblock", {"USR1"})
eq(ok, false, "mask")
eq(got, problem, "mask")
eq(test.joined(safepoint.mask("block", {})), "", "the mask, which is changed")

-- A handler's own check throws into that handler.
local caught
assert(safepoint.install("HUP", function()
    safepoint.raise "USR1"
    caught = select(2, pcall(safepoint.check))
end))
safepoint.raise "HUP"
eq(safepoint.check(), nil)
eq(caught, problem, "in the handler")

-- A pending call's, a timer's.
assert(safepoint.call(function() error(problem) end))
eq(select(2, pcall(safepoint.check)), problem)
assert(safepoint.after(0, function() error(problem) end))
eq(select(2, pcall(safepoint.sleep)), problem)

-- Lua's own: a handler that never ends its recursion, and one that yields.
local function forever() return 1 + forever() end
assert(safepoint.install("HUP", forever))
safepoint.raise "HUP"
test.throws("stack overflow", safepoint.check)
assert(safepoint.install("HUP", function() coroutine.yield() end))
safepoint.raise "HUP"
test.throws("yield", coroutine.wrap(function() safepoint.check() end))

safepoint.kill(sleeper, "KILL")
safepoint.waitpid(sleeper)
