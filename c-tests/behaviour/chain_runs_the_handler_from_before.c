/* SAFEPOINT_CHAIN: the C handler that stood before runs at once, inside the
 * signal handler, with what it would have got: one argument, or SA_SIGINFO's
 * three; then ours at the safe point. errno survives both. */
#include "parts/queue.h"

static volatile int one_ran, ours_ran;
static volatile bool recorded;

static void one(int signum)
{
    ASSERT_EQ(signum, SIGTERM);
    recorded = *sig_breaker() != 0;
    one_ran++;
    errno = ENOSPC;
}

#ifndef _WIN32 /* where there is no second kind of handler */
static volatile int three_ran;

static void three(int signum, siginfo_t *info, void *context)
{
    ASSERT_EQ(signum, SIGRTMIN);
    ASSERT_EQ(info->si_signo, SIGRTMIN);
    ASSERT_EQ(info->si_code, SI_QUEUE);
    ASSERT_EQ(info->si_pid, getpid());
    ASSERT_EQ(info->si_uid, getuid());
    ASSERT_EQ(info->si_value.sival_int, 77);
    ASSERT_NE(context, NULL);
    recorded = *sig_breaker() != 0;
    three_ran++;
    errno = ENOTTY;
}

#endif

static int handler(const sig_event *event, void *user)
{
    (void)user;
    ASSERT_EQ(event->pid, getpid());
    ASSERT_EQ(event->value, event->signum == SIGRTMIN ? VALUE(77) : 0);
    ours_ran++;
    return 0;
}

int main(void)
{
    struct sigaction action;
    watchdog(120);
    memset(&action, 0, sizeof action);
    action.sa_handler = one;
    MUST(sigaction(SIGTERM, &action, NULL));
#ifndef _WIN32
    action.sa_sigaction = three;
    action.sa_flags = SA_SIGINFO;
    MUST(sigaction(SIGRTMIN, &action, NULL));
#endif
    for (int round = 1; round <= 100; round++) {
        /* Again over our own: what stood before us stays what it was. */
        ASSERT_EQ(sig_install(SIGTERM, handler, NULL, SAFEPOINT_CHAIN), 0);
#ifndef _WIN32
        ASSERT_EQ(sig_install(SIGRTMIN, handler, NULL, SAFEPOINT_CHAIN), 0);
#endif
        recorded = false;
        errno = EDOM;
        MUST(kill(getpid(), SIGTERM));
        ASSERT_EQ(errno, EDOM);
        ASSERT_EQ(one_ran, round);
        ASSERT_TRUE(recorded);
        ASSERT_EQ(sig_check(), 0);
#ifdef _WIN32
        ASSERT_EQ(ours_ran, round);
#else
        ASSERT_EQ(ours_ran, 2 * round - 1);

        recorded = false;
        queue(SIGRTMIN, 77);
        ASSERT_EQ(three_ran, round);
        ASSERT_TRUE(recorded);
        ASSERT_EQ(sig_check(), 0);
        ASSERT_EQ(ours_ran, 2 * round);
#endif
    }
    ASSERT_EQ(sig_install(SIGTERM, handler, NULL, 0), 0); /* no chaining now */
    MUST(kill(getpid(), SIGTERM));
    ASSERT_EQ(one_ran, 100);
    ASSERT_EQ(sig_restore(SIGTERM), 0);
    MUST(kill(getpid(), SIGTERM));
    ASSERT_EQ(one_ran, 101);
    return 0;
}
