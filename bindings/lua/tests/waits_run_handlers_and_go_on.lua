-- SPDX-License-Identifier: MIT OR Apache-2.0
local safepoint, system, test = require "safepoint", require "system", require "test"
local eq, throws = test.eq, test.throws

local ran = 0
assert(safepoint.install("USR1", function() ran = ran + 1 end))
local function soon(f)
    assert(safepoint.after(0.005, f or function() safepoint.raise "USR1" end))
end

soon()
while ran == 0 do
    local began = safepoint.now()
    eq(safepoint.sleep(0.02), true)
    assert(safepoint.now() - began >= 0.02, "the whole time")
end
eq(safepoint.sleep(0), true)
soon()
eq(safepoint.pause(), true)

-- read, write, poll: with numbers and with Lua's files.
local r, w = system.pipe()
soon(function() assert(safepoint.write(w, "a\0b")) end)
eq(safepoint.read(r, 10), "a\0b")
eq(safepoint.write(w, ""), 0)
eq(safepoint.write(w, "xyz"), 3)
eq(safepoint.read(r, 1), "x")
eq(safepoint.read(r, 0), "")
eq(safepoint.poll({[r] = "r", [w] = "w"}, 0)[r], "r")
local ready = safepoint.poll {[r] = "rw", [w] = "rw"}
eq(ready[r], "r")
eq(ready[w], "w")
eq(safepoint.read(r, 10), "yz")
eq(safepoint.poll({[r] = "r"}, 0), false)
eq(safepoint.poll({[r] = "r"}, 0.001), false)
eq(safepoint.poll({}, 0), false)
soon(function() assert(safepoint.write(w, "!")) end)
eq(safepoint.poll({[r] = "r"})[r], "r")
system.close(w)
eq(safepoint.read(r, 10), "!")
eq(safepoint.poll({[r] = "r"})[r], "e")
eq(safepoint.read(r, 10), "", "the end of the file")
system.close(r)
test.fails("EBADF", safepoint.read(r, 1))
test.fails("EBADF", safepoint.write(r, "x"))
eq(safepoint.poll({[r] = "r"})[r], "e")

local file = assert(io.tmpfile())
eq(safepoint.write(file, "text"), 4)
file:seek "set"
eq(safepoint.poll({[file] = "r"})[file], "r")
eq(safepoint.read(file, 10), "text")
file:close()
throws("descriptor or open file", safepoint.read, file, 1)
throws("descriptor or open file", safepoint.read, {}, 1)
throws("descriptor or open file", safepoint.read, safepoint.latch(), 1)
throws("descriptor or open file", safepoint.poll, {x = "r"})
throws("whole number", safepoint.read, 0.5, 1)
throws("whole number", safepoint.read, 0, -1)
throws("whole number", safepoint.read, 0, 2 ^ 31)
throws("invalid option 'x'", safepoint.poll, {[0] = "x"})
throws("table expected", safepoint.poll, 0)
throws("string expected", safepoint.write, 0)

-- Children.
local child = system.spawn("sh", "-c", "exit 3")
local pid, how, status = safepoint.waitpid(child)
eq(pid, child)
eq(how, "exited")
eq(status, 3)
child = system.spawn("sleep", "100")
eq(safepoint.waitpid(child, "nohang"), false)
assert(safepoint.kill(child, "STOP"))
eq(select(2, safepoint.waitpid(child, "untraced", "continued")), "stopped")
assert(safepoint.kill(child, "CONT"))
eq(select(2, safepoint.waitpid(child, "continued")), "continued")
soon(function() assert(safepoint.kill(child, "TERM")) end)
pid, how, status = safepoint.waitpid()
eq(pid, child)
eq(how, "killed")
eq(status, safepoint.number "TERM")
test.fails("ECHILD", safepoint.waitpid())
throws("invalid option", safepoint.waitpid, -1, "now")

-- Code of others, between begin and end: what is pending already runs first.
ran = 0
eq(select("#", safepoint.blocking(function(...) return ... end, 1, nil, 3, nil)), 4)
safepoint.raise "USR1"
eq(safepoint.blocking(function() return ran end), 1)
-- An arrival interrupts it, again and again.
r, w = system.pipe()
soon(function() return "stop" end)
eq(safepoint.blocking(system.read_in_c, r), nil, "read(2), by EINTR")
eq(safepoint.check(), "stop")
local problem = {}
local ok, got = pcall(safepoint.blocking, error, problem)
eq(ok, false)
eq(got, problem)
eq(system.end_blocking_in_c(safepoint.context()), -safepoint.errno.EINVAL, "ended")
throws("function expected", safepoint.blocking)
