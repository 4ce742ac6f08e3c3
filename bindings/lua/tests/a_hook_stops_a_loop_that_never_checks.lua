-- SPDX-License-Identifier: MIT OR Apache-2.0
local safepoint, test = require "safepoint", require "test"
local eq = test.eq
if jit then jit.off() end -- what is compiled runs no hook

local function soon(f) assert(safepoint.after(0.01, f)) end
local problem = {}
local function loop() while true do end end

-- In this coroutine, and in those that it makes.
safepoint.hook(1000)
soon(function() error(problem) end)
eq(select(2, pcall(loop)), problem)
soon(function() return problem end)
eq(select(2, pcall(loop)), problem, "what a handler returned")
assert(safepoint.interrupt(7))
eq(select(2, pcall(loop)), 7)
soon(function() error(problem) end)
eq(select(2, coroutine.resume(coroutine.create(loop))), problem)

-- A handler is not interrupted by the next one.
local deep, deepest = 0, 0
assert(safepoint.install("USR1", function()
    deep = deep + 1
    deepest = math.max(deep, deepest)
    safepoint.raise "USR2"
    for _ = 1, 20000 do end
    deep = deep - 1
end))
local usr2 = 0
assert(safepoint.install("USR2", function()
    usr2 = usr2 + 1
    eq(deep, 0)
end))
safepoint.raise "USR1"
safepoint.check()
while usr2 == 0 do end
safepoint.raise "USR1"
while usr2 == 1 do end
eq(deepest, 1)

-- Taken away; somebody else's is left alone.
safepoint.hook(0)
eq(debug.gethook(), nil)
local function other() end
debug.sethook(other, "l")
safepoint.hook(0)
eq(debug.gethook(), other)
debug.sethook()
test.throws("whole number", safepoint.hook, -1)
test.throws("number expected", safepoint.hook)
