/* The same with a pipe of the program's own, drained before each check, and
 * put aside and set again while arrivals come in on other threads. */
#include "test.h"

#define THREADS 3

static atomic_long sent, handled;
static atomic_int working = THREADS;
static long rounds;

static int handler(const sig_event *event, void *user)
{
    (void)user;
    atomic_fetch_add(&handled, (long)event->count);
    return 0;
}

static int call(void *arg)
{
    (void)arg;
    atomic_fetch_add(&handled, 1);
    return 0;
}

static void *send(void *arg)
{
    for (long i = 1; i <= rounds; i++) {
        int result = 0;
        if ((intptr_t)arg == 0)
            result = sig_add_pending_call(call, NULL);
        else
            ASSERT_EQ(raise((intptr_t)arg == 1 ? SIGUSR1 : SIGUSR2), 0);
        if (result == 0)
            atomic_fetch_add(&sent, 1);
        /* All senders wait here: then only a wake-up moves the owner. */
        if (i % 20 == 0 || result != 0)
            while (atomic_load(&handled) < atomic_load(&sent))
                sched_yield();
    }
    atomic_fetch_sub(&working, 1);
    ASSERT_EQ(sig_interrupt(1), 0);
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    int pipes[2][2];
    struct pollfd poll_fds[2];
    watchdog(250);
    rounds = scaled(20000);
    ASSERT_EQ(sig_install(SIGUSR1, handler, NULL, 0), 0);
    ASSERT_EQ(sig_install(SIGUSR2, handler, NULL, SAFEPOINT_QUEUE), 0);
    for (int i = 0; i < 2; i++) {
        MUST(pipe2(pipes[i], O_NONBLOCK));
        poll_fds[i] = (struct pollfd){pipes[i][0], POLLIN, 0};
    }
    ASSERT_EQ(sig_set_wakeup_fd(pipes[0][1], SAFEPOINT_WAKE_CALLS, NULL), 0);
    for (intptr_t i = 0; i < THREADS; i++)
        ASSERT_EQ(pthread_create(&threads[i], NULL, send, (void *)i), 0);
    for (int turn = 0; atomic_load(&working) > 0; turn++) {
        char bytes[512];
        if (poll(poll_fds, 2, -1) < 0)
            ASSERT_EQ(errno, EINTR);
        for (int i = 0; i < 2; i++)
            while (read(pipes[i][0], bytes, sizeof bytes) == sizeof bytes) {
            }
        while (sig_check() != 0) {
            /* An interrupt: the rest is still pending, its bytes are read. */
        }
        if (turn % 7 == 0) {
            int fd = pipes[turn / 7 % 2][1];
            if (turn % 3 == 0)
                ASSERT_EQ(sig_set_wakeup_fd(-1, 0, NULL), 0);
            ASSERT_EQ(sig_set_wakeup_fd(fd, SAFEPOINT_WAKE_CALLS, NULL), 0);
        }
    }
    for (int i = 0; i < THREADS; i++)
        ASSERT_EQ(pthread_join(threads[i], NULL), 0);
    while (*sig_breaker())
        sig_check();
    ASSERT_EQ(handled, sent);
    ASSERT_EQ(sig_wakeup_failures(NULL), 0);
    return 0;
}
