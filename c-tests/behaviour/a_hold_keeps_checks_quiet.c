/* While held, nothing runs, by sig_check() or sig_next(), and one slow check
 * takes the breaker down again, so that checks are as cheap as when idle.
 * Holds nest. At the last release the breaker is set again, and the next
 * check runs all that came, also from other threads. */
#include "test.h"

static int signals, calls;

static int handler(const sig_event *event, void *user)
{
    (void)user;
    signals += (int)event->count;
    return 0;
}

static int call(void *arg)
{
    calls++;
    return arg != NULL;
}

static void *send(void *arg)
{
    ASSERT_EQ(sig_add_pending_call(call, NULL), 0);
    ASSERT_EQ(raise(SIGUSR1), 0);
    ASSERT_EQ(sig_post(arg), 0);
    ASSERT_EQ(sig_hold(), -EPERM);
    ASSERT_EQ(sig_release(), -EPERM);
    return NULL;
}

int main(void)
{
    sig_job job = SAFEPOINT_JOB(call, NULL);
    sig_event event;
    pthread_t thread;
    watchdog(120);
    ASSERT_EQ(sig_install(SIGUSR1, handler, NULL, 0), 0);
    ASSERT_EQ(sig_release(), -EINVAL);
    for (int round = 1; round <= 100; round++) {
        MUST(kill(getpid(), SIGUSR1));
        for (int i = 0; i < 3; i++)
            ASSERT_EQ(sig_hold(), 0);
        ASSERT_EQ(*sig_breaker(), 0); /* at once, whatever is pending */
        ASSERT_EQ(pthread_create(&thread, NULL, send, &job), 0);
        ASSERT_EQ(pthread_join(thread, NULL), 0);
        if (round % 2)
            ASSERT_EQ(sig_interrupt(8), 0);
        for (int i = 0; i < 3; i++) {
            ASSERT_EQ(sig_check(), 0);
            ASSERT_EQ(*sig_breaker(), 0);
            ASSERT_EQ(sig_next(&event, sizeof event), 0);
            ASSERT_EQ(*sig_breaker(), 0);
            ASSERT_EQ(sig_check_frame(&event), 0);
            ASSERT_EQ(signals, 2 * (round - 1));
            ASSERT_EQ(calls, 2 * (round - 1));
            ASSERT_EQ(sig_release(), 0);
        }
        ASSERT_NE(*sig_breaker(), 0);
        if (round % 2)
            ASSERT_EQ(sig_check(), 8);
        ASSERT_EQ(sig_check(), 0);
        ASSERT_EQ(signals, 2 * round);
        ASSERT_EQ(calls, 2 * round);
        ASSERT_EQ(*sig_breaker(), 0);
        ASSERT_EQ(sig_release(), -EINVAL);

        ASSERT_EQ(sig_hold(), 0); /* nothing came: nothing is set */
        ASSERT_EQ(sig_release(), 0);
        ASSERT_EQ(*sig_breaker(), 0);
    }
    return 0;
}
