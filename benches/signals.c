/* From raise() to the handler, the whole of raising and handling, and another
 * thread's kill(): against handlers that sigaction() installed. */
#include "bench.h"

#include <pthread.h>
#include <safepoint.h>
#include <stdatomic.h>

enum { OURS = SIGUSR1, RAW = SIGUSR2, FLAG = SIGHUP, BATCH = 24 };

static uint64_t started, took; /* in ticks */
static volatile sig_atomic_t raw_flag;

/* From raise() to the first line of the handler. */

static int timed_handler(const sig_event *event, void *user)
{
    took += ticks() - started;
    (void)event, (void)user;
    return 0;
}

static void timed_raw(int signum, siginfo_t *info, void *context)
{
    took += ticks() - started;
    (void)signum, (void)info, (void)context;
}

static double reach_ours(void)
{
    took = 0;
    for (int i = 0; i < BATCH; i++) {
        started = ticks();
        raise(OURS);
        sig_check();
    }
    return (double)took * tick_ns() / BATCH;
}

static double reach_raw(void)
{
    took = 0;
    for (int i = 0; i < BATCH; i++) {
        started = ticks();
        raise(RAW);
    }
    return (double)took * tick_ns() / BATCH;
}

/* What can be reached at all: a handler that keeps nothing but a flag. */

static void only_flag(int signum, siginfo_t *info, void *context)
{
    raw_flag = 1;
    (void)signum, (void)info, (void)context;
}

static NOINLINE void flag_handler(void)
{
    took += ticks() - started;
    raw_flag = 0;
}

static double reach_flag(void)
{
    took = 0;
    for (int i = 0; i < BATCH; i++) {
        started = ticks();
        raise(FLAG);
        if (raw_flag)
            flag_handler();
    }
    return (double)took * tick_ns() / BATCH;
}

/* From raise() until all of it is done. */

static uint64_t handled;

static int empty_handler(const sig_event *event, void *user)
{
    handled += event->count;
    (void)user;
    return 0;
}

static void empty_raw(int signum, siginfo_t *info, void *context)
{
    (void)signum, (void)info, (void)context;
}

static double whole_ours(void)
{
    uint64_t begin = ticks();
    for (int i = 0; i < BATCH; i++) {
        raise(OURS);
        sig_check();
    }
    return (double)(ticks() - begin) * tick_ns() / BATCH;
}

static double whole_raw(void)
{
    uint64_t begin = ticks();
    for (int i = 0; i < BATCH; i++)
        raise(RAW);
    return (double)(ticks() - begin) * tick_ns() / BATCH;
}

/* The least that must be done besides: to ask the kernel whether this is a
 * vfork child on its parent's memory, to read the clock when the signal comes
 * and when it is handled. */

static void asking_raw(int signum, siginfo_t *info, void *context)
{
    took += (uint64_t)getpid() + now_ns();
    (void)signum, (void)info, (void)context;
}

static double whole_asking(void)
{
    uint64_t begin = ticks();
    for (int i = 0; i < BATCH; i++) {
        raise(FLAG);
        took += now_ns();
    }
    return (double)(ticks() - begin) * tick_ns() / BATCH;
}

/* Another thread's kill(), while the owner spins. */

static atomic_int asked; /* the signal to send, 0 is none, -1 the end */
static atomic_int arrived;
static atomic_uint_fast64_t sent;

static void *sender(void *unused)
{
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, NULL);
    pin(1);
    int signum;
    while ((signum = atomic_load(&asked)) >= 0) {
        if (signum == 0) {
            relax();
            continue;
        }
        atomic_store(&asked, 0);
        atomic_store(&sent, ticks());
        kill(getpid(), signum);
    }
    return unused;
}

static int far_handler(const sig_event *event, void *user)
{
    took += ticks() - atomic_load(&sent);
    atomic_store(&arrived, 1);
    (void)event, (void)user;
    return 0;
}

static double far_ours(void)
{
    took = 0;
    for (int i = 0; i < BATCH; i++) {
        atomic_store(&arrived, 0);
        atomic_store(&asked, OURS);
        while (!atomic_load_explicit(&arrived, memory_order_relaxed))
            sig_check();
    }
    return (double)took * tick_ns() / BATCH;
}

static double far_flag(void)
{
    took = 0;
    for (int i = 0; i < BATCH; i++) {
        raw_flag = 0;
        atomic_store(&asked, RAW);
        while (!raw_flag)
            ;
        took += ticks() - atomic_load(&sent);
    }
    return (double)took * tick_ns() / BATCH;
}

static void use_raw(int signum, void (*raw)(int, siginfo_t *, void *))
{
    struct sigaction action = {.sa_sigaction = raw, .sa_flags = SA_SIGINFO};
    MUST(sigaction(signum, &action, NULL) == 0);
}

static void use(sig_handler ours, void (*raw)(int, siginfo_t *, void *))
{
    MUST(sig_install(OURS, ours, NULL, 0) == 0);
    use_raw(RAW, raw);
}

int main(void)
{
    pthread_t thread;
    pin(0);
    use(timed_handler, timed_raw);
    row("raise to handler, same thread", "ns",
        compare(reach_ours, reach_raw, 1500), "raw handler", AT_MOST, 1.35,
        "a bare flag takes most of it, next row; then getpid() and the clock");
    use_raw(FLAG, only_flag);
    row("the same, a flag and nothing kept", "ns",
        compare(reach_flag, reach_raw, 1500), "raw handler", INFORMATION, 0, "");
    use(empty_handler, empty_raw);
    row("raise and handle", "ns", compare(whole_ours, whole_raw, 1500),
        "empty raw handler", AT_MOST, 1.10,
        "getpid() and the clock, next row");
    use_raw(FLAG, asking_raw);
    row("the same", "ns", compare(whole_ours, whole_asking, 1500),
        "raw, getpid(), clock twice", INFORMATION, 0, "");
    use_raw(FLAG, only_flag);
    MUST(handled != 0 && handled % BATCH == 0);
    use(far_handler, only_flag);
    MUST(pthread_create(&thread, NULL, sender, NULL) == 0);
    row("another thread's kill to handler", "ns",
        compare(far_ours, far_flag, 300), "raw handler and flag", INFORMATION,
        0, "");
    atomic_store(&asked, -1);
    pthread_join(thread, NULL);
    return 0;
}
