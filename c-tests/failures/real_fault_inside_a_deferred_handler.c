/* A handler that sig_check() runs has a fault of its own. It kills as
 * anywhere, by its own signal and with its core; or a runtime's handler that
 * stood before us jumps out of the check, and what had not run is pending. */
#include "parts/faults.h"

#include <setjmp.h>

static long seen[65];
static sigjmp_buf escape;
static const struct fault *next_fault;
static volatile int jumps;

static int have_fault(const sig_event *event, void *unused)
{
    (void)event, (void)unused;
    next_fault->have();
    return 0;
}

static void jump_out(int signum)
{
    (void)signum;
    jumps++;
    siglongjmp(escape, 1);
}

/* Both the fault's signal and another are ours. */
static void install_both(int signum, void (*before)(int))
{
    signal(signum, before);
    ASSERT_EQ(sig_install(signum, count_signal, seen, 0), 0);
    ASSERT_EQ(sig_install(SIGHUP, have_fault, NULL, 0), 0);
    MUST(raise(SIGHUP));
}

static void in_a_handler(int signum)
{
    install_both(signum, SIG_DFL);
    sig_check();
}

static void in_a_handler_over_ignored(int signum)
{
    install_both(signum, SIG_IGN);
    sig_check();
}

static void in_a_handler_while_held_back(int signum)
{
    install_both(signum, SIG_DFL);
    MUST(raise(signum)); /* one that was sent is pending */
    sig_check();
}

static void check_and_jump_out(void)
{
    if (sigsetjmp(escape, 1) == 0) {
        sig_check();
        ASSERT_EQ(0, 1); /* the handler cannot have returned */
    }
}

int main(void)
{
    watchdog(240);
    if (on_valgrind())
        return skip("memcheck reports the faults as errors of the program");
    ASSERT_EQ(sig_install(SIGTERM, count_signal, seen, 0), 0);
    next_fault = &faults[0];
    for (long i = 1; i <= scaled(1000); i++) {
        install_both(SIGSEGV, jump_out);
        MUST(raise(SIGSEGV));
        MUST(raise(SIGTERM));
        check_and_jump_out();
        ASSERT_EQ(jumps, i);
        ASSERT_NE(*sig_breaker(), 0);
        ASSERT_EQ(sig_check(), 0);
        ASSERT_EQ(seen[SIGSEGV], i);
        ASSERT_EQ(seen[SIGTERM], i);
        ASSERT_EQ(sig_restore(SIGSEGV), 0);
    }

    for (int f = 0; f < FAULTS; f++) {
        next_fault = &faults[f];
        int expected = die_without_us(next_fault);
        if (expected == 0)
            continue;
        ASSERT_EQ(die_of(next_fault, in_a_handler), expected);
        ASSERT_EQ(die_of(next_fault, in_a_handler_over_ignored), expected);
        ASSERT_EQ(die_of(next_fault, in_a_handler_while_held_back), expected);
    }
    return 0;
}
