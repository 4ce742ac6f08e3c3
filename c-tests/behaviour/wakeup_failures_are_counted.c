/* A wake-up that cannot be written is counted, with the last errno: a full
 * pipe, a socket and a pipe that nobody reads. That raises no SIGPIPE, and
 * what arrived is handled all the same. */
#include "test.h"

#ifndef _WIN32
#include <sys/eventfd.h>
#include <sys/socket.h>
#endif

static long handled;
static uint64_t failed;

static int handler(const sig_event *event, void *user)
{
    (void)user;
    handled += (long)event->count;
    return 0;
}

static int call(void *arg)
{
    (void)arg;
    handled++;
    return 0;
}

/* Two failures, both with this errno, and two things handled. */
static void expect_failures(int expected)
{
    int error = 77;
    long before = handled;
    ASSERT_EQ(sig_wakeup_failures(&error), 0);
    ASSERT_EQ(error, 77); /* only written where there were some */
    MUST(kill(getpid(), SIGUSR1));
    ASSERT_EQ(sig_add_pending_call(call, NULL), 0);
    ASSERT_EQ(sig_wakeup_failures(&error), 2);
    ASSERT_EQ(error, expected);
    ASSERT_EQ(sig_wakeup_failures(NULL), 0);
    failed += 2;
    ASSERT_EQ(counters().wakeups_failed, failed);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(handled, before + 2);
}

static void set(int fd)
{
    ASSERT_EQ(sig_set_wakeup_fd(fd, SAFEPOINT_WAKE_CALLS, NULL), 0);
}

int main(void)
{
    int fds[2];
    char bytes[256] = "";
    watchdog(120);
    ASSERT_EQ(sig_install(SIGUSR1, handler, NULL, 0), 0);
    MUST(pipe2(fds, O_NONBLOCK));
    set(fds[1]);
    while (write(fds[1], bytes, sizeof bytes) > 0) {
    }
    expect_failures(EAGAIN);
    MUST(read(fds[0], bytes, sizeof bytes));
    while (read(fds[0], bytes, sizeof bytes) > 0) {
    }
    MUST(kill(getpid(), SIGUSR1)); /* there is room again */
    ASSERT_EQ(sig_wakeup_failures(NULL), 0);
    ASSERT_EQ(read(fds[0], bytes, sizeof bytes), 1);
    ASSERT_EQ(bytes[0], SIGUSR1);
    ASSERT_EQ(sig_check(), 0);
#ifndef _WIN32 /* where one that has lost its reader takes some more */
    close(fds[0]);
    expect_failures(EPIPE);

    MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds));
    set(fds[1]);
    close(fds[0]);
    expect_failures(EPIPE);
    int event = (int)MUST(eventfd(0, EFD_NONBLOCK));
    set(event);
    uint64_t most = UINT64_MAX - 1;
    MUST(write(event, &most, sizeof most));
    expect_failures(EAGAIN);
    sigset_t pending;
    /* The pipe without a reader left no SIGPIPE behind, blocked or not. */
    MUST(sigpending(&pending));
    ASSERT_EQ(sigismember(&pending, SIGPIPE), 0);
#endif
    return 0;
}
