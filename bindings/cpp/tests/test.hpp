// SPDX-License-Identifier: MIT OR Apache-2.0
// A test program: each test runs in a process of its own, and has a minute.
#pragma once

#include <safepoint.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace sp = safepoint;
using namespace std::chrono_literals;

struct test {
    const char* name;
    void (*run)();

    test(const char* name_, void (*run_)()) : name(name_), run(run_) { all().push_back(*this); }

    static std::vector<test>& all()
    {
        static std::vector<test> tests;
        return tests;
    }
};

// Where a test is, for what ends one that hangs.
inline std::atomic<int> last_line{0};

inline void expect(bool holds, int line = __builtin_LINE(), const char* file = __builtin_FILE())
{
    last_line = line;
    if (holds)
        return;
    std::fprintf(stderr, "%s:%d: does not hold\n", file, line);
    std::_Exit(1);
}

// What `run` throws, which has to be an Exception.
template <class Exception, class Run>
Exception thrown_by(Run&& run, int line = __builtin_LINE(), const char* file = __builtin_FILE())
{
    try {
        run();
    } catch (const Exception& exception) {
        return exception;
    }
    expect(false, line, file);
    std::abort();
}

template <class Run>
bool fails_with(std::errc code, Run&& run, int line = __builtin_LINE(),
                const char* file = __builtin_FILE())
{
    return thrown_by<std::system_error>(run, line, file).code() == code;
}

// Run it on another thread, to its end.
template <class Run> void elsewhere(Run&& run) { std::thread(run).join(); }

inline void watch()
{
    sigset_t all, before; // what is sent to the process is not for this thread
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    std::thread([] {
        std::this_thread::sleep_for(60s);
        std::fprintf(stderr, "it hangs, after line %d\n", last_line.load());
        std::_Exit(1);
    }).detach();
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

inline int run_alone(const test& one)
{
    std::fflush(nullptr);
    const pid_t child = fork();
    if (child == 0) {
        watch();
        try {
            one.run();
        } catch (const std::exception& exception) {
            std::fprintf(stderr, "after line %d: %s\n", last_line.load(), exception.what());
            std::_Exit(1);
        }
        std::exit(0); // and what looks for leaks runs
    }
    int status = -1;
    if (child < 0 || waitpid(child, &status, 0) != child)
        return 1;
    std::printf("%s %s\n", status == 0 ? "ok    " : "FAILED", one.name);
    if (status != 0)
        std::printf("       wait status %#x\n", static_cast<unsigned>(status));
    return status != 0;
}

int main(int argc, char** argv)
{
    int failed = 0, ran = 0;
    for (const test& one : test::all()) {
        if (argc > 1 && std::string(one.name).find(argv[1]) == std::string::npos)
            continue;
        failed += run_alone(one);
        ++ran;
    }
    std::printf("%d tests, %d failed\n", ran, failed);
    return failed != 0 || ran == 0;
}
