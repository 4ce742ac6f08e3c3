/* For test.h: what tests take from POSIX, on Windows, where that is cheap.
 * Tests that need more are in left_out.txt. */
#ifndef TEST_WINDOWS_H
#define TEST_WINDOWS_H

#define WIN32_LEAN_AND_MEAN
#define NOGDI
#include <windows.h>

#include "pipes.h"

/* There are seven signals. These stand for others, in the same order. */
#define SIGHUP SIGILL
#define SIGUSR1 SIGFPE
#define SIGUSR2 SIGSEGV
#define SIGWINCH SIGBREAK
#define SIGRTMIN SIGABRT

/* With this flag the last of them keeps its deliveries apart, as it does on
 * Linux without; but no value can be sent along. */
#define REAL_TIME SAFEPOINT_QUEUE
#define VALUE(value) 0
#define SI_USER 0
#define SI_TKILL SI_USER
#define getuid() 0u

/* Not there, and never to be accepted. */
#define SIGKILL 9
#define SIGSTOP 19

/* winsock2.h: WSAESTALE. */
#define ESTALE 10070

/* The C runtime's signal(), as sigaction() would see it. */
typedef uint64_t sigset_t_;
#define sigset_t sigset_t_
typedef struct {
    int si_code;
} siginfo_t;
struct sigaction {
    union {
        void (*sa_handler)(int);
        void (*sa_sigaction)(int, siginfo_t *, void *);
    };
    sigset_t sa_mask;
    int sa_flags;
};
#define SA_RESTART 0

static inline int sigaction(int signum, const struct sigaction *new, struct sigaction *old)
{
    void (*was)(int) = signal(signum, new ? new->sa_handler : SIG_IGN);
    if (was == SIG_ERR)
        return -1;
    if (!new)
        signal(signum, was);
    if (old) {
        memset(old, 0, sizeof *old);
        old->sa_handler = was;
    }
    return 0;
}

/* No mask is ever looked at there. */
static inline int sigemptyset(sigset_t *set)
{
    *set = 0;
    return 0;
}

static inline int sigaddset(sigset_t *set, int signum)
{
    (void)set, (void)signum;
    return 0;
}

static inline int sigismember(const sigset_t *set, int signum)
{
    (void)set, (void)signum;
    return 0;
}

static inline int kill(int pid, int signum)
{
    int result = sig_kill(pid, signum);
    errno = result < 0 ? -result : errno;
    return result < 0 ? -1 : 0;
}

#endif /* TEST_WINDOWS_H */
