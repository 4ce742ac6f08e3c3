/* In a child that dies of any system call but its exit, it holds and
 * releases: with a wake-up fd and an event fd, with something pending and
 * without. */
#include "test.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

static int handler(const sig_event *event, void *user)
{
    (void)event, (void)user;
    return 0;
}

static void allow_exit_alone(void)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
    };
    struct sock_fprog program = {sizeof code / sizeof *code, code};
    MUST(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    MUST(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program));
}

/* How a child ends that holds and releases so often. */
static int in_a_child(bool pending, bool forbidden)
{
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        int fds[2];
        MUST(pipe2(fds, O_NONBLOCK));
        ASSERT_EQ(sig_set_wakeup_fd(fds[1], 0, NULL), 0);
        ASSERT_GE(sig_event_fd(), 0);
        if (pending)
            MUST(raise(SIGUSR1));
        allow_exit_alone();
        bool right = true;
        for (int i = 0; i < 1000; i++)
            right &= sig_hold() == 0 && sig_hold() == 0 && sig_release() == 0 &&
                     sig_release() == 0;
        if (forbidden)
            close(fds[0]);
        _exit(!right);
    }
    return wait_for(pid);
}

int main(void)
{
    watchdog(120);
    if (on_valgrind() || UNDER_SANITIZER)
        return skip("a checker makes system calls of its own");
    ASSERT_EQ(sig_install(SIGUSR1, handler, NULL, 0), 0);
    for (int pending = 0; pending < 2; pending++) {
        ASSERT_EQ(in_a_child(pending, false), 0);
        ASSERT_EQ(WTERMSIG(in_a_child(pending, true)), SIGSYS); /* it can fail */
    }
    return 0;
}
