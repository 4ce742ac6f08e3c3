-- SPDX-License-Identifier: MIT OR Apache-2.0
local safepoint, system, test = require "safepoint", require "system", require "test"

assert(safepoint.install("USR1", function() error {} end))
assert(safepoint.install("RTMIN+1", function() return {} end))
local function round()
    safepoint.raise "USR1"
    pcall(safepoint.check)
    safepoint.raise "USR1"
    pcall(safepoint.sleep)
    safepoint.raise "RTMIN+1"
    safepoint.sleep()
    safepoint.call(function() return {} end)
    safepoint.check()
    safepoint.after(0, function() return {} end)
    safepoint.pause()
    safepoint.cancel(safepoint.after(60, function() end))
    safepoint.install("USR2", function() end)
    safepoint.install(0, function() end)
    safepoint.restore "USR2"
    pcall(safepoint.blocking, error)
    safepoint.latch()
    for _ = 1, 5 do
        safepoint.raise "USR1"
        system.check_in_c(safepoint.context())
    end
end
local function kilobytes()
    collectgarbage()
    collectgarbage()
    return collectgarbage "count"
end
for _ = 1, 200 do round() end
local before = kilobytes()
for _ = 1, 2000 do round() end
local more = kilobytes() - before
assert(more < 20, "kilobytes kept: " .. more)
before = kilobytes()
for _ = 1, 2000 do
    assert(safepoint.call(function() end))
    assert(safepoint.after(60, function() end))
    assert(safepoint.fini())
end
more = kilobytes() - before
assert(more < 20, "kilobytes kept by fini: " .. more)

-- A value kept alive by each: gone.
local weak = setmetatable({}, {__mode = "k"})
local function keep(f)
    local kept = {}
    weak[kept] = true
    f(function() return kept and nil end)
end
keep(function(f) safepoint.call(f) end)
keep(function(f) safepoint.after(0, f) end)
keep(function(f) safepoint.cancel(safepoint.after(60, f, 60)) end)
safepoint.call(function() end)
while safepoint.stats().calls_run < 3 do
    safepoint.pause()
end
collectgarbage()
collectgarbage()
test.eq(next(weak), nil, "what a call kept")
