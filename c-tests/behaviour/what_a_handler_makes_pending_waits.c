/* What a handler, a call or a job makes pending (a signal of any number, a
 * call, a job) waits for the next check: a check is bounded. */
#include "test.h"

static int rounds, calls, jobs, hups, terms;
static sig_job again;

static void make_pending(void);

static int signalled(const sig_event *event, void *user)
{
    (void)user;
    rounds++;
    ASSERT_EQ(event->count, 1);
    make_pending();
    return 0;
}

static int lower(const sig_event *event, void *user)
{
    (void)user;
    ASSERT_EQ(event->count, rounds ? 3 : 1); /* from each of the three */
    hups++;
    return 0;
}

static int higher(const sig_event *event, void *user)
{
    (void)user;
    ASSERT_EQ(event->count, rounds > 1 ? 3 : 1);
    terms++;
    return 0;
}

static int called(void *arg)
{
    calls++;
    make_pending();
    return arg != NULL;
}

static int posted(void *arg)
{
    jobs++;
    make_pending();
    return arg != NULL;
}

static int quiet(void *arg)
{
    (*(int *)arg)++;
    return 0;
}

/* As much as can be: all of it before the check that is running ends. */
static void make_pending(void)
{
    static int unused;
    MUST(kill(getpid(), SIGHUP));
    MUST(kill(getpid(), SIGTERM));
    ASSERT_EQ(sig_add_pending_call(quiet, &unused), 0);
    ASSERT_GE(sig_post(&again), 0);
}

int main(void)
{
    int again_ran = 0;
    sig_job job = SAFEPOINT_JOB(posted, NULL);
    again = (sig_job)SAFEPOINT_JOB(quiet, &again_ran);
    watchdog(120);
    ASSERT_EQ(sig_install(SIGUSR1, signalled, NULL, 0), 0);
    ASSERT_EQ(sig_install(SIGHUP, lower, NULL, 0), 0);
    ASSERT_EQ(sig_install(SIGTERM, higher, NULL, 0), 0);
    MUST(kill(getpid(), SIGUSR1));
    ASSERT_EQ(sig_add_pending_call(called, NULL), 0);
    ASSERT_EQ(sig_post(&job), 0);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(rounds, 1);
    ASSERT_EQ(calls, 1);
    ASSERT_EQ(jobs, 1);
    ASSERT_EQ(hups + terms + again_ran, 0); /* none of it yet */
    ASSERT_EQ(counters().calls_run, 2);
    ASSERT_NE(*sig_breaker(), 0);
    rounds = 2;
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(hups, 1);
    ASSERT_EQ(terms, 1);
    ASSERT_EQ(again_ran, 1);
    ASSERT_EQ(counters().calls_run, 6);
    ASSERT_EQ(*sig_breaker(), 0);
    return 0;
}
