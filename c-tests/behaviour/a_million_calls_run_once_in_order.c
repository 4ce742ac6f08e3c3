/* A million sig_add_pending_call() from four threads, and from raw signal
 * handlers that interrupt those very calls, and each other, and the owner
 * inside its check. Each call runs exactly once, and in order for each
 * producer: a thread, or one of the handlers on it. A full ring says -EAGAIN,
 * which is counted; and it does not shrink: 1,024 fit when all is over. */
#include "test.h"

#define THREADS 4 /* and the owner, whose handlers produce */
#ifdef _WIN32
#define LEVELS 1  /* nothing interrupts a thread there */
#else
#define LEVELS 3  /* ordinary code, SIGPROF, SIGVTALRM inside of that */
#endif
#define PRODUCERS ((THREADS + 1) * LEVELS)
#define ROOM 1024

static struct { long added, refused, ran; } producers[PRODUCERS];
static __thread int self; /* this thread's first producer */
static atomic_long total;
static long wanted;
static atomic_int working;
static pthread_t threads[THREADS + 1];

static int run(void *arg)
{
    uintptr_t word = (uintptr_t)arg, producer = word % PRODUCERS;
    ASSERT_EQ(word / PRODUCERS, producers[producer].ran);
    producers[producer].ran++;
    return word % 1009 == 0; /* some raise */
}

static int add(int level)
{
    int producer = self + level;
    uintptr_t sequence = (uintptr_t)producers[producer].added;
    void *arg = (void *)(sequence * PRODUCERS + (uintptr_t)producer);
    int result = sig_add_pending_call(run, arg);
    if (result == 0) {
        producers[producer].added++;
        atomic_fetch_add(&total, 1);
    } else {
        ASSERT_EQ(result, -EAGAIN);
        producers[producer].refused++;
    }
    return result;
}

#ifndef _WIN32
static void prof(int signum)
{
    (void)signum;
    add(1);
    add(1);
}

static void alarm_in_prof(int signum)
{
    (void)signum;
    add(2);
}
#endif

static int ignore_event(const sig_event *event, void *user)
{
    (void)event, (void)user;
    return 0;
}

static void *produce(void *arg)
{
    self = (int)(intptr_t)arg * LEVELS;
    while (atomic_load(&total) < wanted)
        if (add(0) != 0)
            sched_yield();
    atomic_fetch_sub(&working, 1);
    while (atomic_load(&working) > 0)
        sched_yield(); /* to be signalled until all have done */
    return NULL;
}

static void *torment(void *arg)
{
    (void)arg;
#ifdef _WIN32
    while (atomic_load(&total) < wanted)
        if (raise(SIGUSR1) == 0)
            sched_yield();
#else
    static const int signums[] = {SIGPROF, SIGVTALRM, SIGUSR1};
    for (uint32_t i = 0; atomic_load(&total) < wanted; i++)
        if (pthread_kill(threads[i % (THREADS + 1)], signums[i / 7 % 3]) == 0)
            sched_yield();
#endif
    atomic_fetch_sub(&working, 1);
    return NULL;
}

int main(void)
{
    pthread_t tormentor;
    long ran = 0, refused = 0;
    watchdog(250);
    self = THREADS * LEVELS;
    wanted = scaled(1000000);
#ifndef _WIN32
    signal(SIGPROF, prof);
    signal(SIGVTALRM, alarm_in_prof);
#endif
    ASSERT_EQ(sig_install(SIGUSR1, ignore_event, NULL, 0), 0);
    atomic_store(&working, THREADS + 1);
    threads[THREADS] = pthread_self();
    for (intptr_t i = 0; i < THREADS; i++)
        ASSERT_EQ(pthread_create(&threads[i], NULL, produce, (void *)i), 0);
    ASSERT_EQ(pthread_create(&tormentor, NULL, torment, NULL), 0);
    while (atomic_load(&working) > 0)
        sig_check();
    for (int i = 0; i < THREADS; i++)
        ASSERT_EQ(pthread_join(threads[i], NULL), 0);
    ASSERT_EQ(pthread_join(tormentor, NULL), 0);
    while (*sig_breaker())
        sig_check();

    for (int i = 0; i < PRODUCERS; i++) {
        ASSERT_EQ(producers[i].ran, producers[i].added);
        ran += producers[i].ran;
        refused += producers[i].refused;
    }
    ASSERT_EQ(ran, total);
    ASSERT_EQ(counters().calls_run, ran);
    ASSERT_EQ(counters().calls_refused, refused);
    int fit = 0;
    for (int lap = 0; lap < 3; lap++) { /* a late place is back within a lap */
        for (fit = 0; add(0) == 0; fit++) {
        }
        while (*sig_breaker())
            sig_check();
    }
    ASSERT_EQ(fit, ROOM);
    print_counters();
    return 0;
}
