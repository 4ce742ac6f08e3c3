/* The owner holds and releases at random while other threads send signals,
 * calls and jobs: no release misses what came while it was held. */
#include "test.h"

#define THREADS 3

static atomic_long sent;
static atomic_int working = THREADS;
static long handled, rounds;

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

/* The last job of each thread has to be queued anew: a lost one hangs. */
static void *send(void *arg)
{
    sig_job job = SAFEPOINT_JOB(call, NULL);
    for (long i = 0; i < rounds; i++) {
        int result = 0;
        switch ((intptr_t)arg) {
        case 0:
            raise(SIGUSR1);
            break;
        case 1:
            result = sig_add_pending_call(call, NULL);
            break;
        default:
            result = sig_post(&job);
        }
        if (result == 0)
            atomic_fetch_add(&sent, 1);
        else if (result != 1) /* that one was queued already */
            ASSERT_EQ(result, -EAGAIN);
    }
    while (sig_post(&job) == 1)
        sched_yield();
    atomic_fetch_add(&sent, 1);
    atomic_fetch_sub(&working, 1);
    while (atomic_load(&working) != -1)
        sched_yield(); /* the job is on this stack */
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    uint32_t random = 7;
    watchdog(250);
    rounds = scaled(100000);
    ASSERT_EQ(sig_install(SIGUSR1, handler, NULL, 0), 0);
    for (intptr_t i = 0; i < THREADS; i++)
        ASSERT_EQ(pthread_create(&threads[i], NULL, send, (void *)i), 0);
    for (bool last = false; !last;) {
        last = atomic_load(&working) == 0; /* then once more */
        random = random * 1664525 + 1013904223;
        int holds = (int)(random >> 30);
        for (int i = 0; i < holds; i++)
            ASSERT_EQ(sig_hold(), 0);
        long before = handled;
        for (volatile uint32_t spin = random >> 22 & 63; spin; spin--)
            ASSERT_EQ(sig_check(), 0);
        if (holds)
            ASSERT_EQ(handled, before);
        for (int i = 0; i < holds; i++)
            ASSERT_EQ(sig_release(), 0);
        ASSERT_EQ(sig_check(), 0);
    }
    ASSERT_EQ(handled, sent);
    ASSERT_EQ(*sig_breaker(), 0);
    atomic_store(&working, -1);
    for (int i = 0; i < THREADS; i++)
        ASSERT_EQ(pthread_join(threads[i], NULL), 0);
    return 0;
}
