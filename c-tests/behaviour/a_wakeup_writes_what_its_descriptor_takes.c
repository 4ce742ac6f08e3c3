/* A pipe, a stream and a datagram socket get one byte for each arrival, the
 * signal's number, an eventfd gets 1 each. Calls, jobs and interrupts write 0
 * with SAFEPOINT_WAKE_CALLS, and nothing without. */
#include "test.h"

#ifndef _WIN32
#include <sys/eventfd.h>
#include <sys/socket.h>
#endif

#ifdef _WIN32
enum { LAST = SIGRTMIN };
#else
#define LAST (SIGRTMIN + 9)
#endif

static int handler(const sig_event *event, void *user)
{
    (void)event, (void)user;
    return 0;
}

static int call(void *arg)
{
    (void)arg;
    return 0;
}

/* Three signals, a call, a job, an interrupt; then all is handled. */
static void make_pending(void)
{
    static sig_job job = SAFEPOINT_JOB(call, NULL);
    MUST(kill(getpid(), SIGUSR1));
    ASSERT_EQ(sig_add_pending_call(call, NULL), 0);
    MUST(kill(getpid(), SIGUSR1)); /* coalesces, and wakes all the same */
    ASSERT_EQ(sig_post(&job), 0);
    ASSERT_EQ(sig_post(&job), 1); /* nothing new */
    ASSERT_EQ(sig_interrupt(1), 0);
    MUST(kill(getpid(), LAST));
    ASSERT_EQ(sig_check(), 1);
    ASSERT_EQ(sig_check(), 0);
}

static void expect_bytes(int read_fd, int write_fd, uint32_t flags)
{
    const unsigned char all[] = {SIGUSR1, 0, SIGUSR1, 0, 0, LAST};
    const unsigned char signals[] = {SIGUSR1, SIGUSR1, LAST};
    const unsigned char *expected = flags ? all : signals;
    unsigned char byte;
    ASSERT_EQ(sig_set_wakeup_fd(write_fd, flags, NULL), 0);
    make_pending();
    for (int i = 0; i < (flags ? 6 : 3); i++) {
        ASSERT_EQ(read(read_fd, &byte, 1), 1);
        ASSERT_EQ(byte, expected[i]);
    }
    ASSERT_EQ(read(read_fd, &byte, 1), -1);
    ASSERT_EQ(errno, EAGAIN);
}

int main(void)
{
    int fds[2];
    watchdog(120);
    ASSERT_EQ(sig_install(SIGUSR1, handler, NULL, 0), 0);
    ASSERT_EQ(sig_install(LAST, handler, NULL, 0), 0);
    for (uint32_t flags = 0; flags <= SAFEPOINT_WAKE_CALLS; flags++) {
        MUST(pipe2(fds, O_NONBLOCK));
        expect_bytes(fds[0], fds[1], flags);
#ifndef _WIN32 /* where that is a socket already, and there is nothing else */
        MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds));
        expect_bytes(fds[0], fds[1], flags);
        MUST(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, fds));
        expect_bytes(fds[0], fds[1], flags);

        uint64_t sum = 0;
        int event = (int)MUST(eventfd(0, EFD_NONBLOCK));
        ASSERT_EQ(sig_set_wakeup_fd(event, flags, NULL), 0);
        make_pending();
        ASSERT_EQ(read(event, &sum, sizeof sum), sizeof sum);
        ASSERT_EQ(sum, flags ? 6 : 3);
        int semaphore = (int)MUST(eventfd(0, EFD_NONBLOCK | EFD_SEMAPHORE));
        ASSERT_EQ(sig_set_wakeup_fd(semaphore, flags, NULL), 0);
        make_pending();
        for (sum = 0; read(semaphore, &(uint64_t){0}, 8) == 8; sum++) {
        }
        ASSERT_EQ(sum, flags ? 6 : 3);
#endif
    }
    ASSERT_EQ(sig_wakeup_failures(NULL), 0);
    return 0;
}
