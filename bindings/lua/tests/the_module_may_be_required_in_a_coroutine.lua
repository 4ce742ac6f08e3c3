-- SPDX-License-Identifier: MIT OR Apache-2.0
local system = require "system"

-- By one that has ended, and is collected.
local safepoint = coroutine.wrap(function() return require "safepoint" end)()
collectgarbage()
collectgarbage()
local ran = 0
assert(safepoint.install("USR1", function() ran = ran + 1 end))
for _ = 1, 100 do
    safepoint.raise "USR1"
    assert(system.check_in_c(safepoint.context()) == 0)
    safepoint.raise "USR1"
    assert(safepoint.check() == nil)
end
assert(ran == 200)

-- C code that checks in a coroutine, where no function of safepoint's runs.
assert(safepoint.install("USR1", function() return coroutine.running() end))
coroutine.wrap(function()
    safepoint.raise "USR1"
    assert(system.check_in_c(safepoint.context()) == -2147483647)
end)()
