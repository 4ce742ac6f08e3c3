/* Two processes queue real-time signals as fast as they can, and two threads
 * raise SIGUSR1, with SAFEPOINT_QUEUE, on themselves, while the owner handles
 * a few at random. What is kept of a sender's is in order; what is not is
 * counted: arrivals = handled + lost, in the stats and over the events. */
#include "test.h"

#include <sys/mman.h>

#define SENDERS 2
#define ON_THE_WAY 3000 /* the kernel is slow where very many are pending */

static atomic_long *arrived; /* shared with the senders */
static pid_t senders[SENDERS];
static long last[SENDERS] = {-1, -1}, wanted;
static uint64_t counted, lost;
static atomic_int working = SENDERS;

static int handler(const sig_event *event, void *user)
{
    (void)user;
    ASSERT_EQ(event->count, 1);
    if (event->time == 0) {
        /* Not even one of them found room: only their number is known. */
        ASSERT_EQ(event->pid, 0);
        ASSERT_EQ(event->value, 0);
    } else if (event->signum == SIGUSR1) {
        ASSERT_EQ(event->value, 0);
    } else {
        int from = event->signum - SIGRTMIN;
        ASSERT_EQ(event->pid, senders[from]);
        ASSERT_GT(event->value, last[from]);
        last[from] = event->value;
    }
    counted++;
    lost += event->lost;
    return counted % 97 == 0; /* stops there: the rest falls behind */
}

static void count(int signum, void *arg)
{
    (void)arg;
    if (signum != SIGUSR1)
        atomic_fetch_add(&arrived[signum - SIGRTMIN], 1);
}

static void queue_to_parent(int signum)
{
    atomic_long *taken = &arrived[signum - SIGRTMIN];
    pid_t parent = getppid();
    for (long value = 0; value < wanted; value++) {
        union sigval with = {.sival_ptr = (void *)value};
        while (value - atomic_load(taken) > ON_THE_WAY)
            sched_yield();
        while (sigqueue(parent, signum, with) != 0) {
            ASSERT_EQ(errno, EAGAIN); /* the kernel's own queue is full */
            sched_yield();
        }
    }
    _exit(0);
}

static void *raise_here(void *arg)
{
    for (long i = 0; i < wanted; i++)
        raise(SIGUSR1);
    atomic_fetch_sub(&working, 1);
    return arg;
}

int main(void)
{
    pthread_t threads[SENDERS];
    sigset_t real_time;
    uint32_t random = 99;
    int left = SENDERS;
    watchdog(250);
    wanted = scaled(25000);
    arrived = mmap(NULL, SENDERS * sizeof *arrived, PROT_READ | PROT_WRITE,
                   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ASSERT_NE(arrived, MAP_FAILED);
    ASSERT_EQ(sig_install(SIGUSR1, handler, NULL, SAFEPOINT_QUEUE), 0);
    ASSERT_EQ(sig_set_wakeup_fn(count, NULL), 0);
    sigemptyset(&real_time);
    for (int i = 0; i < SENDERS; i++) {
        ASSERT_EQ(sig_install(SIGRTMIN + i, handler, NULL, 0), 0);
        sigaddset(&real_time, SIGRTMIN + i);
    }
    /* For the owner alone: delivered on two threads they could overtake. */
    pthread_sigmask(SIG_BLOCK, &real_time, NULL);
    for (int i = 0; i < SENDERS; i++) {
        senders[i] = (pid_t)MUST(fork());
        if (senders[i] == 0)
            queue_to_parent(SIGRTMIN + i);
        ASSERT_EQ(pthread_create(&threads[i], NULL, raise_here, NULL), 0);
    }
    pthread_sigmask(SIG_UNBLOCK, &real_time, NULL);
    while (left > 0 || atomic_load(&working) > 0) {
        int status;
        random = random * 1664525 + 1013904223;
        for (volatile uint32_t spin = random >> 14; spin; spin--) {
        }
        sig_check();
        if (left > 0 && waitpid(-1, &status, WNOHANG) > 0) {
            ASSERT_EQ(status, 0);
            left--;
        }
    }
    for (int i = 0; i < SENDERS; i++)
        ASSERT_EQ(pthread_join(threads[i], NULL), 0);
    while (*sig_breaker())
        sig_check();
    sig_counters now = counters();
    ASSERT_EQ(now.handled, counted);
    ASSERT_EQ(now.lost, lost);
    ASSERT_EQ(now.arrivals, now.handled + now.lost);
    ASSERT_EQ(now.arrivals, 2 * SENDERS * wanted);
    ASSERT_EQ(now.coalesced + now.dropped, 0);
    return 0;
}
