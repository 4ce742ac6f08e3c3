-- install, query, ignore, default, restore, verify.
-- SPDX-License-Identifier: MIT OR Apache-2.0
local safepoint, system, test = require "safepoint", require "system", require "test"
local eq = test.eq

local function handler() end
eq(safepoint.query "USR1".kind, "default")
eq(safepoint.verify "USR1", false)
eq(safepoint.install("USR1", handler, {"restart", "queue"}), true)
local d = safepoint.query "USR1"
eq(d.kind, "handler")
eq(d.handler, handler)
eq(test.joined(d.flags), "restart queue")
eq(d.overwritten, false)
eq(safepoint.verify "USR1", true)
eq(safepoint.set_restart("USR1", false), true)

eq(safepoint.ignore "USR1", true)
d = safepoint.query "USR1"
eq(d.kind, "ignored")
eq(d.handler, nil)
eq(d.flags, nil)
eq(safepoint.default "USR1", true)
eq(safepoint.query "USR1".kind, "default")
eq(safepoint.install("USR1", handler), true)
eq(safepoint.restore "USR1", true)
eq(safepoint.query "USR1".kind, "default")
test.fails("EINVAL", safepoint.query(0))
test.fails("EINVAL", safepoint.ignore "STOP")
test.fails("EINVAL", safepoint.default "STOP")
test.fails("EINVAL", safepoint.restore(65))
test.fails("EINVAL", safepoint.verify(65))

-- Somebody in C, over ours: left alone.
assert(safepoint.install("USR1", handler))
system.stands_elsewhere("USR1", true)
eq(safepoint.verify "USR1", false)
eq(safepoint.query "USR1".overwritten, true)
eq(safepoint.restore "USR1", false)
eq(safepoint.query "USR1".kind, "foreign")

-- What a handler kept alive goes with it.
local weak = setmetatable({}, {__mode = "k"})
local function install_and_keep()
    local kept = {}
    weak[kept] = true
    assert(safepoint.install("USR2", function() return kept end))
end
for _, remove in ipairs {"restore", "ignore", "default", "fini"} do
    install_and_keep()
    collectgarbage()
    assert(next(weak), "it is there")
    assert(safepoint[remove] "USR2")
    collectgarbage()
    collectgarbage()
    eq(next(weak), nil, remove)
end

-- Once only.
local ran = 0
assert(safepoint.install("WINCH", function() ran = ran + 1 end, {"oneshot"}))
safepoint.raise "WINCH"
safepoint.check()
safepoint.raise "WINCH"
safepoint.check()
eq(ran, 1, "oneshot")
eq(safepoint.query "WINCH".kind, "default")

-- All of them at once.
assert(safepoint.install("HUP", handler))
assert(safepoint.call(error))
assert(safepoint.after(60, error))
safepoint.raise "HUP"
local context = safepoint.context()
eq(safepoint.fini(), true)
assert(context ~= safepoint.context(), "a fresh context")
eq(safepoint.query "HUP".kind, "default")
eq(safepoint.check(), nil)
assert(safepoint.call(function() return safepoint.fini() end))
eq(safepoint.check(), nil) -- refused: a handler is running
assert(safepoint.install("USR1", function() return "again" end))
safepoint.raise "USR1"
eq(safepoint.check(), "again")

-- As CPython begins, but for the handler that the program `lua` has.
eq(safepoint.interpreter_defaults(), true)
eq(safepoint.query "INT".handler, safepoint.interrupted)
eq(safepoint.query "PIPE".kind, "ignored")
eq(safepoint.query "XFSZ".kind, "ignored")
