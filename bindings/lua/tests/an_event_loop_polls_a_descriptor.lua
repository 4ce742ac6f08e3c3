-- SPDX-License-Identifier: MIT OR Apache-2.0
local safepoint, system, test = require "safepoint", require "system", require "test"
local eq = test.eq

local ran = 0
assert(safepoint.install("USR1", function() ran = ran + 1 end))
local fd = assert(safepoint.event_fd())
eq(safepoint.event_fd(), fd)
eq(system.is_readable(fd), false)
safepoint.raise "USR1"
eq(system.is_readable(fd), true)
safepoint.check()
eq(system.is_readable(fd), false)

local r, w = system.pipe(true)
eq(safepoint.set_wakeup_fd(w), -1)
safepoint.raise "USR1"
eq(system.is_readable(r), true)
eq(safepoint.read(r, 10):byte(), safepoint.number "USR1")
safepoint.check()
assert(safepoint.call(function() end))
eq(system.is_readable(r), false, "for a call")
safepoint.check()
eq(safepoint.set_wakeup_fd(w, true), w)
assert(safepoint.call(function() end))
eq(safepoint.read(r, 10), "\0")
safepoint.check()

-- Full: what could not be written is counted, and nothing is lost.
eq(safepoint.wakeup_failures(), 0)
while safepoint.write(w, ("x"):rep(4096)) do end
safepoint.raise "USR1"
eq(select(1, safepoint.wakeup_failures()), 1)
safepoint.raise "USR1"
eq(select(2, safepoint.wakeup_failures()), safepoint.errno.EAGAIN)
eq(safepoint.stats().wakeups_failed, 2)
ran = 0
safepoint.check()
eq(ran, 1)
eq(safepoint.set_wakeup_fd(nil), w)
eq(safepoint.set_wakeup_fd(), -1)
local blocking, other = system.pipe()
test.fails("EINVAL", safepoint.set_wakeup_fd(other))
system.close(blocking)
system.close(other)
test.fails("EBADF", safepoint.set_wakeup_fd(other))
