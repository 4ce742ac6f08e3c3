-- SPDX-License-Identifier: MIT OR Apache-2.0
local safepoint, system, test = require "safepoint", require "system", require "test"
local eq = test.eq

local value
assert(safepoint.install("USR1", function() return value end))
local behind = 0
assert(safepoint.install("USR2", function() behind = behind + 1 end))

for _, nothing in ipairs {false, 0, 0.0} do
    value = nothing
    safepoint.raise "USR1"
    eq(select("#", safepoint.check()), 0, tostring(nothing))
end
for _, something in ipairs {true, 1, -5, 0.5, "0", {}, print} do
    value, behind = something, 0
    safepoint.raise "USR1"
    safepoint.raise "USR2"
    eq(safepoint.check(), something)
    eq(behind, 0, "what is behind it")
    eq(safepoint.check(), nil)
    eq(behind, 1, "what is behind it, then")

    safepoint.raise "USR1"
    local done, sentence, errno, raised = safepoint.sleep()
    test.fails("EINTR", done, sentence, errno)
    eq(raised, something, "by the sleep")

    safepoint.raise "USR1"
    eq(select(4, safepoint.blocking(error, "not called")), something, "by blocking()")
end

-- What C raises, and interrupt(), is a number. mask() has the old one behind it.
value = 3
system.raise_from_thread(safepoint.context(), 7)
eq(safepoint.check(), 7)
assert(safepoint.interrupt(-22))
eq(safepoint.check(), -22)
assert(safepoint.install("HUP", safepoint.interrupted))
safepoint.raise "HUP"
eq(select(4, safepoint.pause()), 130)
assert(safepoint.mask("block", {"USR1"}))
safepoint.raise "USR1"
local results = {safepoint.mask("set", {})}
test.fails("EINTR", results[1], results[2], results[3])
eq(results[4], 3, "by mask()")
eq(test.joined(results[5]), "SIGUSR1", "the mask before")
test.throws("whole number", safepoint.interrupt, -2147483649)
test.throws("whole number", safepoint.interrupt, 0.5)
test.fails("EINVAL", safepoint.interrupt(0))

-- Any number, also those that the module itself gives the library; and after a
-- Lua function that raised, one that did not, and another that is running.
local context = safepoint.context()
for _, least in ipairs {-2147483648, -2147483647} do
    local function both(raise)
        raise()
        eq(safepoint.check(), least, "by check()")
        raise()
        eq(select(4, safepoint.sleep()), least, "by sleep()")
        raise()
        eq(select(4, safepoint.blocking(error, "not called")), least, "by blocking()")
    end
    local function from_c() system.raise_from_thread(context, least) end
    local function interrupt() assert(safepoint.interrupt(least)) end
    both(from_c)
    both(interrupt)
    both(function()
        value = {}
        safepoint.raise "USR1"
        eq(safepoint.check(), value)
        from_c()
    end)
    both(function()
        safepoint.raise "USR2"
        from_c()
    end)
    assert(safepoint.call(function()
        both(from_c)
        return context
    end))
    eq(safepoint.check(), context, "what is around it")
end

-- C that checks by itself is told so, and the value is gone.
value = "words"
for _ = 1, 100 do
    safepoint.raise "USR1"
    eq(system.check_in_c(context), -2147483647)
end
assert(system.raise_and_check_in_a_call(context, "USR1"))
eq(select("#", safepoint.check()), 0)
system.raise_from_thread(context, -2147483647)
eq(safepoint.check(), -2147483647, "not what that had left")
value = nil
safepoint.raise "USR1"
eq(system.check_in_c(context), 0)
eq(safepoint.check(), nil)
