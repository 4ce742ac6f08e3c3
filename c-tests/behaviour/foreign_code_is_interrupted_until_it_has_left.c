/* sig_blocking_begin() around code that is not ours: what comes at any time
 * interrupts its system call, also one that it had not begun by then, and
 * that before it looked. */
#include "waits.h"

static pthread_t owner;

static int counts(const sig_event *event, void *user)
{
    (void)event;
    ++*(int *)user;
    return 0;
}

static int call(void *arg)
{
    ++*(int *)arg;
    return 0;
}

/* The classic bug, which a signal in between makes wait for ever. */
static void naive_wait(void (*in_between)(void))
{
    char byte;
    in_between();
    ASSERT_EQ(read(wait_fds[0], &byte, 1), -1);
    ASSERT_EQ(errno, EINTR);
    errno = 0;
}

static int called;

static void nothing(void)
{
}

static void raise_here(void)
{
    ASSERT_EQ(raise(SIGUSR1), 0);
}

static void add_here(void)
{
    ASSERT_EQ(sig_add_pending_call(call, &called), 0);
}

static void *raise_there(void *unused)
{
    struct timespec time = {0, 3000000};
    (void)unused;
    nanosleep(&time, NULL);
    ASSERT_EQ(raise(SIGUSR1), 0);
    return NULL;
}

static bool is_kicked_in(long ms)
{
    struct timespec time = {0, ms * 1000000};
    return nanosleep(&time, NULL) != 0;
}

static void *from_elsewhere(void *unused)
{
    (void)unused;
    ASSERT_EQ(sig_blocking_begin(), -EPERM);
    ASSERT_EQ(sig_blocking_end(), -EPERM);
    return NULL;
}

int main(void)
{
    int handled_ = 0;
    pthread_t thread;
    watchdog(100);
    owner = pthread_self();
    wait_pipe();
    ASSERT_EQ(sig_blocking_begin(), -EPERM); /* no owner yet */
    ASSERT_EQ(sig_install(SIGUSR1, counts, &handled_, SAFEPOINT_RESTART), 0);
    ASSERT_EQ(sig_blocking_end(), -EINVAL);
    ASSERT_EQ(pthread_create(&thread, NULL, from_elsewhere, NULL), 0);
    ASSERT_EQ(pthread_join(thread, NULL), 0);

    /* In the window, on its own thread, though the signal restarts calls. */
    void (*const in_between[])(void) = {raise_here, add_here};
    for (int i = 0; i < 2; i++) {
        ASSERT_EQ(sig_blocking_begin(), 0);
        naive_wait(in_between[i]);
        ASSERT_EQ(sig_blocking_end(), 0);
        ASSERT_EQ(handled_ + called, i); /* no handler ran in there */
        ASSERT_EQ(sig_check(), 0);
        ASSERT_EQ(handled_ + called, i + 1);
    }
    ASSERT_TRUE(!is_kicked_in(30));

    /* Pending when it begins. */
    raise_here();
    ASSERT_EQ(sig_blocking_begin(), 1);
    naive_wait(nothing);
    ASSERT_EQ(sig_blocking_begin(), 1);
    naive_wait(nothing);
    ASSERT_EQ(sig_blocking_end(), 0);
    naive_wait(nothing); /* still inside the outer one */
    ASSERT_EQ(sig_check(), 0);
    ASSERT_TRUE(!is_kicked_in(30)); /* nothing is pending any more */
    ASSERT_EQ(sig_blocking_end(), 0);
    ASSERT_EQ(sig_blocking_end(), -EINVAL);

    /* Taken by another thread; and one of our waits inside. */
    sigset_t usr1;
    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    ASSERT_EQ(sig_blocking_begin(), 0);
    ASSERT_EQ(pthread_create(&thread, NULL, raise_there, NULL), 0);
    naive_wait(nothing);
    ASSERT_EQ(pthread_join(thread, NULL), 0);
    wait_feed_byte();
    wait_expect_byte(wait_read());
    ASSERT_EQ(handled_, 3);
    ASSERT_EQ(sig_poll(NULL, 0, 1), 0);
    ASSERT_EQ(pthread_create(&thread, NULL, raise_there, NULL), 0);
    naive_wait(nothing);
    ASSERT_EQ(pthread_join(thread, NULL), 0);
    ASSERT_EQ(sig_blocking_end(), 0);

    /* A forked child is still in there. */
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(sig_blocking_begin(), 0);
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        naive_wait(raise_here);
        ASSERT_EQ(sig_blocking_end(), 0);
        _exit(0);
    }
    ASSERT_CHILD_PASSED(pid);

    /* Held: nothing could be done about it, so it is not said. */
    ASSERT_EQ(sig_blocking_end(), 0);
    ASSERT_EQ(sig_hold(), 0);
    raise_here();
    ASSERT_EQ(sig_blocking_begin(), 0);
    ASSERT_EQ(sig_blocking_end(), 0);
    ASSERT_EQ(sig_release(), 0);
    ASSERT_EQ(sig_fini(), 0);
    return 0;
}
