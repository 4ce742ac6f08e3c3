/* A wake-up is about to be written, and meanwhile the wake-up fd is replaced
 * by one of another kind, or taken away and set again: once by the very thread
 * that a signal interrupts half-way through the exchange, once by the owner
 * while the arrival waits on another thread, before its write and behind it.
 * Whoever gets a byte gets the signal's number, an eventfd its 1; nothing
 * fails, and the new one is readable. */
#include "parts/failures.h"

#include <dlfcn.h>
#include <semaphore.h>
#include <stdarg.h>
#include <sys/syscall.h>

static long seen[65], raised;
static _Atomic int raise_in_dup3; /* 1 before, 2 after */
static _Atomic int hold_in_write;
static sem_t held, go_on;

enum way {
    SAME_THREAD_BEFORE,
    SAME_THREAD_AFTER,
    OTHER_THREAD,
    OTHER_THREAD_TWICE,
    WAYS
};

static void raise_one(void)
{
    raised++;
    raise(SIGUSR1);
}

/* The library's calls of the C library come here first. */
static long (*next_syscall)(long number, ...);

int dup3(int from, int to, int flags)
{
    if (raise_in_dup3 == 1)
        raise_one();
    int result = (int)next_syscall(SYS_dup3, from, to, flags);
    if (raise_in_dup3 == 2)
        raise_one();
    return result;
}

/* The first `hold_in_write` times. */
static void hold(void)
{
    if (atomic_fetch_sub(&hold_in_write, 1) > 0) {
        sem_post(&held);
        while (sem_wait(&go_on) != 0) {
        }
    }
}

long syscall(long number, ...)
{
    va_list list;
    long arguments[6];
    va_start(list, number);
    for (int i = 0; i < 6; i++) /* registers, whether used or not */
        arguments[i] = va_arg(list, long);
    va_end(list);
    bool writes = number == SYS_write || number == SYS_sendto;
    if (writes)
        hold();
    long result =
        next_syscall(number, arguments[0], arguments[1], arguments[2],
                     arguments[3], arguments[4], arguments[5]);
    int error = errno;
    if (writes)
        hold();
    errno = error;
    return result;
}

static void *arrive(void *unused)
{
    raise_one();
    return unused;
}

/* Exchange a `from` for a `to` while a wake-up is half-way. */
static void exchange(enum wake_kind from, enum wake_kind to, enum way way)
{
    int old[2], new[2], error = 0;
    long before = raised;
    pthread_t thread;
    make_wake(from, old);
    make_wake(to, new);
    ASSERT_EQ(sig_set_wakeup_fd(old[1], 0, NULL), 0);
    if (way == SAME_THREAD_BEFORE || way == SAME_THREAD_AFTER) {
        raise_in_dup3 = way == SAME_THREAD_BEFORE ? 1 : 2;
        ASSERT_EQ(sig_set_wakeup_fd(new[1], 0, NULL), 0);
        raise_in_dup3 = 0;
    } else {
        hold_in_write = way == OTHER_THREAD ? 1 : 2;
        MUST(-pthread_create(&thread, NULL, arrive, NULL));
        MUST(sem_wait(&held));
        if (way == OTHER_THREAD_TWICE) {
            ASSERT_EQ(sig_set_wakeup_fd(-1, 0, NULL), 0);
            MUST(sem_post(&go_on));
            MUST(sem_wait(&held)); /* it has written */
        }
        hold_in_write = 0;
        ASSERT_EQ(sig_set_wakeup_fd(new[1], 0, NULL), 0);
        MUST(sem_post(&go_on));
        MUST(-pthread_join(thread, NULL));
    }
    int failures = sig_wakeup_failures(&error);
    long first = take_wakes(from, old[0], SIGUSR1);
    long second = take_wakes(to, new[0], SIGUSR1);
    printf("from %d to %d, way %d: %ld + %ld of %ld, %d failed with %d\n", from,
           to, way, first, second, raised - before, failures, error);
    ASSERT_GE(second, 1);
    ASSERT_LE(first + second, raised - before + 1); /* what was pending */
    ASSERT_EQ(failures, 0);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(sig_set_wakeup_fd(-1, 0, NULL), 0);
    for (int end = 0; end < 2; end++) {
        MUST(close(old[end]));
        MUST(close(new[end]));
    }
}

int main(void)
{
    watchdog(240);
    *(void **)&next_syscall = dlsym(RTLD_NEXT, "syscall");
    MUST(sem_init(&held, 0, 0));
    MUST(sem_init(&go_on, 0, 0));
    ASSERT_EQ(sig_install(SIGUSR1, count_signal, seen, 0), 0);
    for (enum way way = 0; way < WAYS; way++) {
        for (enum wake_kind from = 0; from < WAKE_KINDS; from++)
            for (enum wake_kind to = 0; to < WAKE_KINDS; to++)
                exchange(from, to, way);
    }
    ASSERT_EQ(seen[SIGUSR1], raised);
    return 0;
}
