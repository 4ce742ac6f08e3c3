/* Signals with a value, sent by a test to itself. */
#ifndef QUEUE_H
#define QUEUE_H

#include "test.h"

/* Until so many have arrived. Under valgrind sigqueue() returns before. */
static inline void wait_for_arrivals(uint64_t arrivals)
{
    while (counters().arrivals < arrivals)
        sched_yield();
}

/* Queue `signum` with `value` for this process, and see it arrive. */
static inline void queue(int signum, long value)
{
    uint64_t before = counters().arrivals;
#ifdef _WIN32
    (void)value;
    MUST(kill(getpid(), signum));
#else
    union sigval with = {.sival_ptr = (void *)value};
    while (sigqueue(getpid(), signum, with) != 0)
        ASSERT_EQ(errno, EAGAIN); /* too many of this user's are queued */
#endif
    wait_for_arrivals(before + 1);
}

#endif /* QUEUE_H */
