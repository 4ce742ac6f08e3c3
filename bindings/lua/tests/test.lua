-- What the tests share. A test that hangs ends in a minute, and says where.
-- SPDX-License-Identifier: MIT OR Apache-2.0
local safepoint = require "safepoint"

local test = {}

function test.eq(got, expected, what)
    if got ~= expected then
        error(("%s: %s expected, got %s"):format(what or "it", tostring(expected),
            tostring(got)), 2)
    end
end

-- fails(errno's name, what a function of safepoint gave...)
function test.fails(name, result, sentence, number)
    test.eq(result, nil, "the result")
    test.eq(number, assert(safepoint.errno[name]), "errno")
    test.eq(sentence, safepoint.strerror(number), "the sentence")
end

-- throws(part of the message, f, argument...)
function test.throws(part, f, ...)
    local ok, message = pcall(f, ...)
    test.eq(ok, false, "an error")
    if not tostring(message):find(part, 1, true) then
        error(("%q expected in %q"):format(part, tostring(message)), 2)
    end
end

-- A list as one string.
function test.joined(list)
    return table.concat(list, " ")
end

-- Ends the process from the next safe point, or where there is none.
assert(safepoint.after(60, function()
    io.stderr:write(debug.traceback "it hangs", "\n")
    os.exit(1)
end))
safepoint.alarm(90)

return test
