/* The owner forks while other threads send signals, calls and jobs, wherever
 * in those functions they are. Each child starts with nothing pending, can
 * use all of the same functions and jobs, and has room for 1,024 calls; the
 * parent loses nothing. */
#include "test.h"

#define THREADS 4
#define ROOM 1024

static atomic_long sent, arrived;
static atomic_bool done;
static long handled;
static sig_job jobs[THREADS];

static int handler(const sig_event *event, void *user)
{
    (void)user;
    handled += (long)event->count;
    return 0;
}

static int call(void *arg)
{
    (void)arg;
    handled++;
    return 0;
}

static void *send(void *arg)
{
    intptr_t self = (intptr_t)arg;
    for (unsigned i = 0; !atomic_load(&done);) {
        if (self == 0)
            raise(SIGUSR1);
        else if (self == 1)
            sig_trip(SIGRTMIN);
        if (self < 2)
            atomic_fetch_add(&arrived, 1);
        else if (self == 2 && sig_add_pending_call(call, NULL) == 0)
            atomic_fetch_add(&sent, 1);
        else if (self == 3 && sig_post(&jobs[i++ % THREADS]) == 0)
            atomic_fetch_add(&sent, 1);
    }
    return NULL;
}

static void in_child(void)
{
    ASSERT_EQ(*sig_breaker(), 0);
    ASSERT_EQ(counters().arrivals, 0);
    handled = 0;
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(handled, 0);
    for (int i = 0; i < THREADS; i++)
        ASSERT_EQ(sig_post(&jobs[i]), 0);
    for (int i = 0; i < ROOM; i++)
        ASSERT_EQ(sig_add_pending_call(call, NULL), 0);
    ASSERT_EQ(sig_add_pending_call(call, NULL), -EAGAIN);
    MUST(kill(getpid(), SIGUSR1));
    for (int i = 0; i < 100; i++)
        ASSERT_EQ(sig_trip(SIGRTMIN), 0);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(handled, THREADS + ROOM + 101);
    ASSERT_EQ(*sig_breaker(), 0);
    _exit(0);
}

int main(void)
{
    pthread_t threads[THREADS];
    watchdog(250);
    ASSERT_EQ(sig_install(SIGUSR1, handler, NULL, 0), 0);
    ASSERT_EQ(sig_install(SIGRTMIN, handler, NULL, 0), 0);
    for (intptr_t i = 0; i < THREADS; i++) {
        jobs[i] = (sig_job)SAFEPOINT_JOB(call, NULL);
        ASSERT_EQ(pthread_create(&threads[i], NULL, send, (void *)i), 0);
    }
    for (long i = scaled(60); i > 0; i--) {
        pid_t child = (pid_t)MUST(fork());
        if (child == 0)
            in_child();
        for (int status = 0; waitpid(child, &status, WNOHANG) == 0;)
            sig_check();
        sig_check();
    }
    atomic_store(&done, true);
    for (int i = 0; i < THREADS; i++)
        ASSERT_EQ(pthread_join(threads[i], NULL), 0);
    while (*sig_breaker())
        sig_check();
    sig_counters now = counters();
    ASSERT_EQ(now.arrivals, arrived);
    ASSERT_EQ(now.arrivals, now.handled + now.coalesced + now.lost);
    ASSERT_EQ(now.calls_run, sent);
    ASSERT_EQ((uint64_t)handled, now.handled + now.coalesced + now.calls_run);
    return 0;
}
