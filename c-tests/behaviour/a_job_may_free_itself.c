/* A job may be freed inside its own function, and posted again in there; what
 * it posts runs at the next check. Thousands are never refused. */
#include "test.h"

#define JOBS 5000

struct work {
    sig_job job;
    int index, runs;
};

static int ran, again;
static int freed;

static int once(void *arg)
{
    struct work *work = arg;
    ASSERT_EQ(work->index, ran);
    ran++;
    memset(work, 0xee, sizeof *work); /* as an allocator would */
    free(work);
    freed++;
    return 0;
}

static int twice(void *arg)
{
    struct work *work = arg;
    again++;
    if (work->runs++ == 0) {
        ASSERT_EQ(sig_post(&work->job), 0);
        ASSERT_EQ(sig_post(&work->job), 1);
    } else {
        free(work);
    }
    return 0;
}

static struct work *new_work(sig_call fn, int index)
{
    struct work *work = calloc(1, sizeof *work);
    ASSERT_TRUE(work);
    *work = (struct work){SAFEPOINT_JOB(fn, NULL), index, 0};
    work->job.arg = work;
    return work;
}

int main(void)
{
    watchdog(120);
    ASSERT_EQ(sig_init(0), 0);
    for (int i = 0; i < JOBS; i++)
        ASSERT_EQ(sig_post(&new_work(once, i)->job), 0);
    ASSERT_EQ(ran, 0);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(ran, JOBS);
    ASSERT_EQ(freed, JOBS);
    ASSERT_EQ(*sig_breaker(), 0);

    struct work *work = new_work(twice, 0);
    ASSERT_EQ(sig_post(&work->job), 0);
    ASSERT_EQ(sig_post(&work->job), 1);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(again, 1);
    ASSERT_NE(*sig_breaker(), 0);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(again, 2);
    ASSERT_EQ(*sig_breaker(), 0);
    ASSERT_EQ(counters().calls_run, JOBS + 2);
    ASSERT_EQ(counters().calls_refused, 0);
    return 0;
}
