// SPDX-License-Identifier: MIT OR Apache-2.0
/// How a negative result, and what a handler raised or threw, become exceptions.
#pragma once

#include <safepoint/types.hpp>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>
#include <system_error>
#include <utility>

namespace safepoint {

namespace detail {

class errors final : public std::error_category {
public:
    const char* name() const noexcept override { return "safepoint"; }

    std::string message(int error) const override
    {
        const char* meaning = sig_strerror(error);
        if (std::strcmp(meaning, sig_strerror(INT_MAX)) != 0)
            return meaning;
        return std::generic_category().message(error); // it is not ours
    }

    std::error_condition default_error_condition(int error) const noexcept override
    {
        return std::generic_category().default_error_condition(error);
    }
};

} // namespace detail

/// The codes of what this library throws: errno's numbers, which compare with
/// std::errc, in the words of sig_strerror().
inline const std::error_category& category() noexcept
{
    // Never destroyed: what is static may throw at exit.
    static const detail::errors* const the = new detail::errors;
    return *the;
}

/// What a check or a wait throws where a handler returned a number, or where
/// interrupt() was called.
class interrupted : public std::exception {
public:
    explicit interrupted(int number) noexcept : number_(number)
    {
        std::snprintf(what_, sizeof what_, "interrupted: raised %d", number);
    }

    /// What the handler returned, or what interrupt() was given.
    int number() const noexcept { return number_; }

    const char* what() const noexcept override { return what_; }

private:
    int number_;
    char what_[40];
};

namespace detail {

// What a handler threw. One is enough: the check or the wait that called it
// returns at once, on this thread. Visible, so that a plugin and its host share
// it; for one that is loaded by dlopen() the host has to be linked with -rdynamic.
[[gnu::visibility("default")]] inline std::exception_ptr& kept() noexcept
{
    static thread_local std::exception_ptr exception;
    return exception;
}

// What a handler that throws returns to C: a number of this kept() alone. Where a
// plugin has another, what stays behind there is never taken for a later one.
inline int thrown() noexcept
{
    const auto where = reinterpret_cast<std::uintptr_t>(&kept());
    return INT_MIN + 1 + static_cast<int>(where / alignof(std::exception_ptr) % 0x10000000);
}

// Run what may throw, for C.
template <class Run> int without_throwing(Run&& run) noexcept
{
    try {
        return run();
    } catch (...) {
        kept() = std::current_exception();
        return thrown();
    }
}

// Throw what a check returned.
[[noreturn, gnu::cold]] inline void raise(int number)
{
    if (number == thrown())
        if (std::exception_ptr exception = std::exchange(kept(), nullptr))
            std::rethrow_exception(std::move(exception));
    throw interrupted(number);
}

[[noreturn, gnu::cold]] inline void fail_no_signal()
{
    throw std::system_error(EINVAL, category(), "safepoint: a signal is from 1 to 64");
}

// Throw what a negative result means.
[[noreturn, gnu::cold]] inline void fail(long result, const std::string& what,
                                         context_ref in = {})
{
    if (result == thrown()) // of a check
        raise(thrown());
    if (result == -EINTR)
        if (int number = sig_context_raised(in.get()))
            raise(number);
    throw std::system_error(static_cast<int>(-result), category(), "safepoint: " + what);
}

inline long done(const char* what, long result, context_ref in = {})
{
    if (result < 0)
        fail(result, what, in);
    return result;
}

} // namespace detail

/// The result of a C function of this library that has no other name here, but
/// a negative one is thrown, as all that is here does:
///
///     long size = safepoint::checked(sig_recvmsg(fd, &message, 0));
///
/// A check's result is for rethrow().
inline long checked(long result, context_ref in = {})
{
    return detail::done("checked", result, in);
}

/// Throw what a check has returned to C code, and that to us: what the handler
/// threw, or interrupted with what it returned. Nothing where it is 0. On the
/// check's thread, before another handler throws.
inline void rethrow(int raised)
{
    if (raised != 0)
        detail::raise(raised);
}

} // namespace safepoint
