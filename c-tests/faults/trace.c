/* The tester: follows the threads and children of a process from one system
 * call to the next, and has one of the calls fail. */
#include "faults.h"

#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <linux/ptrace.h>

#define THREADS 16

struct thread {
    pid_t id;
    int calls;    /* entered so far */
    bool failing; /* the one that it is in fails */
    bool begun;   /* its first stop is over */
    bool free;    /* it has made a mark of its own, as children do, or ended */
    bool waits;   /* for a futex */
};

static struct thread threads[THREADS];
static int thread_count;
static volatile sig_atomic_t too_late;
static bool traced; /* between the marks */
static bool holds;  /* the first thread has made the second one, and stands */

static void on_alarm(int signum)
{
    (void)signum; /* it ends a wait with EINTR */
    too_late = 1;
}

static void limit(unsigned seconds)
{
    struct sigaction action = {.sa_handler = on_alarm};
    sigaction(SIGALRM, &action, NULL);
    too_late = 0;
    alarm(seconds);
}

static struct thread *thread_of(pid_t id)
{
    for (int i = 0; i < thread_count; i++) {
        if (threads[i].id == id)
            return &threads[i];
    }
    ASSERT_LT(thread_count, THREADS);
    threads[thread_count] = (struct thread){.id = id};
    return &threads[thread_count++];
}

/* False where it was killed meanwhile, with its process. */
static bool set_register(pid_t id, size_t at, long value)
{
    if (ptrace(PTRACE_POKEUSER, id, at, value) == 0)
        return true;
    ASSERT_EQ(errno, ESRCH);
    return false;
}

static void enter(struct thread *thread, long number, struct path *path)
{
    struct fault *fault = &shared->fault;
    int index = (int)(thread - threads);
    if (!call_errors(number))
        return;
    int n = thread->calls++;
    if (path && path->length < CALLS)
        path->at[path->length++] = (struct fault){index, n, 0, number};
    if (fault->error && fault->thread == index && fault->n == n) {
        if (fault->number != number)
            return; /* another way was taken: reported as not injected */
        thread->failing =
            set_register(thread->id, offsetof(struct user, regs.orig_rax), -1);
        shared->injected = thread->failing;
    }
}

static void on_system_call(struct thread *thread, struct path *path)
{
    struct ptrace_syscall_info info = {0};
    /* One that was killed meanwhile has none. */
    if (ptrace(PTRACE_GET_SYSCALL_INFO, thread->id, sizeof info, &info) <= 0)
        return;
    thread->waits = info.op == PTRACE_SYSCALL_INFO_ENTRY &&
                    info.entry.nr == SYS_futex;
    if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
        enter(thread, (long)info.entry.nr, path);
    } else if (thread->failing) {
        thread->failing = false;
        set_register(thread->id, offsetof(struct user, regs.rax),
                     -shared->fault.error);
    }
}

static void resume(struct thread *thread, int signum)
{
    bool on = traced && !thread->free;
    ptrace(on ? PTRACE_SYSCALL : PTRACE_CONT, thread->id, NULL, (long)signum);
}

/* A thread has stopped: the signal to go on with. */
static int stopped(struct thread *thread, int status, struct path *path)
{
    int signum = WSTOPSIG(status);
    if (status >> 16 != 0) { /* it has made a thread, or a child */
        unsigned long made = 0;
        MUST(ptrace(PTRACE_GETEVENTMSG, thread->id, NULL, &made));
        thread_of((pid_t)made);
        return 0;
    }
    if (signum == (SIGTRAP | 0x80)) {
        if (traced && !thread->free)
            on_system_call(thread, path);
        return 0;
    }
    if (signum == SIGTRAP) {
        thread->free = true;
        holds = holds || thread == threads; /* the second mark */
        return 0;
    }
    if (signum == SIGSTOP && !thread->begun) {
        thread->begun = true;
        return 0;
    }
    return signum;
}

/* Other threads and children have come to their marks, or to rest. */
static bool all_rest(void)
{
    for (int i = 1; i < thread_count; i++) {
        if (!threads[i].free && !threads[i].waits)
            return false;
    }
    return true;
}

static void put_away(pid_t process)
{
    for (int i = 0; i < thread_count; i++)
        kill(threads[i].id, SIGKILL);
    kill(process, SIGKILL);
    alarm(0);
    while (waitpid(-1, NULL, __WALL) >= 0 || errno == EINTR) {
    }
}

static enum end follow(pid_t process, struct path *path)
{
    int status;
    for (;;) {
        pid_t id = waitpid(-1, &status, __WALL);
        if (id < 0 && errno == EINTR && too_late)
            return HUNG;
        if (id < 0)
            continue;
        if (WIFSTOPPED(status)) {
            struct thread *thread = thread_of(id);
            int signum = stopped(thread, status, path);
            if (thread != threads || !holds)
                resume(thread, signum);
        } else if (id == process) {
            bool may = WIFSIGNALED(status) && shared->row &&
                       shared->row->may_die == WTERMSIG(status);
            return status == 0 || may ? PASSED : WRONG;
        } else {
            thread_of(id)->free = true;
        }
        if (holds && all_rest()) {
            holds = traced = false;
            resume(threads, 0);
        }
    }
}

enum end run(const struct scenario *scenario, struct path *path)
{
    long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE |
                   PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_EXITKILL;
    int status;
    enum end end = WRONG;
    shared->injected = holds = false;
    thread_count = 0;
    limit(15);
    pid_t process = (pid_t)MUST(fork());
    if (process == 0)
        scenario_process(scenario);
    while (waitpid(process, &status, __WALL) < 0 && !too_late) {
    }
    if (!too_late && WIFSTOPPED(status)) {
        thread_of(process)->begun = true; /* the first mark */
        MUST(ptrace(PTRACE_SETOPTIONS, process, NULL, options));
        traced = true;
        resume(threads, scenario->signum);
        end = follow(process, path);
    }
    put_away(process);
    return too_late ? HUNG : end;
}
