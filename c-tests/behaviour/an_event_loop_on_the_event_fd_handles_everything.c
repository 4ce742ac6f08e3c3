/* An event loop that does nothing but poll the event fd and check: four
 * threads send it signals, calls, jobs and trips, and stop now and then until
 * all of theirs was handled, so that a wake-up that was lost hangs it. It ends
 * with everything handled and the descriptor unreadable. */
#include "test.h"

#define THREADS 4

static atomic_long sent[THREADS], handled[THREADS];
static atomic_int working = THREADS;
static long rounds;

static int handler(const sig_event *event, void *user)
{
    atomic_fetch_add((atomic_long *)user, (long)event->count);
    return event->count % 16 == 0; /* some raise */
}

static int call(void *arg)
{
    atomic_fetch_add((atomic_long *)arg, 1);
    return 0;
}

static void *send(void *arg)
{
    intptr_t self = (intptr_t)arg;
    sig_job job = SAFEPOINT_JOB(call, &handled[self]);
    for (long i = 1; i <= rounds; i++) {
        int result = 0;
        if (self == 0)
            result = sig_add_pending_call(call, &handled[self]);
        else if (self == 1)
            result = sig_post(&job);
        else if (self == 2)
            result = sig_trip(SIGUSR2);
        else
            ASSERT_EQ(raise(SIGUSR1), 0);
        if (result == 0)
            atomic_fetch_add(&sent[self], 1);
        if (i % 50 == 0 || result != 0)
            while (atomic_load(&handled[self]) < atomic_load(&sent[self]))
                sched_yield();
    }
    atomic_fetch_sub(&working, 1);
    while (sig_interrupt(1) == 0 && atomic_load(&working) != -1)
        sched_yield();
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    struct pollfd poll_fd = {0, POLLIN, 0};
    watchdog(250);
    rounds = scaled(20000);
    ASSERT_EQ(sig_install(SIGUSR1, handler, &handled[3], 0), 0);
    ASSERT_EQ(sig_install(SIGUSR2, handler, &handled[2], SAFEPOINT_QUEUE), 0);
    poll_fd.fd = sig_event_fd();
    for (intptr_t i = 0; i < THREADS; i++)
        ASSERT_EQ(pthread_create(&threads[i], NULL, send, (void *)i), 0);
    while (atomic_load(&working) > 0) {
        if (poll(&poll_fd, 1, -1) < 0)
            ASSERT_EQ(errno, EINTR);
        sig_check();
    }
    atomic_store(&working, -1);
    for (int i = 0; i < THREADS; i++)
        ASSERT_EQ(pthread_join(threads[i], NULL), 0);
    while (*sig_breaker())
        sig_check();
    int readable = poll(&poll_fd, 1, 0);
    ASSERT_EQ(readable, 0);
    for (int i = 0; i < THREADS; i++)
        ASSERT_EQ(handled[i], sent[i]);
    ASSERT_EQ(sig_wakeup_failures(NULL), 0);
    return 0;
}
