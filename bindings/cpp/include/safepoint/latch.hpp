// SPDX-License-Identifier: MIT OR Apache-2.0
/// What workers look at to see that they are to stop.
#pragma once

#include <safepoint/error.hpp>

#if __has_include(<version>)
#include <version>
#endif
#ifdef __cpp_lib_jthread
#include <stop_token>
#endif

namespace safepoint {

/// A latch: anybody sets it, any number of threads wait for it, and once it is
/// set it stays so. Four bytes, constant to begin with, and it may lie in memory
/// that processes share.
class latch {
public:
    constexpr latch() noexcept : latch_ SAFEPOINT_LATCH {}
    latch(const latch&) = delete;
    latch& operator=(const latch&) = delete;

    /// Set it, and wake all who wait: true where this is who has set it.
    ///
    /// Thread: any. In a signal handler: yes
    bool set() noexcept { return sig_latch_set(&latch_) == 0; }

    /// Thread: any. In a signal handler: yes
    bool is_set() const noexcept { return sig_latch_is_set(&latch_) > 0; }

    /// Wait until it is set: true, or false where time is up. On the owner's
    /// thread handlers run meanwhile, and what they throw comes out of it.
    ///
    /// Thread: any. In a signal handler: no
    bool wait(interval timeout = forever, context_ref in = {})
    {
        return detail::done("latch::wait",
                            sig_context_latch_wait(in.get(), &latch_, timeout.count()),
                            in) != 0;
    }

    /// For the C functions.
    sig_latch* get() noexcept { return &latch_; }

private:
    sig_latch latch_;
};

#ifdef __cpp_lib_jthread

/// Wait until somebody requests a stop: true, or false where time is up. On the
/// owner's thread handlers run meanwhile (one may request it), and what they
/// throw comes out of it.
///
/// Thread: any. In a signal handler: no
inline bool wait(std::stop_token token, interval timeout = forever, context_ref in = {})
{
    latch stopped;
    const std::stop_callback set(std::move(token), [&stopped] { stopped.set(); });
    return stopped.wait(timeout, in);
}

#endif

} // namespace safepoint
