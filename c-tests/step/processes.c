/* Processes that are made, one instruction at a time: a fork loses nothing
 * of the parent's and gives nothing of it to the child; a vfork child that
 * gets a signal, or dies in the middle of one, leaves its parent as it was. */
#include "step.h"

static int wake_pipe[2];
static pid_t child;

static void installed(void)
{
    install(SIGUSR1, 0);
    MUST(pipe2(wake_pipe, O_NONBLOCK));
    if (!(mode & WOKEN))
        ASSERT_EQ(sig_set_wakeup_fd(wake_pipe[1], 0, NULL), 0);
}

static int woken_by(int signum)
{
    char byte;
    int times = 0;
    while (read(wake_pipe[0], &byte, 1) == 1) {
        ASSERT_EQ(byte, signum);
        times++;
    }
    return times;
}

static void much_is_pending(void)
{
    installed();
    send_signal(SIGUSR1);
    add_from(0);
    post(&job);
    add_from(0);
}

/* fork: the parent gets the signal. */

static void fork_one(void)
{
    child = (pid_t)MUST(fork());
    if (child == 0) {
        assert_child_works();
        _exit(0);
    }
}

static void assert_parent_lost_nothing(void)
{
    ASSERT_CHILD_PASSED(child);
    if (!(mode & WOKEN))
        ASSERT_EQ(woken_by(SIGUSR1), sent);
    assert_each_once();
    ASSERT_EQ(ran, added);
}

/* fork: the child gets the signal. */

static void fork_and_end(void)
{
    child = (pid_t)MUST(fork());
    if (child == 0) {
        step_end();
        handled = events = added = ran = 0;
        assert_announced();
        assert_settled();
        ASSERT_EQ(handled, 1);
        _exit(0);
    }
}

static void assert_parent_has_its_own(void)
{
    sent -= 1; /* the child's */
    assert_parent_lost_nothing();
}

/* fork in a handler, while more is pending; the child comes back, too. */

static int fork_in_handler(const sig_event *event, void *user)
{
    on_signal(event, user);
    child = (pid_t)MUST(fork());
    return 0;
}

static void handler_will_fork(void)
{
    ASSERT_EQ(sig_install(SIGUSR1, fork_in_handler, NULL, 0), 0);
    install(SIGTERM, 0);
    send_signal(SIGUSR1);
    send_signal(SIGTERM);
    add_from(0);
    post(&job);
}

static void check_and_fork(void)
{
    ASSERT_EQ(sig_check(), 0);
    if (child == 0) {
        ASSERT_EQ(events, 1);
        ASSERT_EQ(ran, 0);
        assert_child_works();
        _exit(0);
    }
}

static void assert_forked_in_handler(void)
{
    pid_t pid = child;
    ASSERT_CHILD_PASSED(pid);
    install(SIGUSR1, 0);
    assert_each_once();
    ASSERT_EQ(ran, added);
}

/* vfork and _Fork: no library code runs in between. */

static void look_around(void)
{
    for (volatile int i = 0; i < 4; i++)
        getppid();
}

static void vfork_and_end(void)
{
    child = vfork();
    if (child == 0) {
        look_around();
        step_end();
        _exit(0);
    }
}

static void vfork_and_raise(void)
{
    child = vfork();
    if (child == 0) {
        kill(getpid(), SIGUSR1);
        step_end();
        _exit(0);
    }
}

static void plain_fork_and_end(void)
{
    child = (pid_t)MUST(_Fork());
    if (child == 0) {
        look_around();
        step_end();
        ASSERT_EQ(*sig_breaker(), 0);
        _exit(0);
    }
}

/* A thread of the parent's sends it: si_pid is the parent itself. */
static void send_to_child(void)
{
    MUST(kill(shared->stepped, SIGUSR1));
}

static void assert_parent_untouched(void)
{
    int status = wait_for(child);
    ASSERT_TRUE(status == 0 || status == SIGKILL);
    ASSERT_EQ(*sig_breaker(), 0);
    ASSERT_EQ(counters().arrivals, 0);
    ASSERT_EQ(sig_wakeup_failures(NULL), 0);
    ASSERT_TRUE(!readable(wake_pipe[0]));
    if (mode & WOKEN)
        ASSERT_TRUE(!readable(event_fd));
    sent = 0;
    send_signal(SIGUSR1);
    assert_each_once();
    ASSERT_EQ(handled, 1);
}

const struct scenario processes[] = {
    {"fork, the parent's", much_is_pending, fork_one,
     assert_parent_lost_nothing, .modes = SIGNAL | THREAD | WOKEN,
     .stride = 13, .sets_errno = ALL_MODES},
    {"fork, the child's", much_is_pending, fork_and_end,
     assert_parent_has_its_own, .modes = SIGNAL | WOKEN, .stride = 13,
     .in_child = true, .sets_errno = ALL_MODES},
    {"fork in a handler", handler_will_fork, check_and_fork,
     assert_forked_in_handler, .modes = SIGNAL | WOKEN, .stride = 13,
     .sets_errno = ALL_MODES},
    {"vfork", installed, vfork_and_end, assert_parent_untouched,
     .modes = SIGNAL | ACTS | WOKEN, .meanwhile = send_to_child,
     .in_child = true, .sets_errno = ALL_MODES},
    {"vfork, dies in an arrival", installed, vfork_and_raise,
     assert_parent_untouched, .modes = KILL | WOKEN, .in_child = true,
     .sets_errno = ALL_MODES},
    {"_Fork", installed, plain_fork_and_end, assert_parent_untouched,
     .modes = SIGNAL | ACTS | WOKEN, .meanwhile = send_to_child,
     .in_child = true, .sets_errno = ALL_MODES},
    {0},
};
