// SPDX-License-Identifier: MIT OR Apache-2.0
/// What is to be run, by number. C is given the number, never an address: it
/// may call what another thread cancels just now, and it may never call what it
/// was given; then a number is no dangling pointer, and no leak. Not for users.
#pragma once

#include <safepoint/error.hpp>

#include <pthread.h>

#include <memory>
#include <mutex>
#include <type_traits>
#include <unordered_map>
#include <vector>

namespace safepoint {

namespace detail {

// A number, as C's `user` or `arg`.
using key = void*;

// Something to run, of a context.
struct work {
    virtual ~work() = default;
    virtual int run(const sig_event* event) = 0;
    virtual void forked() noexcept {} // in the child, where nothing is pending

    sig_context* context = nullptr;
};

// A function's result, as C wants it.
template <class... Arguments, class Function>
int result_of(Function& function, const Arguments&... arguments)
{
    using result = std::invoke_result_t<Function&, const Arguments&...>;
    static_assert(std::is_void_v<result> || std::is_same_v<result, int>,
                  "what a safe point runs returns void, or an int that raises if it is not 0");
    if constexpr (std::is_void_v<result>) {
        function(arguments...);
        return 0;
    } else {
        return function(arguments...);
    }
}

// Work of a kind, that runs this function. A pending call has no event.
template <class Kind, class Function> struct running final : Kind {
    template <class From> explicit running(From&& from) : function(std::forward<From>(from)) {}

    int run(const sig_event* from) override
    {
        if constexpr (Kind::has_event && std::is_invocable_v<Function&, const event&>) {
            return result_of<event>(function, event(*from));
        } else {
            static_assert(std::is_invocable_v<Function&>,
                          "a handler takes a const safepoint::event& or nothing, a call nothing");
            return result_of<>(function);
        }
    }

    Function function;
};

template <class Kind, class Function>
std::shared_ptr<Kind> make(const char* what, Function&& function, context_ref in)
{
    using plain = std::decay_t<Function>;
    if constexpr (std::is_pointer_v<plain>) {
        const plain pointer = function;
        if (!pointer)
            fail(-EINVAL, std::string(what) + " with a null pointer for its function");
    }
    auto work = std::make_shared<running<Kind, plain>>(std::forward<Function>(function));
    work->context = in.get();
    return work;
}

// All work of a kind. What is taken out of it is destroyed after that, by the
// caller: its destructor is the user's, and may come back here.
template <class Kind> class table {
public:
    using rows = std::unordered_map<key, std::shared_ptr<Kind>>;

    // Never destroyed: at exit there are handlers, threads and guards.
    static table& the()
    {
        static table* const the = new table;
        return *the;
    }

    template <class Run> auto locked(Run&& run)
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        return run(rows_);
    }

    key add(const std::shared_ptr<Kind>& work)
    {
        static_cast<void>(started_);
        const std::lock_guard<std::mutex> lock(mutex_);
        for (;;) {
            const key number = reinterpret_cast<key>(++last_);
            if (number && rows_.try_emplace(number, work).second)
                return number;
        }
    }

    // Null where there is none.
    std::shared_ptr<Kind> find(key number)
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        const auto row = rows_.find(number);
        return row == rows_.end() ? nullptr : row->second;
    }

    std::shared_ptr<Kind> take(key number)
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        return take(rows_, number);
    }

    static std::shared_ptr<Kind> take(rows& from, key number)
    {
        const auto row = from.find(number);
        if (row == from.end())
            return nullptr;
        auto work = std::move(row->second);
        from.erase(row);
        return work;
    }

    // All of a context, which has ended.
    void drop(sig_context* context)
    {
        rows dropped;
        const std::lock_guard<std::mutex> lock(mutex_);
        for (auto row = rows_.begin(); row != rows_.end();) {
            const auto next = std::next(row);
            if (row->second->context == context)
                dropped.insert(rows_.extract(row));
            row = next;
        }
    }

private:
    // So that a child never finds it locked by a thread that it has not got.
    table() { pthread_atfork(lock, unlock, unlock_child); }

    static void lock() { the().mutex_.lock(); }
    static void unlock() { the().mutex_.unlock(); }
    static void unlock_child()
    {
        for (auto& row : the().rows_)
            row.second->forked();
        unlock();
    }

    // Made before main(), so that no fork on another thread comes in the middle
    // of it, and leaves the child with one half made.
    static inline table& started_ = the();

    std::mutex mutex_;
    std::uintptr_t last_ = 0;
    rows rows_;
};

} // namespace detail

} // namespace safepoint
