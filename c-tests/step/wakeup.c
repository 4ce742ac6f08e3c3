/* Wake-ups that are switched on, over and off, one instruction at a time:
 * what is pending afterwards has woken whoever is to be woken, with the right
 * byte, and no wake-up counts as failed. */
#include "step.h"

#include <sys/eventfd.h>

static int pipe_a[2], pipe_b[2], event_a;

static void targets(void)
{
    install(SIGUSR1, 0);
    MUST(pipe2(pipe_a, O_NONBLOCK));
    MUST(pipe2(pipe_b, O_NONBLOCK));
    event_a = (int)MUST(eventfd(0, EFD_NONBLOCK));
}

static void set_fd(int fd)
{
    ASSERT_EQ(sig_set_wakeup_fd(fd, SAFEPOINT_WAKE_CALLS, NULL), 0);
}

static void pipe_is_set(void)
{
    targets();
    set_fd(pipe_a[1]);
}

static void event_is_set(void)
{
    targets();
    set_fd(event_a);
}

static void pending(void)
{
    targets();
    send_signal(SIGUSR1);
}

static void to_pipe_a(void)
{
    set_fd(pipe_a[1]);
}

static void to_pipe_b(void)
{
    set_fd(pipe_b[1]);
}

static void to_event(void)
{
    set_fd(event_a);
}

static void to_none(void)
{
    set_fd(-1);
}

/* Nothing but the signal's number and, for calls, 0. */
static int drain_pipe(int fd)
{
    char byte;
    int count = 0;
    while (read(fd, &byte, 1) == 1) {
        ASSERT_TRUE(byte == SIGUSR1 || (mode & CALLS && byte == 0));
        count++;
    }
    return count;
}

static void assert_woken(int fd)
{
    int error = 0;
    if (counters().arrivals > 0 || added > 0)
        ASSERT_TRUE(readable(fd));
    ASSERT_EQ(sig_wakeup_failures(&error), 0);
}

static void woken_by_a(void)
{
    assert_woken(pipe_a[0]);
    drain_pipe(pipe_a[0]);
    assert_each_once();
    send_signal(SIGUSR1);
    ASSERT_EQ(drain_pipe(pipe_a[0]), 1);
}

static void woken_by_b(void)
{
    assert_woken(pipe_b[0]);
    drain_pipe(pipe_a[0]);
    drain_pipe(pipe_b[0]);
    assert_each_once();
    send_signal(SIGUSR1);
    ASSERT_EQ(drain_pipe(pipe_b[0]), 1);
    ASSERT_EQ(drain_pipe(pipe_a[0]), 0);
}

static void woken_by_event(void)
{
    uint64_t times = 0;
    assert_woken(event_a);
    drain_pipe(pipe_a[0]);
    (void)!read(event_a, &times, sizeof times);
    ASSERT_LE(times, 8);
    assert_each_once();
    send_signal(SIGUSR1);
    ASSERT_TRUE(readable(event_a));
}

static void woken_by_none(void)
{
    ASSERT_EQ(sig_wakeup_failures(NULL), 0);
    drain_pipe(pipe_a[0]);
    assert_each_once();
    send_signal(SIGUSR1);
    ASSERT_EQ(drain_pipe(pipe_a[0]), 0);
}

/* The library's own eventfd. */

static int own_event;

static void open_event(void)
{
    ASSERT_GT(own_event = sig_event_fd(), 2);
}

static void own_event_is_open(void)
{
    targets();
    open_event();
}

static void pending_with_event(void)
{
    own_event_is_open();
    send_signal(SIGUSR1);
}

static void check_once(void)
{
    ASSERT_EQ(sig_check(), 0);
}

static void assert_event(void)
{
    sig_counters now = counters();
    bool waiting = now.arrivals > now.handled + now.coalesced ||
                   (uint64_t)added > now.calls_run;
    ASSERT_EQ(sig_event_fd(), own_event);
    if (waiting)
        ASSERT_TRUE(readable(own_event));
    assert_each_once();
    ASSERT_TRUE(!readable(own_event));
    send_signal(SIGUSR1);
    ASSERT_TRUE(readable(own_event));
}

/* The function. */

static atomic_long by_a, by_b;

static void fn_a(int signum, void *arg)
{
    (void)signum;
    ASSERT_EQ((intptr_t)arg, (intptr_t)&by_a);
    by_a++;
}

static void fn_b(int signum, void *arg)
{
    (void)signum;
    ASSERT_EQ((intptr_t)arg, (intptr_t)&by_b);
    by_b++;
}

static void to_fn_a(void)
{
    ASSERT_EQ(sig_set_wakeup_fn(fn_a, &by_a), 0);
}

static void to_fn_b(void)
{
    ASSERT_EQ(sig_set_wakeup_fn(fn_b, &by_b), 0);
}

static void to_fn_none(void)
{
    ASSERT_EQ(sig_set_wakeup_fn(NULL, NULL), 0);
}

static void fn_a_is_set(void)
{
    targets();
    to_fn_a();
}

/* Once for each, and once more for what is pending when one is set. What
 * comes while one takes the other's place is pending when that is done: one
 * call of the function is for all calls. */
static void woken_by_one_fn(void)
{
    ASSERT_GE(by_a + by_b, sent + (added != 0));
    ASSERT_LE(by_a + by_b, 2 * (sent + added));
    assert_each_once();
}

static void woken_by_fn_a(void)
{
    ASSERT_EQ(by_b, 0);
    woken_by_one_fn();
}

static void woken_by_fn_a_or_not(void)
{
    ASSERT_EQ(by_b, 0);
    ASSERT_LE(by_a, sent + added);
    assert_each_once();
    shared->outcome = (int)by_a;
}

#define ANY (SIGNAL | THREAD | CALLS | FORKS)

const struct scenario wakeup[] = {
    {"wakeup_fd: none to pipe", targets, to_pipe_a, woken_by_a, .modes = ANY},
    {"wakeup_fd: none to pipe, pending", pending, to_pipe_a, woken_by_a,
     .modes = ANY},
    {"wakeup_fd: pipe to pipe", pipe_is_set, to_pipe_b, woken_by_b,
     .modes = ANY},
    {"wakeup_fd: pipe to eventfd", pipe_is_set, to_event, woken_by_event,
     .modes = ANY},
    {"wakeup_fd: eventfd to pipe", event_is_set, to_pipe_b, woken_by_b,
     .modes = ANY},
    {"wakeup_fd: pipe to none", pipe_is_set, to_none, woken_by_none,
     .modes = ANY},
    {"event_fd", targets, open_event, assert_event, .modes = ANY},
    {"event_fd, pending", pending, open_event, assert_event, .modes = ANY},
    {"event_fd, again", own_event_is_open, open_event, assert_event,
     .modes = ANY},
    {"event_fd, check", pending_with_event, check_once, assert_event,
     .modes = ANY, .sets_errno = ALL_MODES},
    {"wakeup_fn: one to another", fn_a_is_set, to_fn_b, woken_by_one_fn,
     .modes = ANY},
    {"wakeup_fn: none to one", targets, to_fn_a, woken_by_fn_a,
     .modes = SIGNAL | THREAD | FORKS},
    {"wakeup_fn: one to none", fn_a_is_set, to_fn_none, woken_by_fn_a_or_not,
     .modes = SIGNAL | THREAD | FORKS, .changes = 1},
    {0},
};
