-- SPDX-License-Identifier: MIT OR Apache-2.0
local safepoint, system, test = require "safepoint", require "system", require "test"

-- How a child ends that hangs, once these functions have run.
local function hangs(...)
    local child = system.fork()
    if child == 0 then
        safepoint.alarm(60)
        for _, f in ipairs {...} do f() end
        while true do end
    end
    local _, how, signum = safepoint.waitpid(child)
    return how .. " " .. safepoint.name(signum)
end
local function raise() safepoint.raise "USR1" end

assert(safepoint.install("USR1", function() end))
assert(safepoint.set_escalation("USR1", 2))
test.eq(hangs(raise, raise), "killed SIGUSR1")
test.eq(hangs(raise, safepoint.check, raise, function() safepoint.raise "KILL" end),
    "killed SIGKILL")
assert(safepoint.set_escalation("USR1", 0, 0.05))
test.eq(hangs(raise), "killed SIGUSR1")
test.fails("EINVAL", safepoint.set_escalation("URG", 2))
test.throws("whole number", safepoint.set_escalation, "USR1", -1)
test.throws("seconds", safepoint.set_escalation, "USR1", 1, -1)
