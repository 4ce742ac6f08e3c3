/* What is pending when a wake-up fd or the event fd is set wakes at once: a
 * signal, one that is held back, a call, a job, an interrupt. Where nothing
 * is pending, nothing is written. */
#include "test.h"

static int handler(const sig_event *event, void *user)
{
    (void)event, (void)user;
    return 5;
}

static int call(void *arg)
{
    (void)arg;
    return 5;
}

static void make_pending(int what)
{
    static sig_job job = SAFEPOINT_JOB(call, NULL);
    if (what == 0)
        MUST(kill(getpid(), SIGUSR1));
    else if (what == 1)
        ASSERT_EQ(sig_add_pending_call(call, NULL), 0);
    else if (what == 2)
        ASSERT_EQ(sig_post(&job), 0);
    else
        ASSERT_EQ(sig_interrupt(5), 0);
}

static bool readable(int fd)
{
    struct pollfd poll_fd = {fd, POLLIN, 0};
    return MUST(poll(&poll_fd, 1, 0)) == 1;
}

int main(void)
{
    int fds[2];
    char byte;
    watchdog(120);
    for (int what = 0; what < 4; what++) {
#ifdef _WIN32 /* one event for all of them */
        pid_t child = 0;
#else
        pid_t child = (pid_t)MUST(fork()); /* its event fd is a new one */
#endif
        if (child == 0) {
            ASSERT_EQ(sig_install(SIGUSR1, handler, NULL, 0), 0);
            make_pending(what);
            int event_fd = sig_event_fd();
            ASSERT_TRUE(readable(event_fd));
            ASSERT_EQ(sig_check(), 5);
            ASSERT_TRUE(!readable(event_fd));
#ifdef _WIN32
            continue;
#else
            _exit(0);
#endif
        }
#ifndef _WIN32
        ASSERT_CHILD_PASSED(child);
#endif
    }
    ASSERT_EQ(sig_install(SIGUSR1, handler, NULL, 0), 0);
    MUST(pipe2(fds, O_NONBLOCK));
    ASSERT_EQ(sig_set_wakeup_fd(fds[1], SAFEPOINT_WAKE_CALLS, NULL), 0);
    ASSERT_TRUE(!readable(fds[0]));
    for (int what = 0; what < 4; what++) {
        for (int held = 0; held < 2; held++) {
            ASSERT_EQ(sig_set_wakeup_fd(-1, 0, NULL), 0);
            if (held)
                ASSERT_EQ(sig_hold(), 0);
            make_pending(what);
            ASSERT_EQ(sig_check(), held ? 0 : 5);
            if (!held)
                make_pending(what);
            ASSERT_EQ(sig_set_wakeup_fd(fds[1], SAFEPOINT_WAKE_CALLS, NULL), 0);
            ASSERT_EQ(read(fds[0], &byte, 1), 1);
            ASSERT_EQ(byte, what == 0 ? SIGUSR1 : 0);
            ASSERT_TRUE(!readable(fds[0]));
            if (held)
                ASSERT_EQ(sig_release(), 0);
            ASSERT_EQ(sig_check(), 5);
        }
    }
    return 0;
}
