/* A wake-up function or descriptor that is set while something is pending is
 * told at once, each by itself: a function that was there before is not called
 * for a descriptor. */
#include "test.h"

static char told[8];
static int count;

static void wake(int signum, void *arg)
{
    ASSERT_EQ(arg == told, 1);
    told[count++ % 8] = (char)signum;
}

static int handler(const sig_event *event, void *user)
{
    (void)event, (void)user;
    return 0;
}
static int call(void *arg)
{
    return arg != NULL;
}

int main(void)
{
    char bytes[8];
    int fds[2];
    watchdog(120);
    MUST(pipe2(fds, O_NONBLOCK));
    ASSERT_EQ(sig_install(SIGUSR1, handler, NULL, 0), 0);
    ASSERT_EQ(sig_install(SIGHUP, handler, NULL, 0), 0);
    ASSERT_EQ(sig_set_wakeup_fn(wake, told), 0);
    ASSERT_EQ(count, 0); /* nothing is pending */
    ASSERT_EQ(sig_set_wakeup_fn(NULL, NULL), 0);
    MUST(raise(SIGUSR1));
    MUST(raise(SIGHUP));
    ASSERT_EQ(sig_add_pending_call(call, NULL), 0);

    ASSERT_EQ(sig_set_wakeup_fn(wake, told), 0);
    ASSERT_EQ(count, 3);
    ASSERT_EQ(told[0], SIGHUP);
    ASSERT_EQ(told[1], SIGUSR1);
    ASSERT_EQ(told[2], 0);

    ASSERT_EQ(sig_set_wakeup_fd(fds[1], 0, NULL), 0);
    ASSERT_EQ(count, 3);
    ASSERT_EQ(MUST(read(fds[0], bytes, sizeof bytes)), 2);
    ASSERT_EQ(bytes[0], SIGHUP);
    ASSERT_EQ(bytes[1], SIGUSR1);
    ASSERT_EQ(sig_set_wakeup_fd(fds[1], SAFEPOINT_WAKE_CALLS, NULL), 0);
    ASSERT_EQ(MUST(read(fds[0], bytes, sizeof bytes)), 3);
    ASSERT_EQ(bytes[2], 0);
    ASSERT_EQ(sig_check(), 0);
    return 0;
}
