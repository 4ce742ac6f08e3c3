-- SPDX-License-Identifier: MIT OR Apache-2.0
local safepoint, system, test = require "safepoint", require "system", require "test"
local eq, joined, throws = test.eq, test.joined, test.throws

local ran = 0
assert(safepoint.install("USR1", function() ran = ran + 1 end))
eq(joined(safepoint.mask("block", {"USR1", safepoint.number "HUP"})), "")
eq(joined(safepoint.mask("block", {})), "SIGHUP SIGUSR1")
safepoint.raise "USR1"
safepoint.raise "HUP"
safepoint.check()
eq(ran, 0, "while it is blocked")
eq(joined(safepoint.pending()), "SIGHUP SIGUSR1")

-- One that is blocked, or that has a handler, without calling that.
local event = safepoint.wait({"HUP", "USR1"}, 10)
eq(event.name, "SIGHUP")
eq(event.pid, system.getpid())
eq(joined(safepoint.pending()), "SIGUSR1")
eq(joined(safepoint.mask("set", {})), "SIGHUP SIGUSR1")
eq(ran, 1, "unblocking is a safe point")
assert(safepoint.after(0.005, function() safepoint.raise "USR1" end))
eq(safepoint.wait({"USR1"}).name, "SIGUSR1")
eq(ran, 1)
test.fails("ETIMEDOUT", safepoint.wait({"USR1"}, 0))
test.fails("ETIMEDOUT", safepoint.wait({"USR1"}, 0.001))
test.fails("EINVAL", safepoint.wait({}, 0))

throws("invalid option", safepoint.mask, "all", {})
throws("table expected", safepoint.mask, "block", "USR1")
throws("no signal is called", safepoint.mask, "block", {"USR1", "NONE"})
throws("a list expected", safepoint.mask, "block", {INT = true})
throws("a list expected", safepoint.mask, "block", {"HUP", INT = true})
throws("a list expected", safepoint.wait, {USR1 = true}, 0)
eq(joined(safepoint.mask("block", {})), "", "what is refused blocks nothing")
throws("from 1 to 64", safepoint.mask, "block", {0})
throws("from 1 to 64", safepoint.wait, {65})
throws("name or number", safepoint.wait, {{}})
