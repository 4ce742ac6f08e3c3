/* SAFEPOINT_RETRY: handlers run on EINTR and the call is made again; a raise
 * leaves -1 and EINTR; other errors and results are as they were. */
#include "test.h"

static int fds[2], calls, raise_with;
static atomic_int handled_;

static int counts(const sig_event *event, void *user)
{
    (void)event, (void)user;
    handled_++;
    errno = EBADF; /* of no consequence */
    return raise_with;
}

/* A call that is interrupted so many times, by a signal that comes then. */
static ssize_t interrupted(int times, char *byte)
{
    if (calls++ < times) {
        MUST(raise(SIGUSR1));
        errno = EINTR;
        return -1;
    }
    return read(fds[0], byte, 1);
}

static void *send_some(void *owner)
{
    struct timespec time = {0, 20000000};
    for (int i = 0; i < 3; i++) {
        nanosleep(&time, NULL);
        ASSERT_EQ(pthread_kill(*(pthread_t *)owner, SIGUSR1), 0);
    }
    nanosleep(&time, NULL);
    ASSERT_EQ(write(fds[1], "y", 1), 1);
    return NULL;
}

static void *elsewhere(void *unused)
{
    char byte = 0;
    (void)unused;
    calls = 0;
    ASSERT_EQ(SAFEPOINT_RETRY(interrupted(2, &byte)), 1);
    ASSERT_EQ(byte, 'z');
    return NULL;
}

int main(void)
{
    pthread_t owner = pthread_self(), thread;
    char byte = 0;
    watchdog(60);
    MUST(pipe(fds));
    ASSERT_EQ(sig_install(SIGUSR1, counts, NULL, 0), 0);
    ASSERT_EQ(write(fds[1], "x", 1), 1);
    ASSERT_EQ(SAFEPOINT_RETRY(interrupted(5, &byte)), 1);
    ASSERT_EQ(calls, 6);
    ASSERT_EQ(handled_, 5);
    ASSERT_EQ(byte, 'x');

    /* A real one, in its ordinary form. */
    handled_ = 0;
    ASSERT_EQ(pthread_create(&thread, NULL, send_some, &owner), 0);
    ssize_t result = SAFEPOINT_RETRY(read(fds[0], &byte, 1));
    ASSERT_EQ(result, 1);
    ASSERT_EQ(byte, 'y');
    ASSERT_GE(handled_, 1);
    ASSERT_EQ(pthread_join(thread, NULL), 0);
    sig_check();

    /* Raised; then not any more. */
    calls = 0;
    raise_with = 12;
    ASSERT_EQ(SAFEPOINT_RETRY(interrupted(1, &byte)), -1);
    ASSERT_EQ(errno, EINTR);
    ASSERT_EQ(sig_raised(), 12);
    raise_with = 0;
    ASSERT_EQ(SAFEPOINT_RETRY(close(-1)), -1);
    ASSERT_EQ(errno, EBADF);
    errno = EINTR;
    ASSERT_EQ(SAFEPOINT_RETRY(dup(fds[0])) > 2, 1); /* not by errno alone */

    /* Another thread has no handlers to run. */
    handled_ = 0;
    ASSERT_EQ(write(fds[1], "z", 1), 1);
    ASSERT_EQ(pthread_create(&thread, NULL, elsewhere, NULL), 0);
    ASSERT_EQ(pthread_join(thread, NULL), 0);
    ASSERT_EQ(handled_, 0);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(handled_, 1);
    return 0;
}
