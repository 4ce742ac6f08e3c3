/* SIGCHLD's event says which child, how it ended and with what: without any
 * waitpid in the handler. */
#include "test.h"

static sig_event seen;

static int handler(const sig_event *event, void *user)
{
    (void)user;
    seen = *event;
    return 1;
}

static pid_t end_child(int exit_status, int signum)
{
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        if (signum)
            kill(getpid(), signum);
        _exit(exit_status);
    }
    while (sig_check() == 0) {
    }
    ASSERT_EQ(seen.signum, SIGCHLD);
    ASSERT_EQ(seen.pid, child);
    ASSERT_EQ(seen.uid, getuid());
    ASSERT_EQ(seen.value, 0);
    return child;
}

int main(void)
{
    watchdog(120);
    ASSERT_EQ(sig_install(SIGCHLD, handler, NULL, 0), 0);
    pid_t child = end_child(42, 0);
    ASSERT_EQ(seen.code, CLD_EXITED);
    ASSERT_EQ(seen.status, 42);
    ASSERT_EQ(wait_for(child), 42 << 8);
    child = end_child(0, SIGKILL);
    ASSERT_EQ(seen.code, CLD_KILLED);
    ASSERT_EQ(seen.status, SIGKILL);
    ASSERT_EQ(wait_for(child), SIGKILL);
    return 0;
}
