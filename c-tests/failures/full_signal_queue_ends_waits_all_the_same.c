/* The user has as many signals pending as he may: the kernel delivers a kick
 * without its siginfo, and has no timer. Waits end, and nobody takes the kick
 * for a signal of somebody's. */
#include "test.h"

#include <sys/resource.h>

static atomic_int raw;

static void on_raw(int signum)
{
    (void)signum;
    raw++;
}

static void *interrupt(void *unused)
{
    struct timespec time = {0, 5000000};
    (void)unused;
    nanosleep(&time, NULL);
    ASSERT_EQ(sig_interrupt(3), 0);
    return NULL;
}

int main(void)
{
    struct rlimit none = {0, 0};
    const int kicks[] = {SIGURG, SIGUSR2};
    watchdog(60);
    MUST(setrlimit(RLIMIT_SIGPENDING, &none));
    for (int i = 0; i < 2; i++) {
        if (i == 0)
            signal(SIGURG, on_raw);
        ASSERT_EQ(sig_init(0), 0);
        ASSERT_GT(sig_set_kick(kicks[i]), 0);
        if (sig_poll(NULL, 0, 0) == -ENOMEM)
            return skip("on this processor every wait needs a timer");
        for (int round = 0; round < 10; round++) {
            pthread_t thread;
            ASSERT_EQ(pthread_create(&thread, NULL, interrupt, NULL), 0);
            ASSERT_EQ(sig_sleep(SAFEPOINT_FOREVER), -EINTR);
            ASSERT_EQ(sig_raised(), 3);
            ASSERT_EQ(pthread_join(thread, NULL), 0);
        }
#ifdef SAFEPOINT_PORTABLE /* a thread's timers need no siginfo */
        ASSERT_EQ(sig_blocking_begin(), 0);
        ASSERT_EQ(sig_blocking_end(), 0);
#else
        ASSERT_EQ(sig_blocking_begin(), -ENOMEM);
        ASSERT_EQ(sig_blocking_end(), -EINVAL);
#endif
        ASSERT_EQ(raw, 0);
        ASSERT_EQ(sig_fini(), 0);
    }
    return 0;
}
