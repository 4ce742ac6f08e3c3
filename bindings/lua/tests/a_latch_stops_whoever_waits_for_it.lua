-- SPDX-License-Identifier: MIT OR Apache-2.0
local safepoint, test = require "safepoint", require "test"
local eq = test.eq

local latch = safepoint.latch()
eq(latch:is_set(), false)
eq(latch:wait(0), false)
eq(latch:wait(0.001), false)
assert(safepoint.after(0.005, function() eq(latch:set(), true) end))
eq(latch:wait(), true)
eq(latch:is_set(), true)
eq(latch:set(), false, "set already")
eq(latch:wait(), true)

local other = safepoint.latch()
assert(safepoint.install("USR1", function() return "stop" end))
safepoint.raise "USR1"
local done, sentence, errno, raised = other:wait(60)
test.fails("EINTR", done, sentence, errno)
eq(raised, "stop")
test.throws("safepoint.latch expected", latch.wait, io.stdout)
test.throws("safepoint.latch expected", latch.set)
test.throws("seconds", other.wait, other, -1)
