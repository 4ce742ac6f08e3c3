/* A guest (SAFEPOINT_CHAIN) under a host, for each kind of handler that a host
 * can have, and each order of installing and removing: the host sees each
 * signal that it would have seen without the guest, once, and so does the
 * guest while it has a handler. When the guest has gone, the host's is what
 * stood there, to the last flag. */
#include "test.h"

enum kind { PLAIN, SIGINFO, ONCE, NODEFER, MASKING, IGNORES, DEFAULT, KINDS };
static const char *const names[] = {"one argument", "siginfo", "reset",
                                    "nodefer", "mask", "ignored", "default"};

static volatile int hosted, hosted_later;
static volatile bool nests, usr2_was_blocked;
static volatile pid_t sender;
static int handled;
static struct sigaction below; /* what the later host found */

static void note(volatile int *counter)
{
    sigset_t mask;
    ++*counter;
    sigprocmask(SIG_SETMASK, NULL, &mask);
    usr2_was_blocked = sigismember(&mask, SIGUSR2) == 1;
}

static void host(int signum)
{
    note(&hosted);
    if (nests) {
        nests = false;
        raise(signum); /* not deferred: at once */
        ASSERT_EQ(hosted, 2);
    }
}

static void host_siginfo(int signum, siginfo_t *info, void *context)
{
    ASSERT_NE(context, NULL);
    ASSERT_EQ(info->si_signo, signum);
    sender = info->si_pid;
    note(&hosted);
}

/* A host that comes later, and passes on, as they say one should. */
static void later(int signum, siginfo_t *info, void *context)
{
    hosted_later++;
    if (below.sa_flags & SA_SIGINFO)
        below.sa_sigaction(signum, info, context);
    else if (below.sa_handler != SIG_DFL && below.sa_handler != SIG_IGN)
        below.sa_handler(signum);
}

/* SIGWINCH, whose default is to do nothing: so that it can be seen to be. */
static struct sigaction install_host(enum kind kind)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = host;
    switch (kind) {
    case SIGINFO:
        action.sa_sigaction = host_siginfo;
        action.sa_flags = SA_SIGINFO | SA_RESTART;
        break;
    case ONCE:
        action.sa_flags = (int)SA_RESETHAND;
        break;
    case NODEFER:
        action.sa_flags = SA_NODEFER;
        break;
    case MASKING:
        sigaddset(&action.sa_mask, SIGUSR2);
        break;
    case IGNORES:
        action.sa_handler = SIG_IGN;
        break;
    case DEFAULT:
        action.sa_handler = SIG_DFL;
        break;
    default:
        break;
    }
    MUST(sigaction(SIGWINCH, &action, NULL));
    MUST(sigaction(SIGWINCH, NULL, &action)); /* as the kernel has it */
    return action;
}

static void install_later(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = later;
    action.sa_flags = SA_SIGINFO;
    MUST(sigaction(SIGWINCH, &action, &below));
}

static int guest(const sig_event *event, void *user)
{
    (void)user;
    handled += (int)event->count;
    return 0;
}

static sig_context *context;

static void guest_installs(void)
{
    ASSERT_EQ(sig_context_install(context, SIGWINCH, guest, NULL,
                                  SAFEPOINT_CHAIN), 0);
    ASSERT_EQ(sig_context_verify(context, SIGWINCH), 1);
}

/* One signal: how often each has seen it. */
static void expect(int host_saw, int later_saw, int guest_saw)
{
    hosted = hosted_later = handled = 0;
    MUST(raise(SIGWINCH));
    ASSERT_EQ(sig_context_check(context), 0);
    ASSERT_EQ(hosted, host_saw);
    ASSERT_EQ(hosted_later, later_saw);
    ASSERT_EQ(handled, guest_saw);
}

static bool is_same(const struct sigaction *a, const struct sigaction *b)
{
    for (int signum = 1; signum <= SIGRTMAX; signum++)
        if (sigismember(&a->sa_mask, signum) != sigismember(&b->sa_mask, signum))
            return false;
    return a->sa_handler == b->sa_handler && a->sa_flags == b->sa_flags;
}

static void expect_back(const struct sigaction *before)
{
    struct sigaction now;
    MUST(sigaction(SIGWINCH, NULL, &now));
    ASSERT_TRUE(is_same(&now, before));
}

/* What the host sees of one signal, and of the ones after that. */
static int first_of(enum kind kind)
{
    return kind == IGNORES || kind == DEFAULT ? 0 : 1;
}

static int next_of(enum kind kind)
{
    return kind == ONCE ? 0 : first_of(kind);
}

static void guest_comes_and_goes(enum kind kind)
{
    struct sigaction before = install_host(kind);
    nests = kind == NODEFER;
    guest_installs();
    bool twice = nests;
    expect(twice ? 2 : first_of(kind), 0, twice ? 2 : 1);
    ASSERT_TRUE(next_of(kind) == 0 || usr2_was_blocked == (kind == MASKING));
    if (kind == SIGINFO)
        ASSERT_EQ(sender, getpid());
    expect(next_of(kind), 0, 1);
    ASSERT_EQ(sig_context_restore(context, SIGWINCH), 0);
    if (kind != ONCE) /* one that has run is spent */
        expect_back(&before);
    expect(next_of(kind), 0, 0);
}

/* The host installs over the guest, which notices and attaches again, twice:
 * who passes on to us is not passed on to for ever. */
static void host_comes_later(enum kind kind)
{
    install_host(kind);
    guest_installs();
    install_later();
    ASSERT_EQ(sig_context_verify(context, SIGWINCH), 0);
    sig_disposition found;
    memset(&found, 0, sizeof found);
    ASSERT_EQ(sig_context_query(context, SIGWINCH, &found, sizeof found), 0);
    ASSERT_TRUE(found.kind == SAFEPOINT_KIND_FOREIGN && found.overwritten);
    expect(first_of(kind), 1, 1); /* passed on */
    guest_installs();
    guest_installs();
    expect(next_of(kind), 1, 1);
    expect(next_of(kind), 1, 1);
    ASSERT_EQ(sig_context_restore(context, SIGWINCH), 0);
    struct sigaction now;
    MUST(sigaction(SIGWINCH, NULL, &now));
    ASSERT_TRUE(now.sa_sigaction == later);
    hosted = hosted_later = 0;
    MUST(raise(SIGWINCH));
    ASSERT_EQ(hosted_later, 1);
    ASSERT_EQ(hosted, next_of(kind)); /* through us, who have gone */
}

/* The host goes first, or comes back, over the guest. */
static void host_goes_first(enum kind kind)
{
    struct sigaction before = install_host(kind);
    guest_installs();
    MUST(sigaction(SIGWINCH, &before, NULL)); /* its own once more */
    ASSERT_EQ(sig_context_verify(context, SIGWINCH), 0);
    guest_installs();
    expect(first_of(kind), 0, 1);
    signal(SIGWINCH, SIG_IGN); /* it goes */
    expect(0, 0, 0);
    ASSERT_EQ(sig_context_restore(context, SIGWINCH), 1);
    expect(0, 0, 0);
}

/* Another guest in the same library. */
static void two_guests(enum kind kind)
{
    struct sigaction before = install_host(kind);
    sig_context *other = sig_context_new();
    guest_installs();
    ASSERT_EQ(sig_context_install(other, SIGWINCH, guest, NULL,
                                  SAFEPOINT_CHAIN), 0);
    expect(first_of(kind), 0, 1);
    handled = 0;
    ASSERT_EQ(sig_context_check(other), 0);
    ASSERT_EQ(handled, 1);
    ASSERT_EQ(sig_context_restore(context, SIGWINCH), 0);
    expect(next_of(kind), 0, 0);
    ASSERT_EQ(sig_context_free(other), 0);
    if (kind != ONCE)
        expect_back(&before);
}

static void run(void (*order)(enum kind), const char *name)
{
    for (int kind = 0; kind < KINDS; kind++) {
        pid_t pid = (pid_t)MUST(fork());
        if (pid == 0) {
            alarm(60);
            context = sig_context_new();
            order((enum kind)kind);
            ASSERT_EQ(sig_context_free(context), 0);
            _exit(0);
        }
        int status = wait_for(pid);
        if (status != 0)
            fprintf(stderr, "%s, %s\n", names[kind], name);
        ASSERT_EQ(status, 0);
    }
}

int main(void)
{
    watchdog(200);
    run(guest_comes_and_goes, "the guest comes and goes");
    run(host_comes_later, "another host comes later");
    run(host_goes_first, "the host goes first");
    run(two_guests, "two guests");
    return 0;
}
