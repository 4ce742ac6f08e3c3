/* safepoint: signals that are recorded when they arrive, and handled later,
 * by the thread that owns them, at a point where it is safe.
 *
 * Generated from src/ by the test tests/header.rs: do not edit.
 * SPDX-License-Identifier: MIT OR Apache-2.0
 *
 *     #include <safepoint.h>
 *     #include <signal.h>
 *     #include <stdio.h>
 *
 *     static int stop(const sig_event *event, void *user)
 *     {
 *         (void)user;
 *         printf("%s, %d times\n", sig_name(event->signum), (int)event->count);
 *         return 1;                        // ends the check below with 1
 *     }
 *
 *     int main(void)
 *     {
 *         sig_install(SIGINT, stop, NULL, 0);
 *         for (unsigned long n = 0; sig_check() == 0; n++)
 *             if (n % 100000000 == 0)
 *                 puts("working: press Ctrl-C");
 *     }
 *
 *     cc program.c $(pkg-config --cflags --libs safepoint)
 *
 * Words
 *
 * arrival      The operating system runs our low-level handler. It records
 *              and returns; it never runs a user's handler.
 * safe point   A call of sig_check(), or sig_next(), by the owner; and each
 *              of its waits, where something has come (section 8).
 * context      An owner, its handlers, and what is pending for it. There is a
 *              main one, which most functions are about; an embedder can make
 *              more (section 12).
 * owner        The one thread that runs a context's handlers.
 * breaker      A 32-bit word that is non-zero while anything is pending.
 * raise        A handler returns non-zero. The check stops there and returns
 *              that number; what had not run yet stays pending.
 *
 * Rules
 *
 * - A result >= 0 is success, a negative one is a negative errno value, and
 *   sig_strerror() says in a sentence what it means. Exceptions: sig_check()
 *   and sig_raised(), and their twins of section 12, return 0 or the number
 *   that a handler raised, sig_alarm() seconds, and sig_context_new() a
 *   context. errno is left as it was.
 * - An out-parameter is written only on success. NULL where a pointer is
 *   required is -EINVAL, or for what the kernel reads, -EFAULT. A call that
 *   fails has changed nothing, but where it says so of EINTR.
 * - Structs carry their size: pass sizeof, or set the first field. One that
 *   is smaller than it ever was is -EINVAL; of one that is larger, what the
 *   library does not know is filled with zeros, or has to be zero: -E2BIG.
 * - A set of signals is a uint64_t: bit signum - 1. A time is a uint64_t:
 *   nanoseconds of CLOCK_MONOTONIC.
 * - Each function's comment ends with three facts: the thread that may call
 *   it, whether it may be called in a signal handler, its errors. "owner
 *   (any)" means something on the owner alone, and does no harm elsewhere.
 * - An error that is not named there is the system's own, of a call that the
 *   function had to make. EINTR, EAGAIN, EBUSY and EPERM come only where they
 *   are named, and where none is, there is none.
 * - On Windows what there is nothing like is -ENOTSUP: it is said at each
 *   function. Ctrl-C, Ctrl-Break and a closed console arrive on a thread of the
 *   system's, and so does what is said of signal handlers here. ESTALE is
 *   WSAESTALE, 10070, there. Fibers: an owner waits on one of them only.
 * - macOS and FreeBSD: what differs is said at each function. Nothing of it has
 *   run there.
 * - SAFEPOINT_NO_INLINE, defined before this header is included, leaves
 *   declarations only: for cffi, translators and other compilers.
 */

#ifndef SAFEPOINT_H
#define SAFEPOINT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Of the C library's headers, for those who include them. */
struct epoll_event;
struct flock;
struct iovec;
struct msghdr;
struct pollfd;
struct rusage;
struct sembuf;
struct sockaddr;
struct timespec;
struct timeval;

/** A time that never comes. */
#define SAFEPOINT_FOREVER UINT64_MAX

/* ===========================================================================
 * 1 Version, errors
 *
 * The version of the library that is loaded, which may be newer than this
 * header. A higher major number may break programs, a higher minor number
 * only adds.
 */

/**
 * major << 16 | minor << 8 | patch.
 *
 * Thread: any · In a signal handler: yes · Errors: none
 */
uint32_t sig_version(void);

/**
 * "major.minor.patch".
 *
 * Thread: any · In a signal handler: yes · Errors: none
 */
const char *sig_version_string(void);

/**
 * What this library means by an error that one of its functions returned,
 * in one sentence; the sign does not matter. Never NULL, never to be freed.
 *
 * Thread: any · In a signal handler: yes · Errors: none
 */
const char *sig_strerror(int err);

/* ===========================================================================
 * 2 Life
 *
 * Loading the library changes nothing in the process. The thread that calls
 * sig_init(), or without one the first that installs a handler, becomes the
 * owner of the main context: handlers run on it, at its safe points and in
 * its waits, and nowhere else.
 *
 * fork: the child has the same handlers, nothing pending, no wake-up of its
 * parent's, counters at zero, and the thread that forked as owner. A handler
 * may fork; a C handler that sigaction() installed may not, by POSIX. A child
 * made by vfork, _Fork or clone can receive signals without touching its
 * parent's state; it should exec or exit. After dlclose the library's code
 * stays mapped: a signal then is harmless.
 */

/**
 * For sig_init(): what CPython does when it starts. SIGINT, where it has its
 * default, gets sig_interrupted(); SIGPIPE and SIGXFSZ are ignored, where there
 * are such signals: not on Windows.
 */
#define SAFEPOINT_INTERPRETER_DEFAULTS 1

/**
 * Make the caller the owner. `flags` is 0 or SAFEPOINT_INTERPRETER_DEFAULTS.
 * To call it again is no error; if it fails, nothing has changed.
 *
 * Thread: the first, then owner · In a signal handler: no · Errors: EINVAL
 * unknown flag, EPERM another thread is the owner, ENOMEM
 */
int sig_init(uint32_t flags);

/**
 * Put back each disposition that still is ours and leave the others alone,
 * drop what is pending, detach the wake-up fd and function, and have no
 * owner. At last, or at once where there is no owner, it ends the thread that
 * timers have, if none is left. It waits until nobody is in the wake-up
 * function any more, a second at most. Call it before the owner's thread ends:
 * after that nobody is the owner until somebody calls sig_adopt().
 *
 * Thread: owner (any, where there is none) · In a signal handler: no ·
 * Errors: EPERM
 */
int sig_fini(void);

/**
 * 1 where the caller is the owner, otherwise 0.
 *
 * Thread: any · In a signal handler: yes · Errors: none
 */
int sig_is_owner(void);

/**
 * The caller becomes the owner, whoever was before, and also where the owner
 * has ended. What is pending stays. The caller sees to it that the old owner
 * is in none of the library's functions but sig_check() and its waits.
 *
 * Thread: any · In a signal handler: no · Errors: EBUSY a handler is running
 * (to another thread one that was left by longjmp counts until the owner has
 * handled something in a check from no deeper in its stack), ENOMEM
 */
int sig_adopt(void);

/* ===========================================================================
 * 3 Handlers
 *
 * A handler is an ordinary function that runs in ordinary code. Its event
 * says what came and from whom. It returns 0, or a number of its own choice
 * that stops the check and is what sig_check() returns: it *raises*.
 *
 * SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP and SIGSYS are handled like any
 * other where they are sent (kill, sigqueue). A fault that the processor
 * raised is never deferred: it goes to what stood before us, or kills the
 * process by that same signal, with its core.
 *
 * Windows: SIGINT and SIGBREAK are Ctrl-C and Ctrl-Break. That the console is
 * closed, the user logs off or the system shuts down is SIGTERM: the system
 * ends the process some seconds later, or at once when the handler for
 * SIGTERM is put back by sig_restore(), sig_default(), sig_ignore() or
 * sig_fini(); until then it is held. That SAFEPOINT_ONESHOT has put it back
 * does not count: the handler has yet to run, and one of these says that the
 * owner is done. Where SIGTERM has no handler, such an event ends the
 * process: it is not taken for Ctrl-Break, as Microsoft's C runtime takes it.
 * After AllocConsole(), FreeConsole() or AttachConsole() the system has
 * forgotten us: have the console first.
 *
 * Windows: raise() brings all seven. Where two threads call it at the same
 * time, one finds the C runtime's default, and so may sig_verify(),
 * sig_query() and sig_restore() while one calls it. The console and
 * sig_raise() find ours until this library puts it back: signal(SIGINT,
 * SIG_DFL) over it does not end that, sig_default() does. Of SIGSEGV, SIGFPE
 * and SIGILL Microsoft's C runtime has a table for each thread: install them
 * and put them back on one thread, where raise() brings them; on another it
 * does the default, and sig_raise() and sig_trip() bring them on any. abort()
 * ends the process when SIGABRT has been recorded.
 *
 * Two copies of this library in one process (two plugins, each linked with
 * the static one) know each other and always chain: both get their signals.
 * (Windows: they do not, and SAFEPOINT_CHAIN does it.)
 */

/**
 * A signal came: `signum`, `code`, `pid`, `uid`, `value` say which and whose.
 */
#define SAFEPOINT_EVENT_SIGNAL 1

/** A pending call or a posted job: `fn` and `arg`. */
#define SAFEPOINT_EVENT_CALL 2

/** A timer fell due, `count` times, first at `time`: `fn` and `arg`. */
#define SAFEPOINT_EVENT_TIMER 3

/** A watched child ended. */
#define SAFEPOINT_EVENT_CHILD 4

/** sig_interrupt() was called: `status` is its value. */
#define SAFEPOINT_EVENT_INTERRUPT 5

/** A context: sig_main(), or of sig_context_new(). Opaque. */
typedef struct sig_context sig_context;

/**
 * What a pending call runs. Non-zero raises: the check stops and returns it.
 */
typedef int (*sig_call)(void *arg);

/**
 * What happened. A handler's event is valid until the handler returns. What
 * does not apply is 0 or NULL.
 */
typedef struct sig_event {
    /** sizeof(sig_event) as the library knows it. */
    uint32_t size;
    /** SAFEPOINT_EVENT_SIGNAL and so on. */
    uint32_t kind;
    /** The signal's number. */
    int32_t signum;
    /**
     * si_code: SI_USER for kill, SI_QUEUE for sigqueue, SI_TKILL for raise.
     * Windows: 0, and 0x80 (SI_KERNEL) from the console.
     */
    int32_t code;
    /** The sender's process. Windows: this one, or 0 from the console. */
    int32_t pid;
    /** The sender's real user. Windows: 0. */
    uint32_t uid;
    /** SIGCHLD: the child's exit status or signal. INTERRUPT: the value. */
    int32_t status;
    /** Zero. */
    uint32_t reserved;
    /** What sigqueue sent along. */
    intptr_t value;
    /** CALL and TIMER: the function. */
    sig_call fn;
    /** CALL and TIMER: its argument. */
    void *arg;
    /**
     * Deliveries that this event stands for: at least 1. Where it is more,
     * code, pid, uid, value and time are those of the first. TIMER: how often
     * it has fallen due.
     */
    uint64_t count;
    /** Deliveries behind this one that found no room and are lost. */
    uint64_t lost;
    /** When it arrived: nanoseconds of CLOCK_MONOTONIC. */
    uint64_t time;
    /** What sig_check_frame() was given. */
    void *frame;
    /** Whose it is. */
    struct sig_context *context;
} sig_event;

/**
 * What runs at a safe point, on the owner's thread, in ordinary code: it may
 * allocate, lock, print, install, check, fork and longjmp. Non-zero raises.
 */
typedef int (*sig_handler)(const struct sig_event *event, void *user);

/**
 * Restart system calls that the signal interrupts (SA_RESTART). Off unless
 * asked for, as PEP 475 wants: a wait that is cut short reaches its safe
 * point. Windows: accepted, and does nothing: no signal interrupts a call.
 */
#define SAFEPOINT_RESTART 1

/**
 * After recording, run the C handler that stood before, inside the signal
 * handler, as it would have run: how a guest library watches its host's
 * Ctrl-C without taking it.
 */
#define SAFEPOINT_CHAIN 2

/**
 * sig_restore() just before the handler is called, or sig_next() or sig_wait()
 * gives the event out: it runs once, and a second Ctrl-C kills. What was kept
 * apart behind it is dropped.
 */
#define SAFEPOINT_ONESHOT 4

/**
 * Keep every delivery apart, each an event with its own siginfo. Always so
 * for real-time signals. 8,192 deliveries can wait. Of those that were on
 * their way when this was switched on, one may join another: see `count`.
 */
#define SAFEPOINT_QUEUE 8

/** -EEXIST, and no change, where somebody else's handler stands. */
#define SAFEPOINT_IF_DEFAULT 16

/**
 * Return 1, and leave the signal alone, where it was ignored before us, as
 * under nohup.
 */
#define SAFEPOINT_KEEP_IGNORED 32

/** What the bundled sig_interrupted() raises: 128 + SIGINT, as a shell says. */
#define SAFEPOINT_INTERRUPTED 130

/** The default action stands there. */
#define SAFEPOINT_KIND_DEFAULT 0

/** The signal is ignored. */
#define SAFEPOINT_KIND_IGNORED 1

/** Our handler, of this context or another. */
#define SAFEPOINT_KIND_HANDLER 2

/** Somebody else's C handler. */
#define SAFEPOINT_KIND_FOREIGN 3

/** Who stands at a signal. */
typedef struct sig_disposition {
    /** sizeof(sig_disposition) as the library knows it. */
    uint32_t size;
    /** SAFEPOINT_KIND_HANDLER and so on: what the kernel has there now. */
    uint32_t kind;
    /** Our handler, if this context has one for this signal. */
    sig_handler handler;
    /** What it is given. */
    void *user;
    /** Its flags. */
    uint32_t flags;
    /**
     * 1 where our handler was installed and something else stands there now.
     */
    uint32_t overwritten;
} sig_disposition;

/**
 * Have `handler(event, user)` run at the owner's safe points when `signum`
 * comes. Replaces an earlier handler; what is pending then goes to the new
 * one. `flags` are SAFEPOINT_RESTART and so on, or 0. Returns 0, or 1 where
 * SAFEPOINT_KEEP_IGNORED left the signal ignored.
 * Windows: SIGINT, SIGBREAK, SIGTERM, SIGABRT, SIGFPE, SIGILL and SIGSEGV;
 * others are -EINVAL, here as everywhere.
 * FreeBSD: real-time signals are -EINVAL everywhere; macOS has none.
 *
 * Thread: owner (the first to install becomes it) · In a signal handler: no ·
 * Errors: EINVAL no such signal, one that cannot be caught, NULL handler,
 * unknown flag; EPERM; EEXIST with SAFEPOINT_IF_DEFAULT; ENOMEM
 */
int sig_install(int signum,
                sig_handler handler,
                void *user,
                uint32_t flags);

/**
 * Ignore the signal (SIG_IGN). What is pending of it is dropped. Returns 0,
 * or 1 where another context has a handler for it: then it is ignored when
 * that one has gone.
 *
 * Thread: owner (or the first) · In a signal handler: no · Errors: EINVAL,
 * EPERM, ENOMEM
 */
int sig_ignore(int signum);

/**
 * Do the default (SIG_DFL). What is pending of it is dropped. Returns 0, or 1
 * where another context has a handler for it, or ignores it.
 *
 * Thread: owner (or the first) · In a signal handler: no · Errors: EINVAL,
 * EPERM, ENOMEM
 */
int sig_default(int signum);

/**
 * Put back what stood there before our first change (what somebody put over
 * ours since, if ours was then installed over that). Returns 0, or 1 where
 * somebody else has put a handler over ours: that is left alone, and only
 * our handler is forgotten. What is pending of it is dropped.
 *
 * Thread: owner (any, where there is no owner) · In a signal handler: no ·
 * Errors: EINVAL, EPERM
 */
int sig_restore(int signum);

/**
 * Say who stands at a signal; `size` is sizeof *out.
 *
 * Thread: owner (any, where there is no owner) · In a signal handler: no ·
 * Errors: EINVAL no such signal, NULL, size too small; E2BIG; EPERM
 */
int sig_query(int signum, struct sig_disposition *out, size_t size);

/**
 * Whether our handler still stands there: 1, or 0 where somebody has put
 * another over it since, or we have none. One system call, so that a guest
 * can ask at the entry of each long call; where it is 0, sig_install() puts
 * ours over the new one, which SAFEPOINT_CHAIN still calls, and only once,
 * even if that calls ours in turn.
 *
 * Thread: owner (any, where there is no owner) · In a signal handler: no ·
 * Errors: EINVAL, EPERM
 */
int sig_verify(int signum);

/**
 * Let no program hang: do this signal's default action, from within the
 * arrival, where the owner comes to no safe point: at the `deliveries`-th
 * delivery with no safe point in between (with 2 and 0 the second Ctrl-C
 * kills a hung program, by that signal), or when a delivery has waited `ns`
 * nanoseconds for one. 0 is never, as at first.
 *
 * A safe point is a sig_check() or sig_next() that finds something pending,
 * and a wait that ends for it or takes it; while held there is none. What a
 * handler that raises leaves behind has had its safe point. It holds while
 * this context has a handler, until it is set anew or ownership ends; in a
 * forked child too, where the owner exists there. The time is kept by a timer
 * that sends the signal of sig_set_kick(), to any thread.
 *
 * Thread: owner (or the first) · In a signal handler: no · Errors: EINVAL no
 * signal that can be caught, or one that does nothing by default; EPERM;
 * ENOMEM no timer to be had
 */
int sig_set_escalation(int signum,
                       uint32_t deliveries,
                       uint64_t ns);

/**
 * A handler to install: it raises SAFEPOINT_INTERRUPTED, as Python's
 * default_int_handler raises KeyboardInterrupt.
 *
 * Thread: any · In a signal handler: yes · Errors: none
 */
int sig_interrupted(const sig_event *event, void *user);

/* ===========================================================================
 * 4 Safe points
 *
 * A check runs what was pending when it began: signals by rising number,
 * each real-time one in the order sent (where several threads do not block
 * it, two that take it at once record it in either order), then calls in the
 * order added and timers in the order due, then posted jobs. What a handler
 * makes pending waits for the next check. Each thing is taken out before its
 * handler is called, so a handler may call sig_check(), may be re-entered,
 * and may longjmp out.
 *
 * In C and C++ sig_check() is inlined: one load and one predicted branch,
 * and a call only where something is pending. Put it where a loop of yours
 * could be left or re-entered. There is a function of that name too, for
 * pointers and for other languages; under SAFEPOINT_NO_INLINE this header
 * only declares it.
 */

/**
 * A safe point: handle what is pending. 0, or what a handler raised;
 * whatever had not run then stays pending. Does nothing and returns 0 on
 * any thread but the owner, and while held.
 *
 * Thread: owner (any) · In a signal handler: no · Errors: none
 */
int sig_check(void);

/**
 * sig_check() with the interpreter's current frame, which handlers find as
 * event->frame.
 *
 * Thread: owner (any) · In a signal handler: no · Errors: none
 */
int sig_check_frame(void *frame);

/**
 * Take the next pending event, for a caller that dispatches it: 1 where one
 * was taken, 0 where nothing is pending or the context is held. Signals are
 * those that have a handler, which is not called. `size` is sizeof *event.
 *
 * Thread: owner · In a signal handler: no · Errors: EINVAL NULL or size too
 * small, E2BIG, EPERM
 */
int sig_next(sig_event *event, size_t size);

/**
 * The breaker: non-zero while anything is pending and not held; what comes
 * while held sets it until the next check. For an interpreter's own loop or a
 * JIT, which tests the word at this address and calls sig_check() where it is
 * not zero. The address never changes.
 *
 * Thread: any · In a signal handler: yes · Errors: none
 */
const volatile uint32_t *sig_breaker(void);

/**
 * No handler runs until sig_release(), and no wait ends for what arrives.
 * Nests. Costs no system call, and sig_check() stays as cheap as when idle.
 * Signals are recorded meanwhile.
 *
 * Thread: owner · In a signal handler: no · Errors: EPERM, EAGAIN at 2^32
 */
int sig_hold(void);

/**
 * Undo one sig_hold(). At the last, the next sig_check() runs what came.
 *
 * Thread: owner · In a signal handler: no · Errors: EPERM, EINVAL not held
 */
int sig_release(void);

/** Where the breaker is: for the inline sig_check(), use sig_breaker(). */
extern const volatile uint32_t *const safepoint_breaker;

#if !defined(SAFEPOINT_NO_INLINE) && defined(__GNUC__)
/* gnu_inline: only ever inlined. Where it is not, at -O0 or as a pointer, the
 * library's own sig_check() is called. */
#if defined(__has_feature)
#if __has_feature(thread_sanitizer) /* it takes the load for a race */
__attribute__((__no_sanitize__("thread")))
#endif
#elif defined(__SANITIZE_THREAD__)
__attribute__((__no_sanitize_thread__))
#endif
extern __inline__ __attribute__((__gnu_inline__))
int sig_check(void)
{
    if (__builtin_expect(*safepoint_breaker != 0, 0))
        return sig_check_frame(0);
    return 0;
}
#endif

/* ===========================================================================
 * 5 Pending calls
 *
 * Have the owner call a function at its next safe point. Both ways are
 * lock-free and allocate nothing: they may be called on any thread and in a
 * signal handler, also one that interrupted the very same function. Calls
 * that one thread adds are run in that order.
 */

/**
 * A call whose memory the caller owns, for sig_post(): it is never refused.
 * Make it with SAFEPOINT_JOB(fn, arg), and keep it alive until its function
 * is called (in there it may be freed, or posted again), sig_next() gives it
 * out, or sig_fini() or sig_context_free() drops it.
 */
typedef struct sig_job {
    /** sizeof(sig_job). */
    uint32_t size;
    /** Zero. */
    uint32_t reserved;
    /** What the owner's next check runs. Non-zero raises. */
    sig_call fn;
    /** Its argument. */
    void *arg;
    /** The library's own. Zero at first. */
    uintptr_t link[2];
} sig_job;

/**
 * Queue fn(arg). 1,024 can wait. One that is half-way, on a thread that was
 * stopped there, holds up no other; left half-way for good, by a longjmp out
 * of a signal handler, it costs its place.
 *
 * Thread: any · In a signal handler: yes · Errors: EINVAL NULL function,
 * EAGAIN no room (counted in sig_stats)
 */
int sig_add_pending_call(sig_call fn, void *arg);

/**
 * Queue a job whose memory is the caller's: it is never refused. Returns 0,
 * or 1 where it was queued already; then it is still run once, and sees what
 * the caller wrote before.
 *
 * Thread: any · In a signal handler: yes · Errors: EINVAL NULL job or
 * function, size too small, or reserved not 0; E2BIG
 */
int sig_post(sig_job *job);

/** A job's initial value: sig_job job = SAFEPOINT_JOB(fn, arg); */
#define SAFEPOINT_JOB(fn, arg) { sizeof(sig_job), 0, (fn), (arg), { 0, 0 } }

/* ===========================================================================
 * 6 Tripping by hand
 */

/**
 * As if the signal had arrived, sent by this process: what
 * PyErr_SetInterruptEx does. Nothing happens where it has no handler.
 *
 * Thread: any · In a signal handler: yes · Errors: EINVAL
 */
int sig_trip(int signum);

/**
 * The next check returns `value`, before it runs anything, and leaves the
 * rest pending: how one thread cancels what another is running. A later
 * value replaces one that has not been returned yet.
 *
 * Thread: any · In a signal handler: yes · Errors: EINVAL value is 0
 */
int sig_interrupt(int value);

/* ===========================================================================
 * 7 Wake-up
 *
 * How an arrival wakes an owner that waits in a loop of its own. On arrival
 * the signal is first recorded, then the function is called, then the
 * descriptor is written to. Drain the descriptor before you check, never
 * after; and where a check raises, check again before you wait, for what it
 * left pending has had its wake-up. What is pending never lives in the pipe:
 * a full one loses nothing but a wake-up that was already due. Timers wake as
 * calls do, on a thread of the library's own, once for all that fall due
 * together.
 */

/**
 * For sig_set_wakeup_fd(): calls, jobs, timers and interrupts wake as well,
 * with byte 0.
 */
#define SAFEPOINT_WAKE_CALLS 1

/**
 * Runs inside the signal handler, so it may call only what is
 * async-signal-safe; for a call, a job or an interrupt in its caller, and for
 * a timer on a thread of the library's, with signum 0.
 */
typedef void (*sig_wakeup)(int signum, void *arg);

/**
 * Write to `fd` when something arrives: one byte, the signal's number, to a
 * pipe or a socket; 1 to an eventfd. It has to be non-blocking. The library
 * keeps a duplicate of its own, so the caller may close `fd`: a number that
 * was closed and reused is never written to. Whoever closes all descriptors,
 * as closefrom() does, closes the duplicate too, and has to set it anew at
 * once. -1 is none. What is pending already wakes at once. `old_fd`, where
 * not NULL, gets the number that was set before, or -1.
 * Windows: a socket, which is made non-blocking; anything else is -EINVAL.
 * macOS: `fd` is set F_SETNOSIGPIPE, for all who write to it.
 *
 * Thread: owner · In a signal handler: no · Errors: EINVAL fd would block, or
 * is no pipe, socket or eventfd that can be written to; unknown flag; EBADF
 * not open; EPERM; EMFILE, ENFILE, ENOMEM; EBUSY somebody has closed the
 * duplicate, and opens a file in its place
 */
int sig_set_wakeup_fd(int fd,
                      uint32_t flags,
                      int *old_fd);

/**
 * A descriptor of the library's that is readable while something is pending:
 * poll it, then sig_check(). It stays readable while that is held. Always
 * the same; never read or close it.
 * Windows: -ENOTSUP; see sig_event_handle().
 *
 * Thread: owner · In a signal handler: no · Errors: EPERM, EMFILE, ENFILE,
 * ENOMEM
 */
int sig_event_fd(void);

/**
 * The same for Windows, which waits for handles: `handle` gets that of an
 * event for WaitForMultipleObjects(), set while something is pending. Always
 * the same; never set, reset or close it.
 *
 * Thread: owner · In a signal handler: no · Errors: EPERM, EINVAL NULL,
 * EMFILE, ENOMEM; ENOTSUP on all other systems
 */
int sig_event_handle(void **handle);

/**
 * Call fn(signum, arg) when something arrives: how an interpreter's own
 * check is tripped (PyErr_SetInterruptEx, lua_sethook, a JIT's epoch). NULL
 * is none. For what is pending already it is called at once, here. When this
 * returns 0, nobody is in the function that was set before any more: what
 * its argument points to may go.
 *
 * Thread: owner · In a signal handler: no · Errors: EPERM, EBUSY somebody has
 * been in the one before for a second: it stays
 */
int sig_set_wakeup_fn(sig_wakeup fn,
                      void *arg);

/**
 * How many wake-ups could not be written since this was last asked. Where it
 * is not 0, `last_error` gets the last one's positive errno, EAGAIN for a
 * full pipe; it may be NULL.
 * Windows: winsock's own number, from 10000 on, where errno.h has none for it.
 *
 * Thread: any · In a signal handler: no · Errors: none
 */
int sig_wakeup_failures(int *last_error);

/* ===========================================================================
 * 8 Blocking calls that a signal always ends
 *
 * An arrival at any instant, before or inside the call and on whichever
 * thread, ends the wait, and so do calls, jobs, timers and interrupts: there
 * is no window between the check and the system call. What the kernel has done
 * by then is returned, and what arrived waits for the next check. Otherwise
 * handlers run, and the call goes on with the time that is left (PEP 475); if
 * one raises, the result is -EINTR, and sig_raised() is its number.
 *
 * The functions take POSIX's arguments, and return its result or a negative
 * errno. Each is one system call where it need not wait, and no cancellation
 * point. On a thread that is not the owner no handler runs, and EINTR is
 * never seen. While held, nothing that arrives ends a wait. A time limit that
 * the kernel keeps with a socket (SO_RCVTIMEO, SO_SNDTIMEO) begins anew when
 * the call is made again: use sig_poll() for one that does not.
 *
 * close() and dup2() are not here, and are never to be made again on EINTR:
 * Linux has closed the descriptor by then, and the same number may be
 * another thread's new file.
 *
 * What does not arrive on the owner's own thread, and calls and jobs, reach
 * it by a signal of the library's own: SIGURG, unless sig_set_kick() says
 * another. The owner's first wait puts a handler there, over what stood
 * there, which still gets what is no kick; sig_fini() takes it away. That wait
 * may fail for want of memory: ENOMEM.
 */

/**
 * Any system call, by its number, as syscall(2) takes it, but for those that
 * do not return as they were called (fork, vfork, clone, sigreturn), and for
 * close and dup2. It is made again on EINTR with these very arguments, so a
 * time from now on begins anew.
 * Windows: -ENOTSUP.
 * FreeBSD: a number that the kernel does not know raises SIGSYS. macOS: the
 * result is an int.
 *
 * Thread: any · In a signal handler: no · Errors: its own, EINTR
 */
long sig_syscall(long number, long a, long b, long c, long d, long e, long f);

/**
 * Code that is not ours begins, and may wait: the owner is interrupted by
 * signals, again and again, until sig_blocking_end(). Its system calls fail
 * with EINTR, unless it makes them again by itself. 1 where something is
 * pending already and not held: then better end at once, and check. No
 * handler runs in here by itself; a wait of this section may be in here, and
 * runs them. Nests. A longjmp out of it leaves it open.
 * Windows: nothing is interrupted but what CancelSynchronousIo() ends: reads
 * and writes, which then fail with ERROR_OPERATION_ABORTED, now and then for
 * nothing: check, and make them again.
 *
 * Thread: owner · In a signal handler: no · Errors: EPERM, ENOMEM no timer to
 * be had, EAGAIN at 2^32
 */
int sig_blocking_begin(void);

/**
 * It has ended. What came is pending: check.
 *
 * Thread: owner · In a signal handler: no · Errors: EPERM, EINVAL where none
 * has begun
 */
int sig_blocking_end(void);

/**
 * What the handler returned that ended the owner's last wait with -EINTR; 0
 * if none did.
 *
 * Thread: owner (any) · In a signal handler: no · Errors: none
 */
int sig_raised(void);

/**
 * After a call that has returned -1: 1 where errno is EINTR and it is to be
 * made again, since the handlers have run and none has raised; otherwise 0,
 * with errno as it was. What SAFEPOINT_RETRY() asks.
 *
 * Thread: any · In a signal handler: no · Errors: none
 */
int sig_retry(void);

/**
 * Have this signal end the owner's waits; the one before. SIGURG at first,
 * which does nothing where it goes astray. It is put in place when a wait
 * needs it, never with SAFEPOINT_RESTART. Choose one that nobody else sends
 * often, in a Go program any but SIGURG. While it is in place it is unblocked
 * on the owner's thread, and nobody ought to block it there, ignore it or
 * put a handler over ours. Where its default is to end the process, ours
 * stays in place for good, and does that for others' signals. No real-time
 * signal: those can be refused, where the user has too many pending. On macOS
 * and FreeBSD one that this process sends to itself is taken for a kick.
 * Windows: -ENOTSUP.
 *
 * Thread: owner (or the first) · In a signal handler: no · Errors: EINVAL no
 * signal that can be caught, a fault's, a real-time one, SIGCHLD; EBUSY between
 * sig_blocking_begin() and its end, where another context has waited by the one
 * before, or where a time of sig_set_escalation() counts;
 * EPERM, ENOMEM
 */
int sig_set_kick(int signum);

#if defined(__GNUC__)
/** A call that returns a signed integer, or -1 with errno set, made again on
 * EINTR once the handlers have run (PEP 475): its result. -1 with EINTR is a
 * handler that raised, and sig_raised() what it returned. Unlike the functions
 * of this section it cannot end a call that is about to wait: put
 * sig_blocking_begin() and sig_blocking_end() around that. In C and C++, with
 * gcc, clang and what understands their extensions.
 *
 * Thread: any · In a signal handler: no · Errors: the call's own */
#define SAFEPOINT_RETRY(expression)                                          \
    (__extension__({                                                         \
        __typeof__((expression) + 0) safepoint_result_;                      \
        do                                                                   \
            safepoint_result_ = (expression);                                \
        while (safepoint_result_ == -1 && sig_retry());                      \
        safepoint_result_;                                                   \
    }))
#endif

/**
 * read(2).
 * Windows: -ENOTSUP.
 *
 * Thread: any · In a signal handler: no · Errors: its own, EINTR
 */
long sig_read(int fd, void *buffer, size_t size);

/**
 * write(2): what was written, which may be less.
 * Windows: -ENOTSUP.
 *
 * Thread: any · In a signal handler: no · Errors: its own, EINTR
 */
long sig_write(int fd, const void *buffer, size_t size);

/**
 * readv(2).
 * Windows: -ENOTSUP.
 *
 * Thread: any · In a signal handler: no · Errors: its own, EINTR
 */
long sig_readv(int fd, const struct iovec *vector, int count);

/**
 * writev(2).
 * Windows: -ENOTSUP.
 *
 * Thread: any · In a signal handler: no · Errors: its own, EINTR
 */
long sig_writev(int fd, const struct iovec *vector, int count);

/**
 * pread(2).
 * Windows: -ENOTSUP.
 *
 * Thread: any · In a signal handler: no · Errors: its own, EINTR
 */
long sig_pread(int fd, void *buffer, size_t size, int64_t offset);

/**
 * pwrite(2).
 * Windows: -ENOTSUP.
 *
 * Thread: any · In a signal handler: no · Errors: its own, EINTR
 */
long sig_pwrite(int fd, const void *buffer, size_t size, int64_t offset);

/**
 * open(2), of a FIFO say: the descriptor. `mode` counts with O_CREAT only.
 * Windows: -ENOTSUP.
 *
 * Thread: any · In a signal handler: no · Errors: its own, EINTR
 */
long sig_open(const char *path, int flags, unsigned int mode);

/**
 * openat(2).
 * Windows: -ENOTSUP.
 *
 * Thread: any · In a signal handler: no · Errors: its own, EINTR
 */
long sig_openat(int folder, const char *path, int flags, unsigned int mode);

/**
 * flock(2).
 * Windows: -ENOTSUP.
 *
 * Thread: any · In a signal handler: no · Errors: its own, EINTR
 */
long sig_flock(int fd, int operation);

/**
 * fcntl(2) with a command that takes a struct flock: F_SETLKW, F_OFD_SETLKW.
 * On 32-bit processors the second takes one of _FILE_OFFSET_BITS=64.
 * Windows: -ENOTSUP.
 *
 * Thread: any · In a signal handler: no · Errors: its own, EINTR
 */
long sig_fcntl_lock(int fd, int command, struct flock *lock);

/**
 * sendfile(2). The offset is moved only by what was sent.
 * Windows: -ENOTSUP.
 * macOS, FreeBSD: to a socket only.
 *
 * Thread: any · In a signal handler: no · Errors: its own, EINTR
 */
long sig_sendfile(int to, int from, int64_t *offset, size_t size);

/**
 * splice(2).
 * Windows: -ENOTSUP.
 * macOS, FreeBSD: -ENOTSUP.
 *
 * Thread: any · In a signal handler: no · Errors: its own, EINTR
 */
long sig_splice(int from,
                int64_t *from_offset,
                int to,
                int64_t *to_offset,
                size_t size,
                unsigned int flags);

/**
 * copy_file_range(2).
 * Windows: -ENOTSUP.
 * macOS: -ENOTSUP.
 *
 * Thread: any · In a signal handler: no · Errors: its own, EINTR
 */
long sig_copy_file_range(int from,
                         int64_t *from_offset,
                         int to,
                         int64_t *to_offset,
                         size_t size,
                         unsigned int flags);

/**
 * getrandom(2).
 * Windows: -ENOTSUP.
 *
 * Thread: any · In a signal handler: no · Errors: its own, EINTR
 */
long sig_getrandom(void *buffer, size_t size, unsigned int flags);

/**
 * recv(2).
 * Windows: -ENOTSUP.
 *
 * Thread: any · In a signal handler: no · Errors: its own, EINTR
 */
long sig_recv(int fd, void *buffer, size_t size, int flags);

/**
 * send(2).
 * Windows: -ENOTSUP.
 *
 * Thread: any · In a signal handler: no · Errors: its own, EINTR
 */
long sig_send(int fd, const void *buffer, size_t size, int flags);

/**
 * recvfrom(2).
 * Windows: -ENOTSUP.
 *
 * Thread: any · In a signal handler: no · Errors: its own, EINTR
 */
long sig_recvfrom(int fd,
                  void *buffer,
                  size_t size,
                  int flags,
                  struct sockaddr *address,
                  unsigned int *length);

/**
 * sendto(2).
 * Windows: -ENOTSUP.
 *
 * Thread: any · In a signal handler: no · Errors: its own, EINTR
 */
long sig_sendto(int fd,
                const void *buffer,
                size_t size,
                int flags,
                const struct sockaddr *address,
                unsigned int length);

/**
 * recvmsg(2).
 * Windows: -ENOTSUP.
 *
 * Thread: any · In a signal handler: no · Errors: its own, EINTR
 */
long sig_recvmsg(int fd, struct msghdr *message, int flags);

/**
 * sendmsg(2).
 * Windows: -ENOTSUP.
 *
 * Thread: any · In a signal handler: no · Errors: its own, EINTR
 */
long sig_sendmsg(int fd, const struct msghdr *message, int flags);

/**
 * accept(2): the new descriptor.
 * Windows: -ENOTSUP.
 *
 * Thread: any · In a signal handler: no · Errors: its own, EINTR
 */
long sig_accept(int fd, struct sockaddr *peer, unsigned int *size);

/**
 * accept4(2).
 * Windows: -ENOTSUP.
 * macOS: with flags -ENOTSUP.
 *
 * Thread: any · In a signal handler: no · Errors: its own, EINTR
 */
long sig_accept4(int fd, struct sockaddr *peer, unsigned int *size, int flags);

/**
 * connect(2). Where it is interrupted the kernel may go on connecting: the
 * result is what became of that.
 * Windows: -ENOTSUP.
 *
 * Thread: any · In a signal handler: no · Errors: its own, EINTR
 */
long sig_connect(int fd, const struct sockaddr *address, unsigned int size);

/**
 * poll(2): `timeout` in milliseconds, -1 for ever.
 * Windows: sockets only; an error may be winsock's own number, from 10000 on,
 * negative.
 *
 * Thread: any · In a signal handler: no · Errors: its own, EINTR
 */
long sig_poll(struct pollfd *fds, unsigned long count, int timeout);

/**
 * ppoll(2): with this mask while it waits, where that is not NULL. The
 * signal of sig_set_kick() stays unblocked on the owner's thread.
 * Windows: as sig_poll(), and a mask is -ENOTSUP.
 *
 * Thread: any · In a signal handler: no · Errors: its own, EINTR
 */
long sig_ppoll(struct pollfd *fds,
               unsigned long count,
               const struct timespec *timeout,
               const uint64_t *mask);

/**
 * select(2), with fd_sets. `timeout` is left as it is.
 * Windows: -ENOTSUP.
 *
 * Thread: any · In a signal handler: no · Errors: its own, EINTR
 */
long sig_select(int count,
                void *read,
                void *write,
                void *except,
                const struct timeval *timeout);

/**
 * pselect(2), with fd_sets and a mask, as sig_ppoll() has one.
 * Windows: -ENOTSUP.
 *
 * Thread: any · In a signal handler: no · Errors: its own, EINTR
 */
long sig_pselect(int count,
                 void *read,
                 void *write,
                 void *except,
                 const struct timespec *timeout,
                 const uint64_t *mask);

/**
 * epoll_wait(2): `timeout` in milliseconds, -1 for ever.
 * Windows: -ENOTSUP.
 * macOS, FreeBSD: -ENOTSUP.
 *
 * Thread: any · In a signal handler: no · Errors: its own, EINTR
 */
long sig_epoll_wait(int fd, struct epoll_event *events, int count, int timeout);

/**
 * Sleep: `ns` nanoseconds, or SAFEPOINT_FOREVER. 0 when they are over.
 *
 * Thread: any · In a signal handler: no · Errors: EINTR
 */
int sig_sleep(uint64_t ns);

/**
 * Wait until at least one handler or call has run, here: 0. What is pending
 * already counts. While held there is no end to it.
 *
 * Thread: owner · In a signal handler: no · Errors: EPERM, EINTR
 */
int sig_pause(void);

/**
 * nanosleep(2). Where a handler raises, `left` gets the time that is left;
 * it may be NULL.
 *
 * Thread: any · In a signal handler: no · Errors: its own, EINTR
 */
long sig_nanosleep(const struct timespec *wait, struct timespec *left);

/**
 * clock_nanosleep(2), but for its result, which is negative where it fails.
 * Windows: CLOCK_REALTIME and CLOCK_MONOTONIC as winpthreads numbers them, 0
 * and 1; others are -EINVAL, and so are flags but TIMER_ABSTIME, 1.
 *
 * Thread: any · In a signal handler: no · Errors: its own, EINTR
 */
long sig_clock_nanosleep(int clock,
                         int flags,
                         const struct timespec *wait,
                         struct timespec *left);

/**
 * waitpid(2). A child is reaped once, whatever arrives.
 * Windows: -ENOTSUP.
 *
 * Thread: any · In a signal handler: no · Errors: its own, EINTR
 */
long sig_waitpid(int pid, int *wait_status, int options);

/**
 * wait4(2).
 * Windows: -ENOTSUP.
 *
 * Thread: any · In a signal handler: no · Errors: its own, EINTR
 */
long sig_wait4(int pid, int *wait_status, int options, struct rusage *usage);

/**
 * waitid(2): `info` is a siginfo_t, or NULL.
 * Windows: -ENOTSUP.
 *
 * Thread: any · In a signal handler: no · Errors: its own, EINTR
 */
long sig_waitid(int kind, unsigned int id, void *info, int options);

/**
 * Wait until the word no longer is `expected` and somebody says so: futex(2)
 * with FUTEX_WAIT. 0 where it was woken, which may be for no reason. At most
 * `timeout` nanoseconds from now; SAFEPOINT_FOREVER is no limit, 0 only looks.
 * The futex is one that processes can share.
 * Windows: -ENOTSUP.
 *
 * Thread: any · In a signal handler: no · Errors: EAGAIN the word differs,
 * ETIMEDOUT, EINTR, EINVAL, EFAULT
 */
long sig_futex_wait(const uint32_t *word,
                    uint32_t expected,
                    uint64_t timeout);

/**
 * sem_wait(3): `semaphore` is a sem_t. Inside it is the C library's, between
 * sig_blocking_begin() and its end, and is a cancellation point.
 * Windows: -ENOTSUP.
 * macOS: one of sem_open(3).
 *
 * Thread: any · In a signal handler: no · Errors: EINVAL, EINTR, ENOMEM
 */
int sig_sem_wait(void *semaphore);

/**
 * semop(2).
 * Windows: -ENOTSUP.
 *
 * Thread: any · In a signal handler: no · Errors: its own, EINTR
 */
long sig_semop(int set, struct sembuf *operations, size_t count);

/**
 * msgrcv(2).
 * Windows: -ENOTSUP.
 *
 * Thread: any · In a signal handler: no · Errors: its own, EINTR
 */
long sig_msgrcv(int queue, void *message, size_t size, long kind, int flags);

/**
 * msgsnd(2).
 * Windows: -ENOTSUP.
 *
 * Thread: any · In a signal handler: no · Errors: its own, EINTR
 */
long sig_msgsnd(int queue, const void *message, size_t size, int flags);

/* ===========================================================================
 * 9 Time
 *
 * sig_alarm() and the itimers are the process's, and send SIGALRM, SIGVTALRM
 * or SIGPROF: install a handler first. ITIMER_REAL and so on are sys/time.h's.
 *
 * sig_call_after() takes no signal and no itimer of the process's. Deadlines,
 * 65,536 of all contexts, have one thread of the library's own: it is started
 * with the first, takes no signals, and is ended by sig_fini() when none is
 * left. It sleeps until the next is due, and then makes it pending as any
 * thread might, so a wait ends for it, and an idle check has nothing more to
 * look at. None runs early; how late is up to the owner's next safe point,
 * and the scheduler. A forked child begins with none.
 *
 * Time that a machine sleeps does not count on Linux, as CLOCK_MONOTONIC has
 * it. On Windows and macOS that clock counts it, but a wait that has begun
 * does not: a deadline may be late by as long as the machine has slept.
 */

/**
 * A timer of the process. Times are nanoseconds, and are rounded up to
 * microseconds.
 */
typedef struct sig_itimer {
    /** sizeof(sig_itimer). */
    uint32_t size;
    /** Zero. */
    uint32_t reserved;
    /** Until it falls due; 0 is not at all. */
    uint64_t value;
    /** And then every so often; 0 is only once. */
    uint64_t interval;
} sig_itimer;

/**
 * SIGALRM in so many seconds, 0 for not at all; the seconds that were left
 * of the last one. It shares its timer with ITIMER_REAL.
 * Windows: nothing, and 0.
 *
 * Thread: any · In a signal handler: yes · Errors: none
 */
unsigned int sig_alarm(unsigned int seconds);

/**
 * Set ITIMER_REAL, ITIMER_VIRTUAL or ITIMER_PROF; what it was goes to `old`,
 * whose size is set, or which is NULL.
 * Windows: -ENOTSUP.
 *
 * Thread: any · In a signal handler: no · Errors: EINVAL no such timer, NULL,
 * size too small, reserved not 0, a time of 2^63 or more; E2BIG
 */
int sig_setitimer(int which,
                  const struct sig_itimer *value,
                  struct sig_itimer *old);

/**
 * What a timer has left; `value`, whose size is set, gets it.
 * Windows: -ENOTSUP.
 *
 * Thread: any · In a signal handler: no · Errors: EINVAL no such timer, NULL,
 * size too small; E2BIG
 */
int sig_getitimer(int which,
                  struct sig_itimer *value);

/**
 * Call fn(arg) at the owner's first safe point that is `ns` nanoseconds away
 * or more, and, where `every_ns` is not 0, again each `every_ns` after that:
 * once for all that have gone by without a safe point. Non-zero raises. `id`,
 * where not NULL, gets the number for sig_cancel(). It falls due on another
 * thread: even with 0 that may take a moment.
 *
 * Thread: any · In a signal handler: no · Errors: EINVAL NULL function, EAGAIN
 * too many, or no thread to be had; ENOMEM
 */
int sig_call_after(uint64_t ns,
                   uint64_t every_ns,
                   sig_call fn,
                   void *arg,
                   uint64_t *id);

/**
 * Cancel a call, of any context: when this returns 0, it is not run any more.
 * On another thread than its owner's it may be running just then.
 *
 * Thread: any · In a signal handler: no · Errors: ENOENT no such call: it was
 * run, or cancelled, or armed before a fork
 */
int sig_cancel(uint64_t id);

/* ===========================================================================
 * 10 Sending, masks, waiting
 *
 * Signal sets are a uint64_t. What may not be blocked or waited for in them
 * is passed over, as POSIX has it: SIGKILL, SIGSTOP, the C library's own, so
 * that UINT64_MAX is "all". SIG_BLOCK, SIG_UNBLOCK and SIG_SETMASK are those
 * of signal.h.
 */

/**
 * Send a signal to the calling thread. It has arrived when this returns,
 * unless it is blocked; its handler runs at the next check.
 * Windows: by this, not by raise(), where several threads do; see section 3.
 *
 * Thread: any · In a signal handler: yes · Errors: EINVAL, EAGAIN a real-time
 * signal, and the user has too many pending
 */
int sig_raise(int signum);

/**
 * kill(2).
 * Windows: the own process; Ctrl-Break, SIGBREAK, to another process group; 0
 * asks whether any process is there; otherwise -ENOTSUP.
 *
 * Thread: any · In a signal handler: yes · Errors: EINVAL, EPERM not allowed
 * to, ESRCH nobody there
 */
int sig_kill(int pid,
             int signum);

/**
 * pthread_kill(3): `thread` is a pthread_t, of a thread that has not been
 * joined and was not detached, or is known to live.
 * Windows: -ENOTSUP.
 *
 * Thread: any · In a signal handler: yes · Errors: EINVAL, ESRCH it has ended,
 * EAGAIN as for sig_raise()
 */
int sig_kill_thread(uintptr_t thread,
                    int signum);

/**
 * sigqueue(3): a signal with a value.
 * Windows: -ENOTSUP.
 *
 * Thread: any · In a signal handler: yes · Errors: EINVAL, EPERM not allowed
 * to, ESRCH nobody there, EAGAIN the receiver's queue is full, ENOTSUP macOS
 */
int sig_queue(int pid,
              int signum,
              intptr_t value);

/**
 * pidfd_send_signal(2): to that very process, never to a later one of the
 * same number.
 * Windows: -ENOTSUP.
 *
 * Thread: any · In a signal handler: yes · Errors: EINVAL, EBADF, EPERM not
 * allowed to, ESRCH it has ended, ENOSYS before Linux 5.1, ENOTSUP elsewhere
 */
int sig_pidfd_send(int pidfd, int signum);

/**
 * Change the calling thread's mask; `old`, where not NULL, gets the one
 * before. What is unblocked and was sent arrives, and on the owner's thread
 * it is a safe point: handlers run, in here. If one raises, that is -EINTR and
 * sig_raised(): the mask is changed and `old` is written all the same. The
 * signal of sig_set_kick() stays unblocked on the owner's thread.
 * Windows: -ENOTSUP.
 *
 * Thread: any · In a signal handler: no · Errors: EINVAL how, EINTR
 */
int sig_mask(int how,
             uint64_t set,
             uint64_t *old);

/**
 * What was sent and not handled: blocked, and waiting in the kernel for this
 * thread or the process; on the owner's thread also what is recorded.
 * Windows: what is recorded.
 *
 * Thread: any · In a signal handler: no · Errors: EINVAL NULL
 */
int sig_pending(uint64_t *set);

/**
 * Take one of these signals, without its handler: its number. One that is
 * recorded already, or arrives (on the owner's thread, while not held), or
 * one that is blocked and was sent. Other signals are handled meanwhile. The
 * event, of size sizeof *event, says the rest; NULL and 0 where it is not
 * wanted. At most `timeout` nanoseconds from now; SAFEPOINT_FOREVER is no
 * limit, 0 only looks.
 * Windows: what is recorded, or arrives.
 * macOS: looks every 5 ms for what is blocked, and cannot say who sent it.
 *
 * Thread: any · In a signal handler: no · Errors: ETIMEDOUT none came, EINTR
 * a handler raised, EINVAL no signal in the set, size too small; E2BIG
 */
int sig_wait(uint64_t set,
             uint64_t timeout,
             sig_event *event,
             size_t size);

/**
 * siginterrupt(3): whether system calls that this signal interrupts go on
 * by themselves (SA_RESTART), whoever's handler stands there.
 * Windows: -ENOTSUP.
 *
 * Thread: owner (or the first) · In a signal handler: no · Errors: EINVAL,
 * EPERM, ENOMEM, EAGAIN somebody was installing at the same time, EBUSY the
 * signal of sig_set_kick() is to restart, which would end no wait
 */
int sig_set_restart(int signum, int on);

/* ===========================================================================
 * 11 Names
 */

/**
 * "SIGINT", "SIGRTMIN+3"; NULL where there is no such signal. Static.
 *
 * Thread: any · In a signal handler: yes · Errors: NULL
 */
const char *sig_name(int signum);

/**
 * "Interrupt", "Real-time signal 3"; NULL where there is no such signal.
 * Static, and not translated.
 *
 * Thread: any · In a signal handler: yes · Errors: NULL
 */
const char *sig_describe(int signum);

/**
 * The number of a signal by name or number, in any case: "SIGINT", "int",
 * "2", "RTMIN+3", "SIGRTMAX-1", "IOT".
 *
 * Thread: any · In a signal handler: yes · Errors: EINVAL NULL or no such
 * signal
 */
int sig_number(const char *name);

/**
 * The signals that exist, as a set: bit signum - 1. Without those that the
 * C library keeps for itself.
 *
 * Thread: any · In a signal handler: yes · Errors: none
 */
uint64_t sig_valid(void);

/* ===========================================================================
 * 12 Contexts
 *
 * A context has an owner thread, handlers, a breaker, pending calls, timers,
 * wake-ups, holds and counters of its own: one for each interpreter state,
 * say. All that stands above is about the main context. Any thread can own
 * more, one or several; each function above that acts on a context has a
 * sig_context_ twin, which takes the context first, does the same for it, and
 * may be called where the other may: by this one's owner, on any thread, in a
 * signal handler. sig_main() is a context for them, too. NULL is -EINVAL, one
 * that was freed -ESTALE.
 *
 * A signal goes to every context that has a handler for it. A disposition
 * belongs to the process: our handler stands there as long as any context has
 * one; else the signal is ignored as long as any wants that, or is at its
 * default. System calls restart where every handler has SAFEPOINT_RESTART;
 * what stood before is called if any has SAFEPOINT_CHAIN. sig_trip() is for
 * all, as a signal is, and sig_context_trip() for one. A wait ends, and a
 * check runs, for its own context alone.
 *
 * A forked child has all contexts. Those of the thread that forked are still
 * its own; the others have lost their owner, and can be adopted or freed.
 */

/**
 * The main context.
 *
 * Thread: any · In a signal handler: yes · Errors: none
 */
sig_context *sig_main(void);

/**
 * A new context, which the caller owns; NULL where there are 4,096 besides
 * the main one, or no memory. It has nothing set, and nothing pending. Signals
 * may arrive meanwhile.
 *
 * Thread: any · In a signal handler: no · Errors: NULL
 */
sig_context *sig_context_new(void);

/**
 * Give a context back, with its handlers, timers and wake-ups, and drop what
 * is pending for it. Its memory is kept for the next one. Whoever still has
 * the handle gets -ESTALE; a job that is posted in this very moment may be
 * dropped a little later.
 *
 * Thread: owner (any, where its thread has ended) · In a signal handler: no ·
 * Errors: EINVAL NULL or the main context, ESTALE, EPERM, EBUSY a handler of
 * its own is running, or somebody has been in its wake-up function for a
 * second
 */
int sig_context_free(sig_context *context);

/** sig_is_owner() for this context. */
int sig_context_is_owner(sig_context *context);

/** sig_adopt() for this context. */
int sig_context_adopt(sig_context *context);

/** sig_install() for this context. */
int sig_context_install(sig_context *context,
                        int signum,
                        sig_handler handler,
                        void *user,
                        uint32_t flags);

/** sig_ignore() for this context. */
int sig_context_ignore(sig_context *context, int signum);

/** sig_default() for this context. */
int sig_context_default(sig_context *context, int signum);

/** sig_restore() for this context. */
int sig_context_restore(sig_context *context, int signum);

/** sig_query() for this context. */
int sig_context_query(sig_context *context,
                      int signum,
                      sig_disposition *out,
                      size_t size);

/** sig_verify() for this context. */
int sig_context_verify(sig_context *context, int signum);

/** sig_set_escalation() for this context. */
int sig_context_set_escalation(sig_context *context,
                               int signum,
                               uint32_t deliveries,
                               uint64_t ns);

/** sig_syscall() for this context. */
long sig_context_syscall(sig_context *context,
                         long number,
                         long a,
                         long b,
                         long c,
                         long d,
                         long e,
                         long f);

/** sig_blocking_begin() for this context. */
int sig_context_blocking_begin(sig_context *context);

/** sig_blocking_end() for this context. */
int sig_context_blocking_end(sig_context *context);

/** sig_raised() for this context. */
int sig_context_raised(sig_context *context);

/** sig_retry() for this context. */
int sig_context_retry(sig_context *context);

/** sig_call_after() for this context. sig_cancel() is for all. */
int sig_context_call_after(sig_context *context,
                           uint64_t ns,
                           uint64_t every_ns,
                           sig_call fn,
                           void *arg,
                           uint64_t *id);

/** sig_mask() for this context. */
int sig_context_mask(sig_context *context,
                     int how,
                     uint64_t set,
                     uint64_t *old);

/** sig_pending() for this context. */
int sig_context_pending(sig_context *context, uint64_t *set);

/** sig_wait() for this context. */
int sig_context_wait(sig_context *context,
                     uint64_t set,
                     uint64_t timeout,
                     sig_event *event,
                     size_t size);

/** sig_set_restart() for this context. */
int sig_context_set_restart(sig_context *context, int signum, int on);

/**
 * sig_check() for this context. No handler ought to return -EINVAL or -ESTALE:
 * they are this function's own. In a hot loop test the word at
 * sig_context_breaker() first.
 */
int sig_context_check(sig_context *context);

/** sig_check_frame() for this context. */
int sig_context_check_frame(sig_context *context, void *frame);

/** sig_next() for this context. */
int sig_context_next(sig_context *context, sig_event *event, size_t size);

/**
 * sig_breaker() for this context; NULL where there is none. The word can be
 * read for ever, but says nothing when the context was freed.
 */
const volatile uint32_t *sig_context_breaker(sig_context *context);

/** sig_hold() for this context. */
int sig_context_hold(sig_context *context);

/** sig_release() for this context. */
int sig_context_release(sig_context *context);

/** sig_add_pending_call() for this context. */
int sig_context_add_pending_call(sig_context *context,
                                 sig_call fn,
                                 void *arg);

/** sig_post() for this context. A job is queued in one context at a time. */
int sig_context_post(sig_context *context, sig_job *job);

/** sig_trip() for this context alone. */
int sig_context_trip(sig_context *context, int signum);

/**
 * sig_interrupt() for this context: how one thread cancels the script that
 * another runs.
 */
int sig_context_interrupt(sig_context *context, int value);

/** sig_set_wakeup_fd() for this context. */
int sig_context_set_wakeup_fd(sig_context *context,
                              int fd,
                              uint32_t flags,
                              int *old_fd);

/** sig_event_fd() for this context. */
int sig_context_event_fd(sig_context *context);

/** sig_event_handle() for this context. */
int sig_context_event_handle(sig_context *context, void **handle);

/** sig_set_wakeup_fn() for this context. */
int sig_context_set_wakeup_fn(sig_context *context, sig_wakeup fn, void *arg);

/** sig_wakeup_failures() for this context. */
int sig_context_wakeup_failures(sig_context *context, int *last_error);

/** sig_read() for this context. */
long sig_context_read(sig_context *context,
                      int fd,
                      void *buffer,
                      size_t size);

/** sig_write() for this context. */
long sig_context_write(sig_context *context,
                       int fd,
                       const void *buffer,
                       size_t size);

/** sig_readv() for this context. */
long sig_context_readv(sig_context *context,
                       int fd,
                       const struct iovec *vector,
                       int count);

/** sig_writev() for this context. */
long sig_context_writev(sig_context *context,
                        int fd,
                        const struct iovec *vector,
                        int count);

/** sig_pread() for this context. */
long sig_context_pread(sig_context *context,
                       int fd,
                       void *buffer,
                       size_t size,
                       int64_t offset);

/** sig_pwrite() for this context. */
long sig_context_pwrite(sig_context *context,
                        int fd,
                        const void *buffer,
                        size_t size,
                        int64_t offset);

/** sig_open() for this context. */
long sig_context_open(sig_context *context,
                      const char *path,
                      int flags,
                      unsigned int mode);

/** sig_openat() for this context. */
long sig_context_openat(sig_context *context,
                        int folder,
                        const char *path,
                        int flags,
                        unsigned int mode);

/** sig_flock() for this context. */
long sig_context_flock(sig_context *context, int fd, int operation);

/** sig_fcntl_lock() for this context. */
long sig_context_fcntl_lock(sig_context *context,
                            int fd,
                            int command,
                            struct flock *lock);

/** sig_sendfile() for this context. */
long sig_context_sendfile(sig_context *context,
                          int to,
                          int from,
                          int64_t *offset,
                          size_t size);

/** sig_splice() for this context. */
long sig_context_splice(sig_context *context,
                        int from,
                        int64_t *from_offset,
                        int to,
                        int64_t *to_offset,
                        size_t size,
                        unsigned int flags);

/** sig_copy_file_range() for this context. */
long sig_context_copy_file_range(sig_context *context,
                                 int from,
                                 int64_t *from_offset,
                                 int to,
                                 int64_t *to_offset,
                                 size_t size,
                                 unsigned int flags);

/** sig_getrandom() for this context. */
long sig_context_getrandom(sig_context *context,
                           void *buffer,
                           size_t size,
                           unsigned int flags);

/** sig_recv() for this context. */
long sig_context_recv(sig_context *context,
                      int fd,
                      void *buffer,
                      size_t size,
                      int flags);

/** sig_send() for this context. */
long sig_context_send(sig_context *context,
                      int fd,
                      const void *buffer,
                      size_t size,
                      int flags);

/** sig_recvfrom() for this context. */
long sig_context_recvfrom(sig_context *context,
                          int fd,
                          void *buffer,
                          size_t size,
                          int flags,
                          struct sockaddr *address,
                          unsigned int *length);

/** sig_sendto() for this context. */
long sig_context_sendto(sig_context *context,
                        int fd,
                        const void *buffer,
                        size_t size,
                        int flags,
                        const struct sockaddr *address,
                        unsigned int length);

/** sig_recvmsg() for this context. */
long sig_context_recvmsg(sig_context *context,
                         int fd,
                         struct msghdr *message,
                         int flags);

/** sig_sendmsg() for this context. */
long sig_context_sendmsg(sig_context *context,
                         int fd,
                         const struct msghdr *message,
                         int flags);

/** sig_accept() for this context. */
long sig_context_accept(sig_context *context,
                        int fd,
                        struct sockaddr *peer,
                        unsigned int *size);

/** sig_accept4() for this context. */
long sig_context_accept4(sig_context *context,
                         int fd,
                         struct sockaddr *peer,
                         unsigned int *size,
                         int flags);

/** sig_connect() for this context. */
long sig_context_connect(sig_context *context,
                         int fd,
                         const struct sockaddr *address,
                         unsigned int size);

/** sig_poll() for this context. */
long sig_context_poll(sig_context *context,
                      struct pollfd *fds,
                      unsigned long count,
                      int timeout);

/** sig_ppoll() for this context. */
long sig_context_ppoll(sig_context *context,
                       struct pollfd *fds,
                       unsigned long count,
                       const struct timespec *timeout,
                       const uint64_t *mask);

/** sig_select() for this context. */
long sig_context_select(sig_context *context,
                        int count,
                        void *read,
                        void *write,
                        void *except,
                        const struct timeval *timeout);

/** sig_pselect() for this context. */
long sig_context_pselect(sig_context *context,
                         int count,
                         void *read,
                         void *write,
                         void *except,
                         const struct timespec *timeout,
                         const uint64_t *mask);

/** sig_epoll_wait() for this context. */
long sig_context_epoll_wait(sig_context *context,
                            int fd,
                            struct epoll_event *events,
                            int count,
                            int timeout);

/** sig_sleep() for this context. */
int sig_context_sleep(sig_context *context, uint64_t ns);

/** sig_pause() for this context. */
int sig_context_pause(sig_context *context);

/** sig_nanosleep() for this context. */
long sig_context_nanosleep(sig_context *context,
                           const struct timespec *wait,
                           struct timespec *left);

/** sig_clock_nanosleep() for this context. */
long sig_context_clock_nanosleep(sig_context *context,
                                 int clock,
                                 int flags,
                                 const struct timespec *wait,
                                 struct timespec *left);

/** sig_waitpid() for this context. */
long sig_context_waitpid(sig_context *context,
                         int pid,
                         int *wait_status,
                         int options);

/** sig_wait4() for this context. */
long sig_context_wait4(sig_context *context,
                       int pid,
                       int *wait_status,
                       int options,
                       struct rusage *usage);

/** sig_waitid() for this context. */
long sig_context_waitid(sig_context *context,
                        int kind,
                        unsigned int id,
                        void *info,
                        int options);

/** sig_futex_wait() for this context. */
long sig_context_futex_wait(sig_context *context,
                            const uint32_t *word,
                            uint32_t expected,
                            uint64_t timeout);

/** sig_sem_wait() for this context. */
int sig_context_sem_wait(sig_context *context, void *semaphore);

/** sig_semop() for this context. */
long sig_context_semop(sig_context *context,
                       int set,
                       struct sembuf *operations,
                       size_t count);

/** sig_msgrcv() for this context. */
long sig_context_msgrcv(sig_context *context,
                        int queue,
                        void *message,
                        size_t size,
                        long kind,
                        int flags);

/** sig_msgsnd() for this context. */
long sig_context_msgsnd(sig_context *context,
                        int queue,
                        const void *message,
                        size_t size,
                        int flags);

/* ===========================================================================
 * 13 Stop latch
 *
 * What workers look at to see that they are to stop: Python's
 * threading.Event, in four bytes. Anybody sets it, also a signal handler, and
 * any number of threads wait for it, also in other processes that share the
 * memory. It begins as zeros, and once it is set it stays so.
 */

/** A latch: SAFEPOINT_LATCH, or zeros. Do not copy it. */
typedef struct sig_latch {
    /** The library's own. */
    uint32_t word;
} sig_latch;

/**
 * Set it, and wake all who wait for it. Returns 0, or 1 where it was set
 * already. What was written before is seen by whoever sees it set.
 *
 * Thread: any · In a signal handler: yes · Errors: EINVAL NULL
 */
int sig_latch_set(struct sig_latch *latch);

/**
 * 1 where it is set, otherwise 0: one load.
 *
 * Thread: any · In a signal handler: yes · Errors: EINVAL NULL
 */
int sig_latch_is_set(const struct sig_latch *latch);

/**
 * Wait until it is set, for `ns` nanoseconds, or SAFEPOINT_FOREVER: 1 where
 * it is set, 0 where time is up. A wait like those of section 8: on the
 * owner's thread handlers run meanwhile.
 * Windows: for threads of this process.
 *
 * Thread: any · In a signal handler: no · Errors: EINVAL NULL, EINTR a handler
 * raised
 */
int sig_latch_wait(struct sig_latch *latch,
                   uint64_t ns);

/** sig_latch_wait() for this context. */
int sig_context_latch_wait(sig_context *context,
                           struct sig_latch *latch,
                           uint64_t ns);

/** A latch's initial value: sig_latch latch = SAFEPOINT_LATCH; */
#define SAFEPOINT_LATCH { 0 }

/* ===========================================================================
 * 16 What happened
 */

/** Buckets of the latency histogram. */
#define SAFEPOINT_LATENCY_BUCKETS 40

/**
 * What happened in a context since sig_init() or sig_context_new(), or since
 * the fork in a child.
 * Once nothing is pending, arrivals = handled + coalesced + lost + dropped.
 */
typedef struct sig_counters {
    /** Deliveries of signals that have a handler. */
    uint64_t arrivals;
    /** Events of signals that a handler was called for, or sig_next() took. */
    uint64_t handled;
    /** Deliveries that joined an event that was pending already. */
    uint64_t coalesced;
    /** Deliveries kept apart that found no room. */
    uint64_t lost;
    /** Deliveries that were pending when their handler was removed. */
    uint64_t dropped;
    /**
     * Pending calls, posted jobs and timers that were run, or that sig_next()
     * took.
     */
    uint64_t calls_run;
    /** Pending calls that found the ring full: -EAGAIN. */
    uint64_t calls_refused;
    /**
     * Pending calls and posted jobs dropped by sig_fini() or
     * sig_context_free().
     */
    uint64_t calls_dropped;
    /** Wake-ups that could not be written. */
    uint64_t wakeups_failed;
    /** Kicks sent to an owner that waited, for what came elsewhere. */
    uint64_t forwards;
    /**
     * From arrival to handler: latency[n] counts the events that waited at
     * least 2^n and less than 2^(n+1) nanoseconds. The last has all above.
     */
    uint64_t latency[SAFEPOINT_LATENCY_BUCKETS];
} sig_counters;

/**
 * Copy the counters; `size` is sizeof *out. On another thread than the
 * owner's they may be a moment apart from each other.
 *
 * Thread: any · In a signal handler: no · Errors: EINVAL NULL or size too
 * small, E2BIG
 */
int sig_stats(sig_counters *out, size_t size);

/** sig_stats() for this context. */
int sig_context_stats(sig_context *context, sig_counters *out, size_t size);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* SAFEPOINT_H */
