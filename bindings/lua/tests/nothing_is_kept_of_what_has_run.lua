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
keep(function(f)
    assert(safepoint.install("USR2", f, {"oneshot"}))
    safepoint.raise "USR2"
    safepoint.check()
end)
keep(function(f)
    assert(safepoint.install("HUP", f, {"oneshot"}))
    safepoint.raise "HUP"
    test.eq(safepoint.next().name, "SIGHUP")
end)
for _, check in ipairs {safepoint.check, system.check_in_c} do
    local kept = {}
    weak[kept] = true
    safepoint.call(function() return kept end)
    check(safepoint.context())
end
safepoint.call(function() end)
while safepoint.stats().calls_run < 5 do
    safepoint.pause()
end
collectgarbage()
collectgarbage()
test.eq(next(weak), nil, "what a function kept, or gave")

-- But one that is there again, and is not for one time, stays.
local ran = 0
local function count() ran = ran + 1 end
assert(safepoint.install("USR2", count, {"oneshot"}))
assert(safepoint.install("USR2", count))
for _ = 1, 2 do
    safepoint.raise "USR2"
    safepoint.check()
end
test.eq(ran, 2)
assert(safepoint.install("USR2", function()
    assert(safepoint.install("USR2", count, {"oneshot"}))
end, {"oneshot"}))
for _ = 1, 2 do
    safepoint.raise "USR2"
    safepoint.check()
end
test.eq(ran, 3)
test.eq(safepoint.query "USR2".kind, "default")
