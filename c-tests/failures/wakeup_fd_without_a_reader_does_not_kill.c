/* Nobody reads the wake-up pipe or socket any more. Writing to such a pipe
 * raises SIGPIPE, which kills by default: not here, whoever causes the
 * wake-up, also where a foreign handler stands over ours and calls it, and
 * also where the reader goes just after it was asked for. Each failure is
 * counted, as EPIPE; SIGPIPE and the mask stay as they were. */
#include "parts/failures.h"

#include <sys/syscall.h>

static long seen[65], calls;
static struct sigaction ours;
static bool lie;

/* The library's calls of the C library come here first. */
int poll(struct pollfd *fds, nfds_t count, int timeout)
{
    struct timespec none = {0, 0};
    ASSERT_EQ(timeout, 0);
    int ready = (int)syscall(SYS_ppoll, fds, count, &none, NULL, 0);
    if (!lie)
        return ready;
    for (nfds_t i = 0; i < count; i++)
        fds[i].revents = 0;
    return 0;
}

static void foreign(int signum, siginfo_t *info, void *context)
{
    ours.sa_sigaction(signum, info, context);
}

static void assert_untouched(const sigset_t *mask)
{
    sigset_t now, pending;
    MUST(sigpending(&pending));
    ASSERT_EQ(sigismember(&pending, SIGPIPE), 0);
    MUST(sigprocmask(SIG_BLOCK, NULL, &now));
    for (int signum = 1; signum <= 64; signum++)
        ASSERT_EQ(sigismember(&now, signum), sigismember(mask, signum));
}

static void one_kind(enum wake_kind kind)
{
    int pair[2], error = 0;
    sigset_t mask;
    sig_job job = SAFEPOINT_JOB(count_call, &calls);
    MUST(sigprocmask(SIG_BLOCK, NULL, &mask));
    make_wake(kind, pair);
    ASSERT_EQ(sig_set_wakeup_fd(pair[1], SAFEPOINT_WAKE_CALLS, NULL), 0);
    MUST(close(pair[0]));
    memset(seen, 0, sizeof seen);
    calls = 0;

    MUST(raise(SIGUSR1)); /* inside an arrival */
    assert_untouched(&mask);
    ASSERT_EQ(sig_wakeup_failures(&error), 1);
    ASSERT_EQ(error, EPIPE);
    ASSERT_EQ(sig_trip(SIGUSR1), 0); /* and in ordinary code */
    ASSERT_EQ(sig_add_pending_call(count_call, &calls), 0);
    ASSERT_EQ(sig_post(&job), 0);
    ASSERT_EQ(sig_interrupt(3), 0);
    assert_untouched(&mask);
    ASSERT_EQ(sig_wakeup_failures(&error), 4);
    ASSERT_EQ(error, EPIPE);
    /* What is pending wakes a new one at once. */
    ASSERT_EQ(sig_set_wakeup_fd(pair[1], SAFEPOINT_WAKE_CALLS, NULL), 0);
    assert_untouched(&mask);
    ASSERT_GE(sig_wakeup_failures(&error), 1);
    ASSERT_EQ(error, EPIPE);

    struct sigaction over = {.sa_sigaction = foreign, .sa_flags = SA_SIGINFO};
    MUST(sigaction(SIGUSR1, &over, &ours));
    MUST(raise(SIGUSR1));
    assert_untouched(&mask);
    MUST(sigaction(SIGUSR1, &ours, NULL));
    ASSERT_EQ(sig_wakeup_failures(&error), 1);
    ASSERT_EQ(error, EPIPE);

    ASSERT_EQ(sig_check(), 3);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(seen[SIGUSR1], 3);
    ASSERT_EQ(calls, 2);
    ASSERT_EQ(sig_set_wakeup_fd(-1, 0, NULL), 0);
    MUST(close(pair[1]));
}

int main(void)
{
    watchdog(240);
    signal(SIGPIPE, SIG_DFL);
    ASSERT_EQ(sig_install(SIGUSR1, count_signal, seen, 0), 0);
    one_kind(WAKE_PIPE);
    one_kind(WAKE_SOCKET);
    lie = true;
    one_kind(WAKE_PIPE);
    return 0;
}
