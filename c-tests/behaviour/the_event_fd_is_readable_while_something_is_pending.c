/* sig_event_fd() is readable while something is pending and only then: across
 * checks, raises, longjmps, holds, sig_next(), removal and sig_fini(). */
#include "test.h"

#include <setjmp.h>

static int event_fd;
static jmp_buf out;

static void expect(bool readable)
{
    struct pollfd poll_fd = {event_fd, POLLIN, 0};
    ASSERT_EQ(poll(&poll_fd, 1, 0), readable);
    ASSERT_EQ(*sig_breaker() != 0, readable);
}

static int quiet(const sig_event *event, void *user)
{
    (void)event, (void)user;
    return 0;
}

static int raising(const sig_event *event, void *user)
{
    (void)event, (void)user;
    return 3;
}

static int call(void *arg)
{
    if (arg)
        longjmp(out, 1);
    expect(true); /* another is left */
    return 0;
}

static void check(int expected)
{
    if (setjmp(out) == 0)
        ASSERT_EQ(sig_check(), expected);
}

int main(void)
{
    sig_job job = SAFEPOINT_JOB(call, &job);
    sig_event event;
    watchdog(120);
    ASSERT_EQ(sig_install(SIGUSR1, raising, NULL, 0), 0);
    ASSERT_EQ(sig_install(SIGUSR2, quiet, NULL, 0), 0);
    ASSERT_EQ(sig_install(SIGRTMIN, quiet, NULL, REAL_TIME), 0);
    event_fd = sig_event_fd();
    ASSERT_GE(event_fd, 0);
    for (int round = 0; round < 100; round++) {
        expect(false);
        MUST(kill(getpid(), SIGUSR1));
        expect(true);
        ASSERT_EQ(sig_add_pending_call(call, NULL), 0);
        ASSERT_EQ(sig_post(&job), 0);
        ASSERT_EQ(sig_interrupt(1), 0);
        expect(true);
        check(1); /* the interrupt */
        expect(true);
        check(3); /* SIGUSR1 raises */
        expect(true);
        check(0); /* the call, and the job leaves */
        expect(false);

        MUST(kill(getpid(), SIGUSR2));
        ASSERT_EQ(sig_add_pending_call(call, NULL), 0);
        ASSERT_EQ(sig_next(&event, sizeof event), 1);
        expect(true);
        ASSERT_EQ(sig_next(&event, sizeof event), 1);
        expect(false);

        MUST(kill(getpid(), SIGUSR2));
        ASSERT_EQ(sig_hold(), 0);
        ASSERT_EQ(sig_check(), 0);
        ASSERT_EQ(sig_release(), 0);
        expect(true);
        ASSERT_EQ(sig_restore(SIGUSR2), 0); /* which drops it */
        check(0);
        expect(false);
        ASSERT_EQ(sig_install(SIGUSR2, quiet, NULL, 0), 0);

        for (int i = 0; i < 5; i++)
            MUST(kill(getpid(), SIGRTMIN));
        for (int i = 0; i < 5; i++) {
            expect(true);
            ASSERT_EQ(sig_next(&event, sizeof event), 1);
        }
        expect(false);
    }
    MUST(kill(getpid(), SIGUSR2));
    expect(true);
    ASSERT_EQ(sig_fini(), 0);
    expect(false);
    ASSERT_EQ(sig_init(0), 0);
    ASSERT_EQ(sig_event_fd(), event_fd);
    ASSERT_EQ(sig_interrupt(1), 0);
    expect(true);
    return 0;
}
