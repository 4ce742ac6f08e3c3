-- SPDX-License-Identifier: MIT OR Apache-2.0
local safepoint, system, test = require "safepoint", require "system", require "test"
local eq = test.eq

local events = {}
local function keep(event)
    events[#events + 1] = event
end
for _, signal in ipairs {"SIGUSR1", "usr2", safepoint.number "RTMIN+3"} do
    eq(safepoint.install(signal, keep), true)
end

local before = safepoint.now()
assert(safepoint.hold())
assert(safepoint.kill(system.getpid(), "USR2"))
assert(safepoint.raise "SIGUSR1")
assert(safepoint.raise "SIGUSR1")
assert(safepoint.queue(system.getpid(), "RTMIN+3", -77))
while safepoint.stats().arrivals < 4 do
    safepoint.check()
end
eq(#events, 0, "events before the check")
assert(safepoint.release())
eq(select("#", safepoint.check()), 0, "results of a check that raises nothing")

-- By rising number, and the two SIGUSR1 in one.
eq(#events, 3, "events")
local usr1, usr2, rt = events[1], events[2], events[3]
eq(usr1.name, "SIGUSR1")
eq(usr1.count, 2, "its count")
eq(usr2.name, "SIGUSR2")
eq(usr2.signum, safepoint.number "USR2")
eq(usr2.code, 0, "SI_USER")
eq(rt.name, "SIGRTMIN+3")
eq(rt.code, -1, "SI_QUEUE")
eq(rt.value, -77, "its value")
for _, event in ipairs(events) do
    eq(event.kind, "signal")
    eq(event.pid, system.getpid(), "its sender")
    eq(type(event.uid), "number")
    eq(event.lost, 0, "lost")
    assert(event.time >= before and event.time <= safepoint.now(), "its time")
end

local n = safepoint.stats()
eq(n.arrivals, 4)
eq(n.handled, 3)
eq(n.coalesced, 1)
eq(#n.latency, 40)

-- As if it had come.
assert(safepoint.trip "USR2")
safepoint.check()
eq(#events, 4, "events after a trip")
