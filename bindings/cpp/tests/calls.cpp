// SPDX-License-Identifier: MIT OR Apache-2.0
// Pending calls, jobs and timers.
#include "test.hpp"

#include <memory>

namespace {

const test in_order{"calls of many threads run once each, in order, on the owner", [] {
    sp::init();
    constexpr int threads = 4, each = 3000;
    int next[threads] = {}, ran = 0;
    bool good = true;
    std::vector<std::thread> all;
    const auto owner = std::this_thread::get_id();
    for (int t = 0; t < threads; ++t)
        all.emplace_back([&, t] {
            for (int i = 0; i < each;) {
                try {
                    sp::call([&, t, i, text = std::string(64, 'x')] {
                        good = good && next[t]++ == i && std::this_thread::get_id() == owner;
                        ++ran;
                    });
                    ++i;
                } catch (const std::system_error& full) {
                    expect(full.code() == std::errc::resource_unavailable_try_again);
                    std::this_thread::yield();
                }
            }
        });
    while (ran < threads * each)
        sp::check();
    for (auto& thread : all)
        thread.join();
    expect(good && ran == threads * each);
}};

const test full{"where there is no room, nothing is kept, and the error says so", [] {
    sp::init();
    auto captured = std::make_shared<int>(0);
    int queued = 0;
    const auto error = thrown_by<std::system_error>([&] {
        for (; queued < 100000; ++queued)
            sp::call([captured] { ++*captured; });
    });
    expect(error.code() == std::errc::resource_unavailable_try_again && queued >= 1024);
    expect(captured.use_count() == queued + 1);
    expect(!sp::try_call([](void*) { return 0; }, nullptr));
    while (*captured < queued)
        sp::check();
    expect(captured.use_count() == 1);
}};

int c_calls = 0;
int c_call(void* argument) { return c_calls += *static_cast<int*>(argument), 0; }
void in_a_signal_handler(int)
{
    static int two = 2;
    sp::try_call(c_call, &two);
}

const test raw{"the raw form may be called in a signal handler", [] {
    sp::init();
    std::signal(SIGUSR1, in_a_signal_handler);
    for (int i = 0; i < 100; ++i)
        std::raise(SIGUSR1);
    expect(c_calls == 0);
    sp::check();
    expect(c_calls == 200);
    expect(fails_with(std::errc::invalid_argument, [] { sp::try_call(nullptr, nullptr); }));
}};

const test dropped{"calls, jobs and timers that fini() drops are freed", [] {
    sp::init();
    auto captured = std::make_shared<int>(0);
    sp::call([captured] {});
    sp::call([captured] {});
    sp::job job([captured] {});
    job.post();
    auto abandoned = std::make_unique<sp::job>([captured] {});
    abandoned->post();
    abandoned.reset();
    sp::timer timer = sp::call_after(1h, [captured] {});
    sp::handler h(SIGUSR1, [captured] {});
    expect(captured.use_count() == 7);
    sp::fini();
    expect(captured.use_count() == 2); // the job's, who can be posted again
    expect(!timer.cancel());
    sp::init();
    sp::check();
    expect(job.post());
    sp::check();
    h.restore();
    expect(sp::stats().calls_run == 1);
}};

const test posted_at_fini{"a job that is posted while fini() runs is not freed while it is queued", [] {
    for (int i = 0; i < 1000; ++i) {
        sp::init();
        auto captured = std::make_shared<int>(0);
        std::atomic<bool> begun{false}, done{false};
        auto job = std::make_unique<sp::job>([captured] { ++*captured; });
        std::thread posts([&] {
            for (int j = 0; j < 10000000 && !done; ++j, begun = true)
                job->post();
        });
        while (!begun)
            std::this_thread::yield();
        for (int j = 0; j < 20; ++j) {
            sp::fini();
            sp::init();
        }
        done = true;
        posts.join();
        job.reset();
        const long owners = captured.use_count();
        expect(!sp::next() || owners == 2);
        sp::fini();
        expect(captured.use_count() == 1);
    }
}};

const test called_at_fini{"a call that comes after fini() has dropped the others is run", [] {
    std::atomic<int> ran{0};
    for (int i = 0; i < 300; ++i) {
        sp::init();
        std::atomic<bool> begun{false}, done{false};
        std::thread calls([&] {
            for (int j = 0; j < 10000000 && !done; ++j, begun = true)
                try {
                    sp::call([&] { ++ran; });
                } catch (const std::system_error& full) {
                    expect(full.code() == std::errc::resource_unavailable_try_again);
                }
        });
        while (!begun)
            std::this_thread::yield();
        for (int j = 0; j < 20; ++j) {
            sp::fini();
            sp::init();
        }
        done = true;
        calls.join();
        int queued = 0;
        ran = 0;
        while (const auto call = sp::next()) {
            ++queued;
            call->run();
        }
        expect(ran == queued);
        sp::fini();
    }
}};

int posted_runs = 0;
sp::job* shared_job = nullptr;
void post_in_a_signal_handler(int) { shared_job->post(); }

const test jobs{"a job runs once for all that posted it, and may be posted again", [] {
    sp::init();
    sp::job job([] { ++posted_runs; });
    expect(job.post());
    expect(!job.post());
    elsewhere([&] { expect(!job.post()); });
    sp::check();
    expect(posted_runs == 1);
    shared_job = &job;
    std::signal(SIGUSR1, post_in_a_signal_handler);
    std::raise(SIGUSR1);
    sp::check();
    expect(posted_runs == 2);
    sp::job again;
    int left = 3;
    again = sp::job([&] { if (--left > 0) again.post(); });
    again.post();
    for (int i = 0; i < 10; ++i)
        sp::check();
    expect(left == 0);
    sp::job moved = std::move(job);
    expect(!job && moved.post());
    expect(fails_with(std::errc::invalid_argument, [&] { job.post(); }));
    sp::check();
    expect(posted_runs == 3);
    sp::job raises([] { return 6; });
    raises.post();
    expect(thrown_by<sp::interrupted>([] { sp::check(); }).number() == 6);
    sp::job throws([] { throw 7; });
    throws.post();
    expect(thrown_by<int>([] { sp::check(); }) == 7);
}};

const test job_gone{"a job that is destroyed while it is queued is not run", [] {
    sp::init();
    auto captured = std::make_shared<int>(0);
    {
        sp::job job([captured] { ++*captured; });
        job.post();
    }
    { sp::job never([captured] {}); }
    expect(captured.use_count() == 2); // its memory is the library's until then
    sp::check();
    expect(*captured == 0 && captured.use_count() == 1);
    auto own = std::make_unique<sp::job>();
    *own = sp::job([&own, captured] { own.reset(); ++*captured; });
    own->post();
    sp::check();
    expect(*captured == 1 && captured.use_count() == 1);
    own = std::make_unique<sp::job>([&own, captured] { own->post(); own.reset(); ++*captured; });
    own->post();
    sp::check();
    sp::check();
    expect(*captured == 2 && captured.use_count() == 1);
    // Queued anew between being taken out and being run.
    own = std::make_unique<sp::job>([captured] { ++*captured; });
    own->post();
    const auto taken = sp::next();
    expect(own->post());
    own.reset();
    taken->run();
    expect(captured.use_count() == 2);
    sp::check();
    expect(*captured == 2 && captured.use_count() == 1);
}};

const test job_ends_itself{"a job that another thread posts may destroy itself when it runs", [] {
    sp::init();
    for (int i = 0; i < 2000; ++i) {
        std::atomic<sp::job*> own{nullptr};
        std::atomic<bool> ran{false};
        own = new sp::job([&] {
            delete own.exchange(nullptr);
            ran = true;
        });
        std::thread posts([&] { own.load()->post(); });
        while (!ran)
            sp::check();
        posts.join();
    }
}};

const test jobs_under_fire{"jobs come and go on other threads while the owner checks", [] {
    sp::init();
    std::atomic<int> posted{0}, ran{0};
    std::atomic<int> working{3};
    std::vector<std::thread> threads;
    for (int t = 0; t < 3; ++t)
        threads.emplace_back([&] {
            for (int i = 0; i < 5000; ++i) {
                auto text = std::make_shared<std::string>(40, 'x');
                sp::job job([&ran, text] { ran += text->size() == 40; });
                posted += job.post();
                if (i % 3 == 0)
                    std::this_thread::yield();
                posted += job.post();
            }
            --working;
        });
    while (working > 0)
        sp::check();
    for (auto& thread : threads)
        thread.join();
    sp::check();
    expect(posted >= 15000 && ran <= posted);
    expect(sp::stats().calls_run == static_cast<std::uint64_t>(posted));
}};

const test timers{"a timer is never early, and its guard cancels it", [] {
    sp::init();
    const auto began = std::chrono::steady_clock::now();
    sp::timer deadline = sp::call_after(30ms, [] { return 9; });
    expect(thrown_by<sp::interrupted>([] { for (;;) sp::check(); }).number() == 9);
    expect(std::chrono::steady_clock::now() - began >= 30ms);
    expect(!deadline.cancel());
    int ticks = 0;
    sp::timer ticking;
    ticking = sp::call_every(5ms, [&] { if (++ticks == 3) expect(ticking.cancel()); });
    while (ticks < 3)
        sp::check();
    sp::sleep(30ms);
    expect(ticks == 3);
    auto captured = std::make_shared<int>(0);
    { const auto gone = sp::call_after(1us, [captured] { ++*captured; }); }
    sp::sleep(10ms);
    expect(*captured == 0 && captured.use_count() == 1);
    sp::timer later(10ms, 1h, [captured] { ++*captured; });
    while (*captured == 0)
        sp::pause();
    sp::timer moved = std::move(later);
    expect(!later.cancel() && moved.cancel() && captured.use_count() == 1);
    expect(fails_with(std::errc::no_such_file_or_directory, [] { sp::cancel(123456789); }));
    sp::timer throwing = sp::call_after(1ms, [] { throw 5; });
    expect(thrown_by<int>([] { sp::sleep(1h); }) == 5);
    sp::timer by_id = sp::call_after(1h, [] {});
    sp::cancel(by_id.id());
}};

const test timer_elsewhere{"timers are cancelled on another thread while they run", [] {
    sp::init();
    std::atomic<bool> done{false};
    std::atomic<long> ran{0};
    std::thread other([&] {
        for (int i = 0; i < 3000; ++i) {
            const std::string text(40, 'x');
            sp::timer timer = sp::call_every(1us, [&ran, text] { ran += text.size() == 40; });
            if (i % 8 == 0)
                std::this_thread::sleep_for(100us);
        }
        done = true;
    });
    while (!done)
        sp::check();
    other.join();
    expect(ran > 0);
}};

const test taken{"next() gives out calls, and run() runs them", [] {
    int ran = 0;
    sp::handler h(SIGUSR1, [&] { ++ran; });
    sp::call([&] { ran += 10; });
    sp::call([&] { return 4; });
    sp::call([&] { throw 5; });
    sp::raise(SIGUSR1);
    auto event = sp::next();
    expect(event && event->kind == SAFEPOINT_EVENT_SIGNAL && event->signum == SIGUSR1);
    expect(fails_with(std::errc::invalid_argument, [&] { event->run(); }));
    event = sp::next();
    expect(event && event->kind == SAFEPOINT_EVENT_CALL && event->name() == nullptr);
    event->run();
    expect(ran == 10);
    expect(thrown_by<sp::interrupted>([] { sp::next()->run(); }).number() == 4);
    expect(thrown_by<int>([] { sp::next()->run(); }) == 5);
    expect(!sp::next());
    elsewhere([] { expect(fails_with(std::errc::operation_not_permitted, [] { (void)sp::next(); })); });
}};

const test forks{"a child forked while others queue calls can queue its own", [] {
    sp::init();
    std::atomic<bool> done{false};
    std::vector<std::thread> threads;
    for (int t = 0; t < 2; ++t)
        threads.emplace_back([&] {
            while (!done) {
                sp::timer timer = sp::call_after(1h, [] {});
                sp::job job([] {});
                job.post();
            }
        });
    auto captured = std::make_shared<int>(0);
    sp::job mine([captured] {});
    for (int i = 0; i < 50; ++i) {
        mine.post(); // pending here, and not in the child
        const pid_t child = fork();
        if (child == 0) {
            sp::alarm(30s); // ends one that hangs
            int ran = 0;
            sp::call([&] { ++ran; });
            const bool posted = mine.post();
            sp::check();
            mine = sp::job();
            _exit(ran == 1 && posted && captured.use_count() == 1 ? 3 : 1);
        }
        int status = 0;
        expect(sp::waitpid(child, &status) == child);
        expect(WIFEXITED(status) && WEXITSTATUS(status) == 3);
    }
    done = true;
    for (auto& thread : threads)
        thread.join();
}};

} // namespace
