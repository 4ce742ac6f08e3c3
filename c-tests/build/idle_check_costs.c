/* Loops with and without a safe point, for idle_check_costs to count:
 *
 *   idle_check_costs LOOP TURNS */
#include <safepoint.h>
#include <stdlib.h>
#include <string.h>

#define LOOP __attribute__((noinline)) void

static volatile unsigned long sink;

/* A call that the compiler cannot see into, as an interpreter's loop has. */
__attribute__((noinline)) static void work(unsigned long turn)
{
    sink = turn;
    __asm__ volatile("" ::: "memory");
}

LOOP storing(unsigned long turns)
{
    for (unsigned long turn = 0; turn < turns; turn++)
        sink = turn;
}

LOOP storing_checked(unsigned long turns)
{
    for (unsigned long turn = 0; turn < turns; turn++) {
        sink = turn;
        if (sig_check())
            break;
    }
}

LOOP calling(unsigned long turns)
{
    for (unsigned long turn = 0; turn < turns; turn++)
        work(turn);
}

LOOP calling_checked(unsigned long turns)
{
    for (unsigned long turn = 0; turn < turns; turn++) {
        work(turn);
        if (sig_check())
            break;
    }
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*loop)(unsigned long turns);
    } loops[] = {
        {"storing", storing},
        {"storing_checked", storing_checked},
        {"calling", calling},
        {"calling_checked", calling_checked},
    };
    for (size_t i = 0; argc == 3 && i < sizeof loops / sizeof *loops; i++) {
        if (strcmp(argv[1], loops[i].name) == 0) {
            loops[i].loop(strtoul(argv[2], NULL, 10));
            return 0;
        }
    }
    return 2;
}
