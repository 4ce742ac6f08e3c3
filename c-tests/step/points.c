/* Safe points, one instruction at a time: what comes in the middle of a
 * check is handled by that one or by the next, exactly once. */
#include "step.h"

#include <setjmp.h>

/* The outcome: how much was handled before the body ended. */
static long handled_in_body;

static void check_once(void)
{
    ASSERT_EQ(sig_check(), 0);
    handled_in_body = handled;
}

static void assert_each_once_and_when(void)
{
    assert_each_once();
    ASSERT_EQ(raw, 0);
    shared->outcome = (int)handled_in_body;
}

static void installed(void)
{
    install(SIGUSR1, 0);
    install(SIGHUP, 0);
}

static void one_pending(void)
{
    installed();
    send_signal(SIGUSR1);
}

/* Values rise from delivery to delivery. */
static int on_queued(const sig_event *event, void *user)
{
    static int last = -3;
    int value = (int)event->value; /* sival_int */
    ASSERT_EQ(event->count, 1);
    ASSERT_GT(value, last);
    last = value;
    return on_signal(event, user);
}

static void two_queued(void)
{
    ASSERT_EQ(sig_install(SIGRTMIN, on_queued, NULL, 0), 0);
    queue(SIGRTMIN, -2);
    queue(SIGRTMIN, -1);
}

static void everything_pending(void)
{
    one_pending();
    two_queued();
    add_from(0);
    post(&job);
    add_from(0);
}

static void one_pending_that_raises(void)
{
    one_pending();
    send_signal(SIGHUP);
    raises = 7;
}

static void check_raised(void)
{
    ASSERT_EQ(sig_check(), 7);
    ASSERT_EQ(sig_check(), 7);
    handled_in_body = handled;
}

static int check_again(const sig_event *event, void *user)
{
    on_signal(event, user);
    return sig_check();
}

static void one_pending_that_checks(void)
{
    ASSERT_EQ(sig_install(SIGUSR1, check_again, NULL, 0), 0);
    install(SIGHUP, 0);
    send_signal(SIGUSR1);
    send_signal(SIGHUP);
    add_from(0);
}

static void one_pending_of_oneshot(void)
{
    set_raw(SIGUSR1, on_raw);
    install(SIGUSR1, SAFEPOINT_ONESHOT);
    send_signal(SIGUSR1);
}

/* One event; what came before the removal and is not in it is dropped. */
static void assert_oneshot(void)
{
    assert_each_once();
    ASSERT_EQ(events, 1);
}

static sigjmp_buf out;

static int jump_out(const sig_event *event, void *user)
{
    on_signal(event, user);
    siglongjmp(out, 1);
}

static void one_pending_that_jumps(void)
{
    ASSERT_EQ(sig_install(SIGUSR1, jump_out, NULL, 0), 0);
    install(SIGHUP, 0);
    send_signal(SIGUSR1);
    send_signal(SIGHUP);
    post(&job);
}

static void check_and_jump(void)
{
    if (sigsetjmp(out, 0) == 0)
        sig_check();
}

static void assert_jumped(void)
{
    sigsetjmp(out, 0);
    while (*sig_breaker() != 0)
        sig_check();
    assert_each_once();
}

/* Another thread takes the context over, or hears that it is in use. */

static void adopt(void)
{
    int result = sig_adopt();
    ASSERT_TRUE(result == 0 || result == -EBUSY);
    ASSERT_EQ(sig_is_owner(), result == 0);
    ASSERT_EQ(sig_check(), 0);
}

static void assert_adopted_back(void)
{
    ASSERT_EQ(sig_adopt(), 0);
    assert_each_once();
}

static void take_all(void)
{
    sig_event event;
    while (sig_next(&event, sizeof event) == 1) {
        if (event.kind == SAFEPOINT_EVENT_SIGNAL)
            on_signal(&event, NULL);
        else
            event.fn(event.arg);
    }
    handled_in_body = handled;
}

/* Hold and release. */

static void hold(void)
{
    ASSERT_EQ(sig_hold(), 0);
    held = true;
}

static void release(void)
{
    ASSERT_EQ(sig_release(), 0);
    held = false;
}

static void hold_check_release(void)
{
    hold();
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(sig_check_frame(NULL), 0);
    ASSERT_EQ(handled, 0);
    release();
}

static void installed_and_held(void)
{
    installed();
    hold();
}

static void one_pending_and_held(void)
{
    one_pending();
    hold();
}

static void assert_released_once(void)
{
    if (held) {
        ASSERT_EQ(sig_check_frame(NULL), 0);
        ASSERT_EQ(handled, 0);
        ASSERT_EQ(*sig_breaker(), 0);
        release();
        assert_announced();
    }
    assert_each_once();
}

static void interrupt_pending(void)
{
    one_pending();
    ASSERT_EQ(sig_interrupt(9), 0);
}

static void check_interrupted(void)
{
    ASSERT_EQ(sig_check(), 9);
    ASSERT_EQ(handled, 0);
    ASSERT_EQ(sig_check(), 0);
    handled_in_body = handled;
}

static void read_counters(void)
{
    sig_counters now;
    ASSERT_EQ(sig_stats(&now, sizeof now), 0);
}

#define ANY (SIGNAL | THREAD | CALLS | WOKEN)

const struct scenario points[] = {
    {"check, idle", installed, check_once, assert_each_once_and_when,
     .modes = ANY | FORKS, .changes = 1},
    {"check", one_pending, check_once, assert_each_once_and_when,
     .modes = ANY | FORKS, .changes = 1},
    {"check, another", one_pending, check_once, assert_each_once_and_when,
     .modes = ANY, .signum = SIGHUP, .changes = 1},
    {"check, queued", two_queued, check_once, assert_each_once_and_when,
     .modes = ANY | FORKS, .signum = SIGRTMIN_LATER, .changes = 1},
    {"check, everything", everything_pending, check_once,
     assert_each_once_and_when, .modes = ANY | FORKS, .signum = SIGRTMIN_LATER,
     .changes = 1},
    {"check, raised", one_pending_that_raises, check_raised,
     assert_each_once_and_when, .modes = ANY, .changes = 1},
    {"check, nested", one_pending_that_checks, check_once,
     assert_each_once_and_when, .modes = ANY, .changes = 1},
    {"check, ONESHOT", one_pending_of_oneshot, check_once, assert_oneshot,
     .modes = ANY, .changes = 1},
    {"check, longjmp", one_pending_that_jumps, check_and_jump, assert_jumped,
     .modes = ANY},
    {"check, interrupted", interrupt_pending, check_interrupted,
     assert_each_once_and_when, .modes = ANY, .changes = 1},
    {"check, adopted", everything_pending, check_once, assert_adopted_back,
     .modes = ACTS, .meanwhile = adopt},
    {"next", everything_pending, take_all, assert_each_once_and_when,
     .modes = ANY | FORKS, .signum = SIGRTMIN_LATER, .changes = 1},
    {"hold", installed, hold, assert_released_once, .modes = ANY | FORKS},
    {"hold, check, release", one_pending, hold_check_release,
     assert_released_once, .modes = ANY},
    {"check, held", installed_and_held, check_once, assert_released_once,
     .modes = ANY},
    {"release, idle", installed_and_held, release, assert_released_once,
     .modes = ANY | FORKS},
    {"release", one_pending_and_held, release, assert_released_once,
     .modes = ANY | FORKS},
    {"stats", one_pending, read_counters, assert_each_once, .modes = ANY},
    {0},
};
