/* 1,024 calls can wait. One more is -EAGAIN, counted, and changes nothing;
 * jobs are queued all the same. After a check there is room for 1,024 again. */
#include "test.h"

#define ROOM 1024

static intptr_t next;
static int jobs;

static int call(void *arg)
{
    ASSERT_EQ((intptr_t)arg, next);
    next++;
    return 0;
}

static int job(void *arg)
{
    (void)arg;
    ASSERT_EQ(next % ROOM, 0); /* calls come first */
    jobs++;
    return 0;
}

int main(void)
{
    sig_job posted = SAFEPOINT_JOB(job, NULL);
    intptr_t added = 0;
    watchdog(120);
    ASSERT_EQ(sig_init(0), 0);
    for (int round = 1; round <= 10; round++) {
        for (int i = 0; i < ROOM; i++)
            ASSERT_EQ(sig_add_pending_call(call, (void *)added++), 0);
        for (int i = 0; i < 3; i++)
            ASSERT_EQ(sig_add_pending_call(call, NULL), -EAGAIN);
        ASSERT_EQ(sig_post(&posted), 0);
        ASSERT_EQ(counters().calls_refused, round * 3);
        ASSERT_EQ(sig_check(), 0);
        ASSERT_EQ(next, added);
        ASSERT_EQ(jobs, round);
        ASSERT_EQ(*sig_breaker(), 0);
        ASSERT_EQ(counters().calls_run, round * (ROOM + 1));
    }
    return 0;
}
