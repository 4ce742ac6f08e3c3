/* What strace would show: a wait that need not wait is one system call, the
 * very one, and while nothing is pending none is added, neither by a check
 * nor by a wait that waits. The first wait of a context prepares. */
#include "waits.h"

#include <sys/ptrace.h>

#define ROUNDS 50

static const struct wait *traced;

/* A system call that nobody else makes: what lies between two is counted. */
static void mark(void)
{
    syscall(SYS_getsid, -4242);
}

static int handler(const sig_event *event, void *user)
{
    (void)event, (void)user;
    return 0;
}

static void idle(void)
{
    for (int i = 0; i < ROUNDS; i++)
        ASSERT_EQ(sig_check(), 0);
}

static void fed(void)
{
    for (int i = 0; i < ROUNDS; i++)
        wait_expect_byte(wait_read());
}

static void limited(void)
{
    struct timespec time = {0, 1000};
    for (int i = 0; i < ROUNDS; i++)
        ASSERT_EQ(sig_ppoll(NULL, 0, &time, NULL), 0);
}

static void once(void)
{
    traced->call();
}

static void run(void (*body)(void))
{
    MUST(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
    MUST(raise(SIGSTOP));
    mark();
    body();
    mark();
    _exit(0);
}

/* Of a child that has prepared: how many between the marks, and that each of
 * them is this one. */
static long count(pid_t pid, long expected)
{
    int status, marks = 0;
    long calls = 0;
    MUST(waitpid(pid, &status, 0));
    ASSERT_TRUE(WIFSTOPPED(status));
    MUST(ptrace(PTRACE_SETOPTIONS, pid, NULL,
                PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL));
    for (;;) {
        struct __ptrace_syscall_info call;
        MUST(ptrace(PTRACE_SYSCALL, pid, NULL, NULL));
        MUST(waitpid(pid, &status, 0));
        if (!WIFSTOPPED(status))
            break;
        if (WSTOPSIG(status) != (SIGTRAP | 0x80))
            continue;
        MUST(ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof call, &call));
        if (call.op != PTRACE_SYSCALL_INFO_ENTRY)
            continue;
        if (call.entry.nr == SYS_getsid && (int)call.entry.args[0] == -4242)
            marks++;
        else if (marks == 1) {
            ASSERT_EQ(call.entry.nr, expected);
            calls++;
        }
    }
    ASSERT_EQ(status, 0);
    ASSERT_EQ(marks, 2);
    return calls;
}

static pid_t traced_child(void (*body)(void))
{
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        ASSERT_EQ(sig_poll(NULL, 0, 0), 0); /* a child prepares anew */
        if (traced) {
            traced->prepare();
            traced->feed();
        }
        run(body);
    }
    return pid;
}

int main(void)
{
    watchdog(60);
    if (on_valgrind() || UNDER_SANITIZER)
        return skip("it would count the checker's system calls");
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0)
        _exit(ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0);
    if (wait_for(pid) != 0)
        return skip("ptrace is not permitted");
    ASSERT_EQ(sig_install(SIGUSR1, handler, NULL, 0), 0);
    wait_pipe();
    for (int i = 0; i < ROUNDS; i++)
        wait_feed_byte();
    ASSERT_EQ(count(traced_child(idle), -1), 0);
    ASSERT_EQ(count(traced_child(fed), SYS_read), ROUNDS);
    ASSERT_EQ(count(traced_child(limited), SYS_ppoll), ROUNDS);
    for (size_t i = 0; i < WAITS; i++) {
        traced = &waits[i];
        if (!traced->feed || strcmp(traced->name, "sem_wait") == 0)
            continue; /* sem_wait takes none at all */
        long calls = count(traced_child(once), traced->number);
        printf("sig_%s: %ld\n", traced->name, calls);
        ASSERT_EQ(calls, 1);
    }
    return 0;
}
