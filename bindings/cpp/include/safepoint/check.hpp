// SPDX-License-Identifier: MIT OR Apache-2.0
/// Safe points.
#pragma once

#include <safepoint/context.hpp>

#include <optional>

namespace safepoint {

namespace detail {

// What a check of a context returned: its errors are no raise. The main one has
// none.
[[gnu::cold]] inline void checked_slowly(int raised, context_ref in)
{
    if (in.get() != sig_main() && (raised == -EINVAL || raised == -ESTALE))
        fail(raised, "check", in);
    if (raised != 0)
        raise(raised);
}

} // namespace detail

/// A safe point: handle what is pending. sig_check(), inlined: one load and one
/// predicted branch while nothing is. Throws what a handler threw, or
/// interrupted with what it returned; whatever had not run then stays pending.
///
/// Thread: owner (any). In a signal handler: no
inline void check()
{
    const int raised = sig_check();
    if (__builtin_expect(raised != 0, 0))
        detail::raise(raised);
}

/// The same for this context: as cheap, but for the load of where its breaker is.
inline void check(const context& in)
{
    if (__builtin_expect(*in.breaker() != 0, 0))
        detail::checked_slowly(sig_context_check(in.get()), in);
}

/// The same, where a context is known by reference only: a call, each time.
inline void check(context_ref in)
{
    detail::checked_slowly(sig_context_check(in.get()), in);
}

/// sig_check_frame(): handlers find the interpreter's frame as `event.frame`.
inline void check_frame(void* frame, context_ref in = {})
{
    detail::checked_slowly(sig_context_check_frame(in.get(), frame), in);
}

/// sig_next(): take the next pending event, for a caller that dispatches it.
///
/// Thread: owner. In a signal handler: no. Errors: EPERM
[[nodiscard]] inline std::optional<event> next(context_ref in = {})
{
    sig_event taken = {};
    if (detail::done("next", sig_context_next(in.get(), &taken, sizeof taken), in) == 0)
        return std::nullopt;
    return event(taken);
}

inline void event::run() const
{
    if (!fn)
        detail::fail(-EINVAL, "event::run of what is no call");
    if (const int raised = fn(arg))
        detail::raise(raised);
}

/// sig_breaker(): not 0 while anything is pending and not held.
[[nodiscard]] inline const volatile std::uint32_t* breaker(context_ref in = {}) noexcept
{
    return sig_context_breaker(in.get());
}

/// sig_hold(), for a scope: no handler runs in it, and no wait ends for what
/// arrives. Nests.
///
/// Thread: owner. In a signal handler: no. Errors: EPERM, EAGAIN
class [[nodiscard]] hold {
public:
    explicit hold(context_ref in = {}) : context_(in)
    {
        detail::done("hold", sig_context_hold(in.get()), in);
    }

    hold(const hold&) = delete;
    hold& operator=(const hold&) = delete;

    ~hold() { sig_context_release(context_.get()); }

private:
    context_ref context_;
};

/// sig_trip(): as if the signal had arrived, for every context.
///
/// Thread: any. In a signal handler: yes, for a signal that exists
inline void trip(int signum)
{
    detail::done("trip", sig_trip(signum));
}

/// sig_context_trip(): for this context alone.
inline void trip(int signum, context_ref in)
{
    detail::done("trip", sig_context_trip(in.get(), signum), in);
}

/// sig_interrupt(): the next check throws interrupted with `number`, which is not
/// 0, before it runs anything.
///
/// Thread: any. In a signal handler: yes, for a context that exists
inline void interrupt(int number, context_ref in = {})
{
    detail::done("interrupt", sig_context_interrupt(in.get(), number), in);
}

} // namespace safepoint
