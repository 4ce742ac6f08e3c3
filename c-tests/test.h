/* What every C test uses: assertions that print both values and survive
 * NDEBUG, and a watchdog that says where a test hung.
 *
 * A test is a program: one behaviour, its own process, exit status 0. */
#ifndef TEST_H
#define TEST_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <safepoint.h>

#ifdef _WIN32
#include "windows/test_windows.h"
#else
#include <poll.h>
#include <sys/wait.h>
#define REAL_TIME 0          /* the flag that SIGRTMIN is installed with */
#define VALUE(value) (value) /* what arrives of one that was sent along */
#endif

/* The last line that a check passed: what the watchdog prints. */
static const char *volatile test_file = __FILE__;
static volatile int test_line;

#define AT_()                                                                  \
    (__atomic_store_n(&test_file, __FILE__, __ATOMIC_RELAXED),                 \
     __atomic_store_n(&test_line, __LINE__, __ATOMIC_RELAXED)) /* any thread */

static inline void test_fail(const char *file, int line, const char *what,
                             const char *left_text, long long left,
                             const char *right_text, long long right)
{
    fprintf(stderr, "%s:%d: not %s: %s is %lld (0x%llx), %s is %lld (0x%llx)\n",
            file, line, what, left_text, left, (unsigned long long)left,
            right_text, right, (unsigned long long)right);
    _exit(1); /* from any thread, in any child */
}

#if UINTPTR_MAX < UINT64_MAX /* pointers are compared, too */
#pragma GCC diagnostic ignored "-Wpointer-to-int-cast"
#endif
#define ASSERT_(left, op, right)                                               \
    do {                                                                       \
        AT_();                                                                 \
        long long left_ = (long long)(left), right_ = (long long)(right);      \
        if (!(left_ op right_))                                                \
            test_fail(__FILE__, __LINE__, #left " " #op " " #right, #left,     \
                      left_, #right, right_);                                  \
    } while (0)
#define ASSERT_EQ(left, right) ASSERT_(left, ==, right)
#define ASSERT_NE(left, right) ASSERT_(left, !=, right)
#define ASSERT_LT(left, right) ASSERT_(left, <, right)
#define ASSERT_LE(left, right) ASSERT_(left, <=, right)
#define ASSERT_GT(left, right) ASSERT_(left, >, right)
#define ASSERT_GE(left, right) ASSERT_(left, >=, right)
#define ASSERT_TRUE(value) ASSERT_(!!(value), ==, 1)
#define ASSERT_STR(left, right)                                                \
    do {                                                                       \
        AT_();                                                                 \
        const char *l_ = (left), *r_ = (right);                                \
        if (!l_ || strcmp(l_, r_) != 0) {                                      \
            fprintf(stderr, "%s:%d: %s is \"%s\", not \"%s\"\n", __FILE__,     \
                    __LINE__, #left, l_ ? l_ : "(null)", r_);                  \
            _exit(1);                                                          \
        }                                                                      \
    } while (0)
/* A call of the C library that must not fail: prints errno. */
#define MUST(call)                                                             \
    ({                                                                         \
        AT_();                                                                 \
        long long result_ = (long long)(call);                                 \
        if (result_ < 0) {                                                     \
            fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, #call,      \
                    strerror(errno));                                          \
            _exit(1);                                                          \
        }                                                                      \
        result_;                                                               \
    })

/* How often to do something that is done very often: SAFEPOINT_TEST_SCALE
 * divides it, for slow machines and for valgrind. */
static inline long scaled(long n)
{
    const char *divisor = getenv("SAFEPOINT_TEST_SCALE");
    long by = divisor ? atol(divisor) : 1;
    return by <= 1 ? n : n / by > 0 ? n / by : 1;
}

/* By how much a pause or a wait grows where so much less is done: 21 at most. */
static inline long slower(void)
{
    return 1 + 20 / scaled(100);
}

static inline void *test_watchdog(void *seconds)
{
    struct timespec left = {(time_t)(intptr_t)seconds, 0};
    while (nanosleep(&left, &left) != 0) {
    }
    fprintf(stderr, "%s:%d: hung for %ld s after this line\n", test_file,
            test_line, (long)(intptr_t)seconds);
    _exit(99);
}

/* End the test, and say where it was, unless it ends by itself first. The
 * watching thread takes no signals. Not inherited by a forked child. A machine
 * of qemu's is given four times as long, and so by CTest. */
static inline void watchdog(int seconds)
{
    pthread_t thread;
    seconds *= scaled(100) > 1 ? 1 : 4;
#ifndef _WIN32
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
#endif
    if (pthread_create(&thread, NULL, test_watchdog, (void *)(intptr_t)seconds)) {
        fprintf(stderr, "no watchdog\n");
        _exit(98);
    }
    pthread_detach(thread);
#ifndef _WIN32
    pthread_sigmask(SIG_SETMASK, &before, NULL);
#endif
}

/* Exit status 77, and why. */
static inline int skip(const char *why)
{
    printf("skipped: %s\n", why);
    return 77;
}

/* valgrind preloads its own libraries into what it runs. */
static inline bool on_valgrind(void)
{
    const char *preload = getenv("LD_PRELOAD");
    return preload && strstr(preload, "vgpreload");
}

/* Whether a sanitizer runs beside the test. */
#if defined(__SANITIZE_ADDRESS__)
#define UNDER_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define UNDER_SANITIZER 1
#endif
#endif
#ifndef UNDER_SANITIZER
#define UNDER_SANITIZER 0
#endif

/* CLOCK_MONOTONIC in nanoseconds. */
static inline uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

#ifndef _WIN32
/* How a child that was forked ended. */
static inline int wait_for(pid_t pid)
{
    int status = 0;
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR)
            return -errno;
    }
    return status;
}

#define ASSERT_CHILD_PASSED(pid) ASSERT_EQ(wait_for(pid), 0)
#endif

/* The counters now. */
static inline sig_counters counters(void)
{
    sig_counters now;
    memset(&now, 0, sizeof now);
    ASSERT_EQ(sig_stats(&now, sizeof now), 0);
    return now;
}

/* The counters, in a line: what a test has seen. */
static inline void print_counters(void)
{
    sig_counters now = counters();
    printf("%llu arrivals = %llu handled + %llu coalesced + %llu lost + %llu "
           "dropped; %llu calls run, %llu refused\n",
           (unsigned long long)now.arrivals, (unsigned long long)now.handled,
           (unsigned long long)now.coalesced, (unsigned long long)now.lost,
           (unsigned long long)now.dropped, (unsigned long long)now.calls_run,
           (unsigned long long)now.calls_refused);
}

#endif /* TEST_H */
