/* Contexts that come, go and change hands. */
#include "faults.h"

#include <sys/eventfd.h>

static sig_context *context;

static long act_new(void)
{
    context = sig_context_new();
    return context ? 0 : -ENOMEM; /* the only error there is */
}

static void check_new(void)
{
    ASSERT_EQ(sig_context_install(context, SIGUSR1, on_signal, NULL, 0), 0);
    ASSERT_EQ(raise(SIGUSR1), 0);
    ASSERT_EQ(sig_context_check(context), 0);
    ASSERT_EQ(handled, 1);
    ASSERT_EQ(sig_context_free(context), 0);
}

/* Its room is there already. */
static void one_before(void)
{
    init();
    ASSERT_EQ(act_new(), 0);
    ASSERT_EQ(sig_context_free(context), 0);
}

static void busy(void)
{
    int fd = (int)MUST(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
    init();
    ASSERT_EQ(act_new(), 0);
    ASSERT_EQ(sig_context_install(context, SIGUSR1, on_signal, NULL, 0), 0);
    ASSERT_EQ(sig_context_set_wakeup_fd(context, fd, 0, NULL), 0);
    ASSERT_GT(sig_context_event_fd(context), 2);
    ASSERT_EQ(sig_context_sleep(context, 1000), 0);
    ASSERT_EQ(sig_context_set_escalation(context, SIGUSR1, 2,
                                         UINT64_C(1000000000000)), 0);
    ASSERT_EQ(raise(SIGUSR1), 0);
}

static long act_free(void)
{
    return sig_context_free(context);
}

static void check_freed(void)
{
    ASSERT_EQ(sig_context_check(context), -ESTALE);
}

static void *own(void *unused)
{
    busy();
    return unused;
}

static void lost(void)
{
    pthread_t thread;
    ASSERT_EQ(pthread_create(&thread, NULL, own, NULL), 0);
    ASSERT_EQ(pthread_join(thread, NULL), 0);
}

static long act_adopt(void)
{
    return sig_context_adopt(context);
}

static void check_adopted(void)
{
    ASSERT_EQ(sig_context_check(context), 0);
    ASSERT_EQ(handled, 1);
    ASSERT_EQ(sig_context_free(context), 0);
}

static void adopted(void)
{
    lost();
    ASSERT_EQ(act_adopt(), 0);
}

static long act_wait(void)
{
    return sig_context_sleep(context, 1000);
}

static void quiet(void)
{
    adopted();
    ASSERT_EQ(sig_context_check(context), 0);
}

const struct scenario contexts[] = {
    {.name = "context_new, the first", .setup = init, .act = act_new,
     .check = check_new},
    {.name = "context_new, before anything", .act = act_new,
     .check = check_new},
    {.name = "context_new, another", .setup = one_before, .act = act_new,
     .check = check_new},
    {.name = "context_free", .setup = busy, .act = act_free,
     .check = check_freed},
    {.name = "context_adopt", .function = "adopt", .setup = lost, .act = act_adopt,
     .check = check_adopted},
    {.name = "context_free of one adopted", .setup = adopted, .act = act_free,
     .check = check_freed},
    {.name = "the first wait of one adopted", .function = "sleep",
     .setup = quiet, .act = act_wait,
     .check = check_adopted, .may_differ = "signal-23 timers"},
    {0},
};
