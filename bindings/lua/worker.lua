-- The worker in Lua: see ../worker/README.md. What Lua itself has not, fork and
-- threads, comes from tests/system.c.
--
-- SPDX-License-Identifier: MIT OR Apache-2.0
local safepoint = require "safepoint"
local system = require "system"

local EINTR = safepoint.errno.EINTR
local number_of = safepoint.number
io.stdout:setvbuf "line"

local function yes(condition)
    return condition and "yes" or "no"
end

-- What a wait gives: what a handler raised in it, or nil.
local function raised_by(done, why, errno, raised)
    if errno == EINTR then
        return raised
    end
    assert(done ~= nil, why)
end

local wait_in = {
    spin = safepoint.check,
    wait = function() return raised_by(safepoint.sleep()) end,
    read = function() return raised_by(safepoint.read(io.stdin, 1)) end,
}

-- Safe points until a handler raises: what it raised.
local function raised_in(how)
    local raised
    repeat raised = wait_in[how]() until raised
    return raised
end

local function raise(event)
    return event.signum
end

local function print_sender(event)
    print(event.name .. " from " .. event.pid .. " uid " .. event.uid)
end

local function arrival(how)
    assert(safepoint.install("HUP", print_sender))
    assert(safepoint.install("USR1", print_sender))
    assert(safepoint.install("USR2", print_sender))
    assert(safepoint.install("TERM", raise))
    print "ready"
    print("raised " .. raised_in(how))
end

local function storm()
    local counts = {SIGUSR1 = 0, ["SIGRTMIN+1"] = 0}
    local function add(event)
        counts[event.name] = counts[event.name] + event.count
    end
    assert(safepoint.install("USR1", add))
    assert(safepoint.install("RTMIN+1", add))
    assert(safepoint.install("USR2", function()
        print("so far SIGUSR1 " .. counts.SIGUSR1 .. " SIGRTMIN+1 " .. counts["SIGRTMIN+1"])
    end))
    assert(safepoint.install("TERM", raise))
    print "ready"
    print("raised " .. raised_in "wait")
    while safepoint.check() do end
    local n = safepoint.stats()
    print("SIGUSR1 " .. counts.SIGUSR1)
    print("SIGRTMIN+1 " .. counts["SIGRTMIN+1"])
    print(("%d arrivals = %d handled + %d coalesced + %d lost + %d dropped"):format(
        n.arrivals, n.handled, n.coalesced, n.lost, n.dropped))
end

-- Beyond 2^53 a value is a string, where numbers are doubles.
local function print_value(event)
    local value = event.value
    if type(value) == "number" then
        value = ("%d"):format(value)
    end
    print(event.name .. " value " .. value)
end

local function values()
    assert(safepoint.install("RTMIN+1", print_value))
    assert(safepoint.install("RTMIN+2", print_value))
    assert(safepoint.install("TERM", raise))
    print "ready"
    print("raised " .. raised_in "wait")
end

local function calls(threads, count)
    print "ready"
    system.queue(safepoint.context(), threads, count)
    while system.queue_ran() < threads * count do
        safepoint.check()
    end
    print(system.queue_ran() .. " calls")
    local in_order, on_owner = system.queue_end()
    print("in order " .. yes(in_order))
    print("on the owner " .. yes(on_owner))
    system.raise_from_thread(safepoint.context(), 7)
    print("raised " .. raised_in "spin")
end

local function deadline(ms)
    local seconds, began, ticks, timer = ms / 1000, safepoint.now(), 0, nil
    print "ready"
    assert(safepoint.after(seconds, function() return 9 end))
    print("raised " .. raised_in "spin")
    print("early " .. yes(safepoint.now() - began < seconds))
    timer = assert(safepoint.after(seconds, function()
        ticks = ticks + 1
        print("tick " .. ticks)
        if ticks == 3 then
            assert(safepoint.cancel(timer))
        end
    end, seconds))
    while ticks < 3 do
        safepoint.check()
    end
    assert(safepoint.sleep(5 * seconds))
    print "cancelled"
end

local function interrupt(how)
    assert(safepoint.interpreter_defaults())
    print "ready"
    print("interrupted " .. raised_in(how))
    assert(safepoint.default "INT")
    safepoint.raise "INT"
end

local function hang(deliveries, ms)
    assert(safepoint.install("INT", function() print "handled" end))
    assert(safepoint.set_escalation("INT", deliveries, ms / 1000))
    print "ready"
    while true do end
end

local function fork()
    local handled = 0
    assert(safepoint.install("USR1", function(event) handled = handled + event.count end))
    print "ready"
    safepoint.raise "USR1"
    local child = system.fork()
    if child == 0 then
        print("child owner " .. yes(safepoint.is_owner()))
        safepoint.check()
        print("child handled " .. handled)
        safepoint.raise "USR1"
        safepoint.check()
        print("child handled " .. handled)
        os.exit(3)
    end
    local _, how, status = assert(safepoint.waitpid(child))
    safepoint.check()
    print("parent handled " .. handled)
    print("child " .. (how == "exited" and "ended " or how) .. status)
end

local function child()
    local status
    assert(safepoint.install("CHLD", function(event) status = event.status end))
    print "ready"
    -- waitpid, and its SIGCHLD: how the child ended.
    local function wait_for(pid)
        local _, how, number = assert(safepoint.waitpid(pid))
        while not status do
            safepoint.check()
        end
        print("SIGCHLD status " .. status)
        status = nil
        return how, number
    end
    local _, number = wait_for(system.spawn("sh", "-c", "exit 3"))
    print("child ended " .. number)
    local sleeper = system.spawn("sleep", "100")
    assert(safepoint.kill(sleeper, "TERM"))
    local how
    how, number = wait_for(sleeper)
    print("child " .. (how == "killed" and "died by " or how) .. safepoint.name(number))
end

local function errors()
    local function print_error(what, ok, _, errno)
        for name, number in pairs(safepoint.errno) do
            if not ok and number == errno then
                print(what .. " " .. name)
                return
            end
        end
        print(what .. " 0")
    end
    print "ready"
    print_error("SIGKILL", safepoint.install("KILL", raise))
    print_error("0", safepoint.install(0, raise))
    print_error("another thread", system.on_another_thread(safepoint.install, "USR1", raise))
    print_error("no timer", safepoint.cancel(1))
end

local function cost(rounds)
    local times, check, now = 200000, safepoint.check, safepoint.now
    local function empty() end
    local function time_check()
        local began = now()
        for _ = 1, times do
            if check() then return end
        end
        return (now() - began) / times * 1e9
    end
    local function time_empty()
        local began = now()
        for _ = 1, times do
            if empty() then return end
        end
        return (now() - began) / times * 1e9
    end
    print "other: a call of an empty Lua function"
    for round = 1, rounds do
        local a, b
        if round % 2 == 0 then
            a, b = time_check(), time_empty()
        else
            b = time_empty()
            a = time_check()
        end
        print(("%.3f %.3f"):format(a, b))
    end
end

-- What an argument may be: what it is then, or nil.
local function how(...)
    local names = {}
    for _, name in ipairs {...} do
        names[name] = name
    end
    return function(text) return names[text] end
end

local function from(least)
    return function(text)
        local n = text:match "^%d+$" and tonumber(text)
        return n and n >= least and n or nil
    end
end

local scenarios = {
    arrival = {arrival, how("spin", "wait")},
    storm = {storm},
    values = {values},
    calls = {calls, from(1), from(1)},
    deadline = {deadline, from(1)},
    interrupt = {interrupt, how("spin", "wait", "read")},
    hang = {hang, from(0), from(0)},
    fork = {fork},
    child = {child},
    errors = {errors},
    cost = {cost, from(1)},
}

-- The scenario's function and its arguments, or nil.
local function parse(name, ...)
    local scenario, arguments = scenarios[name], {...}
    if not scenario or #arguments ~= #scenario - 1 then
        return
    end
    for i, text in ipairs(arguments) do
        arguments[i] = scenario[i + 1](text)
        if arguments[i] == nil then
            return
        end
    end
    return scenario[1], arguments[1], arguments[2]
end

local scenario, first, second = parse(...)
if not scenario then
    io.stderr:write "usage: worker SCENARIO [ARGUMENT...]\n"
    os.exit(2)
end
local ok, why = pcall(scenario, first, second)
if not ok then
    io.stderr:write("worker: ", tostring(why), "\n")
    os.exit(1)
end
