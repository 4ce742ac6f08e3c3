-- SPDX-License-Identifier: MIT OR Apache-2.0
local safepoint, system, test = require "safepoint", require "system", require "test"
local eq = test.eq

local ran = 0
assert(safepoint.install("USR1", function() ran = ran + 1 end))
eq(safepoint.hold(), true)
eq(safepoint.hold(), true)
safepoint.raise "USR1"
safepoint.check()
eq(safepoint.sleep(0.001), true)
eq(safepoint.next(), nil)
eq(safepoint.release(), true)
safepoint.check()
eq(ran, 0, "while held")
eq(safepoint.release(), true)
safepoint.check()
eq(ran, 1)
test.fails("EINVAL", safepoint.release())

-- Each as an event, for a program that dispatches by itself.
eq(select("#", safepoint.next()), 0)
safepoint.raise "USR1"
local event = safepoint.next()
eq(event.kind, "signal")
eq(event.name, "SIGUSR1")
eq(event.call, nil)
eq(ran, 1, "its handler is not called")
local function f() return "f" end
assert(safepoint.call(f))
event = safepoint.next()
eq(event.kind, "call")
eq(event.call, f)
system.queue(safepoint.context(), 1, 1)
repeat event = safepoint.next() until event
eq(event.kind, "call")
eq(system.queue_ran(), 0)
eq(event.call(), 0, "what the C function returns")
eq(system.queue_ran(), 1)
system.queue_end()
local timer = assert(safepoint.after(0, f, 0.001))
for _ = 1, 3 do
    repeat event = safepoint.next() until event
    eq(event.kind, "timer")
    eq(event.call, f)
    assert(event.count >= 1)
end
eq(safepoint.cancel(timer), true)
while safepoint.next() do end
assert(safepoint.interrupt(12))
event = safepoint.next()
eq(event.kind, "interrupt")
eq(event.status, 12)
eq(safepoint.next(), nil)
