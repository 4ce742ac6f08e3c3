/* A signal handler that interrupts sig_add_pending_call() half-way fills the
 * whole ring, and sometimes the owner's next check comes in between. However
 * often that happens: each call runs once, and 1,024 still fit at the end. */
#include "test.h"

#define ROOM 1024

static long added, added_in_handler, ran;
static atomic_int asked, answered;
static atomic_bool done;
static pthread_t owner;

static int run(void *arg)
{
    (void)arg;
    ran++;
    return 0;
}

static void fill(int signum)
{
    (void)signum;
    while (sig_add_pending_call(run, NULL) == 0)
        added_in_handler++;
    ASSERT_EQ(sig_add_pending_call(run, NULL), -EAGAIN);
    atomic_store(&answered, atomic_load(&asked));
}

static void *interrupt(void *arg)
{
    (void)arg;
    while (!atomic_load(&done)) {
        atomic_fetch_add(&asked, 1);
        pthread_kill(owner, SIGPROF);
        while (atomic_load(&answered) != atomic_load(&asked))
            sched_yield();
    }
    return NULL;
}

int main(void)
{
    pthread_t interrupter;
    watchdog(250);
    owner = pthread_self();
    signal(SIGPROF, fill);
    ASSERT_EQ(sig_init(0), 0);
    ASSERT_EQ(pthread_create(&interrupter, NULL, interrupt, NULL), 0);
    for (long want = scaled(4000); atomic_load(&answered) < want;) {
        added += sig_add_pending_call(run, NULL) == 0;
        sig_check(); /* an empty ring is the one that can be lapped */
    }
    atomic_store(&done, true);
    ASSERT_EQ(pthread_join(interrupter, NULL), 0);
    int fit = 0;
    for (int lap = 0; lap < 3; lap++) { /* a late place is back within a lap */
        while (*sig_breaker())
            sig_check();
        for (fit = 0; sig_add_pending_call(run, NULL) == 0; fit++)
            added++;
    }
    ASSERT_EQ(fit, ROOM);
    while (*sig_breaker())
        sig_check();
    ASSERT_EQ(ran, added + added_in_handler);
    return 0;
}
