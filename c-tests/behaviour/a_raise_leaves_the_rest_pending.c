/* A handler, call or job that returns non-zero ends the check with that
 * number. What had not run is still pending, the breaker is set, and the
 * event fd readable; the next checks go on from there, in order. */
#include "test.h"

static int ran[16], count;

static int handler(const sig_event *event, void *user)
{
    (void)user;
    ran[count++] = event->signum;
    return event->signum == SIGUSR2 ? 0 : event->signum;
}

static int call(void *arg)
{
    ran[count++] = (int)(intptr_t)arg;
    return -(int)(intptr_t)arg; /* negative numbers raise as well */
}

static bool readable(int fd)
{
    struct pollfd poll_fd = {fd, POLLIN, 0};
    return MUST(poll(&poll_fd, 1, 0)) == 1;
}

int main(void)
{
    sig_job jobs[] = {SAFEPOINT_JOB(call, (void *)200),
                      SAFEPOINT_JOB(call, (void *)201)};
    const int signums[] = {SIGTERM, SIGUSR2, SIGHUP, SIGRTMIN};
    /* What each check returns, and how much has run by then. */
    const struct { int result, count; } steps[] = {
        {SIGHUP, 1}, {SIGTERM, 3}, {SIGRTMIN, 4}, {SIGRTMIN, 5}, {-100, 6},
        {-101, 7}, {-200, 8}, {-201, 9},
    };
    const int expected[] = {SIGHUP, SIGUSR2, SIGTERM, SIGRTMIN, SIGRTMIN,
                            100, 101, 200, 201};
    watchdog(120);
    for (int i = 0; i < 4; i++)
        ASSERT_EQ(sig_install(signums[i], handler, NULL,
                              signums[i] == SIGRTMIN ? REAL_TIME : 0), 0);
    int fd = sig_event_fd();
    ASSERT_GE(fd, 0);
    for (int i = 0; i < 4; i++)
        MUST(kill(getpid(), signums[i]));
    MUST(kill(getpid(), SIGRTMIN));
    ASSERT_EQ(sig_add_pending_call(call, (void *)100), 0);
    ASSERT_EQ(sig_add_pending_call(call, (void *)101), 0);
    ASSERT_EQ(sig_post(&jobs[0]), 0);
    ASSERT_EQ(sig_post(&jobs[1]), 0);

    for (int i = 0; i < 8; i++) {
        ASSERT_NE(*sig_breaker(), 0);
        ASSERT_TRUE(readable(fd));
        ASSERT_EQ(sig_check(), steps[i].result);
        ASSERT_EQ(count, steps[i].count);
    }
    ASSERT_EQ(*sig_breaker(), 0);
    ASSERT_TRUE(!readable(fd));
    ASSERT_EQ(sig_check(), 0);
    for (int i = 0; i < count; i++)
        ASSERT_EQ(ran[i], expected[i]);
    ASSERT_EQ(counters().handled, 5);
    ASSERT_EQ(counters().calls_run, 4);
    return 0;
}
