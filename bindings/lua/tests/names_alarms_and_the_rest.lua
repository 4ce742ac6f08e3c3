-- SPDX-License-Identifier: MIT OR Apache-2.0
local safepoint, system, test = require "safepoint", require "system", require "test"
local eq = test.eq

-- Before the first wait.
eq(safepoint.set_kick "IO", "SIGURG")
test.fails("EINVAL", safepoint.set_kick "CHLD")

local text, number = safepoint.version()
local major, minor, patch = text:match "^(%d+)%.(%d+)%.(%d+)$"
eq(number, major * 65536 + minor * 256 + patch)

eq(safepoint.name(2), "SIGINT")
eq(safepoint.name "int", "SIGINT")
eq(safepoint.name(0), nil)
eq(safepoint.name(1000), nil)
eq(safepoint.describe "SIGINT", "Interrupt")
eq(safepoint.describe(65), nil)
eq(safepoint.number "rtmin+3", safepoint.number "SIGRTMIN" + 3)
eq(safepoint.number "15", 15)
test.fails("EINVAL", safepoint.number "NONE")
test.fails("EINVAL", safepoint.number "INT\0junk")
test.throws("string expected", safepoint.number, {})
test.throws("name or number", safepoint.name, "INT\0junk")
eq(safepoint.valid()[1], "SIGHUP")
eq(#safepoint.valid(), 62)
for name, errno in pairs(safepoint.errno) do
    assert(name:match "^E%u+$" and #safepoint.strerror(errno) > 0, name)
end

local ran = 0
assert(safepoint.install("ALRM", function() ran = ran + 1 end))
safepoint.alarm(0)
eq(safepoint.alarm(100), 0)
assert(safepoint.alarm(0) >= 99)
local value, interval = safepoint.setitimer("real", 0.005, 0.002)
eq(value, 0)
eq(interval, 0)

value, interval = safepoint.getitimer "real"
assert(value <= 0.005)
eq(interval, 0.002)
while ran < 3 do safepoint.check() end
eq(select(2, safepoint.setitimer("real", 0)), 0.002)
eq(safepoint.getitimer "real", 0)
test.fails("EINVAL", safepoint.setitimer("real", math.huge))
test.throws("invalid option", safepoint.setitimer, "unreal", 1)
test.throws("number expected", safepoint.setitimer, "real")
test.throws("whole number", safepoint.alarm, -1)

eq(safepoint.kill(system.getpid(), 0), true)
test.fails("EINVAL", safepoint.kill(system.getpid(), 1000))
test.fails("EINVAL", safepoint.raise(1000))
local gone = system.spawn "true"
safepoint.waitpid(gone)
test.fails("ESRCH", safepoint.kill(gone, 0))
test.fails("ESRCH", safepoint.queue(gone, "USR1", 0))
-- A folder of /proc will do as a pidfd.
local sent, _, errno = safepoint.pidfd_send(assert(io.open "/proc/self"), "ALRM")
assert(sent or errno == safepoint.errno.ENOSYS)
assert(not safepoint.pidfd_send(1000, "USR1"))
test.fails("EINVAL", safepoint.trip(0))
test.throws("whole number", safepoint.kill, 0.5, "INT")
test.throws("whole number", safepoint.kill, 2 ^ 40, "INT")

test.fails("EBUSY", safepoint.set_kick "URG") -- after a wait
assert(safepoint.after(0.005, function() return "kicked" end))
eq(select(4, safepoint.sleep()), "kicked")
