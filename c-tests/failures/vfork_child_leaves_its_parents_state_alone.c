/* A child made by vfork, by clone(CLONE_VM | CLONE_VFORK) as posix_spawn does,
 * or by _Fork runs our low-level handler, in the first two cases on its
 * parent's memory. What it sends itself, and what the parent's other thread
 * sends it, changes nothing in the parent, and nothing wakes the parent. */
#include "parts/failures.h"

#include <sched.h>
#include <sys/syscall.h>

#if !defined(__GLIBC_PREREQ)
#define HAS_BARE_FORK /* musl has it since 1.2.2 */
#elif __GLIBC_PREREQ(2, 34)
#define HAS_BARE_FORK
#endif

enum { STACK = 65536 };
static long seen[65];
static int to_sender[2], to_child[2];
static int signums[] = {SIGTERM, SIGUSR1, SIGSEGV, SIGWINCH};
enum { SIGNUMS = sizeof signums / sizeof *signums };

/* Nothing but system calls: the memory is the parent's. */
static int in_the_child(void *unused)
{
    pid_t me = (pid_t)syscall(SYS_getpid);
    char go;
    (void)unused;
    for (int i = 0; i < SIGNUMS; i++) {
#ifdef __GLIBC__ /* musl's raise() is to the thread that called vfork */
        raise(signums[i]);
#endif
        kill(me, signums[i]);
        syscall(SYS_tgkill, me, me, signums[i]);
        sigqueue(me, signums[i], (union sigval){.sival_int = 1});
    }
    sigqueue(me, SIGRTMIN, (union sigval){.sival_int = 1});
    if (write(to_sender[1], &me, sizeof me) != sizeof me)
        _exit(1);
    /* What is sent before the answer is delivered before it is read. */
    ssize_t got;
    while ((got = read(to_child[0], &go, 1)) < 0 && errno == EINTR) {
    }
    _exit(got == 1 ? 0 : 1);
}

/* The parent's other thread: goes on while vfork holds its caller. */
static void *send_to_children(void *unused)
{
    pid_t child;
    while (read(to_sender[0], &child, sizeof child) == sizeof child) {
        for (int i = 0; i < SIGNUMS; i++) {
            MUST(kill(child, signums[i]));
            MUST(syscall(SYS_tgkill, child, child, signums[i]));
        }
        queue_value(child, SIGRTMIN, 2);
        ASSERT_EQ(write(to_child[1], "", 1), 1);
    }
    return unused;
}

static pid_t by_vfork(void)
{
    pid_t child = vfork();
    if (child == 0)
        in_the_child(NULL);
    return child;
}

static pid_t by_clone(void)
{
    static char stack[STACK] __attribute__((aligned(16)));
    int flags = CLONE_VM | CLONE_VFORK | SIGCHLD;
    return clone(in_the_child, stack + STACK, flags, NULL);
}

static pid_t by_bare_fork(void)
{
#ifdef HAS_BARE_FORK
    pid_t child = _Fork();
#else
    pid_t child = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
#endif
    if (child == 0)
        in_the_child(NULL);
    return child;
}

int main(void)
{
    watchdog(240);
    static pid_t (*const ways[])(void) = {by_vfork, by_clone, by_bare_fork};
    int wake[2];
    pthread_t sender;
    if (on_valgrind())
        return skip("its other threads stand still during a vfork");
    MUST(pipe(to_sender));
    MUST(pipe(to_child));
    make_wake(WAKE_PIPE, wake);
    signums[2] = fault_or(SIGSEGV, SIGUSR2);
    for (int i = 0; i < SIGNUMS; i++)
        ASSERT_EQ(sig_install(signums[i], count_signal, seen, 0), 0);
    ASSERT_EQ(sig_install(SIGRTMIN, count_signal, seen, 0), 0);
    ASSERT_EQ(sig_set_wakeup_fd(wake[1], SAFEPOINT_WAKE_CALLS, NULL), 0);
    int event_fd = sig_event_fd();
    MUST(-pthread_create(&sender, NULL, send_to_children, NULL));
    MUST(raise(SIGTERM)); /* pending meanwhile */
    ASSERT_EQ(take_wakes(WAKE_PIPE, wake[0], SIGTERM), 1);

    for (int way = 0; way < 3; way++) {
        sig_counters before = counters();
        pid_t child = (pid_t)MUST(ways[way]());
        ASSERT_CHILD_PASSED(child);
        sig_counters now = counters();
        ASSERT_EQ(now.arrivals, before.arrivals);
        ASSERT_EQ(memcmp(&now, &before, sizeof now), 0);
        ASSERT_EQ(is_readable(wake[0]), 0);
        ASSERT_EQ(is_readable(event_fd), 1); /* SIGTERM is pending */
    }
    ASSERT_EQ(sig_check(), 0);
    for (int signum = 1; signum <= 64; signum++)
        ASSERT_EQ(seen[signum], signum == SIGTERM);
    ASSERT_EQ(*sig_breaker(), 0);
    MUST(raise(SIGUSR1));
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(seen[SIGUSR1], 1);
    MUST(close(to_sender[1]));
    MUST(-pthread_join(sender, NULL));
    return 0;
}
