/* A handler calls sig_fini(), and then sig_init() and installs anew. The check
 * that goes on behind it runs nothing of before, nor what came since; the next
 * one does. */
#include "test.h"

static int ended, old, fresh, calls, jobs;
static bool begin_again;
static int raised;

static int count(void *arg)
{
    (*(int *)arg)++;
    return 0;
}

static int handler(const sig_event *event, void *user)
{
    (void)event;
    (*(int *)user)++;
    return 0;
}

static int ending(const sig_event *event, void *user)
{
    (void)event, (void)user;
    ended++;
    ASSERT_EQ(sig_fini(), 0);
    ASSERT_EQ(sig_is_owner(), 0);
    ASSERT_EQ(*sig_breaker(), 0);
    if (begin_again) {
        ASSERT_EQ(sig_init(0), 0);
        ASSERT_EQ(sig_install(SIGUSR2, handler, &fresh, 0), 0);
        MUST(kill(getpid(), SIGUSR2));
        ASSERT_EQ(sig_add_pending_call(count, &calls), 0);
    }
    return raised;
}

int main(void)
{
    sig_job job = SAFEPOINT_JOB(count, &jobs);
    watchdog(120);
    for (int round = 1; round <= 10; round++) {
        old = fresh = calls = jobs = 0;
        begin_again = round % 2;
        raised = round % 3; /* 0: the check goes on */
        ASSERT_EQ(sig_install(SIGUSR1, ending, NULL, 0), 0);
        ASSERT_EQ(sig_install(SIGUSR2, handler, &old, 0), 0);
        MUST(kill(getpid(), SIGUSR1));
        MUST(kill(getpid(), SIGUSR2));
        ASSERT_EQ(sig_add_pending_call(count, &old), 0);
        ASSERT_EQ(sig_post(&job), 0);
        ASSERT_EQ(sig_check(), raised);
        ASSERT_EQ(ended, round);
        ASSERT_EQ(old + fresh + calls + jobs, 0);
        ASSERT_EQ(*sig_breaker() != 0, begin_again);
        ASSERT_EQ(sig_is_owner(), begin_again);
        ASSERT_EQ(sig_check(), 0);
        ASSERT_EQ(old + jobs, 0);
        ASSERT_EQ(fresh, begin_again);
        ASSERT_EQ(calls, begin_again);
        ASSERT_EQ(sig_fini(), 0);
        ASSERT_EQ(sig_post(&job), 0); /* it is free again */
        ASSERT_EQ(sig_init(0), 0);
        ASSERT_EQ(sig_check(), 0);
        ASSERT_EQ(jobs, 1);
    }
    return 0;
}
