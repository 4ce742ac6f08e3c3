/* pthread_cancel() acts at the C library's write() and read(). A thread that
 * was cancelled, and has come to no cancellation point yet, is not ended
 * inside an arrival, nor inside a function of ours that wakes somebody, nor in
 * a check: whatever came is announced. */
#include "parts/failures.h"

static long seen[65], calls;
static atomic_bool ready, stop;
static atomic_long passed;

/* What a cancelled thread does. */
static void takes_a_signal(void) { MUST(raise(SIGUSR1)); }
static void adds_a_call(void)
{
    ASSERT_EQ(sig_add_pending_call(count_call, &calls), 0);
}
static void trips(void) { ASSERT_EQ(sig_trip(SIGUSR1), 0); }

static void *be_cancelled(void *what)
{
    ready = true;
    while (!stop) {
    }
    (*(void (**)(void))what)();
    passed++;
    return NULL;
}

static void *own_and_be_cancelled(void *unused)
{
    sig_event event;
    ASSERT_EQ(sig_adopt(), 0);
    for (int i = 0; i < 2; i++)
        adds_a_call();
    pthread_cancel(pthread_self());
    ASSERT_EQ(sig_next(&event, sizeof event), 1);
    passed++;
    return unused;
}

int main(void)
{
    static void (*const whats[])(void) = {takes_a_signal, adds_a_call, trips};
    enum { WHATS = sizeof whats / sizeof *whats };
    enum wake_kind kind;
    pthread_t thread;
    int wake[2];
    watchdog(120);
    ASSERT_EQ(sig_install(SIGUSR1, count_signal, seen, 0), 0);
    int event_fd = (int)MUST(sig_event_fd());
    for (kind = 0; kind < WAKE_KINDS; kind++) {
        make_wake(kind, wake);
        ASSERT_EQ(sig_set_wakeup_fd(wake[1], SAFEPOINT_WAKE_CALLS, NULL), 0);
        for (int i = 0; i < WHATS; i++) {
            passed = 0;
            ready = stop = false;
            MUST(-pthread_create(&thread, NULL, be_cancelled, (void *)&whats[i]));
            while (!ready)
                sched_yield();
            MUST(-pthread_cancel(thread));
            stop = true;
            MUST(-pthread_join(thread, NULL));
            ASSERT_EQ(passed, 1);
            ASSERT_EQ(is_readable(event_fd), 1);
            ASSERT_EQ(is_readable(wake[0]), 1);
            take_wakes(kind, wake[0], i == 1 ? 0 : SIGUSR1);
            ASSERT_EQ(sig_check(), 0);
            ASSERT_EQ(is_readable(event_fd), 0);
        }
        close(wake[0]);
        close(wake[1]);
    }
    ASSERT_EQ(seen[SIGUSR1], 2 * WAKE_KINDS);
    ASSERT_EQ(calls, WAKE_KINDS);

    passed = 0;
    MUST(-pthread_create(&thread, NULL, own_and_be_cancelled, NULL));
    MUST(-pthread_join(thread, NULL));
    ASSERT_EQ(passed, 1);
    ASSERT_EQ(sig_adopt(), 0);
    ASSERT_EQ(is_readable(event_fd), 1);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(calls, WAKE_KINDS + 1);
    return 0;
}
