/* What an arrival costs by the number of contexts: of those that exist, and of
 * those that have a handler for it. Given a file's name, it writes the second
 * there, a line for each number. */
#include "bench.h"

#include <safepoint.h>

enum { OURS = SIGUSR1, OTHERS = SIGUSR2, BATCH = 50, CONTEXTS = 4096 };

static sig_context *contexts[CONTEXTS];

static int handler(const sig_event *event, void *user)
{
    (void)event, (void)user;
    return 0;
}

static void make(int from, int to)
{
    for (int i = from; i < to; i++) {
        contexts[i] = sig_context_new();
        MUST(contexts[i] != NULL);
        MUST(sig_context_install(contexts[i], OTHERS, handler, NULL, 0) == 0);
    }
}

static void free_all(int from, int to)
{
    for (int i = from; i < to; i++)
        MUST(sig_context_free(contexts[i]) == 0);
}

static void check_all(int count)
{
    for (int i = 0; i < count; i++)
        MUST(sig_context_check(contexts[i]) == 0);
}

/* Nanoseconds for one arrival. */
static double arrive(void)
{
    uint64_t start = now_ns();
    for (int i = 0; i < BATCH; i++)
        raise(OURS);
    return (double)(now_ns() - start) / BATCH;
}

static void by_those_that_exist(void)
{
    static struct pairs pairs;
    make(0, 1);
    MUST(sig_context_install(contexts[0], OURS, handler, NULL, 0) == 0);
    uint64_t begin = now_ns();
    for (int i = 0; goes_on(begin, i, 60); i++) {
        arrive(); /* warm, as the other one is */
        double one = arrive();
        make(1, CONTEXTS);
        arrive();
        double all = arrive();
        free_all(1, CONTEXTS);
        check_all(1);
        add_pair(&pairs, all, one);
    }
    free_all(0, 1);
    row("arrival for one context of 4,096", "ns", figure_of(&pairs),
        "where there is one", AT_MOST, 1.10, "it depends on who exists");
}

static void by_those_that_subscribed(const char *path)
{
    FILE *file = path ? fopen(path, "w") : NULL;
    double figures[16][21], first = 0;
    int numbers = 0;
    MUST(!path || file);
    make(0, CONTEXTS);
    for (int round = 0; round < 21; round++) {
        int subscribed = 0;
        numbers = 0;
        for (int k = 1; k <= CONTEXTS; k *= 2) {
            for (; subscribed < k; subscribed++)
                MUST(sig_context_install(contexts[subscribed], OURS, handler,
                                         NULL, 0) == 0);
            arrive();
            figures[numbers++][round] = arrive();
            check_all(k);
        }
        for (int i = 0; i < CONTEXTS; i++)
            MUST(sig_context_restore(contexts[i], OURS) == 0);
    }
    for (int i = 0; i < numbers; i++) {
        double cost = median(figures[i], 21);
        first = i ? first : cost;
        if (file)
            fprintf(file, "%d %.0f\n", 1 << i, cost);
        if (i == 6 || i == numbers - 1) {
            struct figure figure = {(cost - first) / ((1 << i) - 1), first, 0};
            char what[64];
            figure.ratio = figure.ours / figure.limit;
            snprintf(what, sizeof what, "each further one of %d subscribed",
                     1 << i);
            row(what, "ns", figure, "the first", INFORMATION, 0, NULL);
        }
    }
    if (file)
        MUST(fclose(file) == 0);
    free_all(0, CONTEXTS);
}

int main(int argc, char **argv)
{
    pin(0);
    signal(OURS, SIG_IGN);
    signal(OTHERS, SIG_IGN);
    by_those_that_exist();
    by_those_that_subscribed(argc > 1 ? argv[1] : NULL);
    return 0;
}
