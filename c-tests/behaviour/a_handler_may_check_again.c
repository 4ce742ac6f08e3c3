/* A handler, a call and a job call sig_check() themselves, to any depth. Each
 * thing runs once; the inner check runs what the outer one had not reached,
 * and what has come since, but the outer check goes no further than where it
 * began. */
#include "test.h"

static int ran[32], count, depth, deepest;

static int nested(const sig_event *event, void *user)
{
    (void)user;
    ran[count++] = event->signum;
    deepest = ++depth > deepest ? depth : deepest;
    ASSERT_EQ(sig_adopt(), -EBUSY); /* a handler is running */
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(sig_adopt(), -EBUSY);
    depth--;
    return 0;
}

static int call(void *arg)
{
    ran[count++] = (int)(intptr_t)arg;
    ASSERT_EQ(sig_check(), 0);
    return 0;
}

static int raising(const sig_event *event, void *user)
{
    (void)event, (void)user;
    ran[count++] = SIGTERM;
    return 5;
}

/* Its check ends with another's raise; its own does not. */
static int outer(const sig_event *event, void *user)
{
    (void)event, (void)user;
    ran[count++] = SIGINT;
    MUST(kill(getpid(), SIGTERM)); /* the inner one's, not the outer one's */
    ASSERT_EQ(sig_check(), 5);
    MUST(kill(getpid(), SIGTERM));
    return 0;
}

int main(void)
{
    sig_job job = SAFEPOINT_JOB(call, (void *)200);
    const int expected[] = {SIGHUP, SIGUSR1, SIGUSR2, 100, 200,
                            SIGINT, SIGTERM, SIGTERM};
    watchdog(120);
    ASSERT_EQ(sig_install(SIGHUP, nested, NULL, 0), 0);
    ASSERT_EQ(sig_install(SIGUSR1, nested, NULL, 0), 0);
    ASSERT_EQ(sig_install(SIGUSR2, nested, NULL, 0), 0);
    ASSERT_EQ(sig_install(SIGTERM, raising, NULL, 0), 0);
    ASSERT_EQ(sig_install(SIGINT, outer, NULL, 0), 0);
    MUST(kill(getpid(), SIGUSR2));
    MUST(kill(getpid(), SIGUSR1));
    MUST(kill(getpid(), SIGHUP));
    ASSERT_EQ(sig_add_pending_call(call, (void *)100), 0);
    ASSERT_EQ(sig_post(&job), 0);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(count, 5);
    ASSERT_EQ(deepest, 3);
    ASSERT_EQ(*sig_breaker(), 0);
    ASSERT_EQ(sig_adopt(), 0);

    MUST(kill(getpid(), SIGINT));
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(count, 7);
    ASSERT_NE(*sig_breaker(), 0);
    ASSERT_EQ(sig_check(), 5);
    ASSERT_EQ(count, 8);
    for (int i = 0; i < count; i++)
        ASSERT_EQ(ran[i], expected[i]);
    ASSERT_EQ(*sig_breaker(), 0);
    ASSERT_EQ(counters().handled, 6);
    return 0;
}
