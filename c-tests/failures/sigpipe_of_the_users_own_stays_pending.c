/* A wake-up into a pipe without a reader raises a SIGPIPE of its own, which
 * the library takes back. One that the program has blocked and that was
 * pending before stays pending. */
#include "parts/failures.h"

static long seen[65];

static bool sigpipe_is_pending(void)
{
    sigset_t pending;
    MUST(sigpending(&pending));
    return sigismember(&pending, SIGPIPE);
}

int main(void)
{
    watchdog(240);
    int pair[2];
    sigset_t sigpipe;
    struct timespec none = {0, 0};
    siginfo_t info;
    sigemptyset(&sigpipe);
    sigaddset(&sigpipe, SIGPIPE);
    signal(SIGPIPE, SIG_DFL);
    ASSERT_EQ(sig_install(SIGUSR1, count_signal, seen, 0), 0);
    make_wake(WAKE_PIPE, pair);
    ASSERT_EQ(sig_set_wakeup_fd(pair[1], 0, NULL), 0);
    MUST(close(pair[0]));

    MUST(sigprocmask(SIG_BLOCK, &sigpipe, NULL));
    for (int to_the_thread = 0; to_the_thread < 2; to_the_thread++) {
        for (int in_arrival = 0; in_arrival < 2; in_arrival++) {
            ASSERT_EQ(sigpipe_is_pending(), 0);
            MUST(to_the_thread ? raise(SIGPIPE) : kill(getpid(), SIGPIPE));
            ASSERT_EQ(sigpipe_is_pending(), 1);
            MUST(in_arrival ? raise(SIGUSR1) : sig_trip(SIGUSR1));
            ASSERT_EQ(sig_wakeup_failures(NULL), 1);
            ASSERT_EQ(sigpipe_is_pending(), 1);
            ASSERT_EQ(MUST(sigtimedwait(&sigpipe, &info, &none)), SIGPIPE);
            ASSERT_EQ(info.si_pid, getpid());
        }
    }
    return 0;
}
