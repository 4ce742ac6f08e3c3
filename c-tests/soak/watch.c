/* Samples of what the process takes, and the watchdog. */
#include "soak.h"

#include <dirent.h>
#include <ctype.h>

#define HUNG 60 /* seconds in which a thread has made no turn */
#define SAMPLES 4096

struct place places[PLACES];
static __thread struct place *mine;

void at(const char *what)
{
    if (!mine)
        return;
    mine->what = what;
    atomic_fetch_add_explicit(&mine->turns, 1, memory_order_relaxed);
}

void enter(int place)
{
    mine = &places[place];
    at("begins");
    mine->lives = true;
}

void leave(void)
{
    mine->lives = false;
}

enum { RSS, MAPPINGS, DESCRIPTORS, THREADS, KINDS };

/* What each may rise by, from the median of the first third of all samples to
 * that of the last. Threads and contexts come and go: hence the margins. */
static const struct {
    const char *name;
    long bound;
} kinds[KINDS] = {
    {"resident, KiB", 1024}, {"mappings", 8}, {"descriptors", 8}, {"threads", 3},
};

static long samples[KINDS][SAMPLES];
static atomic_int count;

static long entries(const char *path)
{
    DIR *folder = opendir(path);
    struct dirent *entry;
    long found = 0;
    ASSERT_TRUE(folder);
    while ((entry = readdir(folder)))
        found += isdigit((unsigned char)*entry->d_name) != 0;
    closedir(folder);
    return found;
}

static void sample(void)
{
    char line[512];
    long pages = 0;
    int i = count;
    FILE *file = fopen("/proc/self/statm", "re");
    ASSERT_TRUE(file);
    ASSERT_EQ(fscanf(file, "%*d %ld", &pages), 1);
    fclose(file);
    samples[RSS][i] = pages * (sysconf(_SC_PAGESIZE) / 1024);
    file = fopen("/proc/self/maps", "re");
    ASSERT_TRUE(file);
    samples[MAPPINGS][i] = 0;
    while (fgets(line, sizeof line, file))
        samples[MAPPINGS][i]++;
    fclose(file);
    samples[DESCRIPTORS][i] = entries("/proc/self/fd");
    samples[THREADS][i] = entries("/proc/self/task");
    count = i + 1;
}

static void print_places(int hung)
{
    fprintf(stderr, "thread %d has made no turn for %d s\n", hung, HUNG);
    for (int i = 0; i < PLACES; i++) {
        if (places[i].lives)
            fprintf(stderr, "  %2d: %s, after %llu turns\n", i, places[i].what,
                    (unsigned long long)places[i].turns);
    }
    fprintf(stderr, "  the last check: %s:%d\n", test_file, test_line);
}

static void look_for_hangs(void)
{
    static unsigned long long turns[PLACES];
    static uint64_t since[PLACES];
    uint64_t now = now_ns();
    for (int i = 0; i < PLACES; i++) {
        if (!places[i].lives || places[i].turns != turns[i] || !since[i]) {
            turns[i] = places[i].turns;
            since[i] = now;
        } else if (now - since[i] > HUNG * UINT64_C(1000000000)) {
            print_places(i);
            _exit(99);
        }
    }
}

/* A quarter of a second, or so many that all find room. */
static void *watch(void *seconds)
{
    uint64_t span = (uint64_t)(intptr_t)seconds * 1000000000;
    uint64_t every = span / (SAMPLES / 2), next = now_ns() + span / 5;
    every = every < 250000000 ? 250000000 : every;
    for (;;) {
        usleep(100000);
        look_for_hangs();
        if (!over && now_ns() >= next && count < SAMPLES) {
            sample();
            next += every;
        }
    }
    return NULL;
}

void start_watching(unsigned seconds)
{
    sigset_t all, before;
    pthread_t thread;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    ASSERT_EQ(pthread_create(&thread, NULL, watch, (void *)(intptr_t)seconds), 0);
    pthread_detach(thread);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static int by_size(const void *left, const void *right)
{
    long l = *(const long *)left, r = *(const long *)right;
    return (l > r) - (l < r);
}

static long median(const long *from, int n)
{
    static long sorted[SAMPLES];
    memcpy(sorted, from, (size_t)n * sizeof *from);
    qsort(sorted, (size_t)n, sizeof *sorted, by_size);
    return sorted[n / 2];
}

bool is_flat(void)
{
    int n = count, third = n / 3;
    bool flat = third > 0;
    printf("%d samples after the first fifth\n", n);
    printf("%-14s %8s %8s %8s %8s   %s\n", "", "first", "median", "last", "rise",
           "of the last third over the first, at most");
    for (int i = 0; i < KINDS && third > 0; i++) {
        const long *all = samples[i];
        long rise = median(all + n - third, third) - median(all, third);
        bool counts = i != RSS || !UNDER_SANITIZER; /* it keeps what was freed */
        printf("%-14s %8ld %8ld %8ld %8ld   %ld%s\n", kinds[i].name, all[0],
               median(all, n), all[n - 1], rise, kinds[i].bound,
               counts ? "" : " (does not count under a sanitizer)");
        if (counts && rise > kinds[i].bound) {
            flat = false;
            printf("%s: not flat\n", kinds[i].name);
        }
    }
    return flat;
}
