// SPDX-License-Identifier: MIT OR Apache-2.0
/// safepoint for C++17: signals that are recorded when they arrive, and handled
/// later, by the thread that owns them, at a point where it is safe.
///
///     #include <safepoint.hpp>
///     #include <csignal>
///     #include <iostream>
///
///     int main()
///     {
///         bool more = true;
///         safepoint::handler stop(SIGINT, [&] { more = false; });
///         while (more)
///             safepoint::check();              // one load while nothing came
///         std::cout << "stopped\n";
///     }
///
///     c++ -std=c++17 program.cpp $(pkg-config --cflags --libs safepoint)
///
/// This is `safepoint.h` in C++'s terms, and that header is the manual: what a
/// check, a hold, an owner or a pending call is, stands there. What a function
/// here says is what differs; it names the C function that it is, whose thread,
/// use in a signal handler, and errors are also its own.
///
/// Rules
///
/// - What fails throws `std::system_error`, in `safepoint::category()`, whose
///   codes compare with `std::errc`; nothing has changed then. So what may fail
///   is for a signal handler only where it says so.
/// - A handler returns nothing, or an int: not 0 *raises*, and the check or the
///   wait that ran it throws `safepoint::interrupted`. It may throw: then that
///   very exception comes out of the check or the wait. Neither goes through a
///   frame of C. A handler must not end its thread.
/// - What acts on a context takes it as the last argument, and without one acts
///   on the main context.
/// - A time is any `std::chrono::duration`, rounded up to nanoseconds. A
///   negative one is 0, one of 292 years or more is `safepoint::forever`.
/// - Guards (`handler`, `timer`, `job`, `context`) can be moved, and destroying
///   one on whatever thread is safe: what it was given to run lives until it
///   has returned, and is not called again; but where another thread than the
///   owner's destroys it, the owner may be running it, or about to. `hold` and
///   `blocking` belong to a scope.
/// - Exceptions are needed; RTTI is not. No macro but those of `safepoint.h`.
#pragma once

#if !defined(__cpp_exceptions)
#error "safepoint.hpp throws: it needs exceptions. With -fno-exceptions use safepoint.h."
#endif

#include <safepoint.h>

#include <safepoint/types.hpp>
#include <safepoint/error.hpp>
#include <safepoint/table.hpp>
#include <safepoint/handler.hpp>
#include <safepoint/call.hpp>
#include <safepoint/context.hpp>
#include <safepoint/check.hpp>
#include <safepoint/wait.hpp>
#include <safepoint/signal.hpp>
#include <safepoint/latch.hpp>
