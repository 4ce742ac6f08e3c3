/* sig_interrupt() from other threads: the next check returns the value before
 * it runs anything. Two that cross leave the later one. Each sender sees its
 * own value come back, or a later one's. */
#include "test.h"

#define THREADS 4

static atomic_int returned[THREADS], working = THREADS;
static long ran, rounds;

static int handler(const sig_event *event, void *user)
{
    (void)user;
    ran += (long)event->count;
    return 0;
}

/* Values of a thread rise; it goes on when one of them came back. */
static void *interrupt(void *arg)
{
    intptr_t self = (intptr_t)arg;
    for (int i = 1; i <= rounds; i++) {
        ASSERT_EQ(sig_interrupt(i * THREADS + (int)self), 0);
        /* Another thread's may have replaced it: then try again. */
        for (long spins = 1; atomic_load(&returned[self]) < i; spins++) {
            ASSERT_LE(atomic_load(&returned[self]), i);
            if (spins % 64 == 0)
                ASSERT_EQ(sig_interrupt(i * THREADS + (int)self), 0);
            sched_yield();
        }
    }
    atomic_fetch_sub(&working, 1);
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    watchdog(120);
    rounds = scaled(500);
    ASSERT_EQ(sig_install(SIGUSR1, handler, NULL, 0), 0);
    ASSERT_EQ(sig_interrupt(0), -EINVAL);
    ASSERT_EQ(sig_interrupt(1), 0);
    ASSERT_EQ(sig_interrupt(-2), 0); /* replaces it */
    MUST(kill(getpid(), SIGUSR1));
    ASSERT_EQ(sig_check(), -2);
    ASSERT_EQ(ran, 0);
    ASSERT_NE(*sig_breaker(), 0);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(ran, 1);
    ASSERT_EQ(*sig_breaker(), 0);

    for (intptr_t i = 0; i < THREADS; i++)
        ASSERT_EQ(pthread_create(&threads[i], NULL, interrupt, (void *)i), 0);
    for (int i = 0; atomic_load(&working) > 0; i++) {
        long before = ran;
        int value = sig_check();
        if (value) {
            ASSERT_EQ(ran, before);
            atomic_store(&returned[value % THREADS], value / THREADS);
        }
        if (i % 16 == 0)
            MUST(kill(getpid(), SIGUSR1));
    }
    for (int i = 0; i < THREADS; i++)
        ASSERT_EQ(pthread_join(threads[i], NULL), 0);
    while (*sig_breaker())
        sig_check();
    ASSERT_EQ(counters().arrivals, ran);
    return 0;
}
