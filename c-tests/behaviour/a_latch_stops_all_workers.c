/* A latch begins as zero, is set by whoever sets it first, also in a signal
 * handler, and is seen by all who wait, also in another process. An owner that
 * waits handles what comes meanwhile. */
#include "test.h"

#ifndef _WIN32
#include <sys/mman.h>
#endif

#define WORKERS 16

static sig_latch stop;
static atomic_int seen;

static void *work(void *arg)
{
    int n = (int)(intptr_t)arg;
    if (n % 2 == 0) {
        ASSERT_EQ(sig_latch_wait(&stop, SAFEPOINT_FOREVER), 1);
    } else {
        while (sig_latch_is_set(&stop) == 0)
            sched_yield();
    }
    atomic_fetch_add(&seen, 1);
    return NULL;
}

static void set_it(int signum)
{
    (void)signum;
    ASSERT_EQ(sig_latch_set(&stop), 0);
}

static int handler(const sig_event *event, void *user)
{
    ++*(int *)user;
    return event->signum == SIGUSR2 ? 9 : 0;
}

static int set_later(void *latch)
{
    return sig_latch_set(latch);
}

int main(void)
{
    pthread_t threads[WORKERS];
    sig_latch other = SAFEPOINT_LATCH;
    int handled = 0;
    watchdog(100);
    ASSERT_EQ(sizeof stop, 4);
    ASSERT_EQ(sig_latch_is_set(&stop), 0);
    ASSERT_EQ(sig_latch_wait(&stop, 0), 0);
    ASSERT_EQ(sig_latch_wait(&stop, 1000000), 0);
    ASSERT_EQ(sig_latch_set(NULL), -EINVAL);
    ASSERT_EQ(sig_latch_is_set(NULL), -EINVAL);
    ASSERT_EQ(sig_latch_wait(NULL, 0), -EINVAL);
    for (int i = 0; i < WORKERS; i++)
        ASSERT_EQ(pthread_create(&threads[i], NULL, work,
                                 (void *)(intptr_t)i), 0);
    usleep(20000);
    ASSERT_EQ(atomic_load(&seen), 0);
    signal(SIGUSR1, set_it);
    MUST(raise(SIGUSR1));
    for (int i = 0; i < WORKERS; i++)
        ASSERT_EQ(pthread_join(threads[i], NULL), 0);
    ASSERT_EQ(atomic_load(&seen), WORKERS);
    ASSERT_EQ(sig_latch_is_set(&stop), 1);
    ASSERT_EQ(sig_latch_wait(&stop, SAFEPOINT_FOREVER), 1);
    ASSERT_EQ(sig_latch_set(&stop), 1);

    /* The owner's wait is a safe point. */
    ASSERT_EQ(sig_install(SIGUSR1, handler, &handled, 0), 0);
    ASSERT_EQ(sig_install(SIGUSR2, handler, &handled, 0), 0);
    MUST(raise(SIGUSR1));
    ASSERT_EQ(sig_latch_wait(&other, 1000000), 0);
    ASSERT_EQ(handled, 1);
    MUST(raise(SIGUSR2));
    ASSERT_EQ(sig_latch_wait(&other, SAFEPOINT_FOREVER), -EINTR);
    ASSERT_EQ(sig_raised(), 9);
    ASSERT_EQ(sig_call_after(1000000, 0, set_later, &other, NULL), 0);
    ASSERT_EQ(sig_latch_wait(&other, SAFEPOINT_FOREVER), 1);

#ifndef _WIN32
    /* In memory that is shared. */
    sig_latch *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
                             MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ASSERT_NE(shared, MAP_FAILED);
    pid_t child = (pid_t)MUST(fork());
    if (child == 0)
        _exit(sig_latch_wait(shared, SAFEPOINT_FOREVER) == 1 ? 0 : 1);
    usleep(20000);
    ASSERT_EQ(sig_latch_set(shared), 0);
    ASSERT_CHILD_PASSED(child);
#endif
    return 0;
}
