/* The tester: walks one thread of a fresh process to its k-th instruction,
 * makes something happen there, and waits for the end.
 *
 * The path is recorded once, by single steps. To come back to position k of
 * it, the tester sets a breakpoint at the cheapest place in front of it and
 * walks the rest: a stop costs a hundred times what an ordinary system call
 * does, and the positions grow with the square of the path otherwise. Where
 * a run strays from the recorded path it is done again, by steps alone. */
#include "trace.h"

#include "processor.h"

#include <elf.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>

struct path path;
struct shared *shared;

static volatile sig_atomic_t too_late;

static void on_alarm(int signum)
{
    (void)signum; /* it ends a wait with EINTR */
    too_late = 1;
}

void limit_wait(int seconds)
{
    struct sigaction action = {.sa_handler = on_alarm};
    sigaction(SIGALRM, &action, NULL);
    too_late = 0;
    alarm((unsigned)seconds);
}

/* The next thing that happens to a thread of the tracee: false at its end. */
static bool wait_any(struct tracee *tracee, pid_t *id, int *status)
{
    while (!tracee->gone && !tracee->hung) {
        *id = waitpid(-1, status, __WALL);
        if (*id < 0) {
            ASSERT_EQ(errno, EINTR);
            tracee->hung = too_late;
        } else if (WIFSTOPPED(*status)) {
            return true;
        } else if (*id == tracee->process) {
            tracee->status = *status;
            tracee->gone = true;
        } else if (*id == tracee->thread) {
            return false; /* the process itself is still to end */
        }
    }
    return false;
}

/* The stepped thread has made a child, which begins with a stop. It is let
 * go, without our breakpoint; or it is the one to step from here on. */
static void adopt_child(struct tracee *tracee, pid_t stopped)
{
    unsigned long child = 0;
    pid_t parent = tracee->thread;
    int status;
    MUST(ptrace(PTRACE_GETEVENTMSG, parent, NULL, &child));
    if (stopped != (pid_t)child)
        MUST(waitpid((pid_t)child, &status, __WALL));
    if (tracee->follows) {
        tracee->thread = (pid_t)child;
        shared->stepped = (pid_t)child;
        MUST(ptrace(PTRACE_DETACH, parent, NULL, NULL));
        return;
    }
    if (tracee->breakpoint)
        MUST(ptrace(PTRACE_POKETEXT, child, tracee->breakpoint, tracee->code));
    MUST(ptrace(PTRACE_DETACH, child, NULL, NULL));
}

/* Go on until the next trap; signals of the thread's own are passed on. */
static bool resume(struct tracee *tracee, int request)
{
    long signum = 0;
    pid_t id, early = 0;
    int status;
    for (;;) {
        ptrace(request, tracee->thread, NULL, signum);
        while (wait_any(tracee, &id, &status) && id != tracee->thread)
            early = id; /* a child that it forks */
        if (tracee->gone || tracee->hung || !WIFSTOPPED(status))
            return false;
        if (status >> 16 != 0)
            adopt_child(tracee, early);
        if (status >> 16 != 0 && tracee->follows)
            return true;
        if (status >> 16 == 0 && WSTOPSIG(status) == SIGTRAP)
            return true;
        signum = status >> 16 ? 0 : WSTOPSIG(status);
    }
}

static struct user_regs_struct get_registers(struct tracee *tracee)
{
    struct user_regs_struct registers = {0}; /* if it is gone */
    struct iovec all = {&registers, sizeof registers};
    ptrace(PTRACE_GETREGSET, tracee->thread, NT_PRSTATUS, &all);
    return registers;
}

uintptr_t get_pc(struct tracee *tracee)
{
    return PROGRAM_COUNTER(get_registers(tracee));
}

static void set_pc(struct tracee *tracee, uintptr_t pc)
{
    struct user_regs_struct registers = get_registers(tracee);
    struct iovec all = {&registers, sizeof registers};
    PROGRAM_COUNTER(registers) = pc;
    MUST(ptrace(PTRACE_SETREGSET, tracee->thread, NT_PRSTATUS, &all));
}

/* Run to the breakpoint at pc, for the given number of times. */
static bool run_to(struct tracee *tracee, uintptr_t pc, unsigned turns)
{
    pid_t thread = tracee->thread;
    long code = ptrace(PTRACE_PEEKTEXT, thread, pc, NULL);
    tracee->code = code;
    while (turns-- > 0) {
        MUST(ptrace(PTRACE_POKETEXT, thread, pc,
                    (code & ~BREAKPOINT_MASK) | BREAKPOINT_CODE));
        tracee->breakpoint = pc;
        if (!resume(tracee, PTRACE_CONT) || shared->ended)
            return false;
        ASSERT_EQ(get_pc(tracee), pc + BREAKPOINT_PASSED);
        MUST(ptrace(PTRACE_POKETEXT, thread, pc, code));
        tracee->breakpoint = 0;
        set_pc(tracee, pc);
        /* Past it: a repeated instruction takes a step for each time. */
        while (turns > 0 && get_pc(tracee) == pc) {
            if (!resume(tracee, PTRACE_SINGLESTEP))
                return false;
        }
    }
    return true;
}

bool start(struct tracee *tracee, const struct scenario *scenario, int mode,
           bool fed)
{
    int status;
    pid_t id;
    long options = PTRACE_O_EXITKILL | PTRACE_O_TRACEFORK |
                   PTRACE_O_TRACEVFORK;
    *tracee = (struct tracee){.follows = scenario->in_child};
    shared->stepped = shared->ended = shared->outcome = 0;
    shared->fed = fed;
    MUST(pipe2(shared->go, O_CLOEXEC));
    MUST(pipe2(shared->done, O_CLOEXEC));
    tracee->process = (pid_t)MUST(fork());
    if (tracee->process == 0)
        step_process(scenario, mode);
    close(shared->go[0]);
    close(shared->done[1]);
    if (!wait_any(tracee, &id, &status))
        return false;
    tracee->thread = id;
    shared->stepped = id;
    MUST(ptrace(PTRACE_SETOPTIONS, id, NULL, options));
    if (BREAKPOINT_LEFT)
        set_pc(tracee, get_pc(tracee) + BREAKPOINT_LEFT);
    if (tracee->follows && !resume(tracee, PTRACE_CONT))
        return false;
    tracee->follows = false;
    return step_every() != 0 ||
           run_to(tracee, (uintptr_t)safepoint_wait, 1);
}

void wait_for_end(struct tracee *tracee)
{
    pid_t id;
    int status;
    while (!tracee->gone && !tracee->hung)
        wait_any(tracee, &id, &status);
}

void put_away(struct tracee *tracee)
{
    if (!tracee->gone) {
        kill(tracee->process, SIGKILL);
        if (tracee->thread)
            kill(tracee->thread, SIGKILL);
        tracee->hung = false;
        wait_for_end(tracee);
    }
    close(shared->go[1]);
    close(shared->done[0]);
}

/* Whether the next instruction is this system call. */
static bool enters(struct tracee *tracee, uintptr_t pc, long number)
{
    long code = ptrace(PTRACE_PEEKTEXT, tracee->thread, pc, NULL);
    return (code & SYSTEM_CALL_MASK) == SYSTEM_CALL_CODE &&
           (long)SYSTEM_CALL_NUMBER(get_registers(tracee)) == number;
}

bool record(struct tracee *tracee, const struct scenario *scenario)
{
    long k = 0;
    path.pc[0] = get_pc(tracee);
    path.blocks_at = -1;
    while (!shared->ended && k < LONGEST &&
           (step_every() != 0 || in_assembly(path.pc[k]))) {
        if (!resume(tracee, PTRACE_SINGLESTEP))
            return false;
        path.pc[++k] = get_pc(tracee);
        if (scenario->blocks && path.blocks_at < 0 &&
            enters(tracee, path.pc[k], scenario->blocks_in))
            path.blocks_at = k;
    }
    path.length = k;
    for (long j = 0; j <= k; j++) {
        path.turn[j] = 1;
        for (long i = j - 1; i >= 0; i--) {
            if (path.pc[i] == path.pc[j]) {
                /* A repeated instruction (rep movs) is fetched once. */
                path.turn[j] = path.turn[i] + (i != j - 1);
                break;
            }
        }
    }
    return k < LONGEST && (!scenario->blocks || path.blocks_at >= 0);
}

/* Where to stop by breakpoint on the way to k. 0: nowhere. Only in our own
 * text: what waits on other threads is inside the C library. */
static long cheapest_stop(long k)
{
    long best = 0, cost = k;
    for (long j = k; j > 0 && k - j < cost; j--) {
        long here = k - j + 4 * path.turn[j];
        if (in_own_text(path.pc[j]) && path.pc[j] != path.pc[j - 1] &&
            here < cost) {
            best = j;
            cost = here;
        }
    }
    return best;
}

/* Not into a system call that would wait for ever: a path by way of the clock
 * may be shorter than the recorded one. */
static bool walk(struct tracee *tracee, const struct scenario *scenario,
                 long steps)
{
    while (steps-- > 0 && !shared->ended) {
        if (scenario->blocks && !shared->fed &&
            enters(tracee, get_pc(tracee), scenario->blocks_in))
            return true;
        if (!resume(tracee, PTRACE_SINGLESTEP))
            return false;
    }
    return true;
}

bool go_to(struct tracee *tracee, const struct scenario *scenario, int mode,
           long k)
{
    long stop = k <= path.length ? cheapest_stop(k) : 0;
    bool fed = k > path.blocks_at; /* it is through, or never waits */
    if (!start(tracee, scenario, mode, fed))
        return false;
    if (stop > 0) {
        if (run_to(tracee, path.pc[stop], path.turn[stop]) &&
            walk(tracee, scenario, k - stop) && get_pc(tracee) == path.pc[k])
            return true;
        if (tracee->gone || tracee->hung)
            return false;
        put_away(tracee);
        if (!start(tracee, scenario, mode, fed))
            return false;
        stop = 0;
    }
    return walk(tracee, scenario, k - stop);
}

void act(struct tracee *tracee, const struct scenario *scenario, int mode,
         long k)
{
    int signum = mode & CALLS ? SIGUSR2 : signal_of(scenario);
    siginfo_t info = {.si_signo = signum, .si_code = SI_QUEUE};
    char byte = 0;
    int request = mode & ~WOKEN;
    if (request == KILL) {
        kill(tracee->thread, SIGKILL);
        return;
    }
    if (request == SIGNAL || request == CALLS) {
        info.si_pid = getpid();
        info.si_uid = getuid();
        info.si_value.sival_int = (int)k;
        /* Queued, as by anybody: it may find itself blocked. */
        while (syscall(SYS_rt_tgsigqueueinfo,
                       scenario->in_child ? tracee->thread : tracee->process,
                       tracee->thread, signum, &info) != 0) {
            ASSERT_EQ(errno, EAGAIN);
            if (too_late) {
                tracee->hung = true;
                return;
            }
        }
    } else {
        MUST(write(shared->go[1], &byte, 1));
        /* 0 is its end: an assertion failed over there. */
        tracee->hung = read(shared->done[0], &byte, 1) < 0;
        if (tracee->hung)
            return;
    }
    shared->stepped = 0;
    ptrace(PTRACE_DETACH, tracee->thread, NULL, NULL);
}
