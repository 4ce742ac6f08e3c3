/* Installing, removing and asking. */
#include "faults.h"

static atomic_long foreign_ran;

static void foreign(int signum)
{
    (void)signum;
    foreign_ran++;
}

static void set_foreign(void)
{
    struct sigaction action = {.sa_handler = foreign, .sa_flags = SA_RESTART};
    MUST(sigaction(SIGUSR1, &action, NULL));
    is_first();
    init();
}

static long act_install(void)
{
    return sig_install(SIGUSR1, on_signal, NULL, 0);
}

static long act_chain(void)
{
    return sig_install(SIGUSR1, on_signal, NULL, SAFEPOINT_CHAIN | SAFEPOINT_QUEUE);
}

static long act_guest(void)
{
    return sig_install(SIGUSR1, on_signal, NULL, SAFEPOINT_CHAIN |
                       SAFEPOINT_IF_DEFAULT | SAFEPOINT_KEEP_IGNORED);
}

/* The call was made in vain: what was to come. */
static void check_installed(void)
{
    ASSERT_EQ(raise(SIGUSR1), 0);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(handled, 1);
}

static void check_chained(void)
{
    check_installed();
    ASSERT_EQ(foreign_ran, 1);
}

static void pending(void)
{
    install();
    ASSERT_EQ(raise(SIGUSR1), 0);
}

static long act_ignore(void)
{
    return sig_ignore(SIGUSR1);
}

static long act_default(void)
{
    return sig_default(SIGUSR1);
}

static long act_restore(void)
{
    return sig_restore(SIGUSR1);
}

static void check_ignored(void)
{
    ASSERT_EQ(raise(SIGUSR1), 0);
    ASSERT_EQ(handled, 0);
}

/* Another context wants something of it, too. */
static sig_context *other;
static atomic_long others;

static int on_other(const sig_event *event, void *user)
{
    (void)user;
    others += (long)event->count;
    return 0;
}

static void shared_by_two(void)
{
    install();
    other = sig_context_new();
    ASSERT_TRUE(other);
    ASSERT_EQ(sig_context_install(other, SIGUSR1, on_other, NULL,
                                  SAFEPOINT_RESTART), 0);
}

static void shared_and_ignored(void)
{
    install();
    other = sig_context_new();
    ASSERT_TRUE(other);
    ASSERT_EQ(sig_context_ignore(other, SIGUSR1), 1);
}

/* The other one still has its own. */
static void check_shared(void)
{
    ASSERT_EQ(raise(SIGUSR1), 0);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(sig_context_check(other), 0);
    ASSERT_EQ(handled, 0);
    ASSERT_EQ(others, 1);
    ASSERT_EQ(sig_context_free(other), 0);
}

static void check_shared_ignored(void)
{
    ASSERT_EQ(raise(SIGUSR1), 0);
    ASSERT_EQ(sig_context_free(other), 0);
}

static void only_other(void)
{
    shared_by_two();
    ASSERT_EQ(sig_restore(SIGUSR1), 0);
}

static void check_both(void)
{
    check_installed();
    ASSERT_EQ(sig_context_check(other), 0);
    ASSERT_EQ(others, 1);
    ASSERT_EQ(sig_context_free(other), 0);
}

static long act_query(void)
{
    sig_disposition now;
    long result = sig_query(SIGUSR1, &now, sizeof now);
    return result < 0 ? result : (long)now.kind;
}

static long act_verify(void)
{
    return sig_verify(SIGUSR1);
}

static long act_restart(void)
{
    return sig_set_restart(SIGUSR1, 1);
}

static long act_escalate(void)
{
    return sig_set_escalation(SIGUSR1, 2, UINT64_C(1000000000000));
}

static void escalating(void)
{
    install();
    ASSERT_EQ(act_escalate(), 0);
}

static long act_calm(void)
{
    return sig_set_escalation(SIGUSR1, 0, 0);
}

static long act_kick(void)
{
    return sig_set_kick(SIGWINCH);
}

static void waited(void)
{
    install();
    ASSERT_EQ(sig_sleep(1000), 0);
}

static void check_kick(void)
{
    ASSERT_EQ(sig_set_kick(SIGURG), SIGWINCH);
}

static long act_install_kick(void)
{
    return sig_install(SIGURG, on_signal, NULL, 0);
}

const struct scenario handlers[] = {
    {.name = "install", .setup = init, .act = act_install,
     .check = check_installed},
    {.name = "install, the first", .act = act_install, .check = check_installed},
    {.name = "install again", .setup = pending, .act = act_chain,
     .check = NULL},
    {.name = "install over a handler", .setup = set_foreign, .act = act_chain,
     .check = check_chained},
    {.name = "install as a guest", .setup = init, .act = act_guest,
     .check = NULL},
    {.name = "install beside another context", .setup = only_other,
     .act = act_install, .check = check_both},
    {.name = "install at the kick's signal", .setup = waited,
     .act = act_install_kick},
    {.name = "ignore", .setup = init, .act = act_ignore, .check = check_ignored},
    {.name = "ignore what is pending", .setup = pending, .act = act_ignore,
     .check = check_ignored},
    {.name = "ignore beside another context", .setup = shared_by_two,
     .act = act_ignore, .check = check_shared},
    {.name = "default", .setup = pending, .act = act_default},
    {.name = "default beside another context", .setup = shared_by_two,
     .act = act_default, .check = check_shared},
    {.name = "restore", .setup = pending, .act = act_restore},
    {.name = "restore what was ignored", .setup = shared_and_ignored,
     .act = act_restore, .check = check_shared_ignored},
    {.name = "restore beside another context", .setup = shared_by_two,
     .act = act_restore, .check = check_shared},
    {.name = "query", .setup = install, .act = act_query},
    {.name = "verify", .setup = install, .act = act_verify},
    {.name = "set_restart", .setup = install, .act = act_restart,
     .check = check_installed},
    {.name = "set_restart of a foreign one", .setup = set_foreign,
     .act = act_restart},
    {.name = "set_escalation", .setup = install, .act = act_escalate,
     .may_differ = KICKING},
    {.name = "set_escalation anew", .setup = escalating, .act = act_escalate},
    {.name = "set_escalation to never", .setup = escalating, .act = act_calm},
    {.name = "set_kick", .setup = init, .act = act_kick, .check = check_kick},
    {.name = "set_kick after a wait", .setup = waited, .act = act_kick,
     .check = check_kick},
    {0},
};
