/* Where the result is not the error that a system call gave, by design, and
 * why. Whatever is not in here comes out as the result, and has changed
 * nothing. The first row that fits counts. */
#include "faults.h"

#define MASK "the kernel refuses no mask that lies on its caller's stack"
#define ACTION "sig_fini() and sig_context_free() put back what they can, and " \
    "ours does nothing where it stays"
#define WAKEUP "what is pending is recorded: a wake-up that fails is counted, " \
    "and sig_wakeup_failures() tells"
#define ASKS "the pipe is only asked whether it has a reader: it is written to " \
    "all the same"
#define CLOSE "Linux has closed it all the same"
#define NO_TIMER "a timer's errors are all one: none is to be had"
#define NO_MEMORY "mmap's errors are all one: there is no memory"
#define DELETE "the kernel refuses to delete no timer that exists"
#define WAKE "it is made again, three times at most: only a word that is not " \
    "mapped cannot be woken"
#define DRAIN "an eventfd that could not be read empty is so at the next check"
#define AGAIN "PEP 475: what was interrupted is made again"
#define TWICE "a signal, or somebody who opens a file under that number, does " \
    "not stay: it is made again, three times at most, and then is EBUSY"
#define NOBODY "the number is written to no more, whatever lies under it"

#define LATE "without a timer only what arrives in somebody else's handler " \
    "over a wait, and nothing after it, may be late"
#define SET "the kernel refuses no time of ours to a timer that exists"
#define THEIRS "the C library's own, for a new thread or process"

#define NO_THREAD "for whatever reason there is no thread: mmap's for the timers " \
    "themselves is ENOMEM"
#define NO_EVENT "what cannot be written to is no eventfd"
#define TIME "time is up, as the kernel says it"
#define LATCH "the latch is looked at again"
#define KICK "it only fails for a thread that is gone; what is recorded waits " \
    "for the next safe point"
#define CHILD "fork has succeeded by then: the child has no wake-up, as it is told"
#define JOIN WAKE "; and the C library's pthread_join() aborts where its own " \
    "wait fails"
#define PRCTL "only how the thread is named, and how exactly it wakes"

/* The kicks of kicks_plain.rs. */
#define NO_KICKS "the thread that sends kicks again is the timer: none is to be had"
#define LOOKS "the thread that sends kicks again looks once more"
#define FIRST "a child has no thread that sends kicks again until it needs one"
/* musl's. */
#define TO_SEND "musl blocks all signals while it sends one: " MASK
#define ALARM "alarm() has no errors: nothing was left of it"
#define TWO_CALLS "musl asks in another way, or sets FD_CLOEXEC once more"

struct absorbed absorbed[] = {
#ifdef SAFEPOINT_PORTABLE
    {WAKE, "arrivals/arrival", "futex", .may_differ = "breaker counters"},
    {KICK, "arrivals/", "tgkill", .may_differ = "breaker counters"},
    {ASKS, "wakeup/event_fd", "ppoll"},
    {ASKS, "contexts/context_adopt", "ppoll"},
    {LOOKS, "handlers/set_escalation", "futex"},
    {LOOKS, "waiting/blocking_begin", "futex"},
    {LOOKS, "waiting/the first wait", "futex"},
    {LOOKS, "processes/", "futex"},
    {FIRST, "processes/", "clone3"},
    {NO_KICKS, "handlers/set_escalation", "mmap", .gives = ENOMEM},
    {NO_KICKS, "handlers/set_escalation", "mprotect", .gives = ENOMEM},
    {NO_KICKS, "handlers/set_escalation", "clone3", .gives = ENOMEM},
    {NO_KICKS, "waiting/blocking_begin", "mmap", .gives = ENOMEM},
    {NO_KICKS, "waiting/blocking_begin", "mprotect", .gives = ENOMEM},
    {NO_KICKS, "waiting/blocking_begin", "clone3", .gives = ENOMEM},
    {NO_KICKS, "waiting/the first wait", "mmap", .gives = ENOMEM},
    {NO_KICKS, "waiting/the first wait", "mprotect", .gives = ENOMEM},
    {NO_KICKS, "waiting/the first wait", "clone3", .gives = ENOMEM},
    {THEIRS, "handlers/set_escalation", "rt_sigaction", .either = true},
    {THEIRS, "waiting/blocking_begin", "rt_sigaction", .either = true},
    {THEIRS, "waiting/the first wait", "rt_sigaction", .either = true},
#else
    {KICK, "arrivals/", "rt_tgsigqueueinfo", .may_differ = "breaker counters"},
    {SET, "arrivals/", "timer_settime"},
    {DELETE, .call = "timer_delete", .may_differ = "timers"},
    {NOBODY, "life/fini", "eventfd2", .may_differ = "fd"},
    {NOBODY, "contexts/context_free", "eventfd2", .may_differ = "fd"},
    {LATE, "waiting/the first wait", "timer_create", .may_differ = "timers"},
    {LATE, "contexts/the first wait", "timer_create", .may_differ = "timers"},
    {LATE, "processes/", "timer_create", .may_differ = "timers"},
    {NO_TIMER, .call = "timer_create", .gives = ENOMEM},
    {CHILD, "processes/", "eventfd2"},
#endif
#ifdef __GLIBC__
    {NO_THREAD, "timing/call_after", "clone3", .gives = EAGAIN},
    {THEIRS, "timing/call_after", "rt_sigaction"},
    {THEIRS, .call = "set_robust_list"},
#else
    {THEIRS, "life/fini of a timer", "munmap", .may_differ = "maps"},
    {ALARM, "timing/alarm", "setitimer"},
    {TO_SEND, "sending/raise", "rt_sigprocmask", .left_out = true},
    {TO_SEND, "sending/kill_thread", "rt_sigprocmask", .left_out = true},
    {TO_SEND, "sending/queue", "rt_sigprocmask", .left_out = true},
    {NO_THREAD, "timing/call_after", "clone", .gives = EAGAIN},
    {THEIRS, "timing/call_after", "membarrier"},
    {TWO_CALLS, "wakeup/set_wakeup_fd", "fstat", EBADF},
#endif
    /* Masks. Those of the call itself come out. */
    {MASK, .call = "rt_sigprocmask", .may_differ = "mask", .either = true},
    /* Arrivals, and what wakes. */
    {WAKEUP, "arrivals/", "write", .may_differ = "wakeups"},
    {WAKEUP, "arrivals/", "sendto", .may_differ = "wakeups"},
    {WAKEUP, "wakeup/set_wakeup_fd with a call pending", "write",
     .may_differ = "wakeups"},
    {WAKEUP, "wakeup/event_fd", "write", .may_differ = "wakeups"},
    {WAKEUP, "contexts/context_adopt", "write", .may_differ = "wakeups"},
    {ASKS, "arrivals/", "ppoll"},
    {ASKS, "wakeup/set_wakeup_fd", "ppoll"},
    {TWICE, "wakeup/set_wakeup_fd", "fcntl", EINTR},
    {TWICE, "wakeup/set_wakeup_fd", "fcntl", EBUSY},
    {TWICE, "wakeup/set_wakeup_fd", "dup3", EINTR},
    {TWICE, "wakeup/set_wakeup_fd", "dup3", EBUSY},
#ifndef __GLIBC__
    {TWO_CALLS, "wakeup/set_wakeup_fd", "fcntl", .either = true},
#endif
    {DRAIN, "wakeup/event_fd", "read"},
    {DRAIN, "arrivals/check", "read"},
    {DRAIN, "contexts/context_", "read"},
    {DRAIN, "life/fini", "read"},
    {WAKE, "arrivals/latch_set", "futex", .may_differ = "threads"},
    {JOIN, "life/fini of a timer", "futex", .may_differ = "threads",
     .may_die = SIGABRT},
    {WAKE, "waiting/pause", "futex"},
    {WAKE, "timing/", "futex"},
    /* What only takes away. */
    {CLOSE, .call = "close", .may_differ = "fd"},
    {ACTION, "life/fini", "rt_sigaction", .may_differ = "signal"},
    {ACTION, "contexts/context_free", "rt_sigaction", .may_differ = "signal"},
    {ACTION, "handlers/set_kick", "rt_sigaction", .may_differ = "signal"},
    {NOBODY, "life/fini", "dup3", .may_differ = "fd"},
    {NOBODY, "contexts/context_free", "dup3", .may_differ = "fd"},
    /* One error for all. */
    {NO_MEMORY, "contexts/", "mmap", .gives = ENOMEM},
    {NO_THREAD, "timing/call_after", "mmap", .gives = EAGAIN, .or_gives = ENOMEM},
    {NO_THREAD, "timing/call_after", "mprotect", .gives = EAGAIN},
    {NO_EVENT, "wakeup/set_wakeup_fd of an eventfd", "write", .gives = EINVAL},
    /* Waits. */
    {TIME, "waiting/wait", "rt_sigtimedwait", EAGAIN, .gives = ETIMEDOUT},
    {TIME, "waiting/latch_wait", "futex", ETIMEDOUT},
    {LATCH, "waiting/latch_wait", "futex", EAGAIN},
    {AGAIN, "waiting/", .error = EINTR,
     .may_differ = "breaker counters calls forwards"},
    {AGAIN, "contexts/the first wait", .error = EINTR},
    /* A child. */
    {CHILD, "processes/", "dup3"},
    /* What is not ours. */
    {PRCTL, .call = "prctl"},
    {0},
};

struct absorbed *find_absorbed(const char *group, const struct scenario *scenario,
                               const struct fault *fault)
{
    const char *call = call_name(fault->number);
    char name[128];
    snprintf(name, sizeof name, "%s/%s", group, scenario->name);
    if (scenario->own && strcmp(scenario->own, call) == 0)
        return NULL;
    for (struct absorbed *row = absorbed; row->reason; row++) {
        const char *begin = row->scenario ? row->scenario : "";
        if ((!row->call || strcmp(row->call, call) == 0) &&
            (!row->error || row->error == fault->error) &&
            strncmp(begin, name, strlen(begin)) == 0)
            return row;
    }
    return NULL;
}
