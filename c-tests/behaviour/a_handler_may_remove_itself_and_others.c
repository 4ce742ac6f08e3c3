/* A handler restores, ignores and defaults its own signal and others. What
 * was pending of a removed one never runs, is counted as dropped, and leaves
 * nothing behind for a handler that is installed later. */
#include "test.h"

static int ran[65], removals;

static int plain(const sig_event *event, void *user)
{
    (void)user;
    ran[event->signum] += (int)event->count;
    return 0;
}

static int removing(const sig_event *event, void *user)
{
    sig_disposition is;
    (void)user;
    ran[event->signum]++;
    removals++;
    ASSERT_EQ(sig_restore(SIGHUP), 0); /* itself */
    ASSERT_EQ(sig_ignore(SIGUSR1), 0);
    ASSERT_EQ(sig_default(SIGWINCH), 0);
    ASSERT_EQ(sig_restore(SIGRTMIN), 0);
    ASSERT_EQ(sig_query(SIGHUP, &is, sizeof is), 0);
    ASSERT_EQ(is.kind, SAFEPOINT_KIND_DEFAULT);
    ASSERT_EQ(is.handler, NULL);
    return 0;
}

int main(void)
{
    static const int signums[] = {SIGUSR1, SIGWINCH, SIGUSR2};
    watchdog(120);
    signal(SIGHUP, SIG_DFL); /* whatever was inherited */
    ASSERT_EQ(sig_install(SIGHUP, removing, NULL, SAFEPOINT_QUEUE), 0);
    ASSERT_EQ(sig_install(SIGRTMIN, plain, NULL, REAL_TIME), 0);
    for (int i = 0; i < 3; i++) {
        ASSERT_EQ(sig_install(signums[i], plain, NULL, 0), 0);
        MUST(kill(getpid(), signums[i]));
        MUST(kill(getpid(), signums[i]));
        MUST(kill(getpid(), SIGRTMIN));
        MUST(kill(getpid(), SIGHUP));
    }
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(ran[SIGHUP], 1);
    ASSERT_EQ(ran[SIGUSR2], 2); /* which stayed */
    ASSERT_EQ(ran[SIGUSR1] + ran[SIGWINCH] + ran[SIGRTMIN], 0);
    ASSERT_EQ(*sig_breaker(), 0);
    sig_counters now = counters();
    ASSERT_EQ(now.arrivals, 12);
    ASSERT_EQ(now.handled, 2);
    ASSERT_EQ(now.coalesced, 1);
    ASSERT_EQ(now.dropped, 2 + 2 + 2 + 3);

    MUST(kill(getpid(), SIGUSR1)); /* ignored */
#ifndef _WIN32 /* where no default is to do nothing */
    MUST(kill(getpid(), SIGWINCH));
#endif
    ASSERT_EQ(sig_install(SIGUSR1, plain, NULL, 0), 0);
    ASSERT_EQ(sig_install(SIGRTMIN, plain, NULL, REAL_TIME), 0);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(ran[SIGUSR1] + ran[SIGRTMIN], 0);
    MUST(kill(getpid(), SIGUSR1));
    MUST(kill(getpid(), SIGRTMIN));
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(ran[SIGUSR1], 1);
    ASSERT_EQ(ran[SIGRTMIN], 1);
    ASSERT_EQ(removals, 1);
    return 0;
}
