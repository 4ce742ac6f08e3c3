/* sig_trip() from the owner, other threads and inside a signal handler: an
 * event from this process, which coalesces with real arrivals and wakes. With
 * no handler, also after it was removed, it does nothing. */
#include "test.h"

#define THREADS 4

static long handled, rounds;
static volatile int woken;
static atomic_int working = THREADS;

static int handler(const sig_event *event, void *user)
{
    (void)user;
    ASSERT_EQ(event->signum, SIGTERM);
    ASSERT_EQ(event->code, SI_USER);
    ASSERT_EQ(event->pid, getpid());
    ASSERT_EQ(event->uid, getuid());
    ASSERT_NE(event->time, 0);
    handled += (long)event->count;
    return 0;
}

static void wakeup(int signum, void *arg)
{
    (void)arg;
    ASSERT_EQ(signum, SIGTERM);
    woken++;
}

static void trip_inside(int signum)
{
    (void)signum;
    ASSERT_EQ(sig_trip(SIGTERM), 0);
}

static void *trip(void *arg)
{
    for (long i = 0; i < rounds; i++)
        ASSERT_EQ(sig_trip(SIGTERM), 0);
    atomic_fetch_sub(&working, 1);
    return arg;
}

int main(void)
{
    pthread_t threads[THREADS];
    watchdog(120);
    ASSERT_EQ(sig_trip(SIGTERM), 0); /* no handler, not even an owner */
    ASSERT_EQ(sig_init(0), 0);
    ASSERT_EQ(sig_trip(SIGTERM), 0);
    ASSERT_EQ(*sig_breaker(), 0);
    ASSERT_EQ(counters().arrivals, 0);
    ASSERT_EQ(sig_install(SIGTERM, handler, NULL, 0), 0);
    ASSERT_EQ(sig_set_wakeup_fn(wakeup, NULL), 0);
    signal(SIGUSR1, trip_inside);
    ASSERT_EQ(sig_trip(SIGTERM), 0);
    MUST(kill(getpid(), SIGTERM));
    MUST(kill(getpid(), SIGUSR1));
    ASSERT_EQ(woken, 3);
    ASSERT_EQ(handled, 0);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(handled, 3);
    ASSERT_EQ(sig_set_wakeup_fn(NULL, NULL), 0);

    rounds = scaled(100000);
    for (int i = 0; i < THREADS; i++)
        ASSERT_EQ(pthread_create(&threads[i], NULL, trip, NULL), 0);
    while (atomic_load(&working) > 0)
        ASSERT_EQ(sig_check(), 0);
    for (int i = 0; i < THREADS; i++)
        ASSERT_EQ(pthread_join(threads[i], NULL), 0);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(handled, THREADS * rounds + 3);

    ASSERT_EQ(sig_trip(SIGTERM), 0);
    ASSERT_EQ(sig_restore(SIGTERM), 0);
    ASSERT_EQ(sig_trip(SIGTERM), 0);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(handled, THREADS * rounds + 3);
    ASSERT_EQ(counters().dropped, 1);
    return 0;
}
