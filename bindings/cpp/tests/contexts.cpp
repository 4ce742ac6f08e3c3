// SPDX-License-Identifier: MIT OR Apache-2.0
// Contexts, holds, interrupts, the owner.
#include "test.hpp"

#include <memory>

namespace {

const test own{"each context has its own handlers, calls and timers", [] {
    std::string ran;
    sp::context a, b;
    sp::handler main_(SIGUSR1, [&] { ran += 'm'; });
    sp::handler of_a(SIGUSR1, [&](const sp::event& event) {
        expect(event.context == a.get());
        ran += 'a';
    }, sp::flags::none, a);
    sp::call([&] { ran += 'B'; }, b);
    sp::raise(SIGUSR1);
    sp::check(b);
    expect(ran == "B");
    sp::check(a);
    sp::check();
    expect(ran == "Bam");
    const sp::timer timer = sp::call_after(1ms, [] { return 3; }, b);
    sp::sleep(5ms);
    expect(thrown_by<sp::interrupted>([&] { sp::sleep(1h, b); }).number() == 3);
    sp::trip(SIGUSR1, a);
    sp::trip(SIGUSR1);
    sp::check();
    sp::check(a);
    expect(ran == "Bamma");
}};

const test cancels{"another thread interrupts what a context runs", [] {
    sp::context script;
    std::thread canceller([&] {
        std::this_thread::sleep_for(10ms);
        sp::interrupt(2, script);
    });
    const auto stopped = thrown_by<sp::interrupted>([&] {
        for (;;)
            sp::check(script);
    });
    expect(stopped.number() == 2);
    canceller.join();
    sp::check(script);
    expect(fails_with(std::errc::invalid_argument, [&] { sp::interrupt(0, script); }));
}};

const test gone{"guards may outlive their context", [] {
    auto captured = std::make_shared<int>(0);
    sp::handler h;
    sp::timer t;
    sp::job j;
    {
        sp::context c;
        h = sp::handler(SIGUSR1, [captured] { ++*captured; }, sp::flags::none, c);
        t = sp::call_after(1us, [captured] { ++*captured; }, c);
        j = sp::job([captured] { ++*captured; }, c);
        j.post();
        sp::call([captured] { ++*captured; }, c);
        expect(captured.use_count() == 5);
        sp::raise(SIGUSR1);
    }
    expect(captured.use_count() == 2);
    expect(!t.cancel());
    h.restore();
    expect(thrown_by<std::system_error>([&] { j.post(); }).code().value() == ESTALE);
    j = sp::job();
    expect(captured.use_count() == 1 && *captured == 0);
}};

const test moved{"a context is moved, and one that was moved from is refused", [] {
    sp::context a;
    int ran = 0;
    sp::handler h(SIGUSR1, [&] { ++ran; }, sp::flags::none, a);
    sp::context b = std::move(a);
    sp::raise(SIGUSR1);
    sp::check(b);
    expect(ran == 1 && a.get() == nullptr);
    expect(fails_with(std::errc::invalid_argument, [&] { sp::check(a); }));
    expect(fails_with(std::errc::invalid_argument, [&] { a.free(); }));
    a = std::move(b);
    sp::context& self = a;
    a = std::move(self);
    sp::check(a);
    const sp::context_ref stale = a;
    a.free();
    expect(a.get() == nullptr);
    expect(thrown_by<std::system_error>([&] { sp::check(stale); }).code().value() == ESTALE);
}};

const test elsewhere_{"a context that another thread destroys calls nothing any more", [] {
    auto captured = std::make_shared<int>(0);
    auto c = std::make_unique<sp::context>();
    const sp::context_ref still = *c;
    sp::handler h(SIGUSR1, [captured] { ++*captured; }, sp::flags::none, *c);
    sp::call([captured] { ++*captured; }, *c);
    sp::raise(SIGUSR1);
    elsewhere([&] {
        expect(fails_with(std::errc::operation_not_permitted, [&] { c->free(); }));
        c.reset();
    });
    expect(captured.use_count() == 1);
    sp::check(still);
    expect(*captured == 0);
}};

const test inside{"a context is not freed within its own handler", [] {
    sp::context c;
    bool refused = false;
    sp::handler h(SIGUSR1, [&] {
        refused = fails_with(std::errc::device_or_resource_busy, [&] { c.free(); });
    }, sp::flags::none, c);
    sp::raise(SIGUSR1);
    sp::check(c);
    expect(refused);
}};

const test busy{"a context that is lost within its own handler runs nothing more, and frees no queued job", [] {
    auto captured = std::make_shared<int>(0);
    auto c = std::make_unique<sp::context>();
    const sp::context_ref still = *c;
    auto abandoned = std::make_unique<sp::job>([captured] { ++*captured; }, still);
    sp::job kept([captured] { ++*captured; }, still);
    sp::handler h(SIGUSR1, [&] {
        c.reset();
        abandoned.reset();
        expect(captured.use_count() == 3); // C has it still
    }, sp::flags::none, still);
    abandoned->post();
    kept.post();
    sp::raise(SIGUSR1);
    sp::check(still);
    sp::check(still);
    expect(!c && *captured == 0 && captured.use_count() == 2);
}};

const test lost_elsewhere{"a job outlives a context that another thread could not free", [] {
    auto captured = std::make_shared<int>(0);
    auto c = std::make_unique<sp::context>();
    const sp::context_ref still = *c;
    sp::handler h(SIGUSR1, [] {}, sp::flags::none, still); // this thread is the owner
    {
        sp::job job([captured] { ++*captured; }, still);
        job.post();
        elsewhere([&] { c.reset(); });
    }
    expect(captured.use_count() == 2);
    sp::check(still);
    expect(*captured == 0 && captured.use_count() == 1);
}};

const test holds{"nothing runs in a hold", [] {
    int ran = 0;
    sp::handler h(SIGUSR1, [&] { ++ran; });
    {
        const sp::hold outer;
        const sp::hold inner;
        sp::raise(SIGUSR1);
        sp::check();
        sp::sleep(1ms);
        expect(ran == 0 && *sp::breaker() == 0);
        expect(sp::pending().contains(SIGUSR1));
    }
    expect(*sp::breaker() != 0);
    sp::check();
    expect(ran == 1);
    elsewhere([] { expect(fails_with(std::errc::operation_not_permitted, [] { sp::hold no; })); });
    try {
        const sp::hold while_it_throws;
        throw 1;
    } catch (int) {
    }
    sp::raise(SIGUSR1);
    sp::check();
    expect(ran == 2);
}};

const test owners{"ownership can be taken over, and begun again", [] {
    expect(!sp::is_owner());
    sp::init();
    expect(sp::is_owner());
    int ran = 0;
    sp::handler h(SIGUSR1, [&] { ++ran; });
    elsewhere([&] {
        expect(!sp::is_owner() && fails_with(std::errc::operation_not_permitted, [] { sp::init(); }));
        expect(fails_with(std::errc::operation_not_permitted, [] { sp::handler no(SIGUSR2, [] {}); }));
        sp::adopt();
        sp::raise(SIGUSR1);
        sp::check();
        expect(ran == 1);
        h.restore();
        sp::fini();
    });
    sp::init();
    expect(fails_with(std::errc::invalid_argument, [] { sp::init(999); }));
    int again = 0;
    {
        sp::handler one(SIGUSR1, [&] { ++again; });
        sp::fini();
        sp::handler two(SIGUSR1, [&] { again += 10; });
        one.restore(); // it had gone with fini()
        sp::raise(SIGUSR1);
        sp::check();
    }
    expect(again == 10);
    sp::fini();
    sp::init(sp::interpreter_defaults);
    sp::raise(SIGINT);
    expect(thrown_by<sp::interrupted>([] { sp::check(); }).number() == SAFEPOINT_INTERRUPTED);
}};

const test frames{"a frame reaches the handlers", [] {
    void* seen = nullptr;
    int frame = 0;
    sp::handler h(SIGUSR1, [&](const sp::event& event) { seen = event.frame; });
    sp::raise(SIGUSR1);
    sp::check_frame(&frame);
    expect(seen == &frame);
}};

const test at_exit{"guards that are static go at exit", [] {
    static sp::context c;
    static sp::handler h(SIGUSR1, [] {}, sp::flags::none, c);
    static sp::timer t = sp::call_every(1ms, [] {}, c);
    static sp::job j([] {});
    j.post();
    sp::sleep(3ms, c);
}};

} // namespace
