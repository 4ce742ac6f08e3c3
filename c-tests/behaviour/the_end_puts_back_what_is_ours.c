/* sig_fini() puts back each disposition that still is ours and leaves those
 * that somebody took over, drops what is pending, detaches the wake-ups and
 * closes holds. There is no owner then: another thread can begin anew. */
#include "test.h"


static int ran, woken;

static int handler(const sig_event *event, void *user)
{
    (void)event, (void)user;
    ran++;
    return 0;
}

static int call(void *arg)
{
    (void)arg;
    ran++;
    return 0;
}

static void wakeup(int signum, void *arg)
{
    (void)signum, (void)arg;
    woken++;
}

static void foreign(int signum)
{
    (void)signum;
}

static void *begin_and_end(void *arg)
{
    ASSERT_EQ(sig_fini(), arg ? -EPERM : 0);
    ASSERT_EQ(sig_init(0), arg ? -EPERM : 0);
    ASSERT_EQ(sig_is_owner(), arg == NULL);
    if (!arg) {
        ASSERT_EQ(sig_install(SIGUSR1, handler, NULL, 0), 0);
        ASSERT_EQ(raise(SIGUSR1), 0);
        ASSERT_EQ(sig_check(), 0);
        ASSERT_EQ(sig_fini(), 0);
    }
    return NULL;
}

static void on_another_thread(void *owned)
{
    pthread_t thread;
    ASSERT_EQ(pthread_create(&thread, NULL, begin_and_end, owned), 0);
    ASSERT_EQ(pthread_join(thread, NULL), 0);
}

static void (*standing(int signum))(int)
{
    struct sigaction action;
    MUST(sigaction(signum, NULL, &action));
    return action.sa_handler;
}

int main(void)
{
    uint64_t written;
    int fds[2], old;
    watchdog(120);
    MUST(pipe2(fds, O_NONBLOCK));
    signal(SIGUSR1, SIG_DFL); /* whatever was inherited */
    signal(SIGHUP, SIG_DFL);
    ASSERT_EQ(sig_fini(), 0); /* nothing to end */
    for (int round = 0; round < 20; round++) {
        signal(SIGUSR2, foreign);
        signal(SIGTERM, SIG_DFL);
        ASSERT_EQ(sig_install(SIGUSR1, handler, NULL, 0), 0);
        ASSERT_EQ(sig_install(SIGUSR2, handler, NULL, SAFEPOINT_CHAIN), 0);
        ASSERT_EQ(sig_install(SIGTERM, handler, NULL, 0), 0);
        ASSERT_EQ(sig_ignore(SIGHUP), 0);
        ASSERT_EQ(sig_set_wakeup_fd(fds[1], 0, &old), 0);
        ASSERT_EQ(old, -1);
        ASSERT_EQ(sig_set_wakeup_fn(wakeup, NULL), 0);
        ASSERT_EQ(sig_hold(), 0);
        on_another_thread(main);
        signal(SIGTERM, foreign); /* takes it over */
        sig_counters before = counters();
        MUST(kill(getpid(), SIGUSR1));
        ASSERT_EQ(sig_add_pending_call(call, NULL), 0);
        ASSERT_EQ(sig_interrupt(9), 0);
        ran = woken = 0;
        MUST(read(fds[0], &written, sizeof written));

        ASSERT_EQ(sig_fini(), 0);
        ASSERT_EQ(counters().dropped, before.dropped + 1);
        ASSERT_EQ(counters().calls_dropped, before.calls_dropped + 1);
        ASSERT_EQ(standing(SIGUSR1), SIG_DFL);
        ASSERT_EQ(standing(SIGUSR2), foreign);
        ASSERT_EQ(standing(SIGTERM), foreign);
        ASSERT_EQ(standing(SIGHUP), SIG_DFL);
        ASSERT_EQ(sig_is_owner(), 0);
        ASSERT_EQ(*sig_breaker(), 0);
        ASSERT_EQ(sig_add_pending_call(call, NULL), 0); /* for the next owner */
        ASSERT_EQ(sig_check(), 0);
        ASSERT_EQ(ran, 0);
        on_another_thread(NULL);
        ASSERT_EQ(ran, 2);
        ASSERT_EQ(woken, 0);
        ASSERT_EQ(read(fds[0], &written, sizeof written), -1);
    }
    return 0;
}
