/* A thread in an arrival is stopped after each single instruction, and there
 * the owner changes what is to be done with the signal. What no state says is
 * not done: a signal that is ignored or handled, and never by default, does
 * not kill; what is handled before and after is handled, once; and the handler
 * from before that is chained to, or put back, sees each delivery, once. */
#include "parts/stepping.h"

#include <sys/mman.h>

#ifdef SKIP_STEPS
int main(void) { return skip(SKIP_STEPS); }
#else

static long steps, *at, seen[65], others[65];
static atomic_long before;
static bool has_stopped;
static struct sigaction ours;
static sig_context *other;

static int count_other(const sig_event *event, void *user)
{
    (void)user;
    others[event->signum] += (long)event->count;
    return 0;
}

static void stood_before(int signum, siginfo_t *info, void *context)
{
    (void)signum, (void)info, (void)context;
    before++;
}

static void stand_before(void)
{
    struct sigaction action = {.sa_sigaction = stood_before,
                               .sa_flags = SA_SIGINFO};
    MUST(sigaction(SIGUSR1, &action, NULL));
}

static void handle(void)
{
    ASSERT_EQ(sig_install(SIGUSR1, count_signal, seen, 0), 0);
}
static void handle_apart(void)
{
    ASSERT_EQ(sig_install(SIGUSR1, count_signal, seen, SAFEPOINT_QUEUE), 0);
}
static void handle_apart_and_trip(void)
{
    handle_apart();
    ASSERT_EQ(sig_trip(SIGUSR1), 0);
}
static void chain(void)
{
    ASSERT_EQ(sig_install(SIGUSR1, count_signal, seen, SAFEPOINT_CHAIN), 0);
}
static void ignore(void) { ASSERT_GE(sig_ignore(SIGUSR1), 0); }
static void by_default(void) { ASSERT_EQ(sig_default(SIGUSR1), 0); }
static void put_back(void) { ASSERT_EQ(sig_restore(SIGUSR1), 0); }
static void handle_in_other(void)
{
    ASSERT_EQ(sig_context_install(other, SIGUSR1, count_other, NULL, 0), 0);
}
static void ignore_and_handle(void)
{
    ignore();
    handle();
}
static void default_and_handle(void)
{
    by_default();
    handle();
}
static void put_back_and_handle(void)
{
    put_back();
    handle();
}
static void stand_before_and_chain(void)
{
    stand_before();
    chain();
}

/* How often it is handled, and how often what stood before runs: from, to. */
static const struct change {
    const char *name;
    void (*begin)(void), (*change)(void);
    long handled[2], before[2];
} changes[] = {
    {"ignored, handled", ignore, handle, {0, 1}, {0, 0}},
    {"handled, ignored", handle, ignore, {0, 1}, {0, 0}},
    {"handled, ignored, handled", handle, ignore_and_handle, {0, 1}, {0, 0}},
    {"handled, default, handled", handle, default_and_handle, {0, 1}, {0, 0}},
    {"default, handled", by_default, handle, {0, 1}, {0, 0}},
    {"handled, put back, handled", handle, put_back_and_handle, {0, 1}, {0, 0}},
    {"handled, apart", handle, handle_apart, {1, 1}, {0, 0}},
    {"handled, apart, and sent again", handle, handle_apart_and_trip, {2, 2}, {0, 0}},
    {"handled, in another context too", handle, handle_in_other, {1, 1}, {0, 0}},
    {"chained, put back", stand_before_and_chain, put_back, {0, 1}, {1, 1}},
    {"chained, handled", stand_before_and_chain, handle, {1, 1}, {0, 1}},
    {"chained, ignored", stand_before_and_chain, ignore, {0, 1}, {0, 1}},
};
enum { CHANGES = sizeof changes / sizeof *changes };

static void step(int signum, siginfo_t *info, void *context)
{
    ucontext_t *stepped = context;
    (void)signum;
    if (is_in_the_library(info) && steps++ == *at) {
        stepped->uc_mcontext.gregs[REG_EFL] &= ~0x100; /* no more steps */
        has_stopped = true;
        stop_here();
    }
}

/* As the kernel calls it, but for the trap flag. */
static void *arrive_stepping(void *arg)
{
    siginfo_t info = {.si_signo = SIGUSR1, .si_code = SI_USER};
    ucontext_t context; /* musl has no getcontext() */
    (void)arg;
    memset(&context, 0, sizeof context);
    info.si_pid = getpid();
    BEGIN_STEPS();
    ours.sa_sigaction(SIGUSR1, &info, &context);
    END_STEPS();
    return finish();
}

/* Begin as it says, and know our handler. */
static void begin(const struct change *change)
{
    change->begin();
    if (ours.sa_sigaction == NULL) {
        struct sigaction was;
        ASSERT_EQ(sig_install(SIGUSR2, count_signal, seen, 0), 0);
        MUST(sigaction(SIGUSR2, NULL, &was));
        ours = was;
        ASSERT_EQ(sig_restore(SIGUSR2), 0);
    }
    while (sig_check() != 0 || sig_context_check(other) != 0) {
    }
    seen[SIGUSR1] = others[SIGUSR1] = before = 0;
}

static void check_handled(const struct change *change)
{
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(sig_context_check(other), 0);
    ASSERT_GE(seen[SIGUSR1], change->handled[0]);
    ASSERT_LE(seen[SIGUSR1], change->handled[1]);
    ASSERT_LE(others[SIGUSR1], 1);
    ASSERT_GE(before, change->before[0]);
    ASSERT_LE(before, change->before[1]);
}

static void do_change(const void *change)
{
    ((const struct change *)change)->change();
}

static void at_each_instruction(const struct change *change)
{
    long stride = 100 / scaled(100);
    watchdog(200);
    for (*at = 0;; *at += stride) {
        begin(change);
        has_stopped = false;
        steps = 0;
        at_each_stop(arrive_stepping, change, do_change);
        if (!has_stopped)
            return; /* it has fewer instructions */
        check_handled(change);
        ASSERT_EQ(sig_context_restore(other, SIGUSR1), 0);
        ASSERT_EQ(sig_restore(SIGUSR1), 0);
        signal(SIGUSR1, SIG_DFL);
    }
}

int main(void)
{
    long bad = 0;
    if (on_valgrind())
        return skip("valgrind has no trap flag");
    watchdog(240);
    at = mmap(NULL, sizeof *at, PROT_READ | PROT_WRITE,
              MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ASSERT_NE(at, MAP_FAILED);
    step_with(step);
    other = sig_context_new();
    ASSERT_NE(other, NULL);
    for (const struct change *change = changes; change < changes + CHANGES;
         change++) {
        pid_t child = (pid_t)MUST(fork());
        if (child == 0) {
            at_each_instruction(change);
            _exit(0);
        }
        int status = wait_for(child);
        printf("%s: %ld instructions, status 0x%x\n", change->name, *at,
               (unsigned)status);
        fflush(stdout);
        bad += status != 0 || *at < 100;
    }
    ASSERT_EQ(bad, 0);
    return 0;
}
#endif
