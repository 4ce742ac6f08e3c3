/* Wake-ups: the descriptors. */
#include "faults.h"

#include <sys/eventfd.h>
#include <sys/socket.h>

static int pipe_fds[2], other_fds[2], socket_fds[2], event;

static void descriptors(void)
{
    init();
    MUST(pipe2(pipe_fds, O_NONBLOCK | O_CLOEXEC));
    MUST(pipe2(other_fds, O_NONBLOCK | O_CLOEXEC));
    MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
                    socket_fds));
    event = (int)MUST(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
}

static void on_pipe(void)
{
    descriptors();
    ASSERT_EQ(sig_set_wakeup_fd(pipe_fds[1], 0, NULL), 0);
}

/* Two reserved numbers. */
static void on_socket_after_pipe(void)
{
    on_pipe();
    ASSERT_EQ(sig_set_wakeup_fd(socket_fds[1], 0, NULL), 0);
}

static long set(int fd)
{
    int old = -2;
    long result = sig_set_wakeup_fd(fd, SAFEPOINT_WAKE_CALLS, &old);
    return result < 0 ? result : old == -1 ? 0 : 1;
}

static long act_pipe(void)
{
    return set(pipe_fds[1]);
}

static long act_other_pipe(void)
{
    return set(other_fds[1]);
}

static long act_socket(void)
{
    return set(socket_fds[1]);
}

static long act_event(void)
{
    return set(event);
}

static long act_none(void)
{
    return set(-1);
}

/* The old one is still woken, as setup() has set it. */
static void still(int fd)
{
    char byte;
    ASSERT_EQ(sig_install(SIGUSR2, on_signal, NULL, 0), 0);
    ASSERT_EQ(sig_trip(SIGUSR2), 0);
    ASSERT_EQ(read(fd, &byte, 1), 1);
    ASSERT_EQ(byte, SIGUSR2);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(handled, 1);
    ASSERT_EQ(sig_wakeup_failures(NULL), 0);
    handled = 0;
}

static void still_pipe(void)
{
    still(pipe_fds[0]);
}

static void still_socket(void)
{
    still(socket_fds[0]);
}

/* One wake-up comes out here, and none at the others. */
static void check_wakes(int fd)
{
    int all[] = {pipe_fds[0], other_fds[0], socket_fds[0], event};
    char bytes[8];
    ASSERT_EQ(sig_install(SIGUSR1, on_signal, NULL, 0), 0);
    ASSERT_EQ(raise(SIGUSR1), 0);
    for (int i = 0; i < 4; i++)
        ASSERT_EQ(read(all[i], bytes, 8) > 0, all[i] == fd);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(handled, 1);
    ASSERT_EQ(sig_wakeup_failures(NULL), 0);
}

static void check_pipe(void)
{
    check_wakes(pipe_fds[0]);
}

static void check_other_pipe(void)
{
    check_wakes(other_fds[0]);
}

static void check_socket(void)
{
    check_wakes(socket_fds[0]);
}

static void check_event(void)
{
    check_wakes(event);
}

static void check_none(void)
{
    check_wakes(-1);
}

/* A call waits. */
static void with_call(void)
{
    descriptors();
    ASSERT_EQ(sig_add_pending_call(on_call, NULL), 0);
}

static void check_call(void)
{
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(ran, 1);
}

static long act_event_fd(void)
{
    return sig_event_fd();
}

static void check_event_fd(void)
{
    struct pollfd fd = {.fd = sig_event_fd(), .events = POLLIN};
    ASSERT_EQ(sig_trip(SIGUSR2), 0);
    ASSERT_EQ(sig_add_pending_call(on_call, NULL), 0);
    ASSERT_EQ(poll(&fd, 1, 0), 1);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(poll(&fd, 1, 0), 0);
}

static void on_wakeup(int signum, void *arg)
{
    (void)signum;
    (void)arg;
}

static long act_function(void)
{
    return sig_set_wakeup_fn(on_wakeup, NULL);
}

const struct scenario wakeup[] = {
    {.name = "set_wakeup_fd of a pipe", .setup = descriptors, .act = act_pipe,
     .check = check_pipe},
    {.name = "set_wakeup_fd of a socket", .setup = descriptors,
     .act = act_socket, .check = check_socket},
    {.name = "set_wakeup_fd of an eventfd", .setup = descriptors,
     .act = act_event, .check = check_event},
    {.name = "set_wakeup_fd of another pipe", .setup = on_pipe,
     .act = act_other_pipe, .check = check_other_pipe,
     .unchanged = still_pipe},
    {.name = "set_wakeup_fd from pipe to socket", .setup = on_pipe,
     .act = act_socket, .check = check_socket, .unchanged = still_pipe,
     .may_differ = "fd"},
    {.name = "set_wakeup_fd from socket back to pipe",
     .setup = on_socket_after_pipe, .act = act_other_pipe,
     .check = check_other_pipe, .unchanged = still_socket,
     .may_differ = "fd"},
    {.name = "set_wakeup_fd of none", .setup = on_pipe, .act = act_none,
     .check = check_none, .unchanged = still_pipe},
    {.name = "set_wakeup_fd with a call pending", .setup = with_call,
     .act = act_pipe, .check = check_call},
    {.name = "event_fd", .setup = descriptors, .act = act_event_fd,
     .check = check_event_fd},
    {.name = "event_fd with a call pending", .setup = with_call,
     .act = act_event_fd, .check = check_call},
    {.name = "set_wakeup_fn", .setup = with_call, .act = act_function,
     .check = check_call},
    {0},
};
