/* Somebody's handler stands over ours and passes signals on to it, as a good
 * guest does. The process lives, also where ours was removed underneath, and
 * also where ours is installed once more, over theirs, with CHAIN: each of the
 * two then sees each delivery once, and nothing goes round in circles. */
#include "parts/failures.h"

static long seen[65];
static volatile sig_atomic_t foreign_calls;
static struct sigaction before_foreign;

static void foreign(int signum, siginfo_t *info, void *context)
{
    foreign_calls++;
    if (before_foreign.sa_flags & SA_SIGINFO)
        before_foreign.sa_sigaction(signum, info, context);
    else if (before_foreign.sa_handler != SIG_DFL)
        before_foreign.sa_handler(signum);
}

/* It keeps its own copy, and passes on that. */
static void copying(int signum, siginfo_t *info, void *context)
{
    siginfo_t copy = *info;
    foreign_calls++;
    before_foreign.sa_sigaction(signum, &copy, context);
}

/* It was told nothing but the number. */
static void with_number_only(int signum)
{
    foreign_calls++;
    before_foreign.sa_sigaction(signum, NULL, NULL);
}

static void assert_each_sees_it(int signum, int foreigns, int ours)
{
    memset(seen, 0, sizeof seen);
    foreign_calls = 0;
    sig_counters before = counters();
    for (int i = 1; i <= 5; i++) {
        MUST(i % 2 ? raise(signum) : kill(getpid(), signum));
        ASSERT_EQ(sig_check(), 0);
        ASSERT_EQ(foreign_calls, i * foreigns);
        ASSERT_EQ(seen[signum], i * ours);
    }
    ASSERT_EQ(counters().arrivals - before.arrivals, 5 * ours);
}

static void one_signal(int signum, struct sigaction over)
{
    struct sigaction now;
    signal(signum, SIG_DFL);
    ASSERT_EQ(sig_install(signum, count_signal, seen, 0), 0);
    MUST(sigaction(signum, &over, &before_foreign));
    assert_each_sees_it(signum, 1, 1);

    /* Over theirs, which still passes on to us. */
    ASSERT_EQ(sig_install(signum, count_signal, seen, SAFEPOINT_CHAIN), 0);
    assert_each_sees_it(signum, 1, 1);
    ASSERT_EQ(sig_install(signum, count_signal, seen, SAFEPOINT_CHAIN), 0);
    assert_each_sees_it(signum, 1, 1);
    ASSERT_EQ(sig_install(signum, count_signal, seen, 0), 0);
    assert_each_sees_it(signum, 0, 1);
    ASSERT_EQ(sig_restore(signum), 0);
    MUST(sigaction(signum, NULL, &now));
    ASSERT_EQ(now.sa_sigaction, over.sa_sigaction);
    assert_each_sees_it(signum, 1, 0);

    /* Ours goes from underneath theirs. */
    signal(signum, SIG_DFL);
    ASSERT_EQ(sig_install(signum, count_signal, seen, 0), 0);
    MUST(sigaction(signum, &over, &before_foreign));
    ASSERT_EQ(sig_restore(signum), 1);
    assert_each_sees_it(signum, 1, 0);
    ASSERT_EQ(sig_install(signum, count_signal, seen, SAFEPOINT_CHAIN), 0);
    assert_each_sees_it(signum, 1, 1);
    ASSERT_EQ(sig_fini(), 0);
    assert_each_sees_it(signum, 1, 0);
}

int main(void)
{
    watchdog(240);
    const int signums[] = {SIGTERM, SIGUSR1, SIGCHLD,
                           fault_or(SIGSEGV, SIGUSR2)};
    for (size_t i = 0; i < sizeof signums / sizeof *signums; i++) {
        struct sigaction over = {.sa_sigaction = foreign};
        over.sa_flags = SA_SIGINFO;
        one_signal(signums[i], over);
        over.sa_flags |= SA_NODEFER | SA_ONSTACK;
        one_signal(signums[i], over);
        over.sa_sigaction = copying;
        one_signal(signums[i], over);
        over = (struct sigaction){.sa_handler = with_number_only};
        one_signal(signums[i], over);
    }
    return 0;
}
