/* While the owner is stalled, another process sends far more real-time
 * signals than there is room for. The first 8,192 are kept, in order, and the
 * rest are counted: arrivals = handled + lost, exactly, and the events' own
 * `lost` says where the gap is. Then there is room again. */
#include "test.h"

#define ROOM 8192
#define ROUNDS 4

static long next, lost, handled;
static atomic_long arrived;

static int handler(const sig_event *event, void *user)
{
    (void)user;
    ASSERT_EQ(event->value, next);
    ASSERT_EQ(event->count, 1);
    next += 1 + (long)event->lost; /* the gap is behind it */
    lost += (long)event->lost;
    handled++;
    return 0;
}

static void count(int signum, void *arg)
{
    (void)signum, (void)arg;
    atomic_fetch_add(&arrived, 1);
}

static pid_t send(long from, long sent)
{
    pid_t sender = (pid_t)MUST(fork());
    if (sender != 0)
        return sender;
    for (long value = from; value < from + sent; value++) {
        while (sigqueue(getppid(), SIGRTMIN + 2,
                        (union sigval){.sival_ptr = (void *)value}) != 0) {
            ASSERT_EQ(errno, EAGAIN);
            sched_yield();
        }
    }
    _exit(0);
}

int main(void)
{
    watchdog(250);
    long sent = ROOM + scaled(20000 - ROOM); /* in each round */
    ASSERT_EQ(sig_install(SIGRTMIN + 2, handler, NULL, 0), 0);
    ASSERT_EQ(sig_set_wakeup_fn(count, NULL), 0);
    for (long round = 1; round <= ROUNDS; round++) {
        pid_t sender = send((round - 1) * sent, sent);
        ASSERT_CHILD_PASSED(sender);
        while (atomic_load(&arrived) < round * sent)
            sched_yield();
        ASSERT_EQ(counters().arrivals, round * sent);
        ASSERT_EQ(sig_check(), 0);
        ASSERT_EQ(handled, round * ROOM);
        ASSERT_EQ(lost, round * (sent - ROOM));
        ASSERT_EQ(next, round * sent);
        ASSERT_EQ(*sig_breaker(), 0);
    }
    ASSERT_EQ(counters().handled, handled);
    ASSERT_EQ(counters().lost, lost);
    ASSERT_EQ(counters().arrivals, handled + lost);
    ASSERT_EQ(counters().coalesced + counters().dropped, 0);
    print_counters();
    return 0;
}
