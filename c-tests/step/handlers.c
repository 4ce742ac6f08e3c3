/* Installing and removing, one instruction at a time: a signal goes to what
 * stood before or to us, exactly once, and changes over at one instruction. */
#include "step.h"

static void raw_stands(void)
{
    set_raw(SIGUSR1, on_raw);
}

static void ignored_stands(void)
{
    set_raw(SIGUSR1, SIG_IGN);
}

static void real_time_raw_stands(void)
{
    set_raw(SIGRTMIN, on_raw);
}

static void install_one(void)
{
    install(SIGUSR1, 0);
}

static void install_real_time(void)
{
    install(SIGRTMIN, 0);
}

static void install_chained(void)
{
    install(SIGUSR1, SAFEPOINT_CHAIN);
}

/* A handler of the host's that changes errno, which we put back. */
static void spoil_errno(int signum)
{
    on_raw(signum);
    errno = EBADF;
}

static void chained_to_spoiler(void)
{
    set_raw(SIGUSR1, spoil_errno);
    install(SIGUSR1, SAFEPOINT_CHAIN);
}

static void check_chained(void)
{
    assert_settled();
    ASSERT_EQ(raw, sent);
    shared->outcome = (int)handled;
}

static void check_or_ignored(void)
{
    assert_settled();
    ASSERT_LE(counters().arrivals, sent);
    shared->outcome = (int)counters().arrivals;
}

/* Replace: what is pending then goes to the new handler. */

static int never(const sig_event *event, void *user)
{
    (void)user;
    ASSERT_EQ(event->signum, 0);
    return 0;
}

static void another_is_installed(void)
{
    raw_stands();
    ASSERT_EQ(sig_install(SIGUSR1, never, NULL, 0), 0);
}

static void another_has_pending(void)
{
    another_is_installed();
    send_signal(SIGUSR1);
    send_signal(SIGUSR1);
}

static void another_queues(void)
{
    ASSERT_EQ(sig_install(SIGUSR1, never, NULL, SAFEPOINT_QUEUE), 0);
    send_signal(SIGUSR1);
    send_signal(SIGUSR1);
}

static void install_queued(void)
{
    install(SIGUSR1, SAFEPOINT_QUEUE);
}

/* Remove: what is pending is dropped, and counted. */

static void installed(void)
{
    raw_stands();
    install(SIGUSR1, 0);
}

static void installed_and_pending(void)
{
    installed();
    send_signal(SIGUSR1);
}

static void installed_over_nothing(void)
{
    install(SIGUSR1, 0);
}

static void installed_urgent(void)
{
    install(SIGURG, 0);
}

static void overwritten(void)
{
    installed();
    raw_stands();
}

static void restore(void)
{
    ASSERT_EQ(sig_restore(SIGUSR1), 0);
}

static void restore_overwritten(void)
{
    ASSERT_EQ(sig_restore(SIGUSR1), 1);
}

static void ignore(void)
{
    ASSERT_EQ(sig_ignore(SIGUSR1), 0);
}

static void make_default(void)
{
    ASSERT_EQ(sig_default(SIGUSR1), 0);
}

static void make_urgent_default(void)
{
    ASSERT_EQ(sig_default(SIGURG), 0);
}

static void query(void)
{
    sig_disposition now;
    ASSERT_EQ(sig_query(SIGUSR1, &now, sizeof now), 0);
    ASSERT_EQ(now.kind, SAFEPOINT_KIND_HANDLER);
}

/* Life. */

static void much_is_pending(void)
{
    installed_and_pending();
    install(SIGRTMIN, 0);
    send_signal(SIGRTMIN);
    add_from(0);
    post(&job);
}

static void fini(void)
{
    ASSERT_EQ(sig_fini(), 0);
}

static void check_after_fini(void)
{
    init_again();
    assert_each_once();
    ASSERT_EQ(handled, 0);
    install(SIGUSR1, 0);
    send_signal(SIGUSR1);
    assert_each_once();
    ASSERT_EQ(handled, 1);
    shared->outcome = (int)raw;
}

static void pipe_raw_stands(void)
{
    set_raw(SIGPIPE, on_raw);
}

static void init_defaults(void)
{
    ASSERT_EQ(sig_init(SAFEPOINT_INTERPRETER_DEFAULTS), 0);
}

static void check_interrupted(void)
{
    ASSERT_EQ(sig_check(), sent ? SAFEPOINT_INTERRUPTED : 0);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(*sig_breaker(), 0);
    ASSERT_EQ(counters().handled, sent);
}

static void check_ignored_at_last(void)
{
    assert_settled();
    ASSERT_EQ(counters().arrivals, 0);
    ASSERT_LE(raw, sent);
    shared->outcome = (int)raw;
}

#define ANY (SIGNAL | THREAD | CALLS)

const struct scenario handlers[] = {
    {"install", raw_stands, install_one, assert_each_once,
     .modes = ANY | WOKEN, .changes = 1},
    {"install real-time", real_time_raw_stands, install_real_time,
     assert_each_once, .modes = ANY, .signum = SIGRTMIN_LATER, .changes = 1},
    {"install over the default", NULL, install_one, assert_each_once,
     .modes = SIGNAL | THREAD | WOKEN, .may_die = SIGUSR1, .changes = 1},
    {"install over ignored", ignored_stands, install_one, check_or_ignored,
     .modes = SIGNAL | THREAD, .changes = 1},
    {"install chained", raw_stands, install_chained, check_chained,
     .modes = ANY | WOKEN, .changes = 1},
    {"replace", another_is_installed, install_one, assert_each_once,
     .modes = ANY | WOKEN},
    {"replace, pending", another_has_pending, install_one, assert_each_once,
     .modes = ANY | WOKEN},
    {"replace plain by queued", another_has_pending, install_queued,
     assert_each_once, .modes = ANY},
    {"replace queued by plain", another_queues, install_one, assert_each_once,
     .modes = ANY},
    {"restore", installed, restore, assert_each_once, .modes = ANY | WOKEN,
     .changes = 1},
    {"restore, pending", installed_and_pending, restore, assert_each_once,
     .modes = ANY | WOKEN, .changes = 1},
    {"restore, overwritten", overwritten, restore_overwritten,
     assert_each_once, .modes = ANY},
    {"ignore", installed, ignore, check_or_ignored, .modes = ANY | WOKEN,
     .changes = 1},
    {"default", installed_over_nothing, make_default, assert_each_once,
     .modes = SIGNAL | THREAD | WOKEN, .may_die = SIGUSR1, .changes = 1},
    {"default that ignores", installed_urgent, make_urgent_default,
     check_or_ignored, .modes = SIGNAL | THREAD, .signum = SIGURG,
     .changes = 1},
    {"query", installed, query, assert_each_once, .modes = ANY | FORKS},
    {"query, chained", chained_to_spoiler, query, check_chained,
     .modes = SIGNAL | WOKEN, .changes = 1},
    {"fini", much_is_pending, fini, check_after_fini, .modes = ANY | WOKEN,
     .changes = 1},
    {"init with SIGINT", NULL, init_defaults, check_interrupted,
     .modes = SIGNAL | THREAD, .signum = SIGINT, .may_die = SIGINT,
     .changes = 1},
    {"init with SIGPIPE", pipe_raw_stands, init_defaults,
     check_ignored_at_last, .modes = SIGNAL | THREAD, .signum = SIGPIPE,
     .changes = 1},
    {0},
};
