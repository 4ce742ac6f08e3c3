-- SPDX-License-Identifier: MIT OR Apache-2.0
local safepoint, system, test = require "safepoint", require "system", require "test"
local eq = test.eq

local ran = 0
assert(safepoint.install("USR1", function() ran = ran + 1 end))
eq(safepoint.is_owner(), true)
system.on_another_thread(function()
    eq(safepoint.is_owner(), false)
    test.fails("EPERM", safepoint.install("USR2", error))
    test.fails("EPERM", safepoint.hold())
    test.fails("EPERM", safepoint.pause())
    test.fails("EPERM", safepoint.next())
    test.fails("EPERM", safepoint.blocking(error))
    test.fails("EPERM", safepoint.fini())
    safepoint.trip "USR1"
    eq(safepoint.check(), nil)
    eq(safepoint.sleep(0.001), true)
    eq(ran, 0, "not on this thread")
end)
eq(safepoint.check(), nil)
eq(ran, 1)

system.on_another_thread(function()
    eq(safepoint.adopt(), true)
    safepoint.trip "USR1"
    eq(safepoint.check(), nil)
    eq(ran, 2, "on this thread, which has adopted it")
end)
eq(safepoint.is_owner(), false)
eq(safepoint.adopt(), true)

-- Loaded anew it is the same context, with the handlers it had.
local context = safepoint.context()
package.loaded.safepoint = nil
local anew = require "safepoint"
assert(anew ~= safepoint, "loaded anew")
eq(anew.context(), context)
anew.raise "USR1"
anew.check()
eq(ran, 3)
