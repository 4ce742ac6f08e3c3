/* Pending calls on one thread, in bursts that fit into the ring: what it takes
 * to add one, and to run one in a check. */
#include "bench.h"

#include <safepoint.h>

#include "queues.h"

enum { BURST = 512, BURSTS = 8, PAIRS = 600 };

static uintptr_t ran;

static int run(void *arg)
{
    ran += (uintptr_t)arg;
    return 0;
}

struct times {
    double add, run;
};

/* The same loop over each: they are called through the same pointers. */
static NOINLINE struct times burst(int (*add)(call, void *), void (*drain)(void))
{
    uint64_t adding = 0, running = 0;
    for (int i = 0; i < BURSTS; i++) {
        uint64_t begin = ticks();
        for (int n = 0; n < BURST; n++)
            MUST(add(run, (void *)1) == 0);
        uint64_t middle = ticks();
        drain();
        adding += middle - begin;
        running += ticks() - middle;
    }
    double per_call = tick_ns() / (BURST * BURSTS);
    return (struct times){(double)adding * per_call, (double)running * per_call};
}

static void drain_ours(void)
{
    sig_check();
}

static void drain_vyukov(void)
{
    while (vyukov_run())
        ;
}

int main(void)
{
    static struct pairs add, over_pop, over_push;
    pin(0);
    MUST(sig_init(0) == 0);
    uint64_t begin = now_ns();
    for (int i = -4; goes_on(begin, i, PAIRS); i++) {
        struct times ours, theirs;
        if (i % 2 == 0) {
            ours = burst(sig_add_pending_call, drain_ours);
            theirs = burst(vyukov_push, drain_vyukov);
        } else {
            theirs = burst(vyukov_push, drain_vyukov);
            ours = burst(sig_add_pending_call, drain_ours);
        }
        if (i >= 0) {
            add_pair(&add, ours.add, theirs.add);
            add_pair(&over_pop, ours.run, theirs.run);
            add_pair(&over_push, ours.run, theirs.add);
        }
    }
    MUST(ran == (uintptr_t)(add.count + 4) * 2 * BURST * BURSTS);
    row("add a pending call", "ns", figure_of(&add), "Vyukov push", AT_MOST,
        7.0 / 6.3, "the breaker's store and the look at the wake-ups");
    row("run a pending call", "ns", figure_of(&over_push), "Vyukov push",
        AT_MOST, 4.0 / 6.3, "the breaker is brought up to date for each");
    row("run a pending call", "ns", figure_of(&over_pop), "Vyukov pop, call",
        INFORMATION, 0, "");
    return 0;
}
