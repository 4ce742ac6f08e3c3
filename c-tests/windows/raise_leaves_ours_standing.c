/* raise() puts the default back before it calls a handler: not ours. */
#include "events.h"

static int calls, before_calls;

static int on_signal(const sig_event *event, void *user)
{
    (void)user;
    calls += (int)event->count;
    return 0;
}

static void before(int signum)
{
    before_calls++;
    signal(signum, before); /* as handlers do there */
}

int main(void)
{
    static const int SIGNUMS[] = {SIGINT, SIGTERM, SIGABRT, SIGFPE, SIGILL, SIGSEGV, SIGBREAK};
    watchdog(120);
    for (int i = 0; i < 7; i++) {
        int signum = SIGNUMS[i];
        calls = before_calls = 0;
        ASSERT_EQ(sig_install(signum, on_signal, NULL, 0), 0);
        for (int n = 0; n < 3; n++)
            ASSERT_EQ(raise(signum), 0);
        ASSERT_EQ(sig_check(), 0);
        ASSERT_EQ(calls, 3);
        ASSERT_EQ(sig_raise(signum), 0);
        ASSERT_EQ(sig_kill(getpid(), signum), 0);
        ASSERT_EQ(sig_check(), 0);
        ASSERT_EQ(calls, 5);
        ASSERT_EQ(sig_verify(signum), 1);
        ASSERT_EQ(sig_restore(signum), 0);
        ASSERT_EQ(signal(signum, before), SIG_DFL);
        /* A host's handler, to which we chain, and which puts itself back. */
        ASSERT_EQ(sig_install(signum, on_signal, NULL, SAFEPOINT_IF_DEFAULT), -EEXIST);
        ASSERT_EQ(sig_install(signum, on_signal, NULL, SAFEPOINT_CHAIN), 0);
        int times = signum == SIGFPE || signum == SIGILL || signum == SIGSEGV ? 1 : 3;
        for (int n = 0; n < times; n++)
            ASSERT_EQ(raise(signum), 0);
        ASSERT_EQ(before_calls, times);
        ASSERT_EQ(sig_check(), 0);
        ASSERT_EQ(calls, 5 + times);
        ASSERT_EQ(sig_verify(signum), 1);
        /* Somebody takes over: that is seen, and left alone. */
        ASSERT_NE(signal(signum, before), before);
        ASSERT_EQ(sig_verify(signum), 0);
        ASSERT_EQ(sig_restore(signum), 1);
        ASSERT_EQ(signal(signum, SIG_IGN), before);
        ASSERT_EQ(sig_install(signum, on_signal, NULL, SAFEPOINT_KEEP_IGNORED), 1);
        signal(signum, SIG_DFL);
    }
    return 0;
}
