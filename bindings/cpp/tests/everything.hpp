// SPDX-License-Identifier: MIT OR Apache-2.0
// All that is a template or inline, used once, in two files of one program.
#include <safepoint.hpp>

#include <csignal>
#include <memory>
#include <thread>

#include <safepoint.hpp>

static inline int everything()
{
    using namespace std::chrono_literals;
    int ran = 0;
    auto own = std::make_unique<int>(1);
    safepoint::init();
    safepoint::context mine;
    const safepoint::handler a(SIGUSR1, [&ran, own = std::move(own)] { ran += *own; });
    safepoint::handler b(SIGUSR1, [&](const safepoint::event& event) {
        ran += static_cast<int>(event.count);
        return 0;
    }, safepoint::flags::restart | safepoint::flags::queue, mine);
    safepoint::handler c(SIGUSR2, [](const auto&) { return 5; });
    safepoint::job d([&] { ++ran; }, mine);
    const safepoint::timer e = safepoint::call_after(1us, [&] { ++ran; });
    safepoint::timer f = safepoint::call_every(1h, [] {}, mine);
    f.cancel();
    safepoint::call([&] { ++ran; });
    d.post();
    safepoint::raise(SIGUSR1);
    safepoint::check(mine);
    safepoint::sleep(20ms);
    safepoint::check();
    safepoint::raise(SIGUSR2);
    try {
        const safepoint::hold none;
        safepoint::sleep_until(std::chrono::steady_clock::now());
        safepoint::sleep_until(std::chrono::system_clock::now());
        ran += safepoint::retry([] { return 1; }) + static_cast<int>(safepoint::syscall(39) > 0);
        {
            const safepoint::blocking foreign;
        }
        safepoint::poll(nullptr, 0, 1us);
        safepoint::kill_thread(pthread_self(), 0 + SIGUSR1);
        for (const int signum : {SIGUSR1, SIGUSR2})
            (void)safepoint::name(signum);
    } catch (const std::system_error&) {
        return -1;
    }
    safepoint::latch latch;
    latch.set();
    ran += latch.wait();
#ifdef __cpp_lib_jthread
    std::stop_source source;
    source.request_stop();
    ran += safepoint::wait(source.get_token());
#else
    ++ran;
#endif
    try {
        safepoint::check();
        safepoint::check();
    } catch (const safepoint::interrupted& interrupted) {
        ran += interrupted.number();
    }
    return ran;
}
