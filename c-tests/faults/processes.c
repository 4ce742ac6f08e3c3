/* fork, and what the child has. */
#include "faults.h"

#include <sys/eventfd.h>

static pid_t child;
static int pipe_fds[2];

/* In the child: it has the handlers, nothing pending, and no wake-up. */
static void in_child(void)
{
    char byte;
    mark();
    repair_mask();
    ASSERT_EQ(sig_is_owner(), 1);
    ASSERT_EQ(raise(SIGUSR1), 0);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(handled, 1);
    ASSERT_EQ(sig_sleep(1000), 0);
    ASSERT_EQ(sig_trip(SIGUSR1), 0);
    ASSERT_EQ(sig_pause(), 0);
    ASSERT_EQ(handled, 2);
    if (pipe_fds[0])
        ASSERT_EQ(read(pipe_fds[0], &byte, 1), -1);
    ASSERT_EQ(sig_fini(), 0);
    _exit(0);
}

static long act_fork(void)
{
    int before = errno;
    child = fork();
    if (child == 0)
        in_child();
    int error = errno;
    errno = before;
    return child < 0 ? -error : 0;
}

static void check_child(void)
{
    ASSERT_CHILD_PASSED(child);
}

static void everything(void)
{
    install();
    MUST(pipe2(pipe_fds, O_NONBLOCK | O_CLOEXEC));
    ASSERT_EQ(sig_set_wakeup_fd(pipe_fds[1], SAFEPOINT_WAKE_CALLS, NULL), 0);
    ASSERT_GT(sig_event_fd(), 2);
    ASSERT_EQ(sig_set_escalation(SIGUSR1, 3, UINT64_C(1000000000000)), 0);
    ASSERT_EQ(sig_sleep(1000), 0);
}

static void with_timer(void)
{
    install();
    ASSERT_EQ(sig_call_after(UINT64_C(1000000000000), 0, on_call, NULL, NULL), 0);
}

static void inside(void)
{
    everything();
    ASSERT_EQ(sig_blocking_begin(), 0);
}

static void check_inside(void)
{
    check_child();
    ASSERT_EQ(sig_blocking_end(), 0);
}

const struct scenario processes[] = {
    {.name = "fork", .setup = install, .act = act_fork, .check = check_child},
    {.name = "fork of everything", .setup = everything, .act = act_fork,
     .check = check_child},
    {.name = "fork with a timer", .setup = with_timer, .act = act_fork,
     .check = check_child},
    {.name = "fork in a blocking section", .setup = inside, .act = act_fork,
     .check = check_inside},
    {0},
};
