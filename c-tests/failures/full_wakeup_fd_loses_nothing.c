/* A wake-up fd that is full loses no signal, value or call: only wake-ups that
 * were due already, and those are counted, as EAGAIN. Once it is drained it
 * wakes again. */
#include "parts/failures.h"

enum { VALUES = 500 };
static long seen[65], calls;
static int next_value;

static int in_order(const sig_event *event, void *user)
{
    ASSERT_EQ(event->value, VALUE(next_value));
    ASSERT_EQ(event->count, 1);
    ASSERT_EQ(event->lost, 0);
    next_value++;
    return count_signal(event, user);
}

/* Until nothing fits. */
static void fill(enum wake_kind kind, int fd)
{
    char bytes[4096] = {0};
    uint64_t all = UINT64_MAX - 1;
    if (kind == WAKE_EVENTFD) {
        ASSERT_EQ(write(fd, &all, sizeof all), sizeof all);
        return;
    }
#ifndef _WIN32
    if (kind == WAKE_PIPE)
        MUST(fcntl(fd, F_SETPIPE_SZ, 4096));
#endif
    for (size_t size = sizeof bytes; size > 0; size /= 2)
        while (write(fd, bytes, size) > 0) {
        }
}

static void one_kind(enum wake_kind kind)
{
    int pair[2], error = 0;
    sig_counters before = counters();
    sig_job job = SAFEPOINT_JOB(count_call, &calls);
    memset(seen, 0, sizeof seen);
    calls = next_value = 0;
    make_wake(kind, pair);
    fill(kind, pair[1]);
    ASSERT_EQ(sig_set_wakeup_fd(pair[1], SAFEPOINT_WAKE_CALLS, NULL), 0);

    int queued = (int)scaled(VALUES);
    for (int i = 0; i < queued; i++) {
        queue_value(getpid(), SIGRTMIN, i);
        MUST(raise(SIGUSR1));
    }
    ASSERT_EQ(sig_add_pending_call(count_call, &calls), 0);
    ASSERT_EQ(sig_post(&job), 0);
    ASSERT_EQ(sig_interrupt(5), 0);
    ASSERT_EQ(sig_trip(SIGUSR2), 0);

    ASSERT_EQ(sig_check(), 5);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(seen[SIGRTMIN], queued);
    ASSERT_EQ(seen[SIGUSR1], queued);
    ASSERT_EQ(seen[SIGUSR2], 1);
    ASSERT_EQ(calls, 2);
    ASSERT_EQ(counters().lost, before.lost);

    /* 4: a call, a job, an interrupt, a trip. */
    ASSERT_EQ(sig_wakeup_failures(&error), 2 * queued + 4);
    ASSERT_EQ(error, EAGAIN);
    error = -1;
    ASSERT_EQ(sig_wakeup_failures(&error), 0);
    ASSERT_EQ(error, -1);
    ASSERT_EQ(counters().wakeups_failed - before.wakeups_failed,
              2 * queued + 4);

    ASSERT_NE(take_wakes(kind, pair[0], 0), 0);
#ifdef _WIN32 /* what is still on its way comes when there is room */
    for (int i = 0; i < 20; i++) {
        usleep(10000);
        take_wakes(kind, pair[0], 0);
    }
#endif
    MUST(raise(SIGUSR1));
    ASSERT_EQ(take_wakes(kind, pair[0], SIGUSR1), 1);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(sig_wakeup_failures(NULL), 0);
    ASSERT_EQ(sig_set_wakeup_fd(-1, 0, NULL), 0);
    MUST(close(pair[0]));
    MUST(close(pair[1]));
}

int main(void)
{
    watchdog(240);
    ASSERT_EQ(sig_install(SIGUSR1, count_signal, seen, 0), 0);
    ASSERT_EQ(sig_install(SIGUSR2, count_signal, seen, 0), 0);
    ASSERT_EQ(sig_install(SIGRTMIN, in_order, seen, REAL_TIME), 0);
    for (enum wake_kind kind = 0; kind < WAKE_KINDS; kind++)
        one_kind(kind);
    return 0;
}
