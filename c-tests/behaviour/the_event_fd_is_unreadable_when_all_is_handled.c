/* The owner handles what another thread sends while that thread is still on
 * its way out of sig_trip(), sig_post() or its signal handler, and holds and
 * releases meanwhile. When both have done, and the breaker is zero, the event
 * fd is unreadable: a loop that polls it does not go round for nothing. */
#include "test.h"

static atomic_long asked, answered;
static atomic_long handled; /* by the owner; the sender only looks */
static long rounds;
static sig_job job;

static int handler(const sig_event *event, void *user)
{
    (void)user;
    atomic_fetch_add(&handled, (long)event->count);
    return 0;
}

static int call(void *arg)
{
    (void)arg;
    atomic_fetch_add(&handled, 1);
    return 0;
}

static void *send(void *arg)
{
    for (long i = 1; i <= rounds; i++) {
        while (atomic_load(&asked) < i)
            sched_yield();
        if (i % 3 == 0)
            ASSERT_EQ(sig_trip(SIGUSR1), 0);
        else if (i % 3 == 1)
            ASSERT_EQ(sig_post(&job), 0);
        else
            ASSERT_EQ(raise(SIGUSR1), 0);
        atomic_store(&answered, i);
    }
    return arg;
}

int main(void)
{
    pthread_t thread;
    watchdog(250);
    rounds = scaled(20000);
    job = (sig_job)SAFEPOINT_JOB(call, NULL);
    ASSERT_EQ(sig_install(SIGUSR1, handler, NULL, 0), 0);
    struct pollfd poll_fd = {sig_event_fd(), POLLIN, 0};
    ASSERT_GE(poll_fd.fd, 0);
    ASSERT_EQ(pthread_create(&thread, NULL, send, NULL), 0);
    for (long i = 1; i <= rounds; i++) {
        long turns = 0;
        atomic_store(&asked, i);
        while (atomic_load(&handled) < i || atomic_load(&answered) < i) {
            sig_check();
            if (turns++ % 16 == i % 16) {
                ASSERT_EQ(sig_hold(), 0);
                ASSERT_EQ(sig_release(), 0);
            }
            if (turns % 1024 == 0)
                sched_yield();
        }
        while (*sig_breaker())
            sig_check();
        ASSERT_EQ(atomic_load(&handled), i);
        int readable = poll(&poll_fd, 1, 0);
        ASSERT_EQ(readable, 0);
    }
    ASSERT_EQ(pthread_join(thread, NULL), 0);
    return 0;
}
