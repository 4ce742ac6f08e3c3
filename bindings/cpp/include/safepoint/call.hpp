// SPDX-License-Identifier: MIT OR Apache-2.0
/// What another thread, or a time, has the owner run: calls, jobs, timers.
#pragma once

#include <safepoint/table.hpp>

namespace safepoint {

namespace detail {

// A pending call, or a timer.
struct calling : work {
    static constexpr bool has_event = false;

    bool again = false; // it stays when it has run
};

inline int on_call(void* number) noexcept
{
    return without_throwing([&] {
        const auto call = table<calling>::the().locked([&](auto& rows) {
            const auto row = rows.find(number);
            const bool again = row != rows.end() && row->second->again;
            return again ? row->second : table<calling>::take(rows, number);
        });
        return call ? call->run(nullptr) : 0;
    });
}

// A job. Its memory is the library's while it is queued.
struct posting : work {
    static constexpr bool has_event = false;

    void forked() noexcept override { queued = 0; }

    // Whether C may still have it, while nobody is posting it.
    bool may_be_queued() const noexcept { return queued > 0 && given_at >= dropped_at; }

    sig_job job = {};
    // 1, and more while somebody is posting it, or where an end has dropped it.
    std::atomic<int> queued{0};
    unsigned long dropped_at = 0; // the end that has dropped it, if it was given before
    bool abandoned = false;       // nobody has it
    bool lost = false;            // its context is: it does nothing
};

inline int on_job(void* number) noexcept
{
    return without_throwing([&] {
        std::shared_ptr<posting> job;
        const bool wanted = table<posting>::the().locked([&](auto& rows) {
            const auto row = rows.find(number);
            if (row == rows.end())
                return false;
            job = row->second;
            // It may be queued anew already; and it is in no queue where it was
            // taken by next() before a fork, and run after that.
            const int left = job->queued > 0 ? --job->queued : 0;
            if (job->abandoned && left == 0)
                rows.erase(row);
            return !job->abandoned && !job->lost;
        });
        return wanted ? job->run(nullptr) : 0;
    });
}

// Nobody has this job any more.
inline void abandon_job(key number)
{
    std::shared_ptr<posting> gone; // until the lock is released
    table<posting>::the().locked([&](auto& rows) {
        const auto row = rows.find(number);
        if (row == rows.end())
            return;
        row->second->abandoned = true;
        if (!row->second->may_be_queued())
            gone = table<posting>::take(rows, number);
    });
}

// A context has ended, and what was pending for it when this end began with it.
inline void drop_jobs(sig_context* context, unsigned long end)
{
    table<posting>::the().drop([&](posting& job) {
        if (job.context != context)
            return false;
        job.dropped_at = end;
        return job.abandoned && !job.may_be_queued();
    });
}

// A context is lost, with all that C has of it.
inline void lose_jobs(sig_context* context)
{
    table<posting>::the().locked([&](auto& rows) {
        for (auto& row : rows)
            if (row.second->context == context)
                row.second->lost = true;
    });
}

} // namespace detail

/// Have the owner call `function()` at its next safe point. It returns nothing,
/// or an int that raises if it is not 0, and may throw. It is destroyed when it
/// has run, or when its context ends.
///
/// Thread: any. In a signal handler: no, it allocates. Errors: EAGAIN no room
template <class Function> void call(Function&& function, context_ref in = {})
{
    auto& calls = detail::table<detail::calling>::the();
    const detail::key number =
        calls.add(detail::make<detail::calling>("call", std::forward<Function>(function), in));
    const int result = sig_context_add_pending_call(in.get(), detail::on_call, number);
    if (result < 0) {
        calls.take(number);
        detail::fail(result, "call", in);
    }
    calls.given(number);
}

/// sig_add_pending_call(): false where there is no room. `function` must not
/// throw.
///
/// Thread: any. In a signal handler: yes; it throws only for a null pointer, and
/// a context that is no more
inline bool try_call(sig_call function, void* argument, context_ref in = {})
{
    const int result = sig_context_add_pending_call(in.get(), function, argument);
    if (result != -EAGAIN)
        detail::done("try_call", result, in);
    return result >= 0;
}

/// A call that can be queued again and again, and is never refused: sig_post().
/// Destroyed while it is queued it is not run; while it runs, on another thread,
/// what it runs lives until it has returned. Nobody may be posting it then.
class [[nodiscard]] job {
public:
    /// None.
    job() noexcept = default;

    /// As for call().
    ///
    /// Thread: any. In a signal handler: no
    template <class Function, class = std::enable_if_t<!std::is_same_v<std::decay_t<Function>, job>>>
    [[nodiscard]] explicit job(Function&& function, context_ref in = {})
        : work_(detail::make<detail::posting>("job", std::forward<Function>(function), in))
    {
        number_ = detail::table<detail::posting>::the().add(work_);
        work_->job = SAFEPOINT_JOB(detail::on_job, number_);
    }

    job(job&& from) noexcept
        : work_(std::move(from.work_)), number_(std::exchange(from.number_, nullptr))
    {
    }

    job& operator=(job&& from) noexcept
    {
        job old(std::move(from));
        std::swap(work_, old.work_);
        std::swap(number_, old.number_);
        return *this;
    }

    ~job()
    {
        if (work_)
            detail::abandon_job(number_);
    }

    explicit operator bool() const noexcept { return work_ != nullptr; }

    /// Queue it: false where it was queued already; it is run once then.
    ///
    /// Thread: any. In a signal handler: yes; it throws only for an empty one,
    /// and a context that is no more
    bool post()
    {
        if (!work_)
            detail::fail(-EINVAL, "post() of an empty job");
        const auto work = work_; // the owner may run it at once, and it destroy this
        ++work->queued;
        const int result = sig_context_post(work->context, &work->job);
        if (result == 0)
            work->given();
        else
            --work->queued;
        detail::done("post", result);
        return result == 0;
    }

private:
    std::shared_ptr<detail::posting> work_;
    detail::key number_ = nullptr;
};

/// A call in some time, and again each so often: sig_call_after(). It is
/// cancelled when this goes.
class [[nodiscard]] timer {
public:
    /// None.
    timer() noexcept = default;

    /// Call `function()` at the owner's first safe point that is `after` away or
    /// more, and, where `every` is not 0, again each `every` after that: once for
    /// all that have gone by without a safe point.
    ///
    /// Thread: any. In a signal handler: no. Errors: EAGAIN, ENOMEM
    template <class Function>
    [[nodiscard]] timer(interval after, interval every, Function&& function, context_ref in = {})
    {
        auto& calls = detail::table<detail::calling>::the();
        auto work = detail::make<detail::calling>("timer", std::forward<Function>(function), in);
        work->again = every.count() != 0;
        number_ = calls.add(work);
        const int result = sig_context_call_after(in.get(), after.count(), every.count(),
                                                  detail::on_call, number_, &id_);
        if (result < 0) {
            calls.take(number_);
            detail::fail(result, "timer", in);
        }
        calls.given(number_);
    }

    timer(timer&& from) noexcept : number_(std::exchange(from.number_, nullptr)), id_(from.id_) {}

    timer& operator=(timer&& from) noexcept
    {
        timer old(std::move(from));
        std::swap(number_, old.number_);
        std::swap(id_, old.id_);
        return *this;
    }

    ~timer() { cancel(); }

    /// True where it is not run any more, false where it had run, or there is
    /// none. On another thread than its owner's it may be running just now.
    ///
    /// Thread: any. In a signal handler: no
    bool cancel() noexcept
    {
        if (!number_)
            return false;
        const bool cancelled = sig_cancel(id_) == 0;
        detail::table<detail::calling>::the().take(std::exchange(number_, nullptr));
        return cancelled;
    }

    /// The number that sig_cancel() takes.
    std::uint64_t id() const noexcept { return id_; }

private:
    detail::key number_ = nullptr;
    std::uint64_t id_ = 0;
};

/// A timer that runs once.
template <class Function>
[[nodiscard]] timer call_after(interval after, Function&& function, context_ref in = {})
{
    return timer(after, std::chrono::nanoseconds(0), std::forward<Function>(function), in);
}

/// A timer that runs again and again, the first time after `every`.
template <class Function>
[[nodiscard]] timer call_every(interval every, Function&& function, context_ref in = {})
{
    return timer(every, every, std::forward<Function>(function), in);
}

/// sig_cancel(), of a timer that C has made. Throws ENOENT where there is none.
inline void cancel(std::uint64_t id)
{
    detail::done("cancel", sig_cancel(id));
}

} // namespace safepoint
