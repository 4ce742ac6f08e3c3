// SPDX-License-Identifier: MIT OR Apache-2.0
/// Times, events, sets of signals, flags, and whose context is meant.
#pragma once

#include <safepoint.h>

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <ratio>

namespace safepoint {

/// A length of time, of any std::chrono::duration: nanoseconds, rounded up; a
/// negative one is 0, one of 292 years or more is forever.
class interval {
public:
    template <class Rep, class Period>
    constexpr interval(std::chrono::duration<Rep, Period> length) : count_(count(length))
    {
    }

    /// Nanoseconds, or SAFEPOINT_FOREVER.
    constexpr std::uint64_t count() const noexcept { return count_; }

private:
    template <class Rep, class Period>
    static constexpr std::uint64_t count(std::chrono::duration<Rep, Period> length)
    {
        using any = std::chrono::duration<long double, std::nano>;
        if (!(length > length.zero())) // and what is not a number
            return 0;
        if (any(length) >= any(std::chrono::nanoseconds::max()))
            return SAFEPOINT_FOREVER;
        if constexpr (std::ratio_divide<Period, std::nano>::den == 1) {
            return static_cast<std::uint64_t>(
                std::chrono::ceil<std::chrono::nanoseconds>(length).count());
        } else { // where std::chrono multiplies before it divides, and overflows
            const long double exact = any(length).count();
            const auto down = static_cast<std::uint64_t>(exact);
            return down + (static_cast<long double>(down) < exact);
        }
    }

    std::uint64_t count_;
};

/// A time that never comes.
inline constexpr interval forever = std::chrono::nanoseconds::max();

/// What happened: the fields of the C header's sig_event, and these. A copy, so
/// it can be kept.
struct event : sig_event {
    explicit event(const sig_event& from) noexcept : sig_event(from) {}

    /// "SIGINT"; a null pointer where it is not about a signal.
    const char* name() const noexcept { return sig_name(signum); }

    /// When it came: `time`.
    std::chrono::steady_clock::time_point arrived() const noexcept
    {
        using std::chrono::steady_clock;
        return steady_clock::time_point(std::chrono::duration_cast<steady_clock::duration>(
            std::chrono::nanoseconds(static_cast<std::int64_t>(time))));
    }

    /// One of next() that is a call, a job or a timer: run it, here. Throws what
    /// a check that ran it would.
    void run() const;
};

namespace detail {

[[noreturn]] void fail_no_signal();

} // namespace detail

/// How a handler is installed: the C header's SAFEPOINT_RESTART and so on.
enum class flags : std::uint32_t {
    none = 0,
    restart = SAFEPOINT_RESTART,
    chain = SAFEPOINT_CHAIN,
    oneshot = SAFEPOINT_ONESHOT,
    queue = SAFEPOINT_QUEUE,
    if_default = SAFEPOINT_IF_DEFAULT,
    keep_ignored = SAFEPOINT_KEEP_IGNORED,
};

constexpr flags operator|(flags one, flags other) noexcept
{
    return static_cast<flags>(static_cast<std::uint32_t>(one) |
                              static_cast<std::uint32_t>(other));
}

/// A set of signals.
class signals {
public:
    constexpr signals() noexcept = default;

    /// These. Throws EINVAL for what is not from 1 to 64.
    constexpr signals(std::initializer_list<int> numbers)
    {
        for (int signum : numbers)
            insert(signum);
    }

    /// From bits as the C functions have them: bit signum - 1.
    static constexpr signals from_bits(std::uint64_t bits) noexcept
    {
        signals set;
        set.bits_ = bits;
        return set;
    }

    /// All there are. What cannot be blocked or waited for is passed over.
    static constexpr signals all() noexcept { return from_bits(UINT64_MAX); }

    constexpr std::uint64_t bits() const noexcept { return bits_; }
    constexpr bool empty() const noexcept { return bits_ == 0; }
    constexpr bool contains(int signum) const
    {
        return signum >= 1 && signum <= 64 && (bits_ & bit(signum)) != 0;
    }
    constexpr void insert(int signum) { bits_ |= bit(signum); }
    constexpr void erase(int signum) { bits_ &= ~bit(signum); }

    friend constexpr signals operator|(signals one, signals other) noexcept
    {
        return from_bits(one.bits_ | other.bits_);
    }
    friend constexpr signals operator&(signals one, signals other) noexcept
    {
        return from_bits(one.bits_ & other.bits_);
    }
    friend constexpr signals operator~(signals set) noexcept { return from_bits(~set.bits_); }
    friend constexpr bool operator==(signals one, signals other) noexcept
    {
        return one.bits_ == other.bits_;
    }
    friend constexpr bool operator!=(signals one, signals other) noexcept
    {
        return one.bits_ != other.bits_;
    }

private:
    static constexpr std::uint64_t bit(int signum)
    {
        if (signum < 1 || signum > 64)
            detail::fail_no_signal();
        return std::uint64_t(1) << (signum - 1);
    }

    std::uint64_t bits_ = 0;
};

/// Which context is meant: made from a `context`, from an event's `context`, or
/// by default the main one. It owns nothing.
class context_ref {
public:
    context_ref() noexcept : context_(sig_main()) {}
    context_ref(sig_context* context) noexcept : context_(context) {}

    sig_context* get() const noexcept { return context_; }

private:
    sig_context* context_;
};

} // namespace safepoint
