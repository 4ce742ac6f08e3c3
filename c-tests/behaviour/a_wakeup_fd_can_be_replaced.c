/* sig_set_wakeup_fd() says the number that was set before. The one that was
 * replaced gets nothing more; -1 is none; the caller may close its own
 * number; a call that fails has changed nothing. */
#include "test.h"

#ifndef _WIN32
#include <sys/eventfd.h>
#endif

static int handler(const sig_event *event, void *user)
{
    (void)event, (void)user;
    return 0;
}

static int drain(int fd)
{
    char bytes[64];
    ssize_t size = read(fd, bytes, sizeof bytes);
    if (size < 0)
        ASSERT_EQ(errno, EAGAIN);
    return size < 0 ? 0 : (int)size;
}

static int signal_and_drain(int fd)
{
    MUST(kill(getpid(), SIGUSR1));
    ASSERT_EQ(sig_check(), 0);
    return drain(fd);
}

int main(void)
{
    int one[2], two[2], old = 77, next = -1;
    watchdog(120);
    ASSERT_EQ(sig_install(SIGUSR1, handler, NULL, 0), 0);
    MUST(pipe2(one, O_NONBLOCK));
    MUST(pipe2(two, O_NONBLOCK));
#ifdef _WIN32
    int event_pipe[2], takes = 1;
    MUST(pipe2(event_pipe, O_NONBLOCK));
    int event = event_pipe[1], event_read = event_pipe[0];
#else
    int event = (int)MUST(eventfd(0, EFD_NONBLOCK)), event_read = event, takes = 8;
#endif
    ASSERT_EQ(sig_set_wakeup_fd(-1, 0, &old), 0);
    ASSERT_EQ(old, -1);
    for (int round = 0; round < 50; round++) {
        ASSERT_EQ(sig_set_wakeup_fd(one[1], 0, &old), 0);
        ASSERT_EQ(old, -1);
        ASSERT_EQ(signal_and_drain(one[0]), 1);
        ASSERT_EQ(sig_set_wakeup_fd(event, 0, &old), 0);
        ASSERT_EQ(old, one[1]);
        ASSERT_EQ(signal_and_drain(event_read), takes);
        ASSERT_EQ(drain(one[0]), 0);
        ASSERT_EQ(sig_set_wakeup_fd(two[1], 0, &old), 0);
        ASSERT_EQ(old, event);
        ASSERT_EQ(signal_and_drain(two[0]), 1);
        ASSERT_EQ(drain(event_read), 0);

        old = 77;
        ASSERT_EQ(sig_set_wakeup_fd(one[1], 2, &old), -EINVAL);
        ASSERT_EQ(sig_set_wakeup_fd(1000000, 0, &old), -EBADF);
        ASSERT_EQ(old, 77);
        ASSERT_EQ(signal_and_drain(two[0]), 1); /* still that one */

#ifndef _WIN32 /* a socket has no second number */
        int number = (int)MUST(dup(one[1]));
        ASSERT_EQ(sig_set_wakeup_fd(number, 0, NULL), 0);
        MUST(close(number));
        ASSERT_EQ(signal_and_drain(one[0]), 1);
        ASSERT_EQ(sig_set_wakeup_fd(-1, 0, &old), 0);
        ASSERT_EQ(old, number);
        ASSERT_EQ(signal_and_drain(one[0]), 0);
        ASSERT_EQ(drain(two[0]), 0);
        number = (int)MUST(dup(event)); /* no round leaks a descriptor */
        ASSERT_EQ(number, round ? next : number);
        next = number;
        close(number);
#else
        int own[2];
        (void)next;
        MUST(pipe2(own, O_NONBLOCK));
        ASSERT_EQ(sig_set_wakeup_fd(own[1], 0, NULL), 0);
        MUST(close(own[1]));
        ASSERT_EQ(signal_and_drain(own[0]), 1);
        ASSERT_EQ(sig_set_wakeup_fd(-1, 0, &old), 0);
        ASSERT_EQ(old, own[1]);
        ASSERT_EQ(signal_and_drain(own[0]), 0);
        ASSERT_EQ(drain(two[0]), 0);
        MUST(close(own[0]));
#endif
    }
    ASSERT_EQ(sig_wakeup_failures(NULL), 0);
    return 0;
}
