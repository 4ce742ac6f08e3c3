/* Somebody's handler stands over ours and passes faults on to it, and ours is
 * installed once more over theirs. A fault is passed to each handler once and
 * then kills, by its own signal and with its core: it does not go round until
 * the stack is full. */
#include "parts/faults.h"

static long seen[65];
static long *foreign_calls; /* shared with the children */
static struct sigaction before_foreign;

static void foreign(int signum, siginfo_t *info, void *context)
{
    ++*foreign_calls;
    if (before_foreign.sa_flags & SA_SIGINFO)
        before_foreign.sa_sigaction(signum, info, context);
}

static void put_foreign_over_ours(int signum)
{
    struct sigaction over = {.sa_sigaction = foreign, .sa_flags = SA_SIGINFO};
    signal(signum, SIG_DFL);
    ASSERT_EQ(sig_install(signum, count_signal, seen, 0), 0);
    MUST(sigaction(signum, &over, &before_foreign));
}

static void ours_over_theirs(int signum)
{
    put_foreign_over_ours(signum);
    ASSERT_EQ(sig_install(signum, count_signal, seen, 0), 0);
}

static void ours_over_theirs_chained(int signum)
{
    put_foreign_over_ours(signum);
    ASSERT_EQ(sig_install(signum, count_signal, seen, SAFEPOINT_CHAIN), 0);
}

static void ours_from_underneath_theirs(int signum)
{
    put_foreign_over_ours(signum);
    ASSERT_EQ(sig_restore(signum), 1);
}

int main(void)
{
    static void (*const ways[])(int) = {
        put_foreign_over_ours, ours_over_theirs, ours_over_theirs_chained,
        ours_from_underneath_theirs};
    watchdog(240);
    if (on_valgrind())
        return skip("valgrind makes faults of its own and writes its own core");
    int shared = MAP_SHARED | MAP_ANONYMOUS;
    foreign_calls = mmap(NULL, 4096, PROT_READ | PROT_WRITE, shared, -1, 0);
    ASSERT_NE(foreign_calls, MAP_FAILED);
    for (int f = 0; f < FAULTS; f++) {
        int expected = die_without_us(&faults[f]);
        if (expected == 0)
            continue;
        for (size_t way = 0; way < sizeof ways / sizeof *ways; way++) {
            *foreign_calls = 0;
            int status = die_of(&faults[f], ways[way]);
            printf("%s, way %zu: %ld calls, status 0x%x\n", faults[f].name, way,
                   *foreign_calls, status);
            ASSERT_EQ(status, expected);
            ASSERT_EQ(*foreign_calls, 1);
        }
    }
    return 0;
}
