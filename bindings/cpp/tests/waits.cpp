// SPDX-License-Identifier: MIT OR Apache-2.0
// Blocking calls, masks, what is sent, and how errors come.
#include "test.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>

#include <cmath>

namespace {

using std::chrono::steady_clock;

const test goes_on{"handlers run in a wait, and it goes on", [] {
    int ran = 0;
    sp::handler h(SIGUSR1, [&] { ++ran; });
    std::thread sends([] {
        for (int i = 0; i < 5; ++i) {
            std::this_thread::sleep_for(2ms);
            sp::kill(getpid(), SIGUSR1);
        }
    });
    const auto began = steady_clock::now();
    sp::sleep(40ms);
    expect(steady_clock::now() - began >= 40ms && ran > 0);
    sends.join();
    const auto then = steady_clock::now() + 5ms;
    sp::sleep_until(then);
    expect(steady_clock::now() >= then);
    const auto wall = std::chrono::system_clock::now() + 5ms;
    sp::sleep_until(wall);
    expect(std::chrono::system_clock::now() >= wall);
    sp::sleep_until(steady_clock::time_point() - 1h); // long ago
}};

const test times{"times are rounded up, and never too long or negative", [] {
    expect(sp::interval(1s).count() == 1000000000);
    expect(sp::interval(-1s).count() == 0 && sp::interval(0ns).count() == 0);
    expect(sp::interval(std::chrono::duration<double, std::nano>(0.5)).count() == 1);
    expect(sp::interval(std::chrono::duration<double>(1.5)).count() == 1500000000);
    expect(sp::interval(std::chrono::duration<double>(NAN)).count() == 0);
    expect(sp::interval(std::chrono::duration<double>(INFINITY)).count() == SAFEPOINT_FOREVER);
    expect(sp::interval(std::chrono::hours::max()).count() == SAFEPOINT_FOREVER);
    expect(sp::interval(std::chrono::hours::min()).count() == 0);
    expect(sp::interval(std::chrono::nanoseconds::max() - 1ns).count() == INT64_MAX - 1);
    expect(sp::interval(std::chrono::duration<unsigned char>(2)).count() == 2000000000);
    using frames = std::chrono::duration<std::int64_t, std::ratio<1, 60>>;
    constexpr std::int64_t year = 365 * 86400;
    static_assert(sp::interval(frames(1)).count() == 16666667);
    static_assert(sp::interval(frames(60)).count() == 1000000000);
    expect(sp::interval(frames(200 * 60 * year)).count() == 200 * 1000000000ull * year);
    expect(sp::interval(frames(300 * 60 * year)).count() == SAFEPOINT_FOREVER);
    using parts = std::chrono::duration<std::int64_t, std::ratio<1, 1000003>>;
    expect(sp::interval(parts(1000003ll * 86400)).count() == 86400 * 1000000000ull);
    static_assert(sp::forever.count() == SAFEPOINT_FOREVER);
}};

const test files{"the calls do what they wrap", [] {
    int ends[2];
    expect(pipe(ends) == 0);
    char text[8] = {};
    expect(sp::write(ends[1], "abcd", 4) == 4 && sp::read(ends[0], text, 2) == 2);
    iovec vector = {text + 2, 2};
    expect(sp::readv(ends[0], &vector, 1) == 2 && std::string(text) == "abcd");
    expect(sp::writev(ends[1], &vector, 1) == 2);
    pollfd one = {ends[0], POLLIN, 0};
    expect(sp::poll(&one, 1) == 1 && one.revents == POLLIN);
    expect(sp::ppoll(&one, 1, 1h, {SIGUSR1}) == 1);
    fd_set set;
    FD_ZERO(&set);
    FD_SET(ends[0], &set);
    expect(sp::select(ends[0] + 1, &set, nullptr, nullptr) == 1);
    const int epoll = epoll_create1(0);
    epoll_event event = {EPOLLIN, {}};
    expect(epoll_ctl(epoll, EPOLL_CTL_ADD, ends[0], &event) == 0);
    expect(sp::epoll_wait(epoll, &event, 1, 1h) == 1);
    expect(sp::read(ends[0], text, 8) == 2);
    expect(sp::epoll_wait(epoll, &event, 1, 1ns) == 0 && sp::poll(&one, 1, 1us) == 0);
    const int null = sp::open("/dev/null", O_RDONLY);
    sp::flock(null, LOCK_SH);
    expect(sp::read(null, text, 1) == 0);
    expect(sp::syscall(SYS_getpid) == getpid() && sp::checked(sig_getrandom(text, 4, 0)) == 4);
    expect(sp::retry([&] { return ::read(null, text, 1); }) == 0);
    const int probe = sp::retry([] { return ::open("/dev/null", O_RDONLY); });
    expect(probe > null);
}};

const test sockets{"sockets, too", [] {
    sockaddr_un name = {};
    name.sun_family = AF_UNIX;
    const unsigned size = sizeof name.sun_family + 1 +
        static_cast<unsigned>(std::snprintf(name.sun_path + 1, 40, "safepoint-%d", getpid()));
    const auto* address = reinterpret_cast<const sockaddr*>(&name);
    const int listener = socket(AF_UNIX, SOCK_STREAM, 0), client = socket(AF_UNIX, SOCK_STREAM, 0);
    expect(bind(listener, address, size) == 0 && listen(listener, 1) == 0);
    sp::connect(client, address, size);
    const int server = sp::accept(listener, nullptr, nullptr, SOCK_CLOEXEC);
    char byte = 'x';
    expect(sp::send(client, &byte, 1) == 1 && sp::recv(server, &byte, 1) == 1);
    expect(sp::sendto(server, &byte, 1, 0, nullptr, 0) == 1);
    expect(sp::recvfrom(client, &byte, 1, 0, nullptr, nullptr) == 1 && byte == 'x');
}};

const test errors{"what fails throws a system_error that names it", [] {
    const auto error = thrown_by<std::system_error>([] { sp::handler h(SIGKILL, [] {}); });
    expect(error.code() == std::errc::invalid_argument && error.code().category() == sp::category());
    expect(std::string(error.what()).find("safepoint: handler for signal 9: An argument") == 0);
    expect(fails_with(std::errc::invalid_argument, [] { sp::handler h(0, [] {}); }));
    expect(fails_with(std::errc::invalid_argument, [] { sp::handler h(-5, [] {}); }));
    void (*none)() = nullptr;
    expect(fails_with(std::errc::invalid_argument, [&] { sp::handler h(SIGUSR1, none); }));
    expect(sp::query(SIGUSR1).kind == SAFEPOINT_KIND_DEFAULT);
    char byte;
    expect(fails_with(std::errc::bad_file_descriptor, [&] { sp::read(-1, &byte, 1); }));
    const auto missing = thrown_by<std::system_error>([] { sp::retry([] { return ::open("/no", 0); }); });
    expect(missing.code() == std::errc::no_such_file_or_directory);
    expect(fails_with(std::errc::no_child_process, [] { sp::waitpid(-1); }));
    const auto child = thrown_by<std::system_error>([] { sp::wait4(-1, nullptr, 0, nullptr); });
    expect(std::string(child.what()).find("No child processes") != std::string::npos);
    expect(fails_with(std::errc::no_child_process, [] { sp::waitid(P_ALL, 0, nullptr, WEXITED); }));
    expect(fails_with(std::errc::no_such_process, [] { sp::kill(0x3fffffff, 0); }));
    expect(fails_with(std::errc::invalid_argument, [] { (void)sp::name(999); }));
    expect(fails_with(std::errc::invalid_argument, [] { (void)sp::describe(0); }));
    expect(fails_with(std::errc::invalid_argument, [] { (void)sp::number("SIGNOT"); }));
    elsewhere([] { sp::init(); });
    // The owner has ended: nobody is it.
    expect(fails_with(std::errc::operation_not_permitted, [] { sp::pause(); }));
}};

const test sets{"a set of signals", [] {
    constexpr sp::signals two = {SIGINT, SIGTERM};
    static_assert(two.contains(SIGINT) && !two.contains(SIGHUP) && !two.contains(-1));
    static_assert((two & ~sp::signals{SIGINT}) == sp::signals{SIGTERM} && !two.empty());
    static_assert(two.bits() == (1u << (SIGINT - 1) | 1u << (SIGTERM - 1)));
    for (const int none : {-1, 0, 65, 100}) {
        expect(fails_with(std::errc::invalid_argument, [&] { sp::signals().insert(none); }));
        expect(fails_with(std::errc::invalid_argument, [&] { sp::mask(SIG_BLOCK, {none}); }));
    }
    expect(sp::valid().contains(64) && sp::signals::all().contains(64));
    expect(std::string(sp::name(SIGINT)) == "SIGINT" && sp::number("rtmin+2") == SIGRTMIN + 2);
    expect(std::string(sp::describe(SIGINT)) == "Interrupt");
}};

const test masks{"masked signals are pending, can be taken, and arrive when unmasked", [] {
    int ran = 0;
    sp::handler h(SIGUSR1, [&] { ++ran; });
    const sp::signals before = sp::mask(SIG_BLOCK, {SIGUSR1, SIGUSR2});
    expect(!before.contains(SIGUSR1));
    sp::raise(SIGUSR1);
    sp::queue(getpid(), SIGUSR2, 77);
    expect(sp::pending() == (sp::signals{SIGUSR1, SIGUSR2}));
    const auto taken = sp::wait({SIGUSR2});
    expect(taken && taken->signum == SIGUSR2 && taken->value == 77);
    expect(!sp::wait({SIGUSR2}, 0s));
    expect(fails_with(std::errc::invalid_argument, [] { (void)sp::wait(sp::signals()); }));
    expect(ran == 0);
    expect(sp::mask(SIG_SETMASK, before).contains(SIGUSR1));
    sp::check();
    expect(ran == 1);
    sp::kill_thread(pthread_self(), SIGUSR1);
    const int self = static_cast<int>(::syscall(SYS_pidfd_open, getpid(), 0));
    sp::check();
    sp::pidfd_send(self, SIGUSR1);
    sp::check();
    expect(ran == 3);
}};

const test foreign{"foreign code is interrupted", [] {
    int ran = 0;
    sp::handler h(SIGUSR1, [&] { ++ran; });
    std::thread sends([] {
        std::this_thread::sleep_for(20ms);
        sp::call([] {}); // no signal, and it is interrupted all the same
    });
    {
        const sp::blocking here;
        expect(!here.pending());
        expect(::poll(nullptr, 0, -1) == -1 && errno == EINTR);
    }
    sends.join();
    sp::raise(SIGUSR1);
    {
        const sp::blocking here;
        expect(here.pending());
    }
    expect(sig_blocking_end() == -EINVAL); // none is open
    sp::check();
    expect(ran == 1);
    elsewhere([] { expect(fails_with(std::errc::operation_not_permitted, [] { sp::blocking no; })); });
}};

const test wakeups{"descriptors and functions wake", [] {
    sp::init();
    int ends[2];
    expect(pipe2(ends, O_NONBLOCK) == 0);
    expect(sp::set_wakeup_fd(ends[1], sp::wake_calls) == -1);
    static std::atomic<int> woken{0};
    sp::set_wakeup_fn([](int, void* count) { ++*static_cast<std::atomic<int>*>(count); }, &woken);
    sp::call([] {});
    char byte = 1;
    expect(::read(ends[0], &byte, 1) == 1 && byte == 0 && woken == 1); // no safe point
    pollfd event = {sp::event_fd(), POLLIN, 0};
    expect(::poll(&event, 1, 0) == 1);
    sp::check();
    expect(::poll(&event, 1, 0) == 0);
    expect(sp::set_wakeup_fd(-1) == ends[1] && sp::wakeup_failures().count == 0);
    sp::set_wakeup_fn(nullptr);
    expect(fails_with(std::errc::bad_file_descriptor, [] { sp::set_wakeup_fd(999); }));
    expect(sp::set_kick(SIGURG) == SIGURG);
}};

const test itimers{"the process's timers", [] {
    int ran = 0;
    sp::handler h(SIGALRM, [&] { ++ran; });
    expect(sp::alarm(100s) == 0s && sp::alarm(0s) > 90s);
    expect(fails_with(std::errc::invalid_argument, [] { sp::alarm(-1s); }));
    sp::setitimer(ITIMER_REAL, 1ms, 1ms);
    while (ran < 3)
        sp::pause();
    expect(sp::getitimer(ITIMER_REAL).interval == 1ms);
    expect(sp::setitimer(ITIMER_REAL, 0s).interval == 1ms);
    expect(fails_with(std::errc::invalid_argument, [] { (void)sp::getitimer(99); }));
}};

const test books{"the books balance, and the version is the library's", [] {
    sp::handler h(SIGUSR1, [] {});
    for (int i = 0; i < 100; ++i)
        sp::raise(SIGUSR1);
    sp::check();
    const sp::counters n = sp::stats();
    expect(n.arrivals == 100 && n.handled == 1 && n.coalesced == 99);
    const unsigned version = sp::version();
    expect(std::string(sp::version_string()) == std::to_string(version >> 16) + "." +
               std::to_string(version >> 8 & 255) + "." + std::to_string(version & 255));
}};

const test retried_in_none{"retry() says so where there is no such context", [] {
    const auto ends = [] { return errno = EINTR, -1; };
    sp::context c;
    const sp::context_ref stale = c;
    c.free();
    expect(thrown_by<std::system_error>([&] { sp::retry(ends, stale); }).code().value() == ESTALE);
    const sp::context_ref none(nullptr);
    expect(fails_with(std::errc::invalid_argument, [&] { sp::retry(ends, none); }));
}};

} // namespace
