/* Four threads post the same few jobs over and over. A job runs exactly as
 * often as sig_post() said 0; where it said 1, the run that was still to come
 * sees what the poster wrote before: after the last post nothing is missed. */
#include "test.h"

#define THREADS 4
#define JOBS 3

static sig_job jobs[JOBS];
static atomic_long written[JOBS], queued[JOBS];
static long ran[JOBS], seen[JOBS];
static atomic_int working = THREADS;
static long rounds;

static int run(void *arg)
{
    intptr_t job = (intptr_t)arg;
    ran[job]++;
    seen[job] = atomic_load_explicit(&written[job], memory_order_relaxed);
    return 0;
}

static void *post(void *arg)
{
    for (long i = (intptr_t)arg, end = i + rounds; i < end; i++) {
        long job = i % JOBS;
        atomic_fetch_add_explicit(&written[job], 1, memory_order_relaxed);
        int result = sig_post(&jobs[job]);
        ASSERT_TRUE(result == 0 || result == 1);
        if (result == 0)
            atomic_fetch_add(&queued[job], 1);
    }
    atomic_fetch_sub(&working, 1);
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    watchdog(250);
    rounds = scaled(1000000);
    ASSERT_EQ(sig_init(0), 0);
    for (intptr_t i = 0; i < JOBS; i++)
        jobs[i] = (sig_job)SAFEPOINT_JOB(run, (void *)i);
    for (intptr_t i = 0; i < THREADS; i++)
        ASSERT_EQ(pthread_create(&threads[i], NULL, post, (void *)i), 0);
    while (atomic_load(&working) > 0)
        sig_check();
    for (int i = 0; i < THREADS; i++)
        ASSERT_EQ(pthread_join(threads[i], NULL), 0);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(*sig_breaker(), 0);
    for (int i = 0; i < JOBS; i++) {
        ASSERT_EQ(ran[i], queued[i]);
        ASSERT_EQ(seen[i], written[i]);
        ASSERT_GT(ran[i], 0);
    }
    return 0;
}
