/* A host installs over ours and keeps ours to pass on to, or to put back.
 * Whatever we are told meanwhile, the signal then does what we were told last:
 * the default, nothing, or what stood before us; also where the host passes on
 * no siginfo. */
#include "parts/failures.h"

static long seen[65], first_calls;
static struct sigaction kept;
static bool with_siginfo;

static void first(int signum)
{
    (void)signum;
    first_calls++;
}

static void host(int signum, siginfo_t *info, void *context)
{
    if (kept.sa_flags & SA_SIGINFO)
        kept.sa_sigaction(signum, with_siginfo ? info : NULL,
                          with_siginfo ? context : NULL);
    else if (kept.sa_handler != SIG_DFL && kept.sa_handler != SIG_IGN)
        kept.sa_handler(signum);
}

static void install_host(void)
{
    struct sigaction over = {.sa_sigaction = host, .sa_flags = SA_SIGINFO};
    MUST(sigaction(SIGTERM, &over, &kept));
}

static int in_a_child(int (*told)(int), void (*before)(int), bool put_back)
{
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        alarm(60);
        signal(SIGTERM, before);
        ASSERT_EQ(sig_install(SIGTERM, count_signal, seen, 0), 0);
        install_host();
        ASSERT_GE(told(SIGTERM), 0);
        if (put_back)
            MUST(sigaction(SIGTERM, &kept, NULL));
        else
            install_host();
        for (int i = 0; i < 2; i++)
            MUST(raise(SIGTERM));
        ASSERT_EQ(sig_check(), 0);
        ASSERT_EQ(seen[SIGTERM], 0);
        _exit((int)first_calls);
    }
    return wait_for(pid);
}

int main(void)
{
    watchdog(120);
    /* Put back: it does what we were told. */
    ASSERT_EQ(in_a_child(sig_default, first, true), SIGTERM);
    ASSERT_EQ(in_a_child(sig_ignore, first, true), 0);
    ASSERT_EQ(in_a_child(sig_restore, first, true), 2 << 8);
    ASSERT_EQ(in_a_child(sig_restore, SIG_DFL, true), SIGTERM);
    ASSERT_EQ(in_a_child(sig_restore, SIG_IGN, true), 0);
    ASSERT_EQ(in_a_child(sig_default, first, false), 0); /* the host's now */

    signal(SIGUSR1, first);
    ASSERT_EQ(sig_install(SIGUSR1, count_signal, seen, SAFEPOINT_CHAIN), 0);
    struct sigaction over = {.sa_sigaction = host, .sa_flags = SA_SIGINFO};
    MUST(sigaction(SIGUSR1, &over, &kept));
    for (int i = 1; i <= 4; i++) {
        with_siginfo = i % 2;
        MUST(raise(SIGUSR1));
        ASSERT_EQ(sig_check(), 0);
        ASSERT_EQ(seen[SIGUSR1], i);
        ASSERT_EQ(first_calls, i);
    }
    ASSERT_EQ(sig_restore(SIGUSR1), 1);
    for (int i = 5; i <= 8; i++) {
        with_siginfo = i % 2;
        MUST(raise(SIGUSR1));
        ASSERT_EQ(first_calls, i);
    }
    ASSERT_EQ(seen[SIGUSR1], 4);
    return 0;
}
