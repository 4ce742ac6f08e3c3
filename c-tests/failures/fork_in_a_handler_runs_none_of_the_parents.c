/* A handler forks while other signals, calls and jobs are pending. The child
 * runs none of them, neither in the check that it comes out of nor later; its
 * own signals it handles. The parent runs each exactly once. */
#include "parts/failures.h"

static long seen[65], calls;
static pid_t child = -1;

static int do_fork(const sig_event *event, void *unused)
{
    (void)event, (void)unused;
    child = (pid_t)MUST(fork());
    return 0;
}

static void in_the_child(int first_rt)
{
    ASSERT_EQ(*sig_breaker(), 0);
    for (int i = 0; i < 3; i++)
        ASSERT_EQ(sig_check(), 0);
    for (int signum = 1; signum <= 64; signum++)
        ASSERT_EQ(seen[signum], 0);
    ASSERT_EQ(calls, 0);
    sig_event event;
    ASSERT_EQ(sig_next(&event, sizeof event), 0);
    static const sig_counters nothing;
    sig_counters now = counters();
    ASSERT_EQ(memcmp(&now, &nothing, sizeof now), 0);

    MUST(raise(SIGUSR2));
    raise_queued(first_rt);
    ASSERT_EQ(sig_add_pending_call(count_call, &calls), 0);
    ASSERT_NE(*sig_breaker(), 0);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(seen[SIGUSR2], 1);
    ASSERT_EQ(seen[first_rt], 1);
    ASSERT_EQ(calls, 1);
    ASSERT_EQ(counters().arrivals, 2);
}

int main(void)
{
    watchdog(240);
    int first_rt = SIGRTMIN;
    sig_job job = SAFEPOINT_JOB(count_call, &calls);
    ASSERT_EQ(sig_install(SIGUSR1, do_fork, NULL, 0), 0);
    ASSERT_EQ(sig_install(SIGUSR2, count_signal, seen, 0), 0);
    ASSERT_EQ(sig_install(SIGTERM, count_signal, seen, 0), 0);
    ASSERT_EQ(sig_install(SIGINT, count_signal, seen, SAFEPOINT_QUEUE), 0);
    ASSERT_EQ(sig_install(first_rt, count_signal, seen, 0), 0);

    MUST(raise(SIGTERM));
    for (int i = 0; i < 10; i++) {
        MUST(raise(SIGUSR2));
        raise_queued(first_rt);
    }
    ASSERT_EQ(sig_add_pending_call(count_call, &calls), 0);
    ASSERT_EQ(sig_post(&job), 0);
    MUST(raise(SIGUSR1)); /* a lower number: runs before all of them */
    ASSERT_EQ(sig_check(), 0);
    if (child == 0) {
        in_the_child(first_rt);
        _exit(0);
    }
    ASSERT_CHILD_PASSED(child);
    ASSERT_EQ(seen[SIGTERM], 1);
    ASSERT_EQ(seen[SIGUSR2], 10);
    ASSERT_EQ(seen[first_rt], 10);
    ASSERT_EQ(calls, 2);

    /* And with what arrives during the fork itself still in the kernel. */
    sigset_t usr2, before;
    sigemptyset(&usr2);
    sigaddset(&usr2, SIGUSR2);
    MUST(sigprocmask(SIG_BLOCK, &usr2, &before));
    MUST(raise(SIGUSR2));
    child = (pid_t)MUST(fork());
    MUST(sigprocmask(SIG_SETMASK, &before, NULL));
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(seen[SIGUSR2], child == 0 ? 10 : 11);
    if (child == 0)
        _exit(0);
    ASSERT_CHILD_PASSED(child);
    return 0;
}
