/* While signals storm in, on the owner's thread and on another, the wake-up
 * fd is replaced again and again, and the numbers are closed and used for
 * other pipes at once. No stranger ever gets a byte, nobody gets one that is
 * not the signal's number, no file is kept open, no wake-up fails but
 * for want of room. */
#include "parts/failures.h"

enum { STRANGERS = 4 };
static pthread_t owner;
static atomic_bool stop;
static long seen[65];

static void *storm(void *at_the_owner)
{
    for (long i = 0; !stop; i++) {
#ifdef _WIN32 /* where of two threads in raise() one finds the default */
        kill(getpid(), SIGUSR1);
        usleep(1000);
#else
        if (at_the_owner)
            pthread_kill(owner, SIGUSR1);
        else
            raise(SIGUSR1);
#endif
        if (at_the_owner && i % 16 == 0)
            sched_yield();
    }
    return NULL;
}

/* The reader's end of what was a wake-up fd: only the signal's bytes, and
 * then, with every writer gone, its end. */
static void look_into(enum wake_kind kind, int fd)
{
    if (fd < 0)
        return;
#ifndef _WIN32
    MUST(fcntl(fd, F_SETFL, 0));
#endif
    if (kind != WAKE_EVENTFD)
        take_wakes(kind, fd, SIGUSR1);
    MUST(close(fd));
}

int main(void)
{
    watchdog(240);
    pthread_t threads[2];
    int stranger[STRANGERS][2], pair[2], before, error;
    owner = pthread_self();
    ASSERT_EQ(sig_install(SIGUSR1, count_signal, seen, 0), 0);
    for (enum wake_kind kind = 0; kind < WAKE_KINDS; kind++) {
        make_wake(kind, pair);
        ASSERT_EQ(sig_set_wakeup_fd(pair[1], 0, NULL), 0);
        ASSERT_EQ(sig_set_wakeup_fd(-1, 0, NULL), 0);
        MUST(close(pair[0]));
        MUST(close(pair[1]));
    }
    before = open_fds(); /* with the numbers that it keeps to itself */
    MUST(-pthread_create(&threads[0], NULL, storm, NULL));
    MUST(-pthread_create(&threads[1], NULL, storm, &owner));

#ifdef _WIN32 /* where a pipe takes a thousand times as long to make */
    long rounds = scaled(1000);
#else
    long rounds = scaled(10000);
#endif
    long woken = 0, failures = 0;
    int left = -1; /* the reader's end of the one before */
    enum wake_kind left_kind = WAKE_PIPE;
    for (long i = 0; i < rounds; i++) {
        /* Every kind comes after every kind. */
        enum wake_kind kind = "001021122"[i % 9] - '0';
        if (kind >= WAKE_KINDS)
            kind = WAKE_PIPE;
        make_wake(kind, pair);
        ASSERT_EQ(sig_set_wakeup_fd(pair[1], 0, NULL), 0);
        MUST(close(pair[1]));
        look_into(left_kind, left);
        left = pair[0];
        left_kind = kind;
        for (int s = 0; s < STRANGERS; s++)
            MUST(pipe2(stranger[s], O_NONBLOCK));
        MUST(kill(getpid(), SIGUSR1));
        ASSERT_EQ(is_readable(left), 1);
        if (kind != WAKE_EVENTFD)
            woken += take_wakes(kind, left, SIGUSR1);
        if (i % 7 == 0)
            ASSERT_EQ(sig_set_wakeup_fd(-1, 0, NULL), 0);
        ASSERT_EQ(sig_check(), 0);
        error = EAGAIN; /* a socket has room for some hundred */
        failures += sig_wakeup_failures(&error);
        ASSERT_EQ(error, EAGAIN);
        for (int s = 0; s < STRANGERS; s++) {
            ASSERT_EQ(is_readable(stranger[s][0]), 0);
            MUST(close(stranger[s][0]));
            MUST(close(stranger[s][1]));
        }
    }
    ASSERT_EQ(sig_set_wakeup_fd(-1, 0, NULL), 0);
    look_into(left_kind, left);
    stop = true;
    MUST(-pthread_join(threads[0], NULL));
    MUST(-pthread_join(threads[1], NULL));
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(open_fds(), before);
    printf("%ld wake-ups read, %ld signals, %ld found no room\n", woken,
           seen[SIGUSR1], failures);
    return 0;
}
