/* What several tests of this folder need. */
#ifndef FAILURES_H
#define FAILURES_H

#include "../../test.h"

#ifndef _WIN32
#include <dirent.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#endif

/* A handler: counts deliveries in a long[65], by signal. */
__attribute__((unused)) static int count_signal(const sig_event *event,
                                                void *counts)
{
    ((long *)counts)[event->signum] += (long)event->count;
    return 0;
}

/* A pending call: counts in a long. */
__attribute__((unused)) static int count_call(void *count)
{
    ++*(long *)count;
    return 0;
}

/* valgrind 3.19 asserts, now and then, where a fault's signal was sent by kill:
 * what to send instead. */
static inline int fault_or(int signum, int instead)
{
    return on_valgrind() ? instead : signum;
}

/* raise() and sigqueue() of what the kernel has to queue. How much it queues is
 * counted by user, so another process can have used up the room. */
static inline void raise_queued(int signum)
{
    while (raise(signum) != 0) {
        ASSERT_EQ(errno, EAGAIN);
        sched_yield();
    }
}

static inline void queue_value(pid_t pid, int signum, int value)
{
#ifdef _WIN32
    (void)value;
    MUST(kill(pid, signum));
#else
    while (sigqueue(pid, signum, (union sigval){.sival_int = value}) != 0) {
        ASSERT_EQ(errno, EAGAIN);
        sched_yield();
    }
#endif
}

/* How many descriptors are open. */
static inline int open_fds(void)
{
#ifdef _WIN32
    DWORD count = 0;
    ASSERT_TRUE(GetProcessHandleCount(GetCurrentProcess(), &count));
#else
    DIR *dir = opendir("/proc/self/fd");
    int count = -3; /* ".", ".." and the folder's own */
    ASSERT_NE(dir, NULL);
    while (readdir(dir))
        count++;
    closedir(dir);
#endif
    return (int)count;
}

/* Whether a read would find something now. */
static inline bool is_readable(int fd)
{
    struct pollfd look = {.fd = fd, .events = POLLIN};
    int ready;
    while ((ready = poll(&look, 1, 0)) < 0)
        ASSERT_EQ(errno, EINTR);
    return ready == 1 && look.revents & POLLIN;
}

/* A pair that wakes: [0] is read, [1] is the wake-up fd; both non-blocking. */
#ifdef _WIN32 /* where a pipe is a socket, and there is nothing else */
enum wake_kind { WAKE_PIPE, WAKE_KINDS, WAKE_SOCKET, WAKE_EVENTFD };
#else
enum wake_kind { WAKE_PIPE, WAKE_SOCKET, WAKE_EVENTFD, WAKE_KINDS };
#endif

static inline void make_wake(enum wake_kind kind, int pair[2])
{
    if (kind == WAKE_PIPE) {
        MUST(pipe2(pair, O_NONBLOCK | O_CLOEXEC));
#ifndef _WIN32
    } else if (kind == WAKE_SOCKET) {
        int type = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
        MUST(socketpair(AF_UNIX, type, 0, pair));
    } else {
        pair[1] = (int)MUST(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
        pair[0] = (int)MUST(fcntl(pair[1], F_DUPFD_CLOEXEC, 0));
#endif
    }
}

/* Read all there is: how many wake-ups, each of which has to be `byte`. */
static inline long take_wakes(enum wake_kind kind, int fd, int byte)
{
    unsigned char bytes[4096];
    uint64_t added = 0;
    long wakes = 0;
    if (kind == WAKE_EVENTFD) {
        while (read(fd, &added, sizeof added) < 0 && errno == EINTR) {
        }
        return (long)added;
    }
    for (;;) {
        ssize_t n = read(fd, bytes, sizeof bytes);
        if (n == 0 || (n < 0 && errno != EINTR))
            return wakes;
        for (ssize_t i = 0; i < n; i++, wakes++)
            ASSERT_EQ(bytes[i], byte);
    }
}

#endif /* FAILURES_H */
