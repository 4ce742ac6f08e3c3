/* What an idle safe point costs a loop: instructions, counted one by one under
 * ptrace, and time, against the same loop with a volatile flag in it. */
#include "bench.h"

#include <safepoint.h>
#include <sys/ptrace.h>

#ifndef BUILD
#define BUILD "shared"
#endif

#define LOOP __attribute__((noinline, noclone, aligned(64)))

volatile sig_atomic_t flag;
NOINLINE void take_flag(void) { flag = 0; }

/* The loops' own work: one step of xorshift. */
static inline uint64_t work(uint64_t x)
{
    x ^= x << 13;
    x ^= x >> 7;
    return x ^ x << 17;
}

LOOP uint64_t plain(uint64_t n, uint64_t x)
{
    for (uint64_t i = 0; i < n; i++)
        x = work(x);
    return x;
}

LOOP uint64_t with_flag(uint64_t n, uint64_t x)
{
    for (uint64_t i = 0; i < n; i++) {
        x = work(x);
        if (__builtin_expect(flag, 0))
            take_flag();
    }
    return x;
}

LOOP uint64_t with_check(uint64_t n, uint64_t x)
{
    for (uint64_t i = 0; i < n; i++) {
        x = work(x);
        if (sig_check() != 0)
            break;
    }
    return x;
}

typedef uint64_t (*loop)(uint64_t n, uint64_t x);

/* How many instructions a child executes that does this and ends. */
static long steps(loop loop, uint64_t n)
{
    int status;
    long count = 0;
    pid_t child = fork();
    MUST(child >= 0);
    if (child == 0) {
        MUST(ptrace(PTRACE_TRACEME, 0, 0, 0) == 0);
        raise(SIGSTOP);
        _exit((int)(loop(n, 1) & 1));
    }
    MUST(waitpid(child, &status, 0) == child && WIFSTOPPED(status));
    do {
        MUST(ptrace(PTRACE_SINGLESTEP, child, 0, 0) == 0);
        MUST(waitpid(child, &status, 0) == child);
        count++;
    } while (!WIFEXITED(status));
    return count;
}

static double per_turn(loop loop)
{
    steps(loop, 10); /* what is bound at the first call */
    return (double)(steps(loop, 600) - steps(loop, 100)) / 500;
}

static volatile uint64_t sink;

static double timed(loop loop)
{
    enum { TURNS = 20000 };
    uint64_t begin = now_ns();
    sink = loop(TURNS, 1);
    return (double)(now_ns() - begin) / TURNS;
}

static double time_check(void) { return timed(with_check); }
static double time_flag(void) { return timed(with_flag); }

int main(void)
{
    pin(0);
    double bare = per_turn(plain), check = per_turn(with_check);
    struct figure added = {check - bare, 4, (check - bare) / 4};
    row("idle check, " BUILD ": instructions", "", added, "the bound", AT_MOST,
        1, "the compiler added some");
    row("idle check, " BUILD ": time", "ns", compare(time_check, time_flag, 400),
        "volatile flag", AT_MOST, 1.05, "the loop is laid out differently");
    return 0;
}
