/* Timers of the process, and deadlines. */
#include "faults.h"

#include <sys/time.h>

#define LONG UINT64_C(1000000000000)

static uint64_t id;

static long act_setitimer(void)
{
    sig_itimer value = {.size = sizeof value, .value = LONG}, old = value;
    return sig_setitimer(ITIMER_REAL, &value, &old);
}

static void no_itimer(void)
{
    MUST(setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL));
}

static long act_getitimer(void)
{
    sig_itimer value = {.size = sizeof value};
    return sig_getitimer(ITIMER_REAL, &value);
}

static long act_alarm(void)
{
    return sig_alarm(0);
}

static long act_call_after(void)
{
    return sig_call_after(LONG, 0, on_call, NULL, &id);
}

static void one_thread(void)
{
    install();
    ASSERT_EQ(act_call_after(), 0);
}

/* There was one, so that the C library has a stack left. */
static void one_thread_before(void)
{
    one_thread();
    ASSERT_EQ(sig_cancel(id), 0);
    ASSERT_EQ(sig_fini(), 0);
    install();
}

static void check_cancel(void)
{
    ASSERT_EQ(sig_cancel(id), 0);
    ASSERT_EQ(sig_cancel(id), -ENOENT);
}

static void check_cancel_both(void)
{
    ASSERT_EQ(sig_cancel(id), 0);
    ASSERT_EQ(sig_fini(), 0);
}

/* It becomes the first, so the thread has to be woken. */
static long act_sooner(void)
{
    return sig_call_after(1000000, 0, on_call, NULL, NULL);
}

static void check_sooner(void)
{
    ASSERT_EQ(sig_pause(), 0);
    ASSERT_EQ(ran, 1);
    ASSERT_EQ(sig_cancel(id), 0);
}

static long act_cancel(void)
{
    return sig_cancel(id);
}

const struct scenario timing[] = {
    {.name = "setitimer", .setup = init, .act = act_setitimer,
     .check = no_itimer},
    {.name = "getitimer", .setup = init, .act = act_getitimer},
    {.name = "alarm", .setup = init, .act = act_alarm},
    {.name = "call_after, the first", .setup = init, .act = act_call_after,
     .check = check_cancel, .may_differ = "maps"},
    {.name = "call_after, the first again", .setup = one_thread_before,
     .act = act_call_after, .check = check_cancel, .may_differ = "maps"},
    {.name = "call_after, one more", .setup = one_thread, .act = act_call_after,
     .check = check_cancel_both},
    {.name = "call_after, sooner", .setup = one_thread, .act = act_sooner,
     .check = check_sooner, .varies = "breaker counters"}, /* it may be due */
    {.name = "cancel", .setup = one_thread, .act = act_cancel},
    {0},
};
