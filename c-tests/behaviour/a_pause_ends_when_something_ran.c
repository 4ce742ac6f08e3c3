/* sig_pause(): a handler, a call or what was pending ends it with 0, a raise
 * with -EINTR; nothing else does. A handler that forks ends it in both. */
#include "test.h"

static int handled_;

static int counts(const sig_event *event, void *user)
{
    (void)event;
    handled_++;
    return (int)(intptr_t)user;
}

#ifndef _WIN32
static pid_t child = -1;

static int forks(const sig_event *event, void *user)
{
    (void)event, (void)user;
    child = (pid_t)MUST(fork());
    return 0;
}

#endif

static int call(void *unused)
{
    (void)unused;
    return 0;
}

static void *send_two(void *unused)
{
    struct timespec time = {0, 10000000};
    (void)unused;
    nanosleep(&time, NULL);
#ifdef _WIN32
    signal(SIGBREAK, SIG_IGN);
    MUST(raise(SIGBREAK));
#else
    MUST(raise(SIGURG)); /* no kick, and handled by nobody */
#endif
    nanosleep(&time, NULL);
    ASSERT_EQ(sig_add_pending_call(call, NULL), 0);
    return NULL;
}

int main(void)
{
    pthread_t thread;
    watchdog(60);
    ASSERT_EQ(sig_install(SIGUSR1, counts, NULL, 0), 0);
    ASSERT_EQ(sig_install(SIGUSR2, counts, (void *)9, 0), 0);
#ifndef _WIN32
    ASSERT_EQ(sig_install(SIGHUP, forks, NULL, 0), 0);
#endif
    MUST(raise(SIGUSR1));
    ASSERT_EQ(sig_pause(), 0);
    ASSERT_EQ(handled_, 1);
    ASSERT_EQ(pthread_create(&thread, NULL, send_two, NULL), 0);
    ASSERT_EQ(sig_pause(), 0);
    ASSERT_EQ(counters().calls_run, 1);
    ASSERT_EQ(pthread_join(thread, NULL), 0);
    MUST(raise(SIGUSR2));
    ASSERT_EQ(sig_pause(), -EINTR);
    ASSERT_EQ(sig_raised(), 9);
    ASSERT_EQ(sig_fini(), 0);

    /* Nothing has been handled yet, in this count. */
#ifdef _WIN32
    ASSERT_EQ(sig_install(SIGHUP, counts, NULL, 0), 0);
    MUST(raise(SIGHUP));
    ASSERT_EQ(sig_pause(), 0);
#else
    ASSERT_EQ(sig_install(SIGHUP, forks, NULL, 0), 0);
    MUST(raise(SIGHUP));
    ASSERT_EQ(sig_pause(), 0);
    if (child == 0)
        _exit(0);
    ASSERT_CHILD_PASSED(child);
#endif
    return 0;
}
