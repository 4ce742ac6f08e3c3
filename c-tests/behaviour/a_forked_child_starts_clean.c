/* fork: the child has the same handlers, nothing pending, counters at zero,
 * no wake-up of its parent's, an event fd of its own under the same number,
 * and is its own owner. What it receives is its own; the parent keeps what it
 * had, and its descriptors see nothing of the child's. */
#include "test.h"

static int ran, woken;
static int pipe_fds[2], event_fd;

static int handler(const sig_event *event, void *user)
{
    (void)user;
    ASSERT_EQ(event->pid, getpid());
    ran += (int)event->count;
    return 0;
}

static int call(void *arg)
{
    (void)arg;
    ran++;
    return 0;
}

static void wakeup(int signum, void *arg)
{
    (void)signum, (void)arg;
    woken++;
}

static bool readable(int fd)
{
    struct pollfd poll_fd = {fd, POLLIN, 0};
    return poll(&poll_fd, 1, 0) == 1;
}

static void in_child(sig_job *job)
{
    static const sig_counters zero;
    sig_counters now = counters();
    sig_disposition is;
    int old;
    ASSERT_EQ(memcmp(&now, &zero, sizeof now), 0);
    ASSERT_EQ(*sig_breaker(), 0);
    ASSERT_EQ(sig_is_owner(), 1);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(ran, 0);
    ASSERT_EQ(sig_wakeup_failures(NULL), 0);
    ASSERT_EQ(sig_query(SIGUSR1, &is, sizeof is), 0);
    ASSERT_EQ(is.handler, handler);
    ASSERT_EQ(is.kind, SAFEPOINT_KIND_HANDLER);
    ASSERT_EQ(sig_event_fd(), event_fd);
    ASSERT_TRUE(!readable(event_fd));
    woken = 0;

    MUST(kill(getpid(), SIGUSR1));
    ASSERT_EQ(sig_add_pending_call(call, NULL), 0);
    ASSERT_EQ(sig_post(job), 0); /* the parent's queue is not this one */
    ASSERT_EQ(woken, 0);
    ASSERT_TRUE(readable(event_fd));
    ASSERT_EQ(counters().arrivals, 1);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(ran, 3);
    ASSERT_TRUE(!readable(event_fd));
    ASSERT_EQ(sig_set_wakeup_fd(-1, 0, &old), 0);
    ASSERT_EQ(old, -1);
    _exit(0);
}

int main(void)
{
    sig_job job = SAFEPOINT_JOB(call, NULL);
    char byte;
    watchdog(120);
    MUST(pipe2(pipe_fds, O_NONBLOCK));
    ASSERT_EQ(sig_install(SIGUSR1, handler, NULL, 0), 0);
    ASSERT_EQ(sig_install(SIGRTMIN, handler, NULL, 0), 0);
    ASSERT_EQ(sig_set_wakeup_fd(pipe_fds[1], SAFEPOINT_WAKE_CALLS, NULL), 0);
    ASSERT_EQ(sig_set_wakeup_fn(wakeup, NULL), 0);
    event_fd = sig_event_fd();
    ASSERT_GE(event_fd, 0);
    for (int round = 0; round < 20; round++) {
        for (int pending = 0; pending < 2; pending++) {
            ran = woken = 0;
            if (pending) {
                for (int i = 0; i < 2; i++) {
                    MUST(kill(getpid(), SIGUSR1));
                    MUST(kill(getpid(), SIGRTMIN));
                    ASSERT_EQ(sig_add_pending_call(call, NULL), 0);
                }
                ASSERT_EQ(sig_post(&job), 0);
                ASSERT_EQ(sig_interrupt(6), 0);
            }
            pid_t child = (pid_t)MUST(fork());
            if (child == 0)
                in_child(&job);
            ASSERT_CHILD_PASSED(child);
            ASSERT_EQ(readable(event_fd), pending);
            for (int i = 0; i < pending * 8; i++)
                ASSERT_EQ(read(pipe_fds[0], &byte, 1), 1);
            ASSERT_TRUE(!readable(pipe_fds[0]));
            ASSERT_EQ(woken, pending * 8);
            if (pending) {
                ASSERT_EQ(sig_check(), 6);
                ASSERT_EQ(sig_post(&job), 1);
            }
            ASSERT_EQ(sig_check(), 0);
            ASSERT_EQ(ran, pending * 7);
        }
    }
    return 0;
}
