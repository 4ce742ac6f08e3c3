// SPDX-License-Identifier: MIT OR Apache-2.0
// Guards of handlers: what they run, when, and what they put back.
#include "test.hpp"

#include <memory>

namespace {

void nothing(int) {}

bool is_default(int signum)
{
    struct sigaction now;
    sigaction(signum, nullptr, &now);
    return now.sa_handler == SIG_DFL;
}

int free_function_runs = 0;
void free_function() { ++free_function_runs; }

const test events{"a lambda sees who sent what, and may take nothing", [] {
    int plain = 0;
    std::vector<sp::event> seen;
    sp::handler a(SIGRTMIN + 1, [&](const sp::event& event) { seen.push_back(event); });
    sp::handler b(SIGUSR1, [&] { ++plain; });
    sp::handler c(SIGUSR2, free_function);
    const auto before = std::chrono::steady_clock::now();
    sp::queue(getpid(), SIGRTMIN + 1, -42);
    sp::queue(getpid(), SIGRTMIN + 1, 43);
    sp::kill(getpid(), SIGUSR1);
    sp::raise(SIGUSR2);
    expect(plain == 0);
    sp::check();
    expect(plain == 1 && free_function_runs == 1);
    expect(seen.size() == 2 && seen[0].value == -42 && seen[1].value == 43);
    expect(seen[0].pid == getpid() && seen[0].uid == getuid());
    expect(seen[0].code == SI_QUEUE && seen[0].count == 1 && seen[0].lost == 0);
    expect(seen[0].kind == SAFEPOINT_EVENT_SIGNAL && seen[0].context == sig_main());
    expect(std::string(seen[0].name()) == "SIGRTMIN+1");
    expect(seen[0].arrived() >= before &&
           seen[0].arrived() <= std::chrono::steady_clock::now());
}};

const test child_status{"SIGCHLD brings the child's status", [] {
    int status = -1;
    sp::handler ended(SIGCHLD, [&](const sp::event& event) { status = event.status; });
    const pid_t child = fork();
    if (child == 0)
        _exit(3);
    int how = 0;
    expect(sp::waitpid(child, &how) == child);
    while (status < 0)
        sp::check();
    expect(status == 3 && WEXITSTATUS(how) == 3);
}};

const test raises{"an int that is not 0 ends the check", [] {
    int returned = 0;
    sp::handler h(SIGUSR1, [&] { return returned; });
    sp::raise(SIGUSR1);
    sp::check();
    returned = -7;
    sp::raise(SIGUSR1);
    const auto raised = thrown_by<sp::interrupted>([] { sp::check(); });
    expect(raised.number() == -7);
    expect(std::string(raised.what()) == "interrupted: raised -7");
    sp::check();
}};

const test restores{"a guard puts back what stood there before", [] {
    std::signal(SIGUSR1, nothing);
    {
        sp::handler h(SIGUSR1, [] {});
        expect(sp::query(SIGUSR1).kind == SAFEPOINT_KIND_HANDLER);
    }
    struct sigaction now;
    sigaction(SIGUSR1, nullptr, &now);
    expect(now.sa_handler == nothing);
    {
        sp::handler h(SIGUSR2, [] {});
        expect(!is_default(SIGUSR2));
        h.restore();
        expect(is_default(SIGUSR2) && !h);
        h.restore();
    }
    { sp::handler h(SIGHUP, [] {}); h.release(); }
    expect(!is_default(SIGHUP));
}};

const test nests{"guards nest: the outer one is put back", [] {
    std::string ran;
    sp::handler outer(SIGUSR1, [&] { ran += 'o'; }, sp::flags::queue);
    {
        sp::handler inner(SIGUSR1, [&] { ran += 'i'; });
        sp::raise(SIGUSR1);
        sp::check();
        sp::raise(SIGUSR1); // pending: the outer one gets it
    }
    expect(sp::query(SIGUSR1).flags == SAFEPOINT_QUEUE);
    sp::check();
    sp::raise(SIGUSR1);
    sp::check();
    expect(ran == "ioo");
    outer.restore();
    expect(is_default(SIGUSR1));
}};

const test out_of_order{"guards may go in any order", [] {
    std::string ran;
    auto tell = [&](char who) { return [&ran, who] { ran += who; }; };
    auto a = std::make_unique<sp::handler>(SIGUSR1, tell('a'));
    auto b = std::make_unique<sp::handler>(SIGUSR1, tell('b'));
    auto c = std::make_unique<sp::handler>(SIGUSR1, tell('c'));
    b.reset();
    sp::raise(SIGUSR1);
    sp::check();
    c.reset();
    sp::raise(SIGUSR1);
    sp::check();
    expect(ran == "ca");
    a.reset();
    expect(is_default(SIGUSR1));
    // Assigned anew, again and again: the old one goes after the new one came.
    sp::handler h;
    for (char who = 'd'; who <= 'z'; ++who) {
        h = sp::handler(SIGUSR1, tell(who));
        sp::raise(SIGUSR1);
    }
    sp::check();
    expect(ran == "caz");
    h = sp::handler();
    expect(is_default(SIGUSR1));
}};

const test c_handler{"a C handler of this context is put back, too", [] {
    int ran = 0;
    auto count = [](const sig_event*, void* user) { return ++*static_cast<int*>(user), 0; };
    expect(sig_install(SIGUSR1, count, &ran, 0) == 0);
    {
        sp::handler h(SIGUSR1, [] {});
        sp::raise(SIGUSR1);
        sp::check();
        expect(ran == 0);
    }
    sp::raise(SIGUSR1);
    sp::check();
    expect(ran == 1);
    {
        sp::handler h(SIGUSR1, [] {});
        expect(sig_install(SIGUSR1, count, &ran, 0) == 0); // it has gone
    }
    sp::raise(SIGUSR1);
    sp::check();
    expect(ran == 2);
}};

const test overwritten{"a handler that somebody put over ours is left alone", [] {
    sp::handler outer(SIGUSR1, [] {});
    {
        sp::handler inner(SIGUSR1, [] {});
        std::signal(SIGUSR1, nothing);
        expect(!sp::verify(SIGUSR1) && sp::query(SIGUSR1).overwritten == 1);
    }
    struct sigaction now;
    sigaction(SIGUSR1, nullptr, &now);
    expect(now.sa_handler == nothing);
    outer = sp::handler(SIGUSR1, [] {});
    std::signal(SIGUSR1, nothing);
    { sp::handler inner(SIGUSR1, [] {}); }
    sigaction(SIGUSR1, nullptr, &now);
    expect(now.sa_handler == nothing);
}};

const test moves{"a guard may be moved while its signal is pending", [] {
    int ran = 0;
    std::vector<sp::handler> guards;
    for (int i = 1; i <= 10; ++i)
        guards.emplace_back(SIGRTMIN + i, [&ran] { ++ran; });
    for (int i = 1; i <= 10; ++i)
        sp::raise(SIGRTMIN + i);
    std::vector<sp::handler> moved;
    for (sp::handler& guard : guards)
        moved.push_back(std::move(guard));
    expect(!guards[0] && moved[0]);
    sp::check();
    expect(ran == 10);
    guards.clear();
    sp::raise(SIGRTMIN + 1);
    sp::check();
    expect(ran == 11);
    sp::handler& self = moved[0];
    moved[0] = std::move(self);
    expect(bool(moved[0]));
}};

const test within{"a guard may be destroyed within its own handler", [] {
    std::unique_ptr<sp::handler> guard;
    std::string after;
    const std::string captured(100, 'x'); // on the heap, to be used after free
    guard = std::make_unique<sp::handler>(SIGUSR1, [&guard, &after, captured] {
        guard.reset();
        after = captured;
    });
    sp::raise(SIGUSR1);
    sp::check();
    expect(after == captured && !guard && is_default(SIGUSR1));
    // The handler that owns itself.
    auto own = std::make_shared<sp::handler>();
    std::weak_ptr<sp::handler> alive = own;
    *own = sp::handler(SIGUSR1, [own]() mutable { own->restore(); own.reset(); });
    own.reset();
    sp::raise(SIGUSR1);
    sp::check();
    expect(alive.expired());
}};

const test other_thread{"a guard destroyed on another thread does nothing any more", [] {
    std::string ran;
    sp::handler outer(SIGUSR1, [&] { ran += 'o'; });
    auto guard = std::make_unique<sp::handler>(SIGUSR1, [&] { ran += 'i'; });
    sp::raise(SIGUSR1);
    elsewhere([&] {
        expect(fails_with(std::errc::operation_not_permitted, [&] { guard->restore(); }));
        expect(bool(*guard));
        guard.reset();
    });
    sp::check();
    expect(ran.empty() && !is_default(SIGUSR1));
    { sp::handler next(SIGUSR1, [&] { ran += 'n'; }); sp::raise(SIGUSR1); sp::check(); }
    expect(ran == "n" && is_default(SIGUSR1));
    { sp::handler next(SIGUSR1, [] {}); elsewhere([&] { sp::handler gone(std::move(next)); }); }
    outer.restore(); // takes the dead one away
    expect(is_default(SIGUSR1));
}};

const test given_flags{"flags are the C header's", [] {
    std::signal(SIGHUP, SIG_IGN);
    sp::handler ignored(SIGHUP, [] {}, sp::flags::keep_ignored);
    expect(!ignored);
    std::signal(SIGUSR2, nothing);
    expect(fails_with(std::errc::file_exists, [] {
        sp::handler h(SIGUSR2, [] {}, sp::flags::if_default | sp::flags::restart);
    }));
    int ran = 0;
    sp::handler once(SIGUSR1, [&] { ++ran; }, sp::flags::oneshot);
    sp::raise(SIGUSR1);
    sp::check();
    expect(ran == 1 && is_default(SIGUSR1) && once);
    expect(!sp::ignore(SIGUSR1) && sp::query(SIGUSR1).kind == SAFEPOINT_KIND_IGNORED);
    expect(!sp::set_default(SIGUSR1) && !sp::restore(SIGUSR1));
    sp::set_escalation(SIGTERM, 2, 1h);
    sp::set_restart(SIGTERM, false);
}};

const test move_only{"what it captures may be move-only, and goes with it", [] {
    auto counted = std::make_shared<int>(0);
    std::weak_ptr<int> alive = counted;
    auto own = std::make_unique<int>(5);
    int seen = 0;
    {
        sp::handler h(SIGUSR1, [&seen, counted, own = std::move(own)] { seen = *own; });
        counted.reset();
        sp::raise(SIGUSR1);
        sp::check();
        expect(seen == 5 && !alive.expired());
    }
    expect(alive.expired());
}};

const test forks{"a child has the handlers, and none of the signals", [] {
    int ran = 0;
    sp::handler h(SIGUSR1, [&] { ++ran; });
    sp::raise(SIGUSR1);
    const pid_t child = fork();
    if (child == 0) {
        sp::alarm(30s); // ends one that hangs
        sp::check();
        if (ran != 0)
            _exit(1);
        sp::raise(SIGUSR1);
        sp::check();
        _exit(ran == 1 && sp::is_owner() ? 3 : 2);
    }
    int status = 0;
    sp::waitpid(child, &status);
    expect(WIFEXITED(status) && WEXITSTATUS(status) == 3);
    sp::check();
    expect(ran == 1);
}};

const test states{"what was ignored or at its default is so again", [] {
    std::signal(SIGUSR2, nothing);
    sp::init(sp::interpreter_defaults);
    sp::ignore(SIGUSR1);
    sp::set_default(SIGUSR2);
    for (int i = 0; i < 2; ++i) {
        { sp::handler h(SIGPIPE, [] {}); }
        expect(sp::query(SIGPIPE).kind == SAFEPOINT_KIND_IGNORED);
        sp::handler outer(SIGUSR1, [] {});
        {
            sp::handler inner(SIGUSR1, [] {});
            outer = sp::handler();
        }
        expect(sp::query(SIGUSR1).kind == SAFEPOINT_KIND_IGNORED);
        { sp::handler h(SIGUSR2, [] {}); }
        expect(is_default(SIGUSR2));
    }
    sp::raise(SIGPIPE);
    sp::raise(SIGUSR1);
    sp::fini();
    expect(is_default(SIGPIPE) && is_default(SIGUSR1) && !is_default(SIGUSR2));
}};

const test once_over{"where one that runs once was made over another, none stands there after it", [] {
    int outer_ran = 0, inner_ran = 0;
    sp::handler outer(SIGURG, [&] { ++outer_ran; });
    {
        sp::handler inner(SIGURG, [&] { ++inner_ran; }, sp::flags::oneshot);
        sp::raise(SIGURG);
        sp::check();
    }
    expect(inner_ran == 1 && outer_ran == 0 && sp::query(SIGURG).handler == nullptr);
}};

} // namespace
