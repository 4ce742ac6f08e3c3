/* Every wait, one instruction at a time: what comes in front of the system
 * call ends it, where it would wait for ever; what comes behind it takes
 * nothing away from its result. */
#include "step.h"

#include "../waits.h"

#include <sys/resource.h>

static long result;
static int raised_then;

/* Those that nothing but time ends. */

static long sleep_or_not(void)
{
    return sig_sleep(shared->fed ? 1 : SAFEPOINT_FOREVER);
}

static long nanosleep_or_not(void)
{
    struct timespec time = {shared->fed ? 0 : 1000000, 1};
    return sig_nanosleep(&time, NULL);
}

static long clock_nanosleep_or_not(void)
{
    struct timespec time = {shared->fed ? 1 : 4000000000, 0};
    return sig_clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &time, NULL);
}

static const struct wait sleeps[] = {
    {"sleep", wait_nothing, sleep_or_not, wait_nothing, wait_expect_0,
     SYS_clock_nanosleep},
    {"nanosleep", wait_nothing, nanosleep_or_not, wait_nothing, wait_expect_0,
     SYS_clock_nanosleep},
    {"clock_nanosleep", wait_nothing, clock_nanosleep_or_not, wait_nothing,
     wait_expect_0, SYS_clock_nanosleep},
};

static void stand_ready(void)
{
    install(SIGUSR1, 0);
    raises = call_raises = 7;
    scenario->wait->prepare();
    if (shared->fed)
        scenario->wait->feed();
}

static void stand_prepared(void)
{
    stand_ready();
    ASSERT_EQ(sig_poll(NULL, 0, 0), 0);
}

/* Where the user has too many signals pending, there is no timer that would
 * kick once more: a wait that the assembly misses is missed for good. */
static void stand_without_timer(void)
{
    struct rlimit before, none;
    MUST(getrlimit(RLIMIT_SIGPENDING, &before));
    none = (struct rlimit){0, before.rlim_max};
    MUST(setrlimit(RLIMIT_SIGPENDING, &none));
    stand_prepared();
    MUST(setrlimit(RLIMIT_SIGPENDING, &before));
}

static void wait_in_it(void)
{
    result = scenario->wait->call();
    raised_then = sig_raised();
}

static void add_raising(void)
{
    add_from(1);
}

static void assert_ended(void)
{
    raises = call_raises = 0;
    if (result == -EINTR) {
        ASSERT_EQ(raised_then, 7);
        if (shared->fed)
            scenario->wait->expect(scenario->wait->call());
    } else {
        ASSERT_TRUE(shared->fed);
        ASSERT_EQ(raised_then, 0);
        scenario->wait->expect(result);
    }
    wait_clean();
    assert_each_once();
    shared->outcome = result == -EINTR;
}

/* Code that is not ours, and never looks. It calls nothing that the other
 * thread calls: there may be a breakpoint on the way. */

static long receive(void)
{
    return recv(wait_fds[0], &wait_byte, 1, 0) < 0 ? -errno : 1;
}

static void receive_then_check(void)
{
    ASSERT_GE(sig_blocking_begin(), 0);
    result = receive();
    ASSERT_EQ(sig_blocking_end(), 0);
    raised_then = result == -EINTR ? sig_check() : 0;
}

static const struct wait foreign = {
    "foreign recv", wait_sockets, receive, wait_feed_byte, wait_expect_byte,
    SYS_recvfrom};

/* The way through the clock is now longer, now shorter. */
#define CLOCKS 100

struct scenario waiting[WAITS + 8];

void fill_waiting(void)
{
    static char names[WAITS][40];
    struct scenario *next = waiting;
    for (size_t i = 0, sleep = 0; i < WAITS; i++) {
        const struct wait *wait = waits[i].feed ? &waits[i] : &sleeps[sleep++];
        snprintf(names[i], sizeof names[i], "sig_%s", wait->name);
        *next++ = (struct scenario){
            names[i], stand_prepared, wait_in_it, assert_ended,
            .modes = SIGNAL | THREAD | CALLS | ACTS, .meanwhile = add_raising,
            .blocks = wait->call != wait_sem_wait, .blocks_in = wait->number,
            .wait = wait, .changes = CLOCKS,
        };
        /* No system call where it need not wait; inside it is foreign code. */
        if (wait->call == wait_sem_wait)
            next[-1].sets_errno = ALL_MODES;
    }
    *next++ = (struct scenario){
        "sig_read, the first wait", stand_ready, wait_in_it, assert_ended,
        .modes = SIGNAL | THREAD | CALLS | ACTS, .meanwhile = add_raising,
        .blocks = true, .blocks_in = SYS_read, .wait = &waits[0], .changes = CLOCKS,
        .stride = 3,
    };
    if (safepoint_wait) {
        *next = next[-1];
        next->name = "sig_read, without a timer";
        next->modes &= ~CALLS; /* below a C handler the timer is what ends it */
        next++->setup = stand_without_timer;
    }
    *next++ = (struct scenario){
        foreign.name, stand_prepared, receive_then_check, assert_ended,
        .modes = SIGNAL | THREAD | CALLS | ACTS, .meanwhile = add_raising,
        .blocks = true, .blocks_in = foreign.number, .wait = &foreign,
        .changes = CLOCKS,
        .sets_errno = ALL_MODES,
    };
}
