/* Whatever was installed, ignored and defaulted in between, sig_restore()
 * puts back the very disposition that stood before our first change: handler,
 * flags and mask. */
#include "test.h"

static void one(int signum)
{
    (void)signum;
}

#ifndef _WIN32 /* where there is no second kind of handler, nor any flag */
static void three(int signum, siginfo_t *info, void *context)
{
    (void)signum, (void)info, (void)context;
}
#endif

static int handler(const sig_event *event, void *user)
{
    (void)event, (void)user;
    return 0;
}

static void change(int how)
{
    static const uint32_t flags[] = {0, SAFEPOINT_CHAIN, SAFEPOINT_RESTART,
                                     SAFEPOINT_ONESHOT | SAFEPOINT_QUEUE};
    if (how < 4)
        ASSERT_EQ(sig_install(SIGUSR1, handler, NULL, flags[how]), 0);
    else if (how == 4)
        ASSERT_EQ(sig_ignore(SIGUSR1), 0);
    else
        ASSERT_EQ(sig_default(SIGUSR1), 0);
}

static void expect(const struct sigaction *before)
{
    struct sigaction after;
    memset(&after, 0, sizeof after);
    MUST(sigaction(SIGUSR1, NULL, &after));
    ASSERT_EQ(after.sa_sigaction, before->sa_sigaction);
    ASSERT_EQ(after.sa_flags, before->sa_flags);
    for (int signum = 1; signum <= 64; signum++)
        ASSERT_EQ(sigismember(&after.sa_mask, signum),
                  sigismember(&before->sa_mask, signum));
}

int main(void)
{
#ifdef _WIN32
    enum { SA_SIGINFO = 0, ALL = 3 * 4 };
    const int flags[] = {0, 0, 0, 0};
#else
    enum { ALL = 4 * 4 };
    const int flags[] = {0, SA_RESTART, SA_NODEFER | SA_RESETHAND, SA_ONSTACK};
#endif
    watchdog(120);
    for (int i = 0; i < ALL; i++) {
        struct sigaction before;
        memset(&before, 0, sizeof before);
        before.sa_flags = flags[i % 4] | (i / 4 == 3 ? SA_SIGINFO : 0);
        before.sa_handler = i / 4 == 0 ? SIG_DFL : i / 4 == 1 ? SIG_IGN : one;
#ifndef _WIN32
        if (i / 4 == 3)
            before.sa_sigaction = three;
        sigaddset(&before.sa_mask, SIGTERM);
        sigaddset(&before.sa_mask, SIGRTMAX);
#endif
        MUST(sigaction(SIGUSR1, &before, NULL));
        MUST(sigaction(SIGUSR1, NULL, &before)); /* as the kernel has it */
        for (int first = 0; first < 6; first++) {
            for (int second = 0; second < 6; second++) {
                change(first);
                change(second);
                ASSERT_EQ(sig_restore(SIGUSR1), 0);
                expect(&before);
                ASSERT_EQ(sig_restore(SIGUSR1), 0); /* nothing to do */
                expect(&before);
                change(second);
                change(first);
                ASSERT_EQ(sig_fini(), 0);
                expect(&before);
            }
        }
    }
    return 0;
}
