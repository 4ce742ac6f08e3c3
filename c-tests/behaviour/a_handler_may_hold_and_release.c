/* A handler, a call or a job that holds ends the check behind it: the rest
 * waits for the release, which may come in another handler's stead or from
 * the program. One that holds and releases changes nothing. */
#include "test.h"

static int ran[16], count;

static int holding(const sig_event *event, void *user)
{
    (void)user;
    ran[count++] = event->signum;
    ASSERT_EQ(sig_hold(), 0);
    return 0;
}

static int both(const sig_event *event, void *user)
{
    (void)user;
    ran[count++] = event->signum;
    ASSERT_EQ(sig_hold(), 0);
    ASSERT_EQ(sig_hold(), 0);
    ASSERT_EQ(sig_check(), 0); /* does nothing */
    ASSERT_EQ(sig_release(), 0);
    ASSERT_EQ(sig_release(), 0);
    return 0;
}

static int call(void *arg)
{
    ran[count++] = (int)(intptr_t)arg;
    ASSERT_EQ(sig_hold(), 0);
    return 0;
}

int main(void)
{
    sig_job jobs[] = {SAFEPOINT_JOB(call, (void *)200),
                      SAFEPOINT_JOB(call, (void *)201)};
    const int expected[] = {SIGHUP, SIGUSR1, SIGUSR2, SIGTERM,
                            100, 101, 200, 201};
    const int after[] = {3, 4, 5, 6, 7, 8}; /* each check's end */
    watchdog(120);
    ASSERT_EQ(sig_install(SIGHUP, both, NULL, 0), 0);
    ASSERT_EQ(sig_install(SIGUSR1, both, NULL, 0), 0);
    ASSERT_EQ(sig_install(SIGUSR2, holding, NULL, 0), 0);
    ASSERT_EQ(sig_install(SIGTERM, holding, NULL, 0), 0);
    MUST(kill(getpid(), SIGUSR1));
    MUST(kill(getpid(), SIGHUP));
    MUST(kill(getpid(), SIGUSR2));
    MUST(kill(getpid(), SIGTERM));
    ASSERT_EQ(sig_add_pending_call(call, (void *)100), 0);
    ASSERT_EQ(sig_add_pending_call(call, (void *)101), 0);
    ASSERT_EQ(sig_post(&jobs[0]), 0);
    ASSERT_EQ(sig_post(&jobs[1]), 0);
    for (int i = 0; i < 6; i++) {
        ASSERT_NE(*sig_breaker(), 0);
        ASSERT_EQ(sig_check(), 0);
        ASSERT_EQ(count, after[i]);
        ASSERT_EQ(*sig_breaker(), 0); /* held: cheap, whatever waits */
        ASSERT_EQ(sig_check(), 0);
        ASSERT_EQ(count, after[i]);
        ASSERT_EQ(sig_release(), 0);
    }
    ASSERT_EQ(*sig_breaker(), 0);
    ASSERT_EQ(sig_release(), -EINVAL);
    for (int i = 0; i < count; i++)
        ASSERT_EQ(ran[i], expected[i]);
    return 0;
}
