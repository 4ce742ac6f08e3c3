-- SPDX-License-Identifier: MIT OR Apache-2.0
local safepoint, system, test = require "safepoint", require "system", require "test"
local eq, throws = test.eq, test.throws

local function nothing() end
test.fails("EINVAL", safepoint.install("KILL", nothing))
test.fails("EINVAL", safepoint.install(0, nothing))
test.fails("EINVAL", safepoint.install(-3, nothing))
test.fails("EINVAL", safepoint.install(2 ^ 31 - 1, nothing))
throws("no signal is called 'SIGNONE'", safepoint.install, "SIGNONE", nothing)
throws("whole one", safepoint.install, 1.5, nothing)
throws("whole one", safepoint.install, 2 ^ 40, nothing)
throws("whole one", safepoint.install, 0 / 0, nothing)
throws("name or number expected", safepoint.install, nil, nothing)
throws("name or number expected", safepoint.install, {}, nothing)
throws("function expected", safepoint.install, "INT")
throws("function expected", safepoint.install, "INT", "INT")
throws("table expected", safepoint.install, "INT", nothing, "restart")
throws("invalid option 'again'", safepoint.install, "INT", nothing, {"again"})
throws("a string expected", safepoint.install, "INT", nothing, {nothing})
throws("a string expected", safepoint.install, "INT", nothing, {"restart\0ed"})
throws("name or number expected", safepoint.install, "INT\0junk", nothing)

-- Flags are a list, and nothing else.
throws("a list expected", safepoint.install, "INT", nothing, {oneshot = true})
throws("a list expected", safepoint.install, "INT", nothing, {"restart", oneshot = true})
throws("a list expected", safepoint.install, "INT", nothing, {[2] = "restart"})
throws("a list expected", safepoint.install, "INT", nothing, {[1.5] = "restart"})
eq(safepoint.query "INT".handler, nil)

-- The handler before stays.
local ran = 0
local function count() ran = ran + 1 end
eq(safepoint.install("USR1", count), true)
local function other() error "not this one" end
system.stands_elsewhere("PIPE", false)
eq(safepoint.install("PIPE", other, {"keep_ignored"}), false)
eq(safepoint.query "PIPE".kind, "ignored")
system.stands_elsewhere("PIPE", true)
test.fails("EEXIST", safepoint.install("PIPE", other, {"if_default"}))
eq(safepoint.query "PIPE".kind, "foreign")
test.fails("EPERM", system.on_another_thread(safepoint.install, "USR1", other))
safepoint.raise "USR1"
safepoint.check()
eq(ran, 1, "the handler before")
