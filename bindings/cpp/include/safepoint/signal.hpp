// SPDX-License-Identifier: MIT OR Apache-2.0
/// Sending, masks, names, wake-ups, the process's timers, statistics, version.
#pragma once

#include <safepoint/error.hpp>

#include <pthread.h>

namespace safepoint {

/// sig_raise(): send a signal to the calling thread.
inline void raise(int signum)
{
    detail::done("raise", sig_raise(signum));
}

/// sig_kill().
inline void kill(int pid, int signum)
{
    detail::done("kill", sig_kill(pid, signum));
}

namespace detail {

// A number in one C library, a pointer in another.
inline std::uintptr_t thread_of(pthread_t thread) noexcept
{
    static_assert(sizeof thread == sizeof(std::uintptr_t));
    std::uintptr_t number = 0;
    std::memcpy(&number, &thread, sizeof number);
    return number;
}

} // namespace detail

/// sig_kill_thread(): also std::thread's native_handle().
inline void kill_thread(pthread_t thread, int signum)
{
    detail::done("kill_thread", sig_kill_thread(detail::thread_of(thread), signum));
}

/// sig_queue(): a signal with a value.
inline void queue(int pid, int signum, std::intptr_t value)
{
    detail::done("queue", sig_queue(pid, signum, value));
}

/// sig_pidfd_send().
inline void pidfd_send(int pidfd, int signum)
{
    detail::done("pidfd_send", sig_pidfd_send(pidfd, signum));
}

/// sig_mask(): change the calling thread's mask: the one before. `how` is
/// SIG_BLOCK and so on. On the owner's thread a safe point: what a handler
/// throws comes out of it, and the mask is changed all the same.
inline signals mask(int how, signals set, context_ref in = {})
{
    std::uint64_t old = 0;
    detail::done("mask", sig_context_mask(in.get(), how, set.bits(), &old), in);
    return signals::from_bits(old);
}

/// sig_pending(): what was sent and not handled.
[[nodiscard]] inline signals pending(context_ref in = {})
{
    std::uint64_t set = 0;
    detail::done("pending", sig_context_pending(in.get(), &set), in);
    return signals::from_bits(set);
}

/// "SIGINT", "SIGRTMIN+3". Throws EINVAL where there is no such signal.
[[nodiscard]] inline const char* name(int signum)
{
    const char* found = sig_name(signum);
    if (!found)
        detail::fail(-EINVAL, "name of signal " + std::to_string(signum));
    return found;
}

/// "Interrupt", "Real-time signal 3". Throws EINVAL where there is no such signal.
[[nodiscard]] inline const char* describe(int signum)
{
    const char* found = sig_describe(signum);
    if (!found)
        detail::fail(-EINVAL, "description of signal " + std::to_string(signum));
    return found;
}

/// The number of "SIGINT", "int", "2", "RTMIN+3". Throws EINVAL.
[[nodiscard]] inline int number(const std::string& name)
{
    const int found = sig_number(name.c_str());
    if (found < 0)
        detail::fail(found, "number of signal \"" + name + '"');
    return found;
}

/// The signals that exist.
[[nodiscard]] inline signals valid() noexcept
{
    return signals::from_bits(sig_valid());
}

/// For set_wakeup_fd(): calls, jobs, timers and interrupts wake as well.
inline constexpr std::uint32_t wake_calls = SAFEPOINT_WAKE_CALLS;

/// sig_set_wakeup_fd(): the number that was set before, or -1.
inline int set_wakeup_fd(int fd, std::uint32_t flags = 0, context_ref in = {})
{
    int old = -1;
    detail::done("set_wakeup_fd", sig_context_set_wakeup_fd(in.get(), fd, flags, &old), in);
    return old;
}

/// sig_event_fd(): readable while something is pending. Never read or close it.
[[nodiscard]] inline int event_fd(context_ref in = {})
{
    return static_cast<int>(detail::done("event_fd", sig_context_event_fd(in.get()), in));
}

/// sig_set_wakeup_fn(): a function that may be called in a signal handler, so it
/// is no lambda with captures, and must not throw.
inline void set_wakeup_fn(sig_wakeup function, void* argument = nullptr, context_ref in = {})
{
    detail::done("set_wakeup_fn", sig_context_set_wakeup_fn(in.get(), function, argument), in);
}

/// How many wake-ups could not be written since this was last asked, and the
/// last one's errno.
struct wakeup_trouble {
    int count = 0;
    int last_error = 0;
};

/// sig_wakeup_failures().
inline wakeup_trouble wakeup_failures(context_ref in = {})
{
    wakeup_trouble trouble;
    trouble.count = static_cast<int>(detail::done(
        "wakeup_failures", sig_context_wakeup_failures(in.get(), &trouble.last_error), in));
    return trouble;
}

/// sig_set_kick(): the signal that ends the owner's waits; the one before.
inline int set_kick(int signum)
{
    return static_cast<int>(detail::done("set_kick", sig_set_kick(signum)));
}

/// sig_alarm(): SIGALRM in so many seconds, 0 is not at all; what was left.
inline std::chrono::seconds alarm(std::chrono::seconds time)
{
    if (time.count() < 0 || time.count() > UINT_MAX)
        detail::fail(-EINVAL, "alarm in " + std::to_string(time.count()) + " s");
    return std::chrono::seconds(sig_alarm(static_cast<unsigned>(time.count())));
}

/// A timer of the process: until it falls due, and then every so often; 0 is not
/// at all.
struct itimer {
    std::chrono::nanoseconds value{0};
    std::chrono::nanoseconds interval{0};
};

/// sig_getitimer(): what ITIMER_REAL and so on has left.
[[nodiscard]] inline itimer getitimer(int which)
{
    sig_itimer left = {sizeof left, 0, 0, 0};
    detail::done("getitimer", sig_getitimer(which, &left));
    return {std::chrono::nanoseconds(left.value), std::chrono::nanoseconds(left.interval)};
}

/// sig_setitimer(): what it was.
inline itimer setitimer(int which, interval value,
                        interval every = std::chrono::nanoseconds(0))
{
    const sig_itimer set = {sizeof set, 0, value.count(), every.count()};
    sig_itimer old = {sizeof old, 0, 0, 0};
    detail::done("setitimer", sig_setitimer(which, &set, &old));
    return {std::chrono::nanoseconds(old.value), std::chrono::nanoseconds(old.interval)};
}

/// The C header's sig_counters: arrivals = handled + coalesced + lost + dropped.
using counters = sig_counters;

/// sig_stats().
[[nodiscard]] inline counters stats(context_ref in = {})
{
    counters now = {};
    detail::done("stats", sig_context_stats(in.get(), &now, sizeof now), in);
    return now;
}

/// Of the library that is loaded: major << 16 | minor << 8 | patch.
[[nodiscard]] inline std::uint32_t version() noexcept
{
    return sig_version();
}

/// "major.minor.patch".
[[nodiscard]] inline const char* version_string() noexcept
{
    return sig_version_string();
}

} // namespace safepoint
