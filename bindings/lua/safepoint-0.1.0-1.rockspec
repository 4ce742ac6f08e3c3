-- SPDX-License-Identifier: MIT OR Apache-2.0
rockspec_format = "3.0"
package = "safepoint"
version = "0.1.0-1"
source = {
    -- The repository that has this file: luarocks make needs no more.
    url = "git+file://.",
}
description = {
    summary = "Signals recorded when they arrive, handled later, at a safe point",
    detailed = [[
        A signal handler in Lua is an ordinary function: it is called by
        safepoint.check(), and by safepoint's waits, with who sent the signal,
        how often and with what. Needs the C library safepoint.
    ]],
    license = "MIT OR Apache-2.0",
    labels = { "signals", "posix", "linux" },
}
supported_platforms = { "linux" }
dependencies = { "lua >= 5.1, < 5.5" }
external_dependencies = {
    SAFEPOINT = { header = "safepoint.h", library = "safepoint" },
}
build = {
    type = "builtin",
    modules = {
        safepoint = {
            sources = { "safepoint.c" },
            libraries = { "safepoint" },
            incdirs = { "$(SAFEPOINT_INCDIR)" },
            libdirs = { "$(SAFEPOINT_LIBDIR)" },
        },
    },
}
