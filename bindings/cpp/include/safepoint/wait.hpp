// SPDX-License-Identifier: MIT OR Apache-2.0
/// Blocking calls that a signal always ends: handlers run, and the call goes on;
/// where one raises or throws, that comes out of it. With POSIX's arguments and
/// results, but that what fails throws. The rest of the C header's section 8 is
/// had by `checked(sig_NAME(...))`.
///
/// Thread: any. In a signal handler: no
#pragma once

#include <safepoint/error.hpp>

#include <time.h>

#include <optional>
#include <type_traits>

namespace safepoint {

namespace detail {

// A time as POSIX has it; null is for ever.
class timespec_of {
public:
    explicit timespec_of(interval length) noexcept
        : forever_(length.count() == SAFEPOINT_FOREVER),
          time_{static_cast<time_t>(length.count() / 1000000000),
                static_cast<long>(length.count() % 1000000000)}
    {
    }

    operator const timespec*() const noexcept { return forever_ ? nullptr : &time_; }

private:
    bool forever_;
    timespec time_;
};

inline void sleep_until(clockid_t clock, interval since_epoch, context_ref in)
{
    const timespec_of time(since_epoch);
    const timespec* until = time;
    done("sleep_until",
         until ? sig_context_clock_nanosleep(in.get(), clock, TIMER_ABSTIME, until, nullptr)
               : sig_context_sleep(in.get(), SAFEPOINT_FOREVER),
         in);
}

} // namespace detail

/// sig_sleep().
inline void sleep(interval length, context_ref in = {})
{
    detail::done("sleep", sig_context_sleep(in.get(), length.count()), in);
}

/// Sleep until then, by CLOCK_MONOTONIC.
template <class Duration>
void sleep_until(std::chrono::time_point<std::chrono::steady_clock, Duration> then,
                 context_ref in = {})
{
    detail::sleep_until(CLOCK_MONOTONIC, then.time_since_epoch(), in);
}

/// Sleep until then, by CLOCK_REALTIME, which may be set meanwhile.
template <class Duration>
void sleep_until(std::chrono::time_point<std::chrono::system_clock, Duration> then,
                 context_ref in = {})
{
    detail::sleep_until(CLOCK_REALTIME, then.time_since_epoch(), in);
}

/// sig_pause(): until at least one handler or call has run. Owner only: EPERM.
inline void pause(context_ref in = {})
{
    detail::done("pause", sig_context_pause(in.get()), in);
}

inline long read(int fd, void* buffer, std::size_t size, context_ref in = {})
{
    return detail::done("read", sig_context_read(in.get(), fd, buffer, size), in);
}

/// What was written, which may be less.
inline long write(int fd, const void* buffer, std::size_t size, context_ref in = {})
{
    return detail::done("write", sig_context_write(in.get(), fd, buffer, size), in);
}

inline long readv(int fd, const iovec* vector, int count, context_ref in = {})
{
    return detail::done("readv", sig_context_readv(in.get(), fd, vector, count), in);
}

inline long writev(int fd, const iovec* vector, int count, context_ref in = {})
{
    return detail::done("writev", sig_context_writev(in.get(), fd, vector, count), in);
}

/// The descriptor. `mode` counts with O_CREAT only.
inline int open(const char* path, int flags, unsigned int mode = 0, context_ref in = {})
{
    return static_cast<int>(
        detail::done("open", sig_context_open(in.get(), path, flags, mode), in));
}

inline void flock(int fd, int operation, context_ref in = {})
{
    detail::done("flock", sig_context_flock(in.get(), fd, operation), in);
}

inline long recv(int fd, void* buffer, std::size_t size, int flags = 0, context_ref in = {})
{
    return detail::done("recv", sig_context_recv(in.get(), fd, buffer, size, flags), in);
}

inline long send(int fd, const void* buffer, std::size_t size, int flags = 0,
                    context_ref in = {})
{
    return detail::done("send", sig_context_send(in.get(), fd, buffer, size, flags), in);
}

inline long recvfrom(int fd, void* buffer, std::size_t size, int flags, sockaddr* address,
                        unsigned int* length, context_ref in = {})
{
    return detail::done(
        "recvfrom", sig_context_recvfrom(in.get(), fd, buffer, size, flags, address, length), in);
}

inline long sendto(int fd, const void* buffer, std::size_t size, int flags,
                      const sockaddr* address, unsigned int length, context_ref in = {})
{
    return detail::done(
        "sendto", sig_context_sendto(in.get(), fd, buffer, size, flags, address, length), in);
}

/// The new descriptor. `flags` are accept4(2)'s.
inline int accept(int fd, sockaddr* peer = nullptr, unsigned int* size = nullptr, int flags = 0,
                  context_ref in = {})
{
    return static_cast<int>(
        detail::done("accept", sig_context_accept4(in.get(), fd, peer, size, flags), in));
}

inline void connect(int fd, const sockaddr* address, unsigned int size, context_ref in = {})
{
    detail::done("connect", sig_context_connect(in.get(), fd, address, size), in);
}

/// How many are ready; 0 where time was up.
inline int poll(pollfd* fds, unsigned long count, interval timeout = forever, context_ref in = {})
{
    const detail::timespec_of time(timeout);
    return static_cast<int>(
        detail::done("poll", sig_context_ppoll(in.get(), fds, count, time, nullptr), in));
}

/// The same, with this mask while it waits.
inline int ppoll(pollfd* fds, unsigned long count, interval timeout, signals mask, context_ref in = {})
{
    const detail::timespec_of time(timeout);
    const std::uint64_t bits = mask.bits();
    return static_cast<int>(
        detail::done("ppoll", sig_context_ppoll(in.get(), fds, count, time, &bits), in));
}

/// With fd_sets.
inline int select(int count, void* read, void* write, void* except,
                  interval timeout = forever, context_ref in = {})
{
    const detail::timespec_of time(timeout);
    return static_cast<int>(detail::done(
        "select", sig_context_pselect(in.get(), count, read, write, except, time, nullptr), in));
}

/// The time is rounded up to milliseconds; 24 days or more is for ever.
inline int epoll_wait(int fd, epoll_event* events, int count, interval timeout = forever,
                      context_ref in = {})
{
    const std::uint64_t ms = timeout.count() / 1000000 + (timeout.count() % 1000000 != 0);
    return static_cast<int>(
        detail::done("epoll_wait",
                     sig_context_epoll_wait(in.get(), fd, events, count,
                                            ms > INT_MAX ? -1 : static_cast<int>(ms)),
                     in));
}

/// The child, or 0 with WNOHANG. It is reaped once, whatever arrives.
inline int waitpid(int pid, int* status = nullptr, int options = 0, context_ref in = {})
{
    return static_cast<int>(
        detail::done("waitpid", sig_context_waitpid(in.get(), pid, status, options), in));
}

inline int wait4(int pid, int* status, int options, rusage* usage, context_ref in = {})
{
    return static_cast<int>(
        detail::done("wait4", sig_context_wait4(in.get(), pid, status, options, usage), in));
}

/// `info` is a siginfo_t, or null.
inline void waitid(int kind, unsigned int id, void* info, int options, context_ref in = {})
{
    detail::done("waitid", sig_context_waitid(in.get(), kind, id, info, options), in);
}

/// sig_wait(): take one of these signals, without its handler; nothing where time
/// was up. Zero only looks.
///
/// Thread: any. In a signal handler: no. Errors: EINVAL no signal in the set
[[nodiscard]] inline std::optional<event> wait(signals set, interval timeout = forever,
                                               context_ref in = {})
{
    sig_event taken = {};
    const int result =
        sig_context_wait(in.get(), set.bits(), timeout.count(), &taken, sizeof taken);
    if (result == -ETIMEDOUT)
        return std::nullopt;
    detail::done("wait", result, in);
    return event(taken);
}

namespace detail {

template <class Argument> long register_of(Argument argument) noexcept
{
    if constexpr (std::is_pointer_v<Argument>)
        return reinterpret_cast<long>(argument);
    else
        return static_cast<long>(argument);
}

} // namespace detail

/// sig_syscall(): any system call by its number, with integers or pointers.
template <class... Arguments> long syscall(long number, Arguments... arguments)
{
    static_assert(sizeof...(arguments) <= 6, "a system call has six arguments at most");
    long all[7] = {detail::register_of(arguments)...};
    return detail::done("syscall",
                        sig_syscall(number, all[0], all[1], all[2], all[3], all[4], all[5]));
}

/// sig_blocking_begin() and its end, for a scope in which code that is not ours
/// may wait: it is interrupted there by EINTR, again and again. No handler runs
/// in it by itself. After it, check.
///
/// Thread: owner. In a signal handler: no. Errors: EPERM, ENOMEM, EAGAIN
class [[nodiscard]] blocking {
public:
    explicit blocking(context_ref in = {})
        : context_(in),
          pending_(detail::done("blocking", sig_context_blocking_begin(in.get()), in) != 0)
    {
    }

    blocking(const blocking&) = delete;
    blocking& operator=(const blocking&) = delete;

    ~blocking() { sig_context_blocking_end(context_.get()); }

    /// Something was pending when it began: better leave at once, and check.
    bool pending() const noexcept { return pending_; }

private:
    context_ref context_;
    bool pending_;
};

/// SAFEPOINT_RETRY(): a call that returns -1 with errno set, made again on EINTR
/// once the handlers have run. Its result; other errors are thrown.
///
///     int fd = safepoint::retry([&] { return ::open(path, O_RDONLY); });
///
/// It cannot end a call that is about to wait: put a `blocking` around that.
///
/// Thread: any. In a signal handler: no
template <class Function> auto retry(Function&& function, context_ref in = {})
{
    for (;;) {
        const auto result = function();
        if (result != -1)
            return result;
        if (detail::done("retry", sig_context_retry(in.get()), in) == 0)
            detail::fail(-errno, "retry", in);
    }
}

} // namespace safepoint
