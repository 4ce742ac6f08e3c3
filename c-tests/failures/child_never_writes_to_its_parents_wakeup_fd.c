/* What arrives in a forked child, or in a child of that, never wakes the
 * parent: not through its pipe, its socket or its eventfd, nor through the
 * descriptor that sig_event_fd() gave. The parent's own arrivals still do. */
#include "parts/failures.h"

static long seen[65], calls;

/* Everything that wakes; twice, as it is handled in between. */
static void arrive(void)
{
    for (int i = 0; i < 2; i++) {
        long before = seen[SIGUSR1];
        MUST(raise(SIGUSR1));
        ASSERT_EQ(sig_trip(SIGUSR1), 0);
        ASSERT_EQ(sig_add_pending_call(count_call, &calls), 0);
        ASSERT_EQ(sig_interrupt(7), 0);
        ASSERT_EQ(is_readable(sig_event_fd()), 1); /* its own */
        ASSERT_EQ(sig_check(), 7);
        ASSERT_EQ(sig_check(), 0);
        ASSERT_EQ(is_readable(sig_event_fd()), 0);
        ASSERT_EQ(seen[SIGUSR1], before + 2);
    }
}

static void in_a_descendant(int generation)
{
    int own[2], old = 1;
    arrive();
    if (generation > 0) {
        pid_t child = (pid_t)MUST(fork());
        if (child == 0) {
            in_a_descendant(generation - 1);
            _exit(0);
        }
        ASSERT_CHILD_PASSED(child);
    }
    /* It can have one of its own. */
    make_wake(WAKE_PIPE, own);
    ASSERT_EQ(sig_set_wakeup_fd(own[1], 0, &old), 0);
    ASSERT_EQ(old, -1);
    arrive();
    ASSERT_EQ(take_wakes(WAKE_PIPE, own[0], SIGUSR1), 4);
}

static void *fork_one(void *unused)
{
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        in_a_descendant(1);
        _exit(0);
    }
    ASSERT_CHILD_PASSED(child);
    return unused;
}

int main(void)
{
    watchdog(240);
    ASSERT_EQ(sig_install(SIGUSR1, count_signal, seen, 0), 0);
    int event_fd = sig_event_fd();
    ASSERT_GE(event_fd, 0);
    for (enum wake_kind kind = 0; kind < WAKE_KINDS; kind++) {
        int pair[2];
        pthread_t thread;
        make_wake(kind, pair);
        ASSERT_EQ(sig_set_wakeup_fd(pair[1], SAFEPOINT_WAKE_CALLS, NULL), 0);
        fork_one(NULL);
        MUST(-pthread_create(&thread, NULL, fork_one, NULL));
        MUST(-pthread_join(thread, NULL));
        ASSERT_EQ(is_readable(pair[0]), 0);
        ASSERT_EQ(is_readable(event_fd), 0);
        ASSERT_EQ(*sig_breaker(), 0);

        MUST(raise(SIGUSR1));
        ASSERT_EQ(is_readable(event_fd), 1);
        ASSERT_EQ(take_wakes(kind, pair[0], SIGUSR1), 1);
        ASSERT_EQ(sig_check(), 0);
        ASSERT_EQ(is_readable(event_fd), 0);
    }
    ASSERT_EQ(sig_wakeup_failures(NULL), 0);
    return 0;
}
