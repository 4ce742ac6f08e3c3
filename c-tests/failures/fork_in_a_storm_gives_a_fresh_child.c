/* One thread forks while others storm signals, calls and jobs into the same
 * context, so that the child's memory stops half-way through any of them. The
 * child starts with nothing pending and handles what is its own; it posts the
 * very job that a thread which it does not have was posting. */
#include "parts/failures.h"

static pthread_t owner;
static atomic_bool stop;
static long seen[65], calls, jobs;
static sig_job job = SAFEPOINT_JOB(count_call, &jobs);

static int ignore(void *unused)
{
    (void)unused;
    return 0;
}

static void *storm(void *own_thread)
{
    for (long i = 0; !stop; i++) {
        sig_add_pending_call(ignore, NULL);
        if (own_thread)
            raise(i % 2 ? SIGUSR1 : SIGRTMIN);
        else
            pthread_kill(owner, i % 2 ? SIGUSR1 : SIGRTMIN);
        if (own_thread)
            sig_post(&job);
        if (i % 64 != 0)
            continue;
        if (slower() > 20) /* no fork ends there while signals go on coming */
            usleep(2000);
        else
            sched_yield();
    }
    return NULL;
}

static void in_the_child(void)
{
    static const sig_counters nothing;
    sig_counters now = counters();
    ASSERT_EQ(now.arrivals, 0);
    ASSERT_EQ(memcmp(&now, &nothing, sizeof now), 0);
    ASSERT_EQ(*sig_breaker(), 0);
    seen[SIGUSR1] = seen[SIGRTMIN] = jobs = 0;
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(seen[SIGUSR1] + seen[SIGRTMIN] + jobs, 0);

    for (int i = 1; i <= 20; i++) {
        MUST(raise(SIGUSR1));
        raise_queued(SIGRTMIN);
        ASSERT_EQ(sig_post(&job), 0);
        /* Two threads can have left a place of the ring each. */
        for (int n = 0; n < 1000; n++)
            ASSERT_EQ(sig_add_pending_call(count_call, &calls), 0);
        ASSERT_EQ(sig_check(), 0);
        ASSERT_EQ(seen[SIGUSR1], i);
        ASSERT_EQ(seen[SIGRTMIN], i);
        ASSERT_EQ(jobs, i);
        ASSERT_EQ(calls, 1000 * i);
    }
    ASSERT_EQ(counters().arrivals, 40);
}

int main(void)
{
    watchdog(240);
    pthread_t threads[2];
    owner = pthread_self();
    ASSERT_EQ(sig_install(SIGUSR1, count_signal, seen, 0), 0);
    ASSERT_EQ(sig_install(SIGRTMIN, count_signal, seen, 0), 0);
    MUST(-pthread_create(&threads[0], NULL, storm, NULL));
    MUST(-pthread_create(&threads[1], NULL, storm, &owner));
    long forks = scaled(200);
    for (long i = 0; i < forks; i++) {
        for (int n = 0; n < 50; n++)
            ASSERT_EQ(sig_check(), 0);
        pid_t child = fork();
        if (child < 0 && errno == EAGAIN)
            continue;
        if (MUST(child) == 0) {
            alarm(120); /* the watchdog stays behind */
            in_the_child();
            _exit(0);
        }
        ASSERT_CHILD_PASSED(child);
    }
    stop = true;
    MUST(-pthread_join(threads[0], NULL));
    MUST(-pthread_join(threads[1], NULL));
    ASSERT_EQ(sig_check(), 0);
    ASSERT_GT(seen[SIGUSR1], 0);
    return 0;
}
