// SPDX-License-Identifier: MIT OR Apache-2.0
// The worker in C++: see ../worker/README.md.
//
//     c++ -std=c++17 -o worker worker.cpp $(pkg-config --cflags --libs safepoint) -pthread
#include <safepoint.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <csignal>
#include <iostream>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

struct wrong_usage {};

// Safe points until a handler raises: what it raised.
int raised_in(std::string_view how)
{
    try {
        for (;;) {
            if (how == "spin")
                safepoint::check();
            else
                safepoint::sleep(safepoint::forever);
        }
    } catch (const safepoint::interrupted& raised) {
        return raised.number();
    }
}

void print_raised(std::string_view how)
{
    const int raised = raised_in(how);
    std::cout << "raised " << raised << '\n';
}

safepoint::handler raise_on_sigterm()
{
    return safepoint::handler(SIGTERM, [] { return SIGTERM; });
}

void arrival(std::string_view how)
{
    const auto print = [](const safepoint::event& event) {
        std::cout << event.name() << " from " << event.pid << " uid " << event.uid << '\n';
    };
    const safepoint::handler hup(SIGHUP, print), usr1(SIGUSR1, print), usr2(SIGUSR2, print);
    const auto term = raise_on_sigterm();
    std::cout << "ready\n";
    print_raised(how);
}

void storm()
{
    std::uint64_t usr1 = 0, rtmin1 = 0;
    const safepoint::handler first(SIGUSR1, [&](const auto& event) { usr1 += event.count; });
    const safepoint::handler second(SIGRTMIN + 1,
                                    [&](const auto& event) { rtmin1 += event.count; });
    const safepoint::handler so_far(SIGUSR2, [&] {
        std::cout << "so far SIGUSR1 " << usr1 << " SIGRTMIN+1 " << rtmin1 << '\n';
    });
    const auto term = raise_on_sigterm();
    std::cout << "ready\n";
    print_raised("wait");
    safepoint::check(); // runs all that is left
    const safepoint::counters n = safepoint::stats();
    std::cout << "SIGUSR1 " << usr1 << '\n' << "SIGRTMIN+1 " << rtmin1 << '\n';
    std::cout << n.arrivals << " arrivals = " << n.handled << " handled + " << n.coalesced
              << " coalesced + " << n.lost << " lost + " << n.dropped << " dropped\n";
}

void values()
{
    const auto print = [](const safepoint::event& event) {
        std::cout << event.name() << " value " << event.value << '\n';
    };
    const safepoint::handler first(SIGRTMIN + 1, print), second(SIGRTMIN + 2, print);
    const auto term = raise_on_sigterm();
    std::cout << "ready\n";
    print_raised("wait");
}

// Again where there is no room.
template <class Function> void queue_call(Function function)
{
    for (;;) {
        try {
            return safepoint::call(function);
        } catch (const std::system_error& error) {
            if (error.code() != std::errc::resource_unavailable_try_again)
                throw;
            std::this_thread::yield();
        }
    }
}

void calls(unsigned long threads, unsigned long each)
{
    safepoint::init();
    unsigned long ran = 0;
    std::vector<unsigned long> next(threads); // of each thread, the turn to come
    bool in_order = true, on_the_owner = true;
    std::cout << "ready\n";
    std::vector<std::thread> all;
    for (unsigned long thread = 0; thread < threads; ++thread)
        all.emplace_back([&, thread] {
            for (unsigned long turn = 0; turn < each; ++turn)
                queue_call([&, thread, turn] {
                    ++ran;
                    in_order = in_order && next[thread]++ == turn;
                    on_the_owner = on_the_owner && safepoint::is_owner();
                });
        });
    while (ran < threads * each)
        safepoint::check();
    std::cout << ran << " calls\n"
              << "in order " << (in_order ? "yes" : "no") << '\n'
              << "on the owner " << (on_the_owner ? "yes" : "no") << '\n';
    all.emplace_back([] { queue_call([] { return 7; }); });
    print_raised("spin");
    for (std::thread& thread : all)
        thread.join();
}

void deadline(std::chrono::milliseconds time)
{
    safepoint::init();
    std::cout << "ready\n";
    const auto began = steady_clock::now();
    const auto once = safepoint::call_after(time, [] { return 9; });
    print_raised("spin");
    std::cout << "early " << (steady_clock::now() - began < time ? "yes" : "no") << '\n';
    int ticks = 0;
    safepoint::timer ticking = safepoint::call_every(time, [&] {
        std::cout << "tick " << ++ticks << '\n';
        if (ticks == 3)
            ticking.cancel();
    });
    while (ticks < 3)
        safepoint::check();
    safepoint::sleep(5 * time);
    std::cout << "cancelled\n";
}

void interrupt(std::string_view how)
{
    safepoint::init(safepoint::interpreter_defaults);
    std::cout << "ready\n";
    int raised = 0;
    if (how != "read") {
        raised = raised_in(how);
    } else {
        try {
            char byte;
            safepoint::read(STDIN_FILENO, &byte, 1);
        } catch (const safepoint::interrupted& interrupted) {
            raised = interrupted.number();
        }
    }
    std::cout << "interrupted " << raised << '\n';
    safepoint::set_default(SIGINT);
    std::raise(SIGINT);
}

void hang(std::uint32_t deliveries, std::chrono::milliseconds time)
{
    const safepoint::handler handled(SIGINT, [] { std::cout << "handled\n"; });
    safepoint::set_escalation(SIGINT, deliveries, time);
    std::cout << "ready\n";
    for (volatile bool forever = true; forever;)
        ;
}

pid_t must_fork()
{
    const pid_t child = fork();
    if (child < 0)
        throw std::system_error(errno, std::generic_category(), "fork");
    return child;
}

void fork_and_wait()
{
    std::uint64_t count = 0;
    const safepoint::handler usr1(SIGUSR1, [&](const auto& event) { count += event.count; });
    std::cout << "ready\n";
    safepoint::raise(SIGUSR1);
    const pid_t child = must_fork();
    if (child == 0) {
        std::cout << "child owner " << (safepoint::is_owner() ? "yes" : "no") << '\n';
        safepoint::check();
        std::cout << "child handled " << count << '\n';
        safepoint::raise(SIGUSR1);
        safepoint::check();
        std::cout << "child handled " << count << '\n';
        std::exit(3);
    }
    int status = 0;
    safepoint::waitpid(child, &status);
    safepoint::check();
    std::cout << "parent handled " << count << '\n';
    std::cout << "child ended " << WEXITSTATUS(status) << '\n';
}

pid_t start(std::vector<const char*> command)
{
    command.push_back(nullptr);
    const pid_t child = must_fork();
    if (child == 0) {
        execvp(command[0], const_cast<char**>(command.data()));
        _exit(127);
    }
    return child;
}

void children()
{
    int seen = -1;
    const safepoint::handler ended(SIGCHLD, [&](const auto& event) { seen = event.status; });
    // Until it has ended, and its SIGCHLD has been handled.
    const auto wait_for = [&](pid_t child) {
        int status = 0;
        safepoint::waitpid(child, &status);
        while (seen < 0)
            safepoint::check();
        std::cout << "SIGCHLD status " << std::exchange(seen, -1) << '\n';
        return status;
    };
    std::cout << "ready\n";
    const int first = wait_for(start({"sh", "-c", "exit 3"}));
    std::cout << "child ended " << WEXITSTATUS(first) << '\n';
    const pid_t child = start({"sleep", "100"});
    safepoint::kill(child, SIGTERM);
    const int second = wait_for(child);
    std::cout << "child died by " << safepoint::name(WTERMSIG(second)) << '\n';
}

template <class Function> void print_error(const char* what, Function function)
{
    try {
        function();
        std::cout << what << " 0\n";
    } catch (const std::system_error& error) {
        std::cout << what << ' ' << strerrorname_np(error.code().value()) << '\n';
    }
}

void errors()
{
    safepoint::init();
    std::cout << "ready\n";
    const auto install = [](int signum) { const safepoint::handler handler(signum, [] {}); };
    print_error("SIGKILL", [&] { install(SIGKILL); });
    print_error("0", [&] { install(0); });
    std::thread([&] { print_error("another thread", [&] { install(SIGUSR1); }); }).join();
    print_error("no timer", [] { safepoint::cancel(1); });
}

volatile std::uint32_t word;

// Nanoseconds of each run of it.
template <class Function> double cost_of(Function function)
{
    constexpr int times = 5000000;
    const auto began = steady_clock::now();
    for (int i = 0; i < times; ++i)
        function();
    const std::chrono::duration<double, std::nano> took = steady_clock::now() - began;
    return took.count() / times;
}

void cost(unsigned long rounds)
{
    safepoint::init();
    std::cout << "other: a volatile load\n";
    for (unsigned long round = 0; round < rounds; ++round) {
        double check = 0, other = 0;
        for (unsigned long turn = round; turn < round + 2; ++turn) {
            if (turn % 2 == 0)
                check = cost_of([] { safepoint::check(); });
            else
                other = cost_of([] { if (word != 0) throw wrong_usage(); });
        }
        std::cout << check << ' ' << other << '\n';
    }
}

// A number that is an argument: at least `least`.
unsigned long number(std::string_view text, unsigned long least)
{
    unsigned long n = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
    if (end != text.data() + text.size() || error != std::errc() || n < least)
        throw wrong_usage();
    return n;
}

void run(const std::vector<std::string_view>& words)
{
    const std::string_view name = words.empty() ? "" : words[0];
    const std::string_view first = words.size() > 1 ? words[1] : "";
    const bool spins_or_waits = words.size() == 2 && (first == "spin" || first == "wait");
    if (name == "arrival" && spins_or_waits)
        arrival(first);
    else if (name == "storm" && words.size() == 1)
        storm();
    else if (name == "values" && words.size() == 1)
        values();
    else if (name == "calls" && words.size() == 3)
        calls(number(first, 1), number(words[2], 1));
    else if (name == "deadline" && words.size() == 2)
        deadline(std::chrono::milliseconds(number(first, 1)));
    else if (name == "interrupt" && (spins_or_waits || (words.size() == 2 && first == "read")))
        interrupt(first);
    else if (name == "hang" && words.size() == 3)
        hang(static_cast<std::uint32_t>(number(first, 0)),
             std::chrono::milliseconds(number(words[2], 0)));
    else if (name == "fork" && words.size() == 1)
        fork_and_wait();
    else if (name == "child" && words.size() == 1)
        children();
    else if (name == "errors" && words.size() == 1)
        errors();
    else if (name == "cost" && words.size() == 2)
        cost(number(first, 1));
    else
        throw wrong_usage();
}

} // namespace

int main(int argc, char** argv)
{
    std::cout << std::unitbuf << std::fixed;
    std::cout.precision(3);
    try {
        run({argv + 1, argv + argc});
        return 0;
    } catch (const wrong_usage&) {
        std::cerr << "usage: worker SCENARIO [ARGUMENT...]\n";
        return 2;
    } catch (const std::exception& error) {
        std::cerr << "worker: " << error.what() << '\n';
        return 1;
    }
}
