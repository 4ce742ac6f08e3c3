// SPDX-License-Identifier: MIT OR Apache-2.0
// What a handler throws comes out of the check or the wait that ran it.
#include "test.hpp"

#include <memory>

namespace {

struct tagged {
    explicit tagged(int tag_) : tag(tag_), on_heap(std::make_shared<int>(tag_)) {}
    int tag;
    std::shared_ptr<int> on_heap; // a leak would be seen
};

const test very_one{"a check throws the very exception", [] {
    auto kept = std::make_shared<int>(1);
    sp::handler h(SIGUSR1, [&] { throw kept; });
    sp::raise(SIGUSR1);
    expect(thrown_by<std::shared_ptr<int>>([] { sp::check(); }) == kept);
    expect(kept.use_count() == 1);
    sp::check();
    expect(sig_check() == 0);
}};

const test rest_stays{"what had not run stays pending", [] {
    std::string ran;
    sp::handler a(SIGUSR1, [&] { ran += 'a'; throw tagged(1); });
    sp::handler b(SIGUSR2, [&] { ran += 'b'; throw tagged(2); });
    sp::call([&] { ran += 'c'; throw tagged(3); });
    sp::raise(SIGUSR2);
    sp::raise(SIGUSR1);
    for (int tag = 1; tag <= 3; ++tag)
        expect(thrown_by<tagged>([] { sp::check(); }).tag == tag);
    sp::check();
    expect(ran == "abc");
}};

const test nested{"checks nest, and exceptions with them", [] {
    sp::handler inner(SIGUSR1, [] { throw tagged(1); });
    bool caught = false;
    sp::handler outer(SIGUSR2, [&] {
        sp::raise(SIGUSR1);
        try {
            sp::check();
        } catch (const tagged& one) {
            caught = one.tag == 1;
        }
    });
    sp::raise(SIGUSR2);
    sp::check(); // it was caught within
    expect(caught);
    sp::handler through(SIGUSR2, [&] { sp::raise(SIGUSR1); sp::check(); });
    sp::raise(SIGUSR2);
    expect(thrown_by<tagged>([] { sp::check(); }).tag == 1);
    sp::handler another(SIGUSR2, [&] {
        sp::raise(SIGUSR1);
        try {
            sp::check();
        } catch (const tagged&) {
            throw tagged(2);
        }
    });
    sp::raise(SIGUSR2);
    expect(thrown_by<tagged>([] { sp::check(); }).tag == 2);
    sp::handler both(SIGUSR2, [&] { sp::raise(SIGUSR1); sp::sleep(1h); return 9; });
    sp::raise(SIGUSR2);
    expect(thrown_by<tagged>([] { sp::sleep(1h); }).tag == 1);
    sp::handler number(SIGUSR1, [] { return 4; });
    sp::raise(SIGUSR2);
    expect(thrown_by<sp::interrupted>([] { sp::pause(); }).number() == 4);
}};

const test in_unwinding{"a check runs in a destructor while another exception flies", [] {
    sp::handler h(SIGUSR1, [] { throw tagged(1); });
    struct checks {
        ~checks()
        {
            sp::raise(SIGUSR1);
            expect(thrown_by<tagged>([] { sp::check(); }).tag == 1);
        }
    };
    try {
        const checks at_end;
        throw tagged(2);
    } catch (const tagged& one) {
        expect(one.tag == 2);
    }
}};

const test waits{"every way to wait throws it", [] {
    sp::handler h(SIGUSR1, [] { throw tagged(1); });
    int ends[2];
    expect(pipe(ends) == 0);
    char byte = 0;
    sp::latch latch;
    const std::vector<std::function<void()>> all = {
        [] { sp::sleep(1h); },
        [] { sp::sleep(sp::forever); },
        [] { sp::sleep_until(std::chrono::steady_clock::now() + 1h); },
        [] { sp::sleep_until(std::chrono::system_clock::now() + 1h); },
        [] { sp::pause(); },
        [&] { sp::read(ends[0], &byte, 1); },
        [&] { sp::checked(sig_read(ends[0], &byte, 1)); },
        [] { sp::poll(nullptr, 0); },
        [] { sp::select(0, nullptr, nullptr, nullptr, 1h); },
        [] { (void)sp::wait({SIGTERM}); },
        [&] { latch.wait(); },
        [] { sp::mask(SIG_UNBLOCK, {SIGUSR1}); },
        [] { sp::check_frame(nullptr); },
        [] { sp::check(sp::context_ref()); },
        [&] {
            sp::syscall(0 /* read, on x86-64 */, ends[0], &byte, 1);
        },
        [&] {
            sp::retry([&]() -> long {
                return errno = EINTR, -1; // as a read() that a signal ends
            });
        },
    };
    for (std::size_t i = 0; i < all.size(); ++i) {
        sp::mask(SIG_BLOCK, {SIGUSR2});
        sp::raise(SIGUSR1);
        try {
            all[i]();
            std::fprintf(stderr, "way %zu threw nothing\n", i);
            expect(false);
        } catch (const tagged& one) {
            expect(one.tag == 1);
        }
    }
}};

const test while_waiting{"it ends a wait that has begun, also from another thread", [] {
    sp::handler h(SIGUSR1, [] { throw tagged(1); });
    for (int i = 0; i < 20; ++i) {
        std::thread sends([] {
            std::this_thread::sleep_for(2ms);
            sp::kill(getpid(), SIGUSR1);
        });
        expect(thrown_by<tagged>([] { sp::sleep(1h); }).tag == 1);
        sends.join();
        std::thread calls([] {
            std::this_thread::sleep_for(2ms);
            sp::call([] { throw tagged(2); });
        });
        expect(thrown_by<tagged>([] { sp::sleep(1h); }).tag == 2);
        calls.join();
    }
}};

const test not_taken{"one that C code passes over is dropped without a leak", [] {
    sp::handler h(SIGUSR1, [] { throw tagged(1); });
    for (int i = 0; i < 3; ++i) {
        sp::raise(SIGUSR1);
        expect(sig_check() != 0); // kept, and replaced by the next
    }
    sp::check();
    sp::interrupt(5);
    expect(thrown_by<sp::interrupted>([] { sp::check(); }).number() == 5);
    sp::raise(SIGUSR1);
    expect(sig_sleep(1000) == -EINTR);
    sp::handler passes_on(SIGUSR2, [] { sp::raise(SIGUSR1); return sig_check(); });
    sp::raise(SIGUSR2); // C code that hands on what a check returned
    expect(thrown_by<tagged>([] { sp::check(); }).tag == 1);
    elsewhere([] {
        sp::context mine;
        sp::call([] { throw tagged(3); }, mine);
        expect(sig_context_check(mine.get()) != 0);
    });
}};

const test several_contexts{"each context's comes out of its own check", [] {
    sp::context one, other;
    sp::handler a(SIGUSR1, [&] { sp::check(other); throw tagged(1); }, sp::flags::none, one);
    sp::handler b(SIGUSR1, [] { throw tagged(2); }, sp::flags::none, other);
    sp::raise(SIGUSR1);
    expect(thrown_by<tagged>([&] { sp::check(one); }).tag == 2);
    sp::check(one);
    sp::check(other);
    sp::raise(SIGUSR1);
    expect(thrown_by<tagged>([&] { sp::sleep(1h, other); }).tag == 2);
    expect(thrown_by<tagged>([&] { sp::sleep(1h, one); }).tag == 1);
}};

const test many_threads{"each thread has its own", [] {
    sp::context mine;
    sp::call([&] {
        sp::call([] { throw tagged(1); }, mine);
        const int raised = sig_context_check(mine.get());
        elsewhere([] { // while this one's is kept
            sp::context other;
            sp::call([] { throw tagged(2); }, other);
            expect(thrown_by<tagged>([&] { sp::check(other); }).tag == 2);
        });
        return raised;
    }, mine);
    expect(thrown_by<tagged>([&] { sp::check(mine); }).tag == 1);
}};

const test empty_function{"an empty std::function is bad_function_call", [] {
    sp::init();
    sp::call(std::function<void()>());
    thrown_by<std::bad_function_call>([] { sp::check(); });
}};

const test through_c{"what a check gave to C code is thrown when that gives it back", [] {
    sp::handler h(SIGUSR1, [] { throw tagged(1); });
    sp::raise(SIGUSR1);
    const int raised = sig_check();
    expect(raised < 0 && thrown_by<tagged>([&] { sp::rethrow(raised); }).tag == 1);
    expect(thrown_by<sp::interrupted>([&] { sp::rethrow(raised); }).number() == raised);
    sp::rethrow(0);
    expect(thrown_by<sp::interrupted>([] { sp::rethrow(5); }).number() == 5);
    sp::raise(SIGUSR1);
    expect(thrown_by<tagged>([] { sp::checked(sig_check()); }).tag == 1);
}};

const test like_an_error{"a handler may return what is an error's number elsewhere", [] {
    sp::handler h(SIGUSR1, [] { return -EINVAL; });
    const std::vector<std::function<void()>> all = {
        [] { sp::check(); },
        [] { sp::check(sp::context_ref()); },
        [] { sp::check_frame(nullptr); },
    };
    for (const auto& check : all) {
        sp::raise(SIGUSR1);
        expect(thrown_by<sp::interrupted>(check).number() == -EINVAL);
    }
}};

} // namespace
