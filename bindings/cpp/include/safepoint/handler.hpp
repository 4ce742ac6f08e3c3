// SPDX-License-Identifier: MIT OR Apache-2.0
/// Handlers, and who stands at a signal.
#pragma once

#include <safepoint/table.hpp>

namespace safepoint {

/// Who stands at a signal: the C header's sig_disposition.
using disposition = sig_disposition;

/// sig_query(): `kind` is SAFEPOINT_KIND_HANDLER and so on.
[[nodiscard]] inline disposition query(int signum, context_ref in = {})
{
    disposition now = {};
    detail::done("query", sig_context_query(in.get(), signum, &now, sizeof now), in);
    return now;
}

namespace detail {

// A handler, and what it has taken the place of in its context.
struct handling : work {
    static constexpr bool has_event = true;

    int signum = 0;
    disposition previous = {};
};

inline int on_signal(const sig_event* event, void* number) noexcept
{
    return without_throwing([&] {
        // It lives until it has returned, also where it destroys its own guard.
        const auto handler = table<handling>::the().find(number);
        return handler ? handler->run(event) : 0;
    });
}

// Forget a handler: who has taken its place has now that of the one before.
inline void forget_handler(key number)
{
    std::shared_ptr<handling> gone; // until the lock is released
    table<handling>::the().locked([&](auto& rows) {
        gone = table<handling>::take(rows, number);
        for (auto& row : rows) {
            disposition& previous = row.second->previous;
            if (gone && previous.handler == on_signal && previous.user == number)
                previous = gone->previous;
        }
    });
}

// Put back what stood before a handler of ours. An ignored signal goes over to
// being ignored at once: in between it would kill.
inline int put_back(const handling& mine, const disposition& before)
{
    sig_context* const in = mine.context;
    if (before.handler)
        return sig_context_install(in, mine.signum, before.handler, before.user, before.flags);
    if (before.kind == SAFEPOINT_KIND_IGNORED)
        return sig_context_ignore(in, mine.signum);
    const int result = sig_context_restore(in, mine.signum);
    disposition now = {};
    if (result < 0 || before.kind != SAFEPOINT_KIND_DEFAULT ||
        sig_context_query(in, mine.signum, &now, sizeof now) < 0 || now.kind == before.kind)
        return result;
    return sig_context_default(in, mine.signum); // set_default() had changed it
}

// Put back what stood there before, unless ours no longer does: 0, or a
// negative errno, and nothing has changed.
inline int put_back(key number)
{
    const auto mine = table<handling>::the().find(number);
    if (!mine) // its context has ended
        return 0;
    disposition now = {};
    int result = sig_context_query(mine->context, mine->signum, &now, sizeof now);
    if (result < 0)
        return result;
    const bool ours = now.handler == on_signal &&
                      (now.user == number || !table<handling>::the().find(now.user));
    if (ours) {
        const disposition before =
            table<handling>::the().locked([&](auto&) { return mine->previous; });
        // Where somebody has put a C handler over it, that is left alone.
        result = now.overwritten ? sig_context_restore(mine->context, mine->signum)
                                 : put_back(*mine, before);
        if (result < 0)
            return result;
    }
    forget_handler(number);
    return 0;
}

} // namespace detail

/// A handler, as long as this lives: sig_install(). Then what stood there before
/// is put back: the handler that was this context's when this one was made (so
/// they nest), that the signal was ignored or at its default, or whatever
/// sig_restore() does. One that was replaced meanwhile changes nothing by going;
/// nor does one with flags::oneshot that has run: no handler stands there then,
/// whatever it was made over.
///
/// It may be destroyed within itself. On another thread than the owner's the
/// handler cannot be taken away: from then on it does nothing, and the signal
/// with it, until the owner installs another. Where the owner was about to run
/// it, that may still come just after; what it refers to has to live as long.
class [[nodiscard]] handler {
public:
    /// None.
    handler() noexcept = default;

    /// Have `function` run at the owner's safe points when `signum` comes. It
    /// takes a `const event&`, or nothing; returns nothing, or an int that raises
    /// if it is not 0; and may throw. With flags::keep_ignored this is empty
    /// where the signal was ignored.
    ///
    /// Thread: owner (the first to install becomes it). In a signal handler: no.
    /// Errors: those of sig_install()
    template <class Function>
    [[nodiscard]] handler(int signum, Function&& function, flags how = flags::none,
                          context_ref in = {})
    {
        constexpr auto at_first =
            static_cast<std::uint32_t>(flags::if_default | flags::keep_ignored);
        const std::string what = "handler for signal " + std::to_string(signum);
        const auto work = detail::make<detail::handling>(
            what.c_str(), std::forward<Function>(function), in);
        work->signum = signum;
        const int asked =
            sig_context_query(in.get(), signum, &work->previous, sizeof work->previous);
        if (asked < 0)
            detail::fail(asked, what, in);
        work->previous.flags &= ~at_first;
        // One whose guard was destroyed on another thread, or over which somebody
        // has put a C handler, is not put back: sig_restore() knows what is.
        if (work->previous.overwritten ||
            (work->previous.handler == detail::on_signal &&
             !detail::table<detail::handling>::the().find(work->previous.user))) {
            work->previous = {};
            work->previous.kind = SAFEPOINT_KIND_FOREIGN;
        }
        const detail::key number = detail::table<detail::handling>::the().add(work);
        const int installed = sig_context_install(in.get(), signum, detail::on_signal, number,
                                                  static_cast<std::uint32_t>(how));
        if (installed != 0)
            detail::forget_handler(number);
        if (installed < 0)
            detail::fail(installed, what, in);
        work->given();
        number_ = installed == 0 ? number : nullptr;
    }

    handler(handler&& from) noexcept : number_(std::exchange(from.number_, nullptr)) {}

    /// The new one comes first, and then the old one goes: no signal falls
    /// between them.
    handler& operator=(handler&& from) noexcept
    {
        handler old(std::move(from));
        std::swap(number_, old.number_);
        return *this;
    }

    ~handler()
    {
        if (number_ && detail::put_back(number_) < 0)
            detail::forget_handler(number_);
    }

    /// Whether there is one.
    explicit operator bool() const noexcept { return number_ != nullptr; }

    /// What destroying it does, but that it throws where this thread is not the
    /// owner, and has changed nothing then.
    void restore()
    {
        if (number_)
            detail::done("restore", detail::put_back(number_));
        number_ = nullptr;
    }

    /// Let it stay, for good.
    void release() noexcept { number_ = nullptr; }

private:
    detail::key number_ = nullptr;
};

/// sig_ignore(): true where another context has a handler for it.
inline bool ignore(int signum, context_ref in = {})
{
    return detail::done("ignore", sig_context_ignore(in.get(), signum), in) != 0;
}

/// sig_default(): true where another context has a handler for it, or ignores it.
inline bool set_default(int signum, context_ref in = {})
{
    return detail::done("set_default", sig_context_default(in.get(), signum), in) != 0;
}

/// sig_restore(): true where somebody else's handler stands over ours.
inline bool restore(int signum, context_ref in = {})
{
    return detail::done("restore", sig_context_restore(in.get(), signum), in) != 0;
}

/// sig_verify(): whether our handler still stands there.
[[nodiscard]] inline bool verify(int signum, context_ref in = {})
{
    return detail::done("verify", sig_context_verify(in.get(), signum), in) != 0;
}

/// sig_set_escalation(): the `deliveries`-th with no safe point in between, or
/// one that has waited for `wait`, does the signal's default action. 0 is never.
inline void set_escalation(int signum, std::uint32_t deliveries,
                           interval wait = std::chrono::nanoseconds(0), context_ref in = {})
{
    detail::done("set_escalation",
                 sig_context_set_escalation(in.get(), signum, deliveries, wait.count()), in);
}

/// sig_set_restart(): whether system calls go on by themselves after it.
inline void set_restart(int signum, bool on, context_ref in = {})
{
    detail::done("set_restart", sig_context_set_restart(in.get(), signum, on), in);
}

} // namespace safepoint
