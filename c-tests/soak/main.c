/* The beginning, the threads, and the end. */
#include "soak.h"

#include <malloc.h>

struct shared *shared;
struct figures figures;
atomic_bool over;
__thread bool in_child;

unsigned random_of(unsigned *state)
{
    *state = *state * 1103515245 + 12345;
    return *state >> 4;
}

bool add_up(const sig_counters *now, uint64_t until)
{
    uint64_t fates = now->handled + now->coalesced + now->lost + now->dropped;
    if (now_ns() > until)
        ASSERT_EQ(now->arrivals, fates);
    return now->arrivals == fates;
}

static void set_up(void)
{
    sigset_t set;
    mallopt(M_ARENA_MAX, 2);
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ASSERT_TRUE(shared != MAP_FAILED);
    shared->sent = 1; /* 0 is for what is not there */
    sigemptyset(&set);
    sigaddset(&set, WAITED_FOR);
    MUST(sigprocmask(SIG_SETMASK, &set, NULL));
}

static pthread_t workers[WORKERS];

static void start_worker(int i)
{
    void *place = (void *)(intptr_t)(i + 2);
    ASSERT_EQ(pthread_create(&workers[i], NULL, work, place), 0);
}

/* Others take the place of those that have ended. */
static void replace_workers(void)
{
    for (int i = 0; i < WORKERS; i++) {
        if (pthread_tryjoin_np(workers[i], NULL) == 0)
            start_worker(i);
    }
}

static void soak(unsigned seconds)
{
    pthread_t feeder;
    pid_t senders[SENDERS];
    start_senders(senders);
    ASSERT_EQ(pthread_create(&feeder, NULL, feed, (void *)1), 0);
    for (int i = 0; i < WORKERS; i++)
        start_worker(i);
    start_watching(seconds);
    uint64_t until = now_ns() + seconds * UINT64_C(1000000000);
    for (unsigned i = 0; now_ns() < until; i++) {
        turn();
        if (i % 256 == 0)
            replace_workers();
    }
    shared->over = true;
    for (int i = 0; i < SENDERS; i++)
        ASSERT_CHILD_PASSED(senders[i]);
    over = true;
    at("waits for the threads");
    ASSERT_EQ(pthread_join(feeder, NULL), 0);
    for (int i = 0; i < WORKERS; i++)
        ASSERT_EQ(pthread_join(workers[i], NULL), 0);
}

int main(int argc, char **argv)
{
    unsigned seconds = argc > 1 ? (unsigned)atoi(argv[1]) : 10;
    bool well = true;
    unsigned seed = argc > 2 ? (unsigned)atoi(argv[2]) : (unsigned)now_ns();
    printf("soak: %u seconds, seed %u\n", seconds, seed);
    fflush(stdout);
    set_up();
    begin_main(seed);
    enter(0);
    soak(seconds);
    free_all_contexts();
    drain();
    ASSERT_EQ(sig_fini(), 0);
#define PRINT(name) printf("%-20s %12llu\n", #name, figures.name);
    FIGURES(PRINT)
    well &= books();
    well &= is_flat();
    bool minutes = seconds >= 60 && seconds % 60 == 0;
    printf("soak: %u %s, %s\n", minutes ? seconds / 60 : seconds,
           minutes ? "minutes" : "seconds", well ? "nothing lost" : "see above");
    return well ? 0 : 1;
}
