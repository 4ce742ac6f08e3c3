-- SPDX-License-Identifier: MIT OR Apache-2.0
local safepoint, test = require "safepoint", require "test"
local eq = test.eq

local seen, trace
assert(safepoint.install("USR1", function()
    seen, trace = coroutine.running(), debug.traceback()
end))

-- Installed by a coroutine that has ended since.
coroutine.wrap(function()
    assert(safepoint.install("USR2", function() seen = coroutine.running() end))
end)()
collectgarbage()

local function that_checks()
    safepoint.raise "USR1"
    safepoint.check()
    return coroutine.running()
end
local line = debug.getinfo(that_checks).linedefined + 2
for _ = 1, 3 do
    eq(coroutine.wrap(that_checks)(), seen, "the coroutine")
    assert(trace:find("checks.lua:" .. line .. ":", 1, true), trace)
end
local co = coroutine.create(function()
    for _ = 1, 3 do
        safepoint.sleep(0)
        coroutine.yield()
    end
end)
for _ = 1, 3 do
    safepoint.raise "USR2"
    assert(coroutine.resume(co))
    eq(seen, co, "the coroutine that sleeps")
end
