/* An arrival, and all that happens in it, leaves errno as it was: each kind of
 * wake-up, also one that fails, a wake-up function and a chained handler that
 * spoil it, a queue without room, a coalesced delivery; on every thread. */
#include "parts/failures.h"

enum { MARK = 12345 };
static long seen[65];

static void spoil(int signum)
{
    (void)signum;
    errno = ENOTTY;
}

static void spoil_wake(int signum, void *unused)
{
    (void)unused;
    spoil(signum);
}

static void *arrive(void *unused)
{
    const int signums[] = {SIGUSR1, SIGWINCH, SIGTERM,
                           fault_or(SIGSEGV, SIGTERM)};
    for (int i = 0; i < 4; i++) {
        for (int again = 0; again < 2; again++) {
            errno = MARK;
            int result = raise(signums[i]);
            ASSERT_EQ(errno, MARK);
            ASSERT_EQ(result, 0);
            result = kill(getpid(), signums[i]);
            ASSERT_EQ(errno, MARK);
            ASSERT_EQ(result, 0);
        }
    }
    errno = MARK;
    sig_trip(SIGUSR1);
    ASSERT_EQ(errno, MARK);
    return unused;
}

static void on_two_threads(void)
{
    pthread_t thread;
    arrive(NULL);
    MUST(-pthread_create(&thread, NULL, arrive, NULL));
    MUST(-pthread_join(thread, NULL));
    ASSERT_EQ(sig_check(), 0);
}

int main(void)
{
    watchdog(240);
    struct sigaction before = {.sa_handler = spoil};
    MUST(sigaction(SIGWINCH, &before, NULL));
    ASSERT_EQ(sig_install(SIGUSR1, count_signal, seen, 0), 0);
    ASSERT_EQ(sig_install(SIGWINCH, count_signal, seen, SAFEPOINT_CHAIN), 0);
    ASSERT_EQ(sig_install(SIGTERM, count_signal, seen, SAFEPOINT_QUEUE), 0);
    ASSERT_EQ(sig_install(SIGSEGV, count_signal, seen, 0), 0);
    ASSERT_EQ(sig_set_wakeup_fn(spoil_wake, NULL), 0);
    on_two_threads();
    for (enum wake_kind kind = 0; kind < WAKE_KINDS; kind++) {
        int pair[2], error = 0;
        make_wake(kind, pair);
        ASSERT_EQ(sig_set_wakeup_fd(pair[1], SAFEPOINT_WAKE_CALLS, NULL), 0);
        ASSERT_GE(sig_event_fd(), 0);
        on_two_threads();
        ASSERT_EQ(sig_wakeup_failures(&error), 0);
        if (kind == WAKE_EVENTFD) {
            uint64_t all = UINT64_MAX - 1;
            take_wakes(kind, pair[0], 0);
            ASSERT_EQ(write(pair[1], &all, sizeof all), sizeof all);
        } else {
            static const char zeros[4096];
            for (size_t size = sizeof zeros; size > 0; size /= 2)
                while (write(pair[1], zeros, size) > 0) {
                }
        }
        on_two_threads(); /* full */
        ASSERT_GT(sig_wakeup_failures(&error), 0);
        ASSERT_EQ(error, EAGAIN);
        MUST(close(pair[0]));
#ifndef _WIN32 /* where one that has lost its reader takes some more */
        if (kind != WAKE_EVENTFD) {
            on_two_threads(); /* without a reader */
            ASSERT_GT(sig_wakeup_failures(&error), 0);
            ASSERT_EQ(error, EPIPE);
        }
#endif
        MUST(close(pair[1]));
    }
    ASSERT_EQ(sig_set_wakeup_fd(-1, 0, NULL), 0);
    for (long i = 0; counters().lost == 0 && i < 10; i++) {
        for (int n = 0; n < 2000; n++) {
            errno = MARK;
            raise(SIGTERM); /* until there is no room for more */
            ASSERT_EQ(errno, MARK);
        }
        if (i == 5)
            ASSERT_EQ(sig_check(), 0);
    }
    ASSERT_GT(counters().lost, 0);
    return 0;
}
