/* A million sig_post() from four threads, and from raw signal handlers that
 * interrupt those very calls, and each other, and the owner inside its check.
 * No job is refused; each runs exactly once for each time that it was posted,
 * and in order for each producer: a thread, or one of the handlers on it. */
#include "test.h"

#define THREADS 4 /* and the owner, whose handlers produce */
#ifdef _WIN32
#define LEVELS 1  /* nothing interrupts a thread there */
#else
#define LEVELS 3  /* ordinary code, SIGPROF, SIGVTALRM inside of that */
#endif
#define PRODUCERS ((THREADS + 1) * LEVELS)
#define JOBS 256 /* for each producer, posted in turn */

static struct {
    sig_job jobs[JOBS];
    atomic_long ran;
    long posted;
} producers[PRODUCERS];
static __thread int self; /* this thread's first producer */
static atomic_long total;
static long wanted;
static atomic_int working;
static pthread_t threads[THREADS + 1];

static int run(void *arg)
{
    uintptr_t word = (uintptr_t)arg, producer = word % PRODUCERS;
    ASSERT_EQ(word / PRODUCERS, producers[producer].ran);
    atomic_fetch_add(&producers[producer].ran, 1);
    return word % 1009 == 0; /* some raise */
}

static bool post(int level)
{
    int producer = self + level;
    long sequence = producers[producer].posted;
    if (sequence - atomic_load(&producers[producer].ran) >= JOBS)
        return false; /* that one still waits */
    sig_job *job = &producers[producer].jobs[sequence % JOBS];
    job->size = sizeof *job;
    job->fn = run;
    job->arg = (void *)(uintptr_t)(sequence * PRODUCERS + producer);
    ASSERT_EQ(sig_post(job), 0);
    producers[producer].posted++;
    atomic_fetch_add(&total, 1);
    return true;
}

#ifndef _WIN32
static void prof(int signum)
{
    (void)signum;
    post(1);
    post(1);
}

static void alarm_in_prof(int signum)
{
    (void)signum;
    post(2);
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
        if (!post(0))
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
    long ran = 0;
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
        ASSERT_EQ(producers[i].ran, producers[i].posted);
        ran += producers[i].ran;
    }
    ASSERT_EQ(ran, total);
    ASSERT_EQ(counters().calls_run, ran);
    ASSERT_EQ(counters().calls_refused, 0);
    print_counters();
    return 0;
}
