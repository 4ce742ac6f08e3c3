/* Beginning, ending, and changing hands. */
#include "faults.h"

#include <sys/eventfd.h>

static long act_init(void)
{
    return sig_init(0);
}

static long act_defaults(void)
{
    return sig_init(SAFEPOINT_INTERPRETER_DEFAULTS);
}

static void check_defaults(void)
{
    sig_disposition now;
    ASSERT_EQ(sig_query(SIGINT, &now, sizeof now), 0);
    ASSERT_EQ(now.kind, SAFEPOINT_KIND_HANDLER);
    ASSERT_EQ(sig_query(SIGPIPE, &now, sizeof now), 0);
    ASSERT_EQ(now.kind, SAFEPOINT_KIND_IGNORED);
    ASSERT_EQ(sig_query(SIGXFSZ, &now, sizeof now), 0);
    ASSERT_EQ(now.kind, SAFEPOINT_KIND_IGNORED);
}

static long act_fini(void)
{
    return sig_fini();
}

static void check_fini(void)
{
    ASSERT_EQ(sig_is_owner(), 0);
    ASSERT_EQ(*sig_breaker(), 0);
}

/* All that there is to be put back. */
static void everything(void)
{
    int fd = (int)MUST(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
    install();
    ASSERT_EQ(sig_ignore(SIGUSR2), 0);
    ASSERT_EQ(sig_set_wakeup_fd(fd, SAFEPOINT_WAKE_CALLS, NULL), 0);
    ASSERT_GT(sig_event_fd(), 2);
    ASSERT_EQ(sig_set_escalation(SIGUSR1, 3, UINT64_C(1000000000000)), 0);
    ASSERT_EQ(sig_sleep(1000), 0);
    ASSERT_EQ(sig_trip(SIGUSR1), 0);
    ASSERT_EQ(sig_add_pending_call(on_call, NULL), 0);
}

static void with_timer(void)
{
    uint64_t id;
    init();
    ASSERT_EQ(sig_call_after(UINT64_C(1000000000000), 0, on_call, NULL, &id), 0);
    ASSERT_EQ(sig_cancel(id), 0);
}

static void *own(void *unused)
{
    install();
    ASSERT_EQ(sig_sleep(1000), 0);
    ASSERT_EQ(sig_trip(SIGUSR1), 0);
    return unused;
}

static void lost_owner(void)
{
    pthread_t thread;
    ASSERT_EQ(pthread_create(&thread, NULL, own, NULL), 0);
    ASSERT_EQ(pthread_join(thread, NULL), 0);
}

static long act_adopt(void)
{
    return sig_adopt();
}

static void check_adopted(void)
{
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(handled, 1);
}


const struct scenario life[] = {
    {.name = "init", .act = act_init},
    {.name = "init again", .setup = install, .act = act_init},
    {.name = "init with defaults", .act = act_defaults, .check = check_defaults},
    {.name = "fini", .setup = init, .act = act_fini, .check = check_fini},
    {.name = "fini of everything", .setup = everything, .act = act_fini,
     .check = check_fini},
    {.name = "fini of a timer", .setup = with_timer, .act = act_fini,
     .check = check_fini},
    {.name = "adopt", .setup = lost_owner, .act = act_adopt,
     .check = check_adopted},
    {0},
};
