/* Fault injection: a scenario calls one function of the library's, and each
 * system call that this makes fails in turn, with each error that its man page
 * lists (errors.h). Each time in a process of its own.
 *
 *   faults                                  every group
 *   faults GROUP...                         life, handlers, wakeup, waiting,
 *                                           timing, sending, contexts,
 *                                           arrivals or processes
 *   faults GROUP SCENARIO THREAD N ERROR    one of them, as reported
 *
 * A call that fails returns the error and has changed nothing: a snapshot of
 * all that can be seen says so. Then the same call is made once more, and
 * succeeds, and the library works. Where it is to succeed in spite of the
 * fault, absorbed.c has a row with the reason. */
#ifndef FAULTS_H
#define FAULTS_H

#include "test.h"

#define SIGNALS 64

/* Where signals say nothing, a thread sends kicks again. It comes with the
 * first timer, and stays, whatever fails then. */
#ifdef SAFEPOINT_PORTABLE
#define KICKING " threads maps"
#else
#define KICKING ""
#endif

struct scenario {
    const char *name;
    void (*setup)(void);
    /* The call: its result, or what a test makes of it: the same each time. */
    long (*act)(void);
    /* When it has failed: what no snapshot shows is as it was, too. */
    void (*unchanged)(void);
    /* When that has succeeded, at once or at last. */
    void (*check)(void);
    /* The function without its sig_, where the name does not begin with it. */
    const char *function;
    /* This signal arrives when act() begins. */
    int signum;
    /* Lines of the snapshot that begin so may differ after a failure. */
    const char *may_differ;
    /* Lines that are not the same each time, with no fault at all. */
    const char *varies;
    /* The system call that it stands for: no row of absorbed.c is about it. */
    const char *own;
};

/* Groups, each ended by a scenario without a name. */
extern const struct scenario life[], handlers[], wakeup[], timing[], sending[],
    contexts[], arrivals[], processes[];
/* Made by fill_waiting(). */
extern struct scenario waiting[];
void fill_waiting(void);

/* One system call that is to fail: the n-th of this thread, with this error. */
struct fault {
    int thread; /* 0 is the one that calls act(), then by age */
    int n;
    int error;
    long number; /* which call it is */
};

/* Where the result is another than the error, by design. */
struct absorbed {
    const char *reason;
    const char *scenario; /* group/name, as it begins; NULL: any */
    const char *call;     /* NULL: any */
    int error;            /* 0: any */
    /* It is one of these errors, and nothing has changed; 0: it is as without the
     * fault, and so is what can be seen, but for lines that may differ. */
    int gives, or_gives;
    const char *may_differ;
    /* Or else it is the error all the same. */
    bool either;
    /* Or it is not to be tried at all. */
    bool left_out;
    /* Or else it may die by this signal. */
    int may_die;
    /* On how many it was: the tester's own. */
    long count;
};

extern struct absorbed absorbed[];
struct absorbed *find_absorbed(const char *group, const struct scenario *scenario,
                               const struct fault *fault);

#define SNAPSHOT 24576

/* What can be seen of the library, and of the process, line by line. */
struct snapshot {
    size_t size;
    char text[SNAPSHOT];
};

void take_snapshot(struct snapshot *snapshot);
int living_threads(void);
/* Lines that differ are printed, unless they may: two lists of how such lines
 * begin, each may be NULL. */
bool same(const struct snapshot *before, const struct snapshot *after,
          const char *may_differ, const char *varies);

/* Shared by the tester and the processes that it runs. */
struct shared {
    const struct absorbed *row; /* of this fault */
    struct fault fault;         /* error 0: none */
    bool injected;              /* it came to that */
    long result;                /* of act() */
    long plain;                 /* that without a fault */
    struct snapshot before, after, success;
};
extern struct shared *shared;

/* The tester's: see trace.c. */
#define CALLS 512

struct path {
    int length;
    struct fault at[CALLS]; /* each call that errors are known of */
};

enum end { PASSED, WRONG, HUNG };

/* Run it once, and write down its calls. */
enum end run(const struct scenario *scenario, struct path *path);

/* The process that is traced: see process.c. Never returns. */
_Noreturn void scenario_process(const struct scenario *scenario);

/* By number: NULL where no error is known of. */
const char *call_name(long number);
const int *call_errors(long number); /* ended by 0 */

/* Whether the header says that the function may fail so: see documented.c. */
bool is_documented(const struct scenario *scenario, int error);

/* What the scenarios share: see process.c. */
extern atomic_long handled; /* deliveries that on_signal() was told of */
extern atomic_long ran;     /* how often on_call() was called */
extern const struct scenario *current;
/* The tester takes over, and lets go: of a child, too. */
void mark(void);
int on_signal(const sig_event *event, void *user);
int on_call(void *arg);
/* What began blocked still is; others may have stayed so, and are no more. */
void repair_mask(void);
/* What stands here now is to be so at the end. */
void is_first(void);
void init(void);    /* sig_init() */
void install(void); /* that, and on_signal() for SIGUSR1 */

#endif /* FAULTS_H */
