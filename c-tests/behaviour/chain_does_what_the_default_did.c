/* SAFEPOINT_CHAIN over SIG_DFL: the process dies by that signal, stops and
 * goes on, or, where the default is to do nothing, lives. Over SIG_IGN it
 * lives. In each case that is survived, our handler runs as well. */
#include "test.h"

#include <sys/resource.h>

static int ran;

static int handler(const sig_event *event, void *user)
{
    (void)event, (void)user;
    ran++;
    return 0;
}

/* In a child: how it ended. It signals itself and exits with how often our
 * handler ran. */
static int end_of(int signum, void (*before)(int), bool stops)
{
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        struct rlimit no_core = {0, 0};
        setrlimit(RLIMIT_CORE, &no_core);
        setpgid(0, 0); /* not an orphaned group: those never stop */
        signal(signum, before);
        ASSERT_EQ(sig_install(signum, handler, NULL, SAFEPOINT_CHAIN), 0);
        for (int i = 1; i <= 2; i++) {
            MUST(kill(getpid(), signum));
            ASSERT_EQ(sig_check(), 0);
            ASSERT_EQ(ran, i);
        }
        _exit(ran);
    }
    int status = 0;
    for (int i = 0; stops && i < 2; i++) {
        MUST(waitpid(child, &status, WUNTRACED));
        ASSERT_TRUE(WIFSTOPPED(status));
        ASSERT_EQ(WSTOPSIG(status), signum);
        MUST(kill(child, SIGCONT));
    }
    return wait_for(child);
}

int main(void)
{
    const int deadly[] = {SIGTERM, SIGINT, SIGQUIT, SIGALRM, SIGUSR1,
                          SIGXCPU, SIGRTMIN + 5, SIGSEGV, SIGSYS};
    static const int harmless[] = {SIGCHLD, SIGURG, SIGWINCH, SIGCONT};
    watchdog(120);
    /* valgrind 3.19 asserts where a fault's signal is sent by kill, and does
     * not stop at one that was queued. */
    bool valgrind = on_valgrind();
    unsigned count = sizeof deadly / sizeof *deadly - (valgrind ? 2 : 0);
    for (unsigned i = 0; i < count; i++) {
        int status = end_of(deadly[i], SIG_DFL, false);
        ASSERT_TRUE(WIFSIGNALED(status));
        ASSERT_EQ(WTERMSIG(status), deadly[i]);
        ASSERT_EQ(end_of(deadly[i], SIG_IGN, false), 2 << 8);
    }
    for (unsigned i = 0; i < sizeof harmless / sizeof *harmless; i++)
        ASSERT_EQ(end_of(harmless[i], SIG_DFL, false), 2 << 8);
    if (!valgrind)
        ASSERT_EQ(end_of(SIGTSTP, SIG_DFL, true), 2 << 8);
    ASSERT_EQ(end_of(SIGTSTP, SIG_IGN, false), 2 << 8);
    return 0;
}
