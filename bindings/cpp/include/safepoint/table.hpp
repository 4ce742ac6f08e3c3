// SPDX-License-Identifier: MIT OR Apache-2.0
/// What is to be run, by number. C is given the number, never an address: it
/// may call what another thread cancels just now, and it may never call what it
/// was given; then a number is no dangling pointer, and no leak. Not for users.
#pragma once

#include <safepoint/error.hpp>

#include <pthread.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <type_traits>
#include <unordered_map>

namespace safepoint {

namespace detail {

// A number, as C's `user` or `arg`.
using key = void*;

// How many ends of contexts have begun, that is sig_fini() and sig_context_free(),
// and 1.
inline std::atomic<unsigned long> ends{1};

// Something to run, of a context.
struct work {
    virtual ~work() = default;
    virtual int run(const sig_event* event) = 0;
    virtual void forked() noexcept {} // in the child, where nothing is pending

    // C has just been given it. Read by writing: an end that is not counted here
    // begins after that, and drops it.
    void given() noexcept
    {
        const unsigned long now = ends.fetch_add(0);
        for (unsigned long last = given_at; last < now;)
            if (given_at.compare_exchange_weak(last, now))
                break;
    }

    // Whether this end has dropped it. What came meanwhile may be for the next owner.
    bool is_dropped_by(unsigned long end) const noexcept { return given_at != 0 && given_at < end; }

    sig_context* context = nullptr;
    std::atomic<unsigned long> given_at{0}; // the ends that had begun by then; 0 is never
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

    // C has it now, or has had it already.
    void given(key number)
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        const auto row = rows_.find(number);
        if (row != rows_.end())
            row->second->given();
    }

    // All of which this is true.
    template <class Which> void drop(Which&& which)
    {
        rows dropped;
        const std::lock_guard<std::mutex> lock(mutex_);
        for (auto row = rows_.begin(); row != rows_.end();) {
            const auto next = std::next(row);
            if (which(*row->second))
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
