/* Two plugins of one process, each with a copy of the static library, both
 * have handlers for fault signals, whichever installed first or once more over
 * the other. A fault kills at once, by its own signal and with its core; what
 * was sent goes to both.
 *
 *   fault_with_two_copies_kills_at_once plugin.so plugin.so */
#include "plugin.h"

static char **paths;
static struct plugin first, second;

static void one_over_the_other(int signum)
{
    signal(signum, SIG_DFL);
    first = open_plugin(paths[1]);
    second = open_plugin(paths[2]);
    ASSERT_EQ(first.install(signum, 0), 0);
    ASSERT_EQ(second.install(signum, 0), 0);
    MUST(kill(getpid(), signum));
    ASSERT_EQ(first.take(signum), 1);
    ASSERT_EQ(second.take(signum), 1);
}

static void one_twice(int signum)
{
    one_over_the_other(signum);
    ASSERT_EQ(first.install(signum, 0), 0);
    MUST(kill(getpid(), signum));
    ASSERT_EQ(first.take(signum), 1);
    ASSERT_EQ(second.take(signum), 1);
}

static void one_gone_from_underneath(int signum)
{
    one_over_the_other(signum);
    ASSERT_GE(first.restore(signum), 0);
}

static void both_gone(int signum)
{
    one_gone_from_underneath(signum);
    ASSERT_GE(second.restore(signum), 0);
}

int main(int count, char **arguments)
{
    static void (*const ways[])(int) = {one_over_the_other, one_twice,
                                        one_gone_from_underneath, both_gone};
    watchdog(240);
    ASSERT_EQ(count, 3);
    if (on_valgrind())
        return skip("valgrind makes faults of its own and writes its own core");
    paths = arguments;
    for (int f = 0; f < FAULTS; f++) {
        int expected = die_without_us(&faults[f]);
        if (expected == 0)
            continue;
        for (size_t way = 0; way < sizeof ways / sizeof *ways; way++) {
            printf("%s, way %zu\n", faults[f].name, way);
            fflush(stdout);
            ASSERT_EQ(die_of(&faults[f], ways[way]), expected);
        }
    }
    return 0;
}
