/* A runtime had a handler for faults before us: one that jumps out, one that
 * mends the cause and returns, one that reports the first and lets the second
 * kill (SA_RESETHAND). Each gets its faults at once, with the kernel's siginfo
 * and mask, whatever of ours was installed over it; what was sent is still
 * deferred. */
#include "parts/faults.h"

#include <setjmp.h>

static long seen[65];
static sigjmp_buf escape;
static siginfo_t told;
static sigset_t told_mask;
static char *page;

static void jump_out(int signum, siginfo_t *info, void *context)
{
    (void)signum, (void)context;
    told = *info;
    pthread_sigmask(SIG_SETMASK, NULL, &told_mask);
    siglongjmp(escape, 1);
}

static void mend(int signum, siginfo_t *info, void *context)
{
    (void)signum, (void)context;
    told = *info;
    mprotect(page, 4096, PROT_READ);
}

static void only_report(int signum)
{
    (void)signum;
}

static void stand_before(int signum, void (*handler)(int, siginfo_t *, void *),
                         uint32_t flags)
{
    struct sigaction before = {.sa_sigaction = handler};
    before.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigaddset(&before.sa_mask, SIGUSR2);
    MUST(sigaction(signum, &before, NULL));
    ASSERT_EQ(sig_install(signum, count_signal, seen, flags), 0);
}

static void over_one_that_reports(int signum)
{
    struct sigaction before = {.sa_handler = only_report};
    before.sa_flags = SA_RESETHAND;
    MUST(sigaction(signum, &before, NULL));
    ASSERT_EQ(sig_install(signum, count_signal, seen, 0), 0);
}

static void one_that_reports(int signum)
{
    struct sigaction before = {.sa_handler = only_report};
    before.sa_flags = SA_RESETHAND;
    MUST(sigaction(signum, &before, NULL));
}

static void read_and_jump_out(long count)
{
    static volatile long i;
    for (i = 0; i < count; i++) {
        const char *address = page + i % 4096;
        if (sigsetjmp(escape, 1) == 0) {
            read_from(address);
            ASSERT_EQ(0, 1); /* it cannot have been read */
        }
        ASSERT_EQ(told.si_addr, address);
        ASSERT_EQ(told.si_code, SEGV_ACCERR);
        ASSERT_EQ(sigismember(&told_mask, SIGSEGV), 1);
        ASSERT_EQ(sigismember(&told_mask, SIGUSR2), 1);
        ASSERT_EQ(sigismember(&told_mask, SIGTERM), 0);
    }
}

int main(void)
{
    watchdog(240);
    if (on_valgrind())
        return skip("memcheck reports the faults as errors of the program");
    long count = scaled(2000);
    page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ASSERT_NE(page, MAP_FAILED);
    static const uint32_t flags[] = {0, SAFEPOINT_CHAIN, SAFEPOINT_QUEUE};
    for (int i = 0; i < 3; i++) {
        stand_before(SIGSEGV, jump_out, flags[i]);
        read_and_jump_out(count);
        if (flags[i] != SAFEPOINT_CHAIN) {
            MUST(raise(SIGSEGV));
            MUST(kill(getpid(), SIGSEGV));
        }
        read_and_jump_out(10);
        seen[SIGSEGV] = 0;
        ASSERT_EQ(sig_check(), 0);
        ASSERT_EQ(seen[SIGSEGV], flags[i] == SAFEPOINT_CHAIN ? 0 : 2);
        ASSERT_EQ(sig_restore(SIGSEGV), 0);
    }

    stand_before(SIGSEGV, mend, 0);
    for (long i = 0; i < count; i++) {
        MUST(mprotect(page, 4096, PROT_NONE));
        ASSERT_EQ(read_from(page + i % 4096), 0);
        ASSERT_EQ(told.si_addr, page + i % 4096);
    }
    ASSERT_EQ(counters().arrivals, 4);

    for (int f = 0; f < FAULTS; f++) {
        if (faults[f].signum == SIGTRAP || faults[f].signum == SIGSYS)
            continue; /* goes on behind the fault, rather than again */
        int expected = die_of(&faults[f], one_that_reports);
        ASSERT_EQ(WTERMSIG(expected), faults[f].signum);
        ASSERT_EQ(die_of(&faults[f], over_one_that_reports), expected);
    }
    return 0;
}
