/* A chained handler runs under the mask that the kernel would have given it:
 * its sa_mask, and its own signal unless SA_NODEFER, on top of what was
 * blocked; and one with SA_RESETHAND runs once: then it is the default. */
#include "test.h"

static sigset_t seen;
static volatile int ran, deepest, depth;

static void look(int signum)
{
    (void)signum;
    ran++;
    pthread_sigmask(SIG_SETMASK, NULL, &seen);
}

static void again(int signum)
{
    ran++;
    deepest = ++depth > deepest ? depth : deepest;
    if (ran < 3)
        MUST(kill(getpid(), signum)); /* at once, or when this one is done */
    depth--;
}

static int handler(const sig_event *event, void *user)
{
    (void)event;
    (*(int *)user)++;
    return 0;
}

static void chain_over(int signum, void (*before)(int), int flags, int *count)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = before;
    action.sa_flags = flags;
    sigaddset(&action.sa_mask, SIGHUP);
    sigaddset(&action.sa_mask, SIGRTMIN);
    ASSERT_EQ(sig_restore(signum), 0);
    MUST(sigaction(signum, &action, NULL));
    ASSERT_EQ(sig_install(signum, handler, count, SAFEPOINT_CHAIN), 0);
    ran = deepest = 0;
}

int main(void)
{
    sigset_t blocked, after;
    int count = 0;
    watchdog(120);
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGWINCH);
    pthread_sigmask(SIG_SETMASK, &blocked, NULL);
    for (int nodefer = 0; nodefer < 2; nodefer++) {
        chain_over(SIGUSR1, look, nodefer ? SA_NODEFER : 0, &count);
        MUST(kill(getpid(), SIGUSR1));
        ASSERT_EQ(ran, 1);
        for (int signum = 1; signum < SIGRTMIN + 2; signum++) {
            bool in = signum == SIGHUP || signum == SIGRTMIN ||
                      signum == SIGWINCH || (signum == SIGUSR1 && !nodefer);
            if (signum < 32 || signum >= SIGRTMIN)
                ASSERT_EQ(sigismember(&seen, signum), in);
        }
        pthread_sigmask(SIG_SETMASK, NULL, &after);
        for (int signum = 1; signum <= 64; signum++)
            ASSERT_EQ(sigismember(&after, signum), signum == SIGWINCH);

        chain_over(SIGUSR1, again, nodefer ? SA_NODEFER : 0, &count);
        MUST(kill(getpid(), SIGUSR1));
        ASSERT_EQ(ran, 3);
        ASSERT_EQ(deepest, nodefer ? 3 : 1);
    }
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        count = 0;
        chain_over(SIGUSR2, look, SA_RESETHAND, &count);
        MUST(kill(getpid(), SIGUSR2));
        ASSERT_EQ(ran, 1);
        ASSERT_EQ(sig_check(), 0);
        ASSERT_EQ(count, 1);
        MUST(kill(getpid(), SIGUSR2));
        _exit(1);
    }
    int status = wait_for(child);
    ASSERT_TRUE(WIFSIGNALED(status));
    ASSERT_EQ(WTERMSIG(status), SIGUSR2);
    return 0;
}
