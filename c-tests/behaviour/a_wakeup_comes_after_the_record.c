/* On arrival the signal is first recorded, then the wake-up function runs,
 * then the descriptor is written to: in the function the breaker is set and
 * the pipe still empty, and both fds are ready when the kill returns. The
 * same for a call and an interrupt, with signum 0, in their caller. */
#include "test.h"

#ifdef _WIN32
enum { LAST = SIGRTMIN };
#else
#define LAST (SIGRTMIN + 29)
#endif
static int pipe_fds[2], event_fd, seen_signum = -1, called, ran;
static uint64_t arrivals;
static pthread_t caller;

static bool readable(int fd)
{
    struct pollfd poll_fd = {fd, POLLIN, 0};
    return poll(&poll_fd, 1, 0) == 1;
}

static void wakeup(int signum, void *arg)
{
    sig_counters now;
    ASSERT_EQ(arg, pipe_fds);
    ASSERT_NE(*sig_breaker(), 0);
    ASSERT_TRUE(!readable(pipe_fds[0]));
    ASSERT_TRUE(!readable(event_fd));
    ASSERT_EQ(sig_stats(&now, sizeof now), 0);
    arrivals = now.arrivals;
    seen_signum = signum;
    caller = pthread_self();
    called++;
}

static int handler(const sig_event *event, void *user)
{
    (void)event, (void)user;
    ran++;
    return 0;
}

static int call(void *arg)
{
    (void)arg;
    ran++;
    return 0;
}

static void *send(void *arg)
{
    (void)arg;
    ASSERT_EQ(raise(SIGUSR1), 0);
    ASSERT_TRUE(pthread_equal(caller, pthread_self()));
    return NULL;
}

/* The wake-up that just came, drained and then checked for. */
static void expect(int signum, int result)
{
    char byte = 99;
    ASSERT_EQ(seen_signum, signum);
    ASSERT_TRUE(readable(event_fd));
    ASSERT_EQ(read(pipe_fds[0], &byte, 1), 1);
    ASSERT_EQ(byte, signum);
    ASSERT_TRUE(!readable(pipe_fds[0]));
    ASSERT_EQ(sig_check(), result);
    ASSERT_TRUE(!readable(event_fd));
    seen_signum = -1;
}

int main(void)
{
    pthread_t thread;
    sig_job job = SAFEPOINT_JOB(call, NULL);
    watchdog(120);
    ASSERT_EQ(sig_install(SIGUSR1, handler, NULL, 0), 0);
    ASSERT_EQ(sig_install(LAST, handler, NULL, 0), 0);
    MUST(pipe2(pipe_fds, O_NONBLOCK));
    ASSERT_EQ(sig_set_wakeup_fd(pipe_fds[1], SAFEPOINT_WAKE_CALLS, NULL), 0);
    ASSERT_EQ(sig_set_wakeup_fn(wakeup, pipe_fds), 0);
    event_fd = sig_event_fd();
    ASSERT_GE(event_fd, 0);
    ASSERT_EQ(sig_event_fd(), event_fd); /* always the same */
    for (int round = 0; round < 50; round++) {
        MUST(kill(getpid(), SIGUSR1));
        ASSERT_EQ(arrivals, 3 * round + 1);
        expect(SIGUSR1, 0);
        MUST(kill(getpid(), LAST));
        ASSERT_EQ(arrivals, 3 * round + 2);
        expect(LAST, 0);
        ASSERT_EQ(pthread_create(&thread, NULL, send, NULL), 0);
        ASSERT_EQ(pthread_join(thread, NULL), 0);
        ASSERT_EQ(arrivals, 3 * round + 3);
        expect(SIGUSR1, 0);
        ASSERT_EQ(sig_add_pending_call(call, NULL), 0);
        expect(0, 0);
        ASSERT_EQ(sig_post(&job), 0);
        expect(0, 0);
        ASSERT_EQ(sig_interrupt(4), 0);
        expect(0, 4);
        ASSERT_EQ(called, 6 * (round + 1));
        ASSERT_EQ(ran, 5 * (round + 1));
    }
    ASSERT_EQ(sig_set_wakeup_fn(NULL, NULL), 0);
    MUST(kill(getpid(), SIGUSR1));
    ASSERT_EQ(called, 300);
    return 0;
}
