// SPDX-License-Identifier: MIT OR Apache-2.0
// The latch, and C++20's stop tokens where they are.
#include "test.hpp"

namespace {

const test latches{"a latch stops all who wait for it", [] {
    static sp::latch latch; // constant to begin with
    std::atomic<int> began{0}, stopped{0};
    std::vector<std::thread> workers;
    for (int i = 0; i < 4; ++i)
        workers.emplace_back([&] {
            expect(!latch.wait(1us));
            ++began;
            while (!latch.is_set())
                latch.wait(1h);
            ++stopped;
        });
    sp::handler stop(SIGTERM, [&] { expect(latch.set()); });
    std::thread sends([&] {
        while (began < 4)
            std::this_thread::sleep_for(1ms);
        sp::kill(getpid(), SIGTERM);
    });
    expect(latch.wait());
    expect(!latch.set() && latch.wait(0s) && sig_latch_is_set(latch.get()) == 1);
    sends.join();
    for (auto& worker : workers)
        worker.join();
    expect(stopped == 4);
}};

#ifdef __cpp_lib_jthread

const test requested{"a wait ends when a stop is requested, by whomever", [] {
    std::stop_source by_thread;
    std::jthread requests([&] {
        std::this_thread::sleep_for(10ms);
        by_thread.request_stop();
    });
    expect(sp::wait(by_thread.get_token()));
    expect(sp::wait(by_thread.get_token(), 0s)); // it is requested already
    std::stop_source by_signal;
    sp::handler stop(SIGTERM, [&] { by_signal.request_stop(); });
    std::jthread sends([] {
        std::this_thread::sleep_for(10ms);
        sp::kill(getpid(), SIGTERM);
    });
    expect(sp::wait(by_signal.get_token()));
    expect(!sp::wait(std::stop_source().get_token(), 1ms));
    expect(!sp::wait(std::stop_token(), 1ms)); // nobody can
}};

const test throws{"a handler that throws ends it, and it may be waited for again", [] {
    std::stop_source source;
    sp::handler h(SIGUSR1, [] { throw 5; });
    sp::raise(SIGUSR1);
    expect(thrown_by<int>([&] { sp::wait(source.get_token()); }) == 5);
    expect(!sp::wait(source.get_token(), 1ms));
    source.request_stop();
    expect(sp::wait(source.get_token()));
}};

const test workers{"workers wait on their own threads, and their latches go at once", [] {
    for (int round = 0; round < 300; ++round) {
        std::atomic<int> ended{0};
        std::vector<std::jthread> workers;
        for (int i = 0; i < 4; ++i)
            workers.emplace_back([&](std::stop_token token) {
                while (!sp::wait(token, 1h))
                    ;
                ++ended;
            });
        workers.clear(); // requests a stop of each, and joins
        expect(ended == 4);
    }
}};

#elif __cplusplus >= 202002L
#error "C++20 and no stop_token: what is tested here?"
#endif

} // namespace
