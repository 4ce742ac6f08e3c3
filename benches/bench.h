/* What every bench uses: a clock, pinning, paired batches, a row of the table.
 *
 * A figure is always a ratio. Ours and the limit run in short batches by
 * turns, in one process; each pair of neighbours gives a ratio, and the median
 * of those is the figure. What slows the machine down for a moment hits
 * both of a pair, or spoils one pair of many. */
#ifndef BENCH_H
#define BENCH_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NOINLINE __attribute__((noinline, noclone))
#define MUST(condition)                                                        \
    ((condition) ? (void)0                                                     \
                 : (fprintf(stderr, "%s:%d: not %s\n", __FILE__, __LINE__,     \
                            #condition),                                       \
                    _exit(1)))

/* CLOCK_MONOTONIC in nanoseconds. */
static inline uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* A cheaper clock for spans that are too short for that one, in units of its
 * own: only ratios of it are meaningful, and tick_ns() of it. */
static inline uint64_t ticks(void)
{
#if defined(__x86_64__) || defined(__i386__)
    return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
    uint64_t now;
    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(now));
    return now;
#else
    return now_ns();
#endif
}

/* Nanoseconds in a tick. */
static inline double tick_ns(void)
{
    static double length;
    if (length == 0) {
        uint64_t ns = now_ns(), t = ticks();
        while (now_ns() - ns < 20000000)
            ;
        uint64_t span = ticks() - t;
        length = (double)(now_ns() - ns) / (double)span;
    }
    return length;
}

static inline void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#endif
}

/* Keep the calling thread on the nth of the processors that it may use: the
 * last where there are fewer. */
static inline void pin(int nth)
{
    static cpu_set_t all;
    if (CPU_COUNT(&all) == 0)
        MUST(sched_getaffinity(0, sizeof all, &all) == 0);
    int last = 0;
    for (int cpu = 0; cpu < CPU_SETSIZE && nth >= 0; cpu++) {
        if (CPU_ISSET(cpu, &all)) {
            last = cpu;
            nth--;
        }
    }
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(last, &one);
    MUST(sched_setaffinity(0, sizeof one, &one) == 0);
}

static int compare_doubles(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static inline double median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, compare_doubles);
    return values[count / 2];
}

#define MAX_PAIRS 2000

/* Ours and the limit, batch by batch. */
struct pairs {
    int count;
    double ours[MAX_PAIRS], limit[MAX_PAIRS];
};

struct figure {
    double ours, limit, ratio;
};

static inline void add_pair(struct pairs *pairs, double ours, double limit)
{
    MUST(pairs->count < MAX_PAIRS);
    pairs->ours[pairs->count] = ours;
    pairs->limit[pairs->count++] = limit;
}

static inline struct figure figure_of(struct pairs *pairs)
{
    static double ratios[MAX_PAIRS];
    for (int i = 0; i < pairs->count; i++)
        ratios[i] = pairs->ours[i] / pairs->limit[i];
    return (struct figure){median(pairs->ours, pairs->count),
                           median(pairs->limit, pairs->count),
                           median(ratios, pairs->count)};
}

/* Whether a comparison that began then goes on to this pair: none takes much
 * longer than six seconds, however busy the machine is. */
static inline int goes_on(uint64_t begin, int pair, int most)
{
    return pair < most && (pair < 10 || now_ns() - begin < 6000000000u);
}

/* Both by turns, and each first as often as second. */
static inline struct figure compare(double (*ours)(void), double (*limit)(void),
                                    int count)
{
    static struct pairs pairs;
    uint64_t begin = now_ns();
    pairs.count = 0;
    for (int i = -4; goes_on(begin, i, count); i++) { /* four to warm up */
        double first, second;
        if (i % 2 == 0)
            first = ours(), second = limit();
        else
            second = limit(), first = ours();
        if (i >= 0)
            add_pair(&pairs, first, second);
    }
    return figure_of(&pairs);
}

/* How a row's ratio is bound. */
enum bound { AT_MOST, AT_LEAST, INFORMATION };

/* One row. `why` is what is known of a miss; it is printed only then. */
static inline void row(const char *what, const char *unit, struct figure figure,
                       const char *limit, enum bound kind, double bound,
                       const char *why)
{
    char ours[32], theirs[64], bounds[16] = "-", verdict[256] = "-";
    snprintf(ours, sizeof ours, "%.*f %s", figure.ours < 99.95 ? 2 : 0,
             figure.ours, unit);
    snprintf(theirs, sizeof theirs, "%.*f %s, %s", figure.limit < 99.95 ? 2 : 0,
             figure.limit, unit, limit);
    if (kind != INFORMATION) {
        int holds = kind == AT_MOST ? figure.ratio <= bound
                                    : figure.ratio >= bound;
        snprintf(bounds, sizeof bounds, "%s %.2f",
                 kind == AT_MOST ? "<=" : ">=", bound);
        snprintf(verdict, sizeof verdict, holds ? "holds" : "missed: %s", why);
    }
    printf("| %-34s | %12s | %-38s | %5.3f | %-7s | %-5s |\n", what, ours,
           theirs, figure.ratio, bounds, verdict);
    fflush(stdout);
}

#endif
