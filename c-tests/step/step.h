/* The step tester: a scenario is run one machine instruction at a time, and
 * after instruction k something happens: a signal is delivered, another
 * thread acts, the process dies. For every k, each in a process of its own.
 *
 *   step                      every scenario
 *   step GROUP...             handlers, points, calls, wakeup, waits, contexts,
 *                             producers, arrivals, processes or naive
 *   step GROUP NAME MODE K    one position of one scenario, as reported
 *
 * setup() is not stepped. body() is, on the owner or on another thread.
 * check() runs when all is over. All three fail by test.h's assertions. */
#ifndef STEP_H
#define STEP_H

#include "test.h"

/* What happens after instruction k. */
enum mode {
    SIGNAL = 1, /* the stepped thread gets the signal */
    THREAD = 2, /* another thread raises it, while the stepped one stands */
    CALLS = 4,  /* a C handler interrupts, and adds calls and posts a job */
    FORKS = 8,  /* another thread forks, and the child is tried out */
    ACTS = 16,  /* the scenario's meanwhile(), while the stepped one stands */
    KILL = 32,  /* the stepped process dies */
    WOKEN = 64, /* with every wake-up on: combines with the others */
    ALL_MODES = 127,
};

#define SIGRTMIN_LATER (-1)

struct scenario {
    const char *name;
    void (*setup)(void);
    void (*body)(void);
    void (*check)(void);
    /* What is tried: modes, or'ed, each also with WOKEN if that is there. */
    int modes;
    /* The signal: 0 is SIGUSR1, SIGRTMIN_LATER is SIGRTMIN. */
    int signum;
    /* ACTS: what the other thread does. */
    void (*meanwhile)(void);
    /* body() runs on a thread of its own, and meanwhile() on the owner. */
    bool on_producer;
    /* body() forks, and the child is stepped: it calls step_end(). */
    bool in_child;
    /* The process may die by this signal: that is an outcome, too. */
    int may_die;
    /* How often the outcome may change as k grows. */
    int changes;
    /* In these modes body() may leave another errno than it found. */
    int sets_errno;
    /* Outside this program's own text, and in loops that have gone round
     * often, only every so many instructions. */
    int stride;
    /* body() waits in a system call, for ever, unless shared->fed: which. */
    bool blocks;
    long blocks_in;
    /* waiting: which of waits.h. */
    const struct wait *wait;
    /* No library in it, but what is known to be broken: the tester has to
     * find at least one bad position. */
    bool is_broken;
};

/* A group, ended by a scenario without a name. */
extern const struct scenario handlers[], points[], calls[], wakeup[],
    contexts[], producers[], arrivals[], processes[], naive[];
/* Made by fill_waiting(). */
extern struct scenario waiting[];
void fill_waiting(void);

/* Shared by the tester and the processes that it steps. */
struct shared {
    volatile pid_t stepped; /* the thread that stops at its end; 0: none */
    volatile int ended;     /* body() is over */
    volatile int outcome;   /* set by check() */
    volatile int fed;       /* what blocks_in waits for is there */
    int go[2], done[2];     /* pipes: meanwhile() may begin, has ended */
};
extern struct shared *shared;

static inline int signal_of(const struct scenario *scenario)
{
    if (scenario->signum == SIGRTMIN_LATER)
        return SIGRTMIN;
    return scenario->signum ? scenario->signum : SIGUSR1;
}

/* The stepped stretch begins, and ends: see body(). */
void step_begin(void);
void step_end(void);

/* Never returns: the stepped process, from setup() to check(). */
_Noreturn void step_process(const struct scenario *scenario, int mode);

/* What the scenarios share: see account.c. ------------------------------- */

extern int mode;        /* what is being tried */
extern const struct scenario *scenario; /* of the stepped process */
extern atomic_long handled; /* deliveries that on_signal() was told of */
extern atomic_long events;  /* how often it was called */
extern atomic_long raw;     /* how often on_raw() was called */
extern atomic_long added;   /* calls and jobs that were accepted */
extern atomic_long ran;     /* on_call() was called */
extern atomic_long woken;   /* on_wakeup() was called */
extern atomic_long sent;    /* signals that were sent, by all */
extern int raises;          /* what on_signal() returns */
extern int call_raises;     /* what on_call() returns */
extern bool held;           /* between sig_hold() and sig_release() */
extern int event_fd;        /* WOKEN: sig_event_fd() */
extern int full_pipe;       /* can be written to, and never has room */
extern sig_job job;         /* of body()'s */

int on_signal(const sig_event *event, void *user);
int on_call(void *order);
void on_raw(int signum);
void on_wakeup(int signum, void *arg);

/* Stand there as an ordinary C handler. */
void set_raw(int signum, void (*handler)(int));
/* Have on_signal() there. */
void install(int signum, uint32_t flags);
/* After sig_fini(). */
void init_again(void);
/* raise(), and sigqueue(), which do not fail; counted. */
void send_signal(int signum);
void queue(int signum, int value);
/* Add a call, the next in the order of this producer (0 to 7). */
void add_from(int producer);
/* Post on_call(); a job that was queued already does not count. */
void post(sig_job *job);
bool readable(int fd);

/* Whatever waits has been announced: breaker and eventfd say so. */
void assert_announced(void);
/* Check until nothing is left, and then everything adds up. */
void assert_settled(void);
/* That; and what was sent was handled or dropped once, or was on_raw()'s:
 * which of them is the outcome. */
void assert_each_once(void);
/* In a forked child: nothing is pending, and everything works. */
void assert_child_works(void);
/* Make such a child, and wait for it. */
void fork_here(void);

/* The tester: see try.c. ----------------------------------------------- */

/* Try every k, and say how it went: false where something is wrong. */
bool step_through(const struct scenario *scenario, int mode);
/* Try one. */
bool step_once(const struct scenario *scenario, int mode, long k);
extern long positions_tried;
const char *mode_name(int mode);

/* For machines that are too slow for all of it: see slow.c. SAFEPOINT_STEP_EVERY
 * is 1, or every which position is to be tried, or 0: those inside the assembly
 * of the waits, which is where the path begins and ends then. */
long step_every(void);
void suit_slow_machine(void);

/* "function+0x12", good until the next call. */
const char *symbol_at(uintptr_t address);
bool in_own_text(uintptr_t address);
/* Of the waits. */
bool in_assembly(uintptr_t address);
extern const char safepoint_wait[] __attribute__((weak));

#endif /* STEP_H */
