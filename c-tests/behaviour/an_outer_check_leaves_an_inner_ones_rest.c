/* A handler makes a signal, a call and a job pending and checks; that inner
 * check is ended by a raise before it comes to them. They came after the outer
 * check began, so it leaves them to the next one, and still runs what was
 * pending from before. */
#include "test.h"

static int inner, outer, old_signals, new_signals, old_calls, new_calls;

static int raising(const sig_event *event, void *user)
{
    (void)event, (void)user;
    inner++;
    return 7;
}

static int count_signal(const sig_event *event, void *user)
{
    *(int *)user += (int)event->count;
    return 0;
}

static int count_call(void *arg)
{
    (*(int *)arg)++;
    return 0;
}

static int checking(const sig_event *event, void *user)
{
    static sig_job job = SAFEPOINT_JOB(count_call, &new_calls);
    (void)event, (void)user;
    outer++;
    MUST(kill(getpid(), SIGUSR1));
    MUST(kill(getpid(), SIGTERM));
    ASSERT_EQ(sig_add_pending_call(count_call, &new_calls), 0);
    ASSERT_EQ(sig_post(&job), 0);
    ASSERT_EQ(sig_check(), 7); /* SIGUSR1 comes first */
    ASSERT_EQ(inner, outer);
    ASSERT_NE(*sig_breaker(), 0);
    return 0;
}

int main(void)
{
    sig_job job = SAFEPOINT_JOB(count_call, &old_calls);
    watchdog(120);
    ASSERT_EQ(sig_install(SIGHUP, checking, NULL, 0), 0);
    ASSERT_EQ(sig_install(SIGUSR1, raising, NULL, 0), 0);
    ASSERT_EQ(sig_install(SIGUSR2, count_signal, &old_signals, 0), 0);
    ASSERT_EQ(sig_install(SIGTERM, count_signal, &new_signals, 0), 0);
    for (int round = 1; round <= 10; round++) {
        MUST(kill(getpid(), SIGHUP));
        MUST(kill(getpid(), SIGUSR2));
        ASSERT_EQ(sig_add_pending_call(count_call, &old_calls), 0);
        ASSERT_EQ(sig_post(&job), 0);
        ASSERT_EQ(sig_check(), 0);
        ASSERT_EQ(outer, round);
        ASSERT_EQ(old_signals, round);
        ASSERT_EQ(old_calls, 2 * round);
        ASSERT_EQ(new_signals, round - 1);
        ASSERT_EQ(new_calls, 2 * (round - 1));
        ASSERT_NE(*sig_breaker(), 0);
        ASSERT_EQ(sig_check(), 0);
        ASSERT_EQ(new_signals, round);
        ASSERT_EQ(new_calls, 2 * round);
        ASSERT_EQ(*sig_breaker(), 0);
    }
    return 0;
}
