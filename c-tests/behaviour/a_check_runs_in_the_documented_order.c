/* A check runs signals by rising number, each real-time one in the order
 * sent, then calls in the order added, then jobs in the order posted: however
 * they came in. An interrupt comes before them all, alone. */
#include "parts/queue.h"

static int ran[32], count;

static int handler(const sig_event *event, void *user)
{
    (void)user;
    ran[count++] = event->signum * 100 + (int)event->value;
    return 0;
}

static int call(void *arg)
{
    ran[count++] = (int)(intptr_t)arg;
    return 0;
}

int main(void)
{
#ifdef _WIN32
    const int first = SIGWINCH, last = SIGRTMIN;
#else
    const int first = SIGRTMIN, last = SIGRTMAX - 1;
#endif
    const int signums[] = {last, SIGUSR2, SIGHUP, first, SIGTERM, SIGUSR1};
    sig_job jobs[] = {SAFEPOINT_JOB(call, (void *)11),
                      SAFEPOINT_JOB(call, (void *)12)};
    const int expected[] = {SIGHUP * 100, SIGUSR1 * 100, SIGUSR2 * 100,
                            SIGTERM * 100, first * 100 + VALUE(7),
                            first * 100 + VALUE(3), first * 100 + VALUE(5),
                            last * 100 + VALUE(9), last * 100 + VALUE(8),
                            1, 2, 3, 11, 12};
    watchdog(120);
    for (int i = 0; i < 6; i++)
        ASSERT_EQ(sig_install(signums[i], handler, NULL,
                              i % 3 == 0 ? REAL_TIME : 0), 0);
    for (int round = 0; round < 3; round++) {
        count = 0;
        ASSERT_EQ(sig_post(&jobs[0]), 0);
        ASSERT_EQ(sig_add_pending_call(call, (void *)1), 0);
        queue(last, 9);
        queue(first, 7);
        MUST(kill(getpid(), SIGTERM));
        ASSERT_EQ(sig_add_pending_call(call, (void *)2), 0);
        MUST(kill(getpid(), SIGUSR1));
        ASSERT_EQ(sig_post(&jobs[1]), 0);
        queue(first, 3);
        MUST(kill(getpid(), SIGUSR2));
        ASSERT_EQ(sig_interrupt(42), 0);
        queue(last, 8);
        ASSERT_EQ(sig_add_pending_call(call, (void *)3), 0);
        MUST(kill(getpid(), SIGHUP));
        queue(first, 5);

        ASSERT_EQ(sig_check(), 42);
        ASSERT_EQ(count, 0);
        ASSERT_NE(*sig_breaker(), 0);
        ASSERT_EQ(sig_check(), 0);
        ASSERT_EQ(count, sizeof expected / sizeof *expected);
        for (int i = 0; i < count; i++)
            ASSERT_EQ(ran[i], expected[i]);
        ASSERT_EQ(*sig_breaker(), 0);
    }
    return 0;
}
