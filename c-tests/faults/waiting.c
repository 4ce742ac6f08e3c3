/* Waits: each of waits.h, which have something to take, and those for time. */
#include "faults.h"

#include "waits.h"

#define MILLISECOND UINT64_C(1000000)
#define OTHERS 10

struct scenario waiting[WAITS + OTHERS + 1];
static long taken;

static const struct wait *wait_now(void)
{
    static struct wait wait;
    for (size_t i = 0; i < WAITS; i++) {
        if (strcmp(waits[i].name, current->name) == 0)
            wait = waits[i];
    }
    return &wait;
}

/* Everything that the first wait of an owner needs is in place. */
static void waited(void)
{
    install();
    ASSERT_EQ(sig_sleep(1000), 0);
}

static void prepare_wait(void)
{
    waited();
    wait_now()->prepare();
    wait_now()->feed();
}

static long act_wait(void)
{
    taken = wait_now()->call();
    return taken < 0 ? taken : 0;
}

static void check_wait(void)
{
    wait_now()->expect(taken);
    wait_clean();
}

static long act_sleep(void)
{
    return sig_sleep(MILLISECOND);
}

static long act_nanosleep(void)
{
    struct timespec time = {0, 1000000};
    return sig_nanosleep(&time, &time);
}

static long act_clock_nanosleep(void)
{
    struct timespec time = {0, 1000000};
    return sig_clock_nanosleep(CLOCK_MONOTONIC, 0, &time, NULL);
}

static long act_pause(void)
{
    return sig_pause();
}

/* A timer of the library's ends it; if one fault does, there is the next. */
static void tick(void)
{
    waited();
    ASSERT_EQ(sig_call_after(MILLISECOND, MILLISECOND, on_call, NULL, NULL), 0);
}

static long act_latch(void)
{
    static sig_latch latch = SAFEPOINT_LATCH;
    return sig_latch_wait(&latch, MILLISECOND);
}

static long act_futex(void)
{
    static uint32_t word;
    return sig_futex_wait(&word, 0, MILLISECOND);
}

static long act_take(void)
{
    return sig_wait(1u << (SIGUSR2 - 1), MILLISECOND, NULL, 0);
}

static long act_blocking(void)
{
    return sig_blocking_begin();
}

static void check_blocking(void)
{
    ASSERT_EQ(sig_blocking_end(), 0);
}

static void in_blocking(void)
{
    install();
    ASSERT_EQ(sig_blocking_begin(), 0);
}

static long act_end(void)
{
    return sig_blocking_end();
}

static const struct scenario others[OTHERS] = {
    {.name = "sleep", .setup = waited, .act = act_sleep},
    {.name = "the first wait", .function = "sleep", .setup = init, .act = act_sleep,
     .may_differ = "signal-23 timers" KICKING},
    {.name = "nanosleep", .setup = waited, .act = act_nanosleep},
    {.name = "clock_nanosleep", .setup = waited, .act = act_clock_nanosleep},
    {.name = "pause", .setup = tick, .act = act_pause,
     .may_differ = "breaker counters calls forwards timers",
     .varies = "breaker counters calls forwards timers"},
    {.name = "latch_wait", .setup = waited, .act = act_latch},
    {.name = "futex_wait, timed", .setup = waited, .act = act_futex},
    {.name = "wait, timed", .setup = waited, .act = act_take},
    {.name = "blocking_begin", .setup = install, .act = act_blocking,
     .check = check_blocking, .may_differ = KICKING},
    {.name = "blocking_end", .setup = in_blocking, .act = act_end},
};

void fill_waiting(void)
{
    struct scenario *to = waiting;
    for (size_t i = 0; i < WAITS; i++) {
        if (waits[i].feed && waits[i].number != SYS_futex)
            *to++ = (struct scenario){.name = waits[i].name,
                .setup = prepare_wait, .act = act_wait, .check = check_wait};
    }
    for (size_t i = 0; i < OTHERS; i++)
        *to++ = others[i];
}
