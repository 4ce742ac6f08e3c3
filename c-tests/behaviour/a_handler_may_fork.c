/* A handler forks while more is pending. The child runs none of what its
 * parent had pending, also in the check that goes on in it, and is a process
 * that can be signalled; the parent loses nothing. */
#include "test.h"

static int forks, others, calls, jobs;
static pid_t child;

static int forking(const sig_event *event, void *user)
{
    (void)event, (void)user;
    forks++;
    child = (pid_t)MUST(fork());
    return 0;
}

static int other(const sig_event *event, void *user)
{
    (void)user;
    ASSERT_EQ(event->pid, getpid());
    others += (int)event->count;
    return 0;
}

static int count(void *arg)
{
    (*(int *)arg)++;
    return 0;
}

static void in_child(sig_job *job)
{
    ASSERT_EQ(others + calls + jobs, 0); /* the check has ended */
    ASSERT_EQ(*sig_breaker(), 0);
    ASSERT_EQ(sig_is_owner(), 1);
    ASSERT_EQ(sig_adopt(), 0); /* no handler is running */
    ASSERT_EQ(counters().arrivals, 0);
    ASSERT_EQ(counters().calls_run, 0);
    ASSERT_EQ(counters().calls_dropped, 0);
    MUST(kill(getpid(), SIGUSR2));
    ASSERT_EQ(sig_add_pending_call(count, &calls), 0);
    ASSERT_EQ(sig_post(job), 0); /* it is not queued here */
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(others, 1);
    ASSERT_EQ(calls, 1);
    ASSERT_EQ(jobs, 1);
    _exit(0);
}

int main(void)
{
    sig_job job = SAFEPOINT_JOB(count, &jobs);
    watchdog(120);
    ASSERT_EQ(sig_install(SIGUSR1, forking, NULL, 0), 0);
    ASSERT_EQ(sig_install(SIGUSR2, other, NULL, 0), 0);
    for (int round = 1; round <= 20; round++) {
        MUST(kill(getpid(), SIGUSR1));
        MUST(kill(getpid(), SIGUSR2));
        MUST(kill(getpid(), SIGUSR2));
        ASSERT_EQ(sig_add_pending_call(count, &calls), 0);
        ASSERT_EQ(sig_post(&job), 0);
        if (round % 2)
            ASSERT_EQ(sig_interrupt(7), 0);
        others = calls = jobs = 0;
        if (round % 2)
            ASSERT_EQ(sig_check(), 7);
        ASSERT_EQ(sig_check(), 0);
        if (child == 0)
            in_child(&job);
        ASSERT_EQ(forks, round);
        ASSERT_EQ(others, 2);
        ASSERT_EQ(calls, 1);
        ASSERT_EQ(jobs, 1);
        ASSERT_EQ(*sig_breaker(), 0);
        ASSERT_EQ(counters().arrivals, 3 * round);
        ASSERT_CHILD_PASSED(child);
    }
    return 0;
}
