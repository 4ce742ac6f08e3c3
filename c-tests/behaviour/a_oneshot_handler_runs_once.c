/* SAFEPOINT_ONESHOT: what stood before is back just before the handler runs,
 * or sig_next() takes the event; a second Ctrl-C kills. What else was pending
 * of the signal is dropped. The handler may install itself again. */
#include "test.h"

static int ran;
static bool reinstall;

static int handler(const sig_event *event, void *user)
{
    sig_disposition is;
    ran++;
    ASSERT_EQ(sig_query(event->signum, &is, sizeof is), 0);
    ASSERT_EQ(is.kind, SAFEPOINT_KIND_DEFAULT);
    ASSERT_EQ(is.handler, NULL);
    if (!reinstall)
        return 0;
    return sig_install(event->signum, handler, user, SAFEPOINT_ONESHOT);
}

static void expect_death_by(int signum)
{
#ifdef _WIN32 /* windows/programs_end_as_they_should: what that does */
    ASSERT_EQ(signal(signum, SIG_DFL), SIG_DFL);
#else
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        MUST(kill(getpid(), signum));
        _exit(1);
    }
    int status = wait_for(child);
    ASSERT_TRUE(WIFSIGNALED(status));
    ASSERT_EQ(WTERMSIG(status), signum);
#endif
}

int main(void)
{
    sig_event event;
    watchdog(120);
    signal(SIGINT, SIG_DFL); /* whatever was inherited */
    ASSERT_EQ(sig_install(SIGINT, handler, NULL, SAFEPOINT_ONESHOT), 0);
    MUST(kill(getpid(), SIGINT));
    MUST(kill(getpid(), SIGINT)); /* one event: nobody dies before the check */
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(ran, 1);
    expect_death_by(SIGINT);

    uint32_t flags = SAFEPOINT_ONESHOT | SAFEPOINT_QUEUE;
    ASSERT_EQ(sig_install(SIGINT, handler, NULL, flags), 0);
    for (int i = 0; i < 3; i++)
        MUST(kill(getpid(), SIGINT));
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(ran, 2);
    ASSERT_EQ(*sig_breaker(), 0);
    ASSERT_EQ(counters().dropped, 2);

    ASSERT_EQ(sig_install(SIGINT, handler, NULL, SAFEPOINT_ONESHOT), 0);
    MUST(kill(getpid(), SIGINT));
    ASSERT_EQ(sig_next(&event, sizeof event), 1);
    ASSERT_EQ(event.signum, SIGINT);
    ASSERT_EQ(ran, 2);
    expect_death_by(SIGINT);

    reinstall = true;
    ASSERT_EQ(sig_install(SIGINT, handler, NULL, SAFEPOINT_ONESHOT), 0);
    for (int i = 3; i <= 10; i++) {
        MUST(kill(getpid(), SIGINT));
        ASSERT_EQ(sig_check(), 0);
        ASSERT_EQ(ran, i);
    }
    return 0;
}
