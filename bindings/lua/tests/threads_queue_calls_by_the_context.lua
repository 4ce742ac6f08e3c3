-- SPDX-License-Identifier: MIT OR Apache-2.0
local safepoint, system, test = require "safepoint", require "system", require "test"
local eq = test.eq

local ours, signals = 0, 0
assert(safepoint.install("USR1", function(event) signals = signals + event.count end))
for round = 1, 5 do
    system.queue(safepoint.context(), 4, 2000)
    local raised = 0
    while system.queue_ran() < 4 * 2000 do
        assert(safepoint.call(function() ours = ours + 1 end))
        safepoint.raise "USR1"
        raised = raised + 1
        if raised % 2 == 0 then
            safepoint.pause()
        else
            safepoint.check()
        end
    end
    local in_order, on_owner = system.queue_end()
    eq(in_order, true, "in order")
    eq(on_owner, true, "on the owner")
    eq(ours, raised, "our own calls")
    eq(signals, raised, "signals")
    ours, signals = 0, 0
end
system.raise_from_thread(safepoint.context(), 7)
eq(select(4, safepoint.sleep()), 7)
