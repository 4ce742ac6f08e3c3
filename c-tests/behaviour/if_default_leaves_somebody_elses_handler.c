/* SAFEPOINT_IF_DEFAULT: -EEXIST, and nothing changed, where somebody else's
 * handler stands; over the default, over SIG_IGN and over our own it
 * installs. */
#include "test.h"

static volatile int foreign_ran;

static void foreign(int signum)
{
    signal(signum, foreign); /* once more, as one has to on Windows */
    foreign_ran++;
}

static int handler(const sig_event *event, void *user)
{
    (void)event;
    (*(int *)user)++;
    return 0;
}

static int install(int signum, int *count)
{
    return sig_install(signum, handler, count, SAFEPOINT_IF_DEFAULT);
}

int main(void)
{
    struct sigaction before, after;
    int ran = 0, later = 0;
    watchdog(120);
    signal(SIGUSR1, foreign);
    MUST(sigaction(SIGUSR1, NULL, &before));
    ASSERT_EQ(install(SIGUSR1, &ran), -EEXIST);
    MUST(sigaction(SIGUSR1, NULL, &after));
    ASSERT_EQ(after.sa_handler, before.sa_handler);
    ASSERT_EQ(after.sa_flags, before.sa_flags);
    MUST(kill(getpid(), SIGUSR1));
    ASSERT_EQ(foreign_ran, 1);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(counters().arrivals, 0);

    ASSERT_EQ(install(SIGUSR2, &ran), 0);
    signal(SIGHUP, SIG_IGN);
    ASSERT_EQ(install(SIGHUP, &ran), 0);
    ASSERT_EQ(install(SIGHUP, &later), 0); /* our own */
    MUST(kill(getpid(), SIGUSR2));
    MUST(kill(getpid(), SIGHUP));
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(ran, 1);
    ASSERT_EQ(later, 1);

    signal(SIGUSR2, foreign); /* somebody takes it over */
    ASSERT_EQ(install(SIGUSR2, &later), -EEXIST);
    MUST(kill(getpid(), SIGUSR2));
    ASSERT_EQ(foreign_ran, 2);
    ASSERT_EQ(sig_restore(SIGUSR2), 1); /* and keeps it */
    ASSERT_EQ(install(SIGUSR2, &later), -EEXIST);
    signal(SIGUSR2, SIG_DFL);
    ASSERT_EQ(install(SIGUSR2, &later), 0);
    MUST(kill(getpid(), SIGUSR2));
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(later, 2);
    return 0;
}
