/* fork from a thread that is not the owner, while the owner holds, has things
 * pending, and is inside a handler: in the child that thread is the owner,
 * nothing is held or running, and it can install, check and fork again. */
#include "test.h"

static int ran;

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

/* What a child can do, and its own children after it. */
static void use_everything(void)
{
    ASSERT_EQ(sig_is_owner(), 1);
    ASSERT_EQ(sig_adopt(), 0); /* no handler runs here */
    ASSERT_EQ(sig_release(), -EINVAL); /* nor is anything held */
    ASSERT_EQ(*sig_breaker(), 0);
    ran = 0;
    MUST(kill(getpid(), SIGUSR1));
    ASSERT_EQ(sig_add_pending_call(call, NULL), 0);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(ran, 2);
    ASSERT_EQ(sig_install(SIGUSR2, handler, NULL, 0), 0);
    ASSERT_EQ(raise(SIGUSR2), 0);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(ran, 3);
}

static void in_child(void)
{
    for (int generation = 0; generation < 3; generation++) {
        use_everything();
        pid_t child = (pid_t)MUST(fork());
        if (child != 0) {
            ASSERT_CHILD_PASSED(child);
            ASSERT_EQ(sig_is_owner(), 1);
            _exit(0);
        }
    }
    use_everything();
    _exit(0);
}

static void *fork_here(void *arg)
{
    ASSERT_EQ(sig_is_owner(), 0);
    pid_t child = (pid_t)MUST(fork());
    if (child == 0)
        in_child();
    ASSERT_CHILD_PASSED(child);
    ASSERT_EQ(sig_is_owner(), 0);
    return arg;
}

static void fork_on_another_thread(void)
{
    pthread_t thread;
    ASSERT_EQ(pthread_create(&thread, NULL, fork_here, NULL), 0);
    ASSERT_EQ(pthread_join(thread, NULL), 0);
}

static int forking(const sig_event *event, void *user)
{
    (void)event, (void)user;
    ASSERT_EQ(sig_hold(), 0);
    fork_on_another_thread();
    ASSERT_EQ(sig_release(), 0);
    return 4;
}

int main(void)
{
    watchdog(120);
    ASSERT_EQ(sig_install(SIGHUP, forking, NULL, 0), 0);
    ASSERT_EQ(sig_install(SIGUSR1, handler, NULL, 0), 0);
    for (int round = 1; round <= 10; round++) {
        fork_on_another_thread();
        MUST(kill(getpid(), SIGUSR1));
        ASSERT_EQ(sig_add_pending_call(call, NULL), 0);
        MUST(kill(getpid(), SIGHUP));
        ran = 0;
        ASSERT_EQ(sig_check(), 4);
        ASSERT_EQ(sig_is_owner(), 1);
        ASSERT_EQ(ran, 0);
        ASSERT_EQ(sig_check(), 0);
        ASSERT_EQ(ran, 2);
    }
    return 0;
}
