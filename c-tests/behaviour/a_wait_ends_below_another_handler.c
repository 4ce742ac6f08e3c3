/* Somebody else's handler, with SA_RESTART, lies over the owner's wait, and in
 * there something arrives: by a call of its own, or a signal to this thread,
 * or from another thread. The wait ends when that handler has returned. */
#include "waits.h"

static int way;
static pthread_t owner;
static atomic_int inside, done;

static int raises(const sig_event *event, void *user)
{
    (void)event, (void)user;
    return 7;
}

static int call_raises(void *unused)
{
    (void)unused;
    return 7;
}

static void foreign(int signum)
{
    static sig_job job = SAFEPOINT_JOB(call_raises, NULL);
    (void)signum;
    switch (way) {
    case 0:
        sig_trip(SIGUSR1);
        break;
    case 1:
        sig_interrupt(7);
        break;
    case 2:
        raise(SIGUSR1);
        break;
    case 3:
        sig_add_pending_call(call_raises, NULL);
        break;
    case 4:
        sig_post(&job);
        break;
    case 5: /* another thread does it, while this handler runs */
        inside = 1;
        while (!done) {
        }
    }
}

static void *disturb(void *unused)
{
    struct timespec time = {0, 5000000};
    (void)unused;
    nanosleep(&time, NULL);
    ASSERT_EQ(pthread_kill(owner, SIGUSR2), 0);
    if (way == 5) {
        while (!inside)
            sched_yield();
        ASSERT_EQ(sig_interrupt(7), 0);
        done = 1;
    }
    return NULL;
}

int main(void)
{
    watchdog(60);
    owner = pthread_self();
    wait_pipe();
    ASSERT_EQ(sig_install(SIGUSR1, raises, NULL, SAFEPOINT_RESTART), 0);
    signal(SIGUSR2, foreign); /* which restarts */
    for (way = 0; way < 6; way++) {
        for (int round = 0; round < 5; round++) {
            pthread_t thread;
            inside = done = 0;
            ASSERT_EQ(pthread_create(&thread, NULL, disturb, NULL), 0);
            ASSERT_EQ(wait_read(), -EINTR);
            ASSERT_EQ(sig_raised(), 7);
            ASSERT_EQ(pthread_join(thread, NULL), 0);
            ASSERT_EQ(sig_check(), 0);
        }
    }
    return 0;
}
