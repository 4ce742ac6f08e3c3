/* The owner's thread ends without a word: by returning, by pthread_exit, by
 * cancellation, also while one of its handlers runs. Nobody else may check, but
 * any thread may adopt the context, and finds what was pending. A thread that
 * begins later is not the owner, though the C library may well give it the
 * same pthread_t. */
#include "parts/failures.h"

static long seen[65], calls;

static int end_here(const sig_event *event, void *user)
{
    count_signal(event, user);
    pthread_exit(NULL);
    return 0;
}

#ifndef _WIN32
static int be_cancelled(const sig_event *event, void *user)
{
    count_signal(event, user);
    pthread_cancel(pthread_self());
    pthread_testcancel();
    return 0;
}
#endif

/* What each owner does at last; the signals below are pending then. */
static void by_return(void) {}
static void in_a_hold(void) { ASSERT_EQ(sig_hold(), 0); }
static void by_exit(void) { pthread_exit(NULL); }
static void in_a_handler(void)
{
    ASSERT_EQ(sig_install(SIGHUP, end_here, seen, 0), 0);
    MUST(raise(SIGHUP));
    sig_check();
}
#ifndef _WIN32
static void cancelled_in_a_handler(void)
{
    ASSERT_EQ(sig_install(SIGHUP, be_cancelled, seen, 0), 0);
    MUST(raise(SIGHUP));
    sig_check();
}

#endif

static void *own(void *last)
{
    ASSERT_EQ(sig_adopt(), 0);
    ASSERT_EQ(sig_is_owner(), 1);
    ASSERT_EQ(sig_install(SIGUSR1, count_signal, seen, 0), 0);
    ASSERT_EQ(sig_install(SIGRTMIN, count_signal, seen, REAL_TIME), 0);
    for (int i = 0; i < 3; i++) {
        MUST(raise(SIGUSR1));
        raise_queued(SIGRTMIN);
        ASSERT_EQ(sig_add_pending_call(count_call, &calls), 0);
    }
    (*(void (**)(void))last)();
    return NULL;
}

static void *be_nobody(void *unused)
{
    ASSERT_EQ(sig_is_owner(), 0);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(sig_hold(), -EPERM);
    return unused;
}

int main(void)
{
    watchdog(240);
    static void (*const lasts[])(void) = {by_return, in_a_hold, by_exit, in_a_handler,
#ifndef _WIN32 /* winpthreads cancels where somebody else's wait ends */
                                          cancelled_in_a_handler,
#endif
    };
    for (size_t i = 0; i < sizeof lasts / sizeof *lasts; i++) {
        pthread_t thread;
        memset(seen, 0, sizeof seen);
        calls = 0;
        MUST(-pthread_create(&thread, NULL, own, (void *)&lasts[i]));
        MUST(-pthread_join(thread, NULL));
        MUST(-pthread_create(&thread, NULL, be_nobody, NULL));
        MUST(-pthread_join(thread, NULL));
        ASSERT_EQ(sig_is_owner(), 0);
        ASSERT_EQ(sig_check(), 0);
        ASSERT_EQ(seen[SIGUSR1], 0);
        ASSERT_EQ(sig_install(SIGUSR1, count_signal, seen, 0), -EPERM);
        ASSERT_EQ(sig_fini(), -EPERM);
        MUST(raise(SIGUSR1)); /* on this thread, which is not yet the owner */

        ASSERT_EQ(sig_adopt(), 0);
        ASSERT_EQ(sig_is_owner(), 1);
        ASSERT_NE(*sig_breaker(), 0);
        ASSERT_EQ(sig_check(), 0);
        ASSERT_EQ(seen[SIGUSR1], 4);
        ASSERT_EQ(seen[SIGRTMIN], 3);
        ASSERT_EQ(calls, 3);
        ASSERT_EQ(*sig_breaker(), 0);
        MUST(raise(SIGUSR1));
        ASSERT_EQ(sig_check(), 0);
        ASSERT_EQ(seen[SIGUSR1], 5);
        ASSERT_EQ(sig_fini(), 0);
    }
    return 0;
}
