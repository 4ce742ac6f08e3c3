// SPDX-License-Identifier: MIT OR Apache-2.0
/// The life of contexts, the main one and others.
#pragma once

#include <safepoint/call.hpp>
#include <safepoint/handler.hpp>

namespace safepoint {

/// For init(): what CPython does when it starts.
inline constexpr std::uint32_t interpreter_defaults = SAFEPOINT_INTERPRETER_DEFAULTS;

namespace detail {

// The breaker of no context: a check looks closer, and finds that there is none.
inline const volatile std::uint32_t tripped = 1;

// Handlers, calls and timers that C++ gave this context.
inline void drop(sig_context* context)
{
    const auto of_it = [&](const work& work) { return work.context == context; };
    table<handling>::the().drop(of_it);
    table<calling>::the().drop(of_it);
}

// sig_context_free(); with it goes what C++ gave this context to run.
inline int free(sig_context* context)
{
    const unsigned long end = ++ends;
    const int result = sig_context_free(context);
    if (result < 0)
        return result;
    drop(context);
    drop_jobs(context, end);
    return result;
}

// It cannot be freed: C has its jobs still, and may run them.
inline void lose(sig_context* context)
{
    drop(context);
    lose_jobs(context);
}

} // namespace detail

/// sig_init(): make the caller the owner of the main context.
inline void init(std::uint32_t flags = 0)
{
    detail::done("init", sig_init(flags));
}

/// sig_fini(): put all back, drop what is pending, have no owner. Guards of the
/// main context are then of nothing.
inline void fini()
{
    const unsigned long end = ++detail::ends;
    detail::done("fini", sig_fini());
    const auto dropped = [&](const detail::work& work) {
        return work.context == sig_main() && work.is_dropped_by(end);
    };
    detail::table<detail::handling>::the().drop(dropped);
    detail::table<detail::calling>::the().drop(dropped);
    detail::drop_jobs(sig_main(), end);
}

/// sig_is_owner(): whether the calling thread is.
[[nodiscard]] inline bool is_owner(context_ref in = {})
{
    return detail::done("is_owner", sig_context_is_owner(in.get()), in) != 0;
}

/// sig_adopt(): the caller becomes the owner.
inline void adopt(context_ref in = {})
{
    detail::done("adopt", sig_context_adopt(in.get()), in);
}

/// An owner, its handlers, and what is pending for it: sig_context_new(). Its
/// guards may outlive it; they are then of nothing.
class context {
public:
    /// Thread: any; the caller owns it. Errors: ENOMEM, also where there are
    /// 4,096
    context() : context_(sig_context_new())
    {
        if (!context_)
            detail::fail(-ENOMEM, "context");
        breaker_ = sig_context_breaker(context_);
    }

    context(context&& from) noexcept { swap(from); }

    context& operator=(context&& from) noexcept
    {
        context old(std::move(from));
        swap(old);
        return *this;
    }

    /// free(), but where that throws, the context is lost: what it was given to
    /// run is not called any more, its memory stays.
    ~context()
    {
        if (context_ && detail::free(context_) < 0)
            detail::lose(context_);
    }

    /// sig_context_free(). Throws EPERM on another thread while the owner's
    /// lives, EBUSY where a handler of its own is running; nothing has changed
    /// then.
    void free()
    {
        detail::done("context::free", detail::free(context_));
        context_ = nullptr;
        breaker_ = &detail::tripped;
    }

    /// For the C functions; null where it was moved from.
    sig_context* get() const noexcept { return context_; }
    operator context_ref() const noexcept { return context_; }

    /// sig_context_breaker(); not 0 where this was moved from.
    const volatile std::uint32_t* breaker() const noexcept { return breaker_; }

private:
    void swap(context& other) noexcept
    {
        std::swap(context_, other.context_);
        std::swap(breaker_, other.breaker_);
    }

    sig_context* context_ = nullptr;
    const volatile std::uint32_t* breaker_ = &detail::tripped;
};

} // namespace safepoint
