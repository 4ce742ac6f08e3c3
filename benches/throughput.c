/* Pending calls from one, two and four threads to the owner, all that go
 * through: against Vyukov's queue with one, crossbeam's with two and four.
 *
 * Who finds a queue full, or empty, pauses, and yields the processor after a
 * while: the same for all. Producers lie on the processors by turns, the first
 * on another one than the owner. */
#include "bench.h"

#include <pthread.h>
#include <safepoint.h>
#include <stdatomic.h>

#include "queues.h"

enum { MOST = 4, CALLS = 40000 };

static void drain_ours(void)
{
    sig_check();
}

static void drain_vyukov(void)
{
    while (vyukov_run())
        ;
}

static void drain_array_queue(void)
{
    while (array_queue_run())
        ;
}

static const struct queue {
    int (*add)(call, void *);
    void (*drain)(void);
} ours = {sig_add_pending_call, drain_ours},
  vyukov = {vyukov_push, drain_vyukov},
  array_queue = {array_queue_push, drain_array_queue};

static uintptr_t ran;

static int run(void *arg)
{
    ran += (uintptr_t)arg;
    return 0;
}

static void wait_a_little(unsigned *waited)
{
    if (++*waited % 64 == 0)
        sched_yield();
    else
        relax();
}

/* The round that producers work on, and what they fill in it. */
static atomic_int round_number;
static const struct queue *round_queue;
static int producers, round_calls;

static void *producer(void *arg)
{
    unsigned waited = 0;
    pin(((int)(intptr_t)arg + 1) % 2);
    for (int done = 0;; done++) {
        while (atomic_load(&round_number) == done)
            wait_a_little(&waited);
        if (!round_queue)
            return NULL;
        for (int n = 0; n < round_calls; n++) {
            while (round_queue->add(run, (void *)1) != 0)
                wait_a_little(&waited);
        }
    }
}

static void next_round(const struct queue *queue)
{
    round_queue = queue;
    atomic_fetch_add(&round_number, 1);
}

/* Millions of calls per second. */
static double throughput(const struct queue *queue)
{
    unsigned waited = 0;
    ran = 0;
    uint64_t begin = now_ns();
    next_round(queue);
    while (ran < (uintptr_t)round_calls * (uintptr_t)producers) {
        uintptr_t before = ran;
        queue->drain();
        if (ran == before)
            wait_a_little(&waited);
    }
    return (double)ran * 1000 / (double)(now_ns() - begin);
}

static double of_ours(void) { return throughput(&ours); }
static double of_vyukov(void) { return throughput(&vyukov); }
static double of_array_queue(void) { return throughput(&array_queue); }

static void rows(int count)
{
    const char *why = "the line with breaker and tail goes to and fro";
    char what[32];
    pthread_t threads[MOST];
    snprintf(what, sizeof what, "calls from %d thread%s", count,
             count == 1 ? "" : "s");
    producers = count;
    round_calls = CALLS / count;
    round_number = 0;
    for (int i = 0; i < count; i++)
        MUST(!pthread_create(&threads[i], NULL, producer, (void *)(intptr_t)i));
    struct figure over_vyukov = compare(of_ours, of_vyukov, 100);
    struct figure over_array_queue = compare(of_ours, of_array_queue, 100);
    row(what, "M/s", over_vyukov, "Vyukov", count == 1 ? AT_LEAST : INFORMATION,
        0.9, why);
    row(what, "M/s", over_array_queue, "ArrayQueue",
        count == 1 ? INFORMATION : AT_LEAST, 1, why);
    next_round(NULL);
    for (int i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
}

int main(void)
{
    pin(0);
    MUST(sig_init(0) == 0);
    rows(1);
    rows(2);
    rows(MOST);
    return 0;
}
