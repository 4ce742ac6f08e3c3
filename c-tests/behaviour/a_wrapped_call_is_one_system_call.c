/* What strace would show: a wait that need not wait is one system call, the
 * very one, and while nothing is pending none is added, neither by a check
 * nor by a wait that waits. The first wait of a context prepares. */
#include "waits.h"

#include <elf.h>
#include <sys/ptrace.h>
#include <sys/user.h>

#if defined(__x86_64__)
typedef struct user_regs_struct registers;
#define NUMBER(regs) (regs).orig_rax
#define ARGUMENT(regs) (regs).rdi
#elif defined(__aarch64__)
typedef struct user_regs_struct registers;
#define NUMBER(regs) (regs).regs[8]
#define ARGUMENT(regs) (regs).regs[0]
#else
typedef char registers;
#define NUMBER(regs) ((void)(regs), -1)
#define ARGUMENT(regs) ((void)(regs), -1)
#define UNKNOWN
#endif

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
    bool entering = true;
    MUST(waitpid(pid, &status, 0));
    ASSERT_TRUE(WIFSTOPPED(status));
    MUST(ptrace(PTRACE_SETOPTIONS, pid, NULL,
                PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL));
    for (;;) {
        registers regs;
        MUST(ptrace(PTRACE_SYSCALL, pid, NULL, NULL));
        MUST(waitpid(pid, &status, 0));
        if (!WIFSTOPPED(status))
            break;
        if (WSTOPSIG(status) != (SIGTRAP | 0x80))
            continue;
        if (entering) {
            struct iovec place = {&regs, sizeof regs};
            MUST(ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &place));
            long number = (long)NUMBER(regs);
            if (number == SYS_getsid && (int)ARGUMENT(regs) == -4242)
                marks++;
            else if (marks == 1) {
                ASSERT_EQ(number, expected);
                calls++;
            }
        }
        entering = !entering;
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
#ifdef UNKNOWN
    return skip("this processor's registers are not known here");
#endif
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
