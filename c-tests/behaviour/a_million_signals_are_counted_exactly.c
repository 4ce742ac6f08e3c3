/* A million standard signals from two processes and four threads, while the
 * owner checks at random. A raw C handler below ours, which chaining runs,
 * counts the deliveries on its own account: arrivals are exactly that many,
 * and the events' counts add up to them, signal by signal. */
#include "test.h"

#include <sys/mman.h>

#define THREADS 4
#define PROCESSES 2

static const int SIGNUMS[] = {SIGHUP, SIGUSR1, SIGUSR2, SIGWINCH, SIGURG};
#define SIGNALS (int)(sizeof SIGNUMS / sizeof *SIGNUMS)

/* Shared with the children. */
static struct { atomic_long delivered[SIGNALS + 1]; long wanted; } *shared;
static pthread_t owner;
static pid_t children[PROCESSES], parent;
static uint64_t counted[65], events, begin;

static void raw(int signum)
{
    for (int i = 0; i < SIGNALS; i++)
        if (SIGNUMS[i] == signum)
            atomic_fetch_add(&shared->delivered[i], 1);
    atomic_fetch_add(&shared->delivered[SIGNALS], 1);
}

static bool enough(void)
{
    return atomic_load(&shared->delivered[SIGNALS]) >= shared->wanted;
}

static int handler(const sig_event *event, void *user)
{
    /* Of one that a thread sent, the kernel forgets the sender where this
     * user has too many signals queued: then it says SI_USER, from 0. */
    bool known = event->pid == parent || event->pid == 0;
    for (int i = 0; i < PROCESSES; i++)
        known |= event->pid == children[i];
    ASSERT_TRUE(known);
    ASSERT_EQ(event->code, event->pid == parent ? SI_TKILL : SI_USER);
    ASSERT_GE(event->time, begin); /* however it coalesced */
    ASSERT_EQ(user, counted);
    ASSERT_GE(event->count, 1);
    ASSERT_EQ(event->lost, 0);
    counted[event->signum] += event->count;
    events++;
    return events % 1000 == 0; /* some raise */
}

/* Half to the owner, half to itself: arrivals on many threads at once. */
static void *send_here(void *arg)
{
    for (uintptr_t i = (uintptr_t)arg; !enough(); i++) {
        pthread_t to = i % 2 ? owner : pthread_self();
        pthread_kill(to, SIGNUMS[i / 2 % SIGNALS]);
    }
    return NULL;
}

static void take_one(void)
{
    sig_event event;
    memset(&event, 0, sizeof event);
    if (sig_next(&event, sizeof event) == 1)
        handler(&event, counted);
}

int main(void)
{
    pthread_t threads[THREADS];
    uint32_t random = 12345;
    watchdog(250);
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ASSERT_NE(shared, MAP_FAILED);
    shared->wanted = scaled(1000000);
    owner = pthread_self();
    parent = getpid();
    begin = now_ns();
    for (int i = 0; i < SIGNALS; i++) {
        signal(SIGNUMS[i], raw);
        int result = sig_install(SIGNUMS[i], handler, counted, SAFEPOINT_CHAIN);
        ASSERT_EQ(result, 0);
    }
    for (int child = 0; child < PROCESSES; child++) {
        children[child] = (pid_t)MUST(fork());
        if (children[child] == 0) {
            for (int i = child; !enough(); i++)
                MUST(kill(parent, SIGNUMS[i % SIGNALS]));
            _exit(0);
        }
    }
    for (uintptr_t i = 0; i < THREADS; i++)
        ASSERT_EQ(pthread_create(&threads[i], NULL, send_here, (void *)i), 0);
    while (!enough()) {
        random = random * 1664525 + 1013904223;
        for (volatile uint32_t spin = random >> 18; spin; spin--) {
        }
        if (random >> 30 == 0)
            take_one();
        else
            sig_check();
    }
    for (int i = 0; i < THREADS; i++)
        ASSERT_EQ(pthread_join(threads[i], NULL), 0);
    for (int i = 0; i < PROCESSES; i++)
        ASSERT_CHILD_PASSED(children[i]);
    for (int i = 0; i < SIGNALS; i++)
        signal(SIGNUMS[i], SIG_IGN); /* no more, whatever is on its way */
    while (*sig_breaker())
        sig_check();

    sig_counters now = counters();
    uint64_t sum = 0;
    for (int i = 0; i < SIGNALS; i++) {
        ASSERT_EQ(counted[SIGNUMS[i]], shared->delivered[i]);
        sum += counted[SIGNUMS[i]];
    }
    ASSERT_GE(sum, shared->wanted);
    ASSERT_EQ(now.arrivals, sum);
    ASSERT_EQ(now.handled, events);
    ASSERT_EQ(now.arrivals, now.handled + now.coalesced);
    ASSERT_EQ(now.lost + now.dropped, 0);
    print_counters();
    return 0;
}
