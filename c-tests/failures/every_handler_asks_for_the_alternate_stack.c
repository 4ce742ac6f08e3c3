/* Whatever is installed, and with whatever flags, has SA_ONSTACK: a Go host
 * aborts where a handler runs on another stack. SA_RESTART is there where it
 * was asked for and nowhere else. Restored, all is as it was. */
#include "parts/failures.h"

enum { RESTORER = 0x04000000 }; /* the C library's own, on some processors */
static long seen[65];

static void foreign(int signum)
{
    (void)signum;
}

int main(void)
{
    watchdog(240);
    uint64_t valid = sig_valid();
    for (int signum = 1; signum <= 64; signum++) {
        if (!(valid >> (signum - 1) & 1) || signum == SIGKILL ||
            signum == SIGSTOP)
            continue;
        struct sigaction over = {.sa_handler = foreign}, first, now;
        MUST(sigaction(signum, NULL, &first));
        if (on_valgrind() && sigaction(signum, &over, NULL) != 0)
            continue; /* one is valgrind's own */
        MUST(sigaction(signum, &first, NULL));
        for (uint32_t flags = 0; flags < 64; flags++) {
            if (flags & SAFEPOINT_KEEP_IGNORED)
                continue;
            ASSERT_EQ(sig_install(signum, count_signal, seen, flags), 0);
            MUST(sigaction(signum, NULL, &now));
            ASSERT_TRUE(now.sa_flags & SA_ONSTACK);
            ASSERT_TRUE(now.sa_flags & SA_SIGINFO);
            ASSERT_EQ(!!(now.sa_flags & SA_RESTART),
                      !!(flags & SAFEPOINT_RESTART));
            ASSERT_EQ(now.sa_flags & (SA_NODEFER | SA_RESETHAND), 0);
        }
        ASSERT_EQ(sig_restore(signum), 0);
        MUST(sigaction(signum, NULL, &now));
        ASSERT_EQ(now.sa_handler, first.sa_handler);
        ASSERT_EQ(now.sa_flags & ~RESTORER, first.sa_flags & ~RESTORER);

        /* Also over a handler that did without. */
        MUST(sigaction(signum, &over, NULL));
        ASSERT_EQ(sig_install(signum, count_signal, seen, SAFEPOINT_CHAIN), 0);
        MUST(sigaction(signum, NULL, &now));
        ASSERT_TRUE(now.sa_flags & SA_ONSTACK);
        ASSERT_EQ(sig_restore(signum), 0);
        MUST(sigaction(signum, NULL, &now));
        ASSERT_EQ(now.sa_handler, foreign);
        ASSERT_EQ(now.sa_flags & SA_ONSTACK, 0);
        MUST(sigaction(signum, &first, NULL));
    }
    return 0;
}
