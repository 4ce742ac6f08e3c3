/* The soak: storms, contexts, waits, forks, children and takeovers together,
 * for as long as is asked for; then each book has to add up.
 *
 *   soak SECONDS [SEED] */
#ifndef SOAK_H
#define SOAK_H

#include "test.h"

#include <sys/mman.h>

#define OWN 24     /* contexts of the workers at a time */
#define BEHIND 500 /* standard signals that one may have to handle */

/* Of the process, and shared with the senders. */
struct shared {
    atomic_bool over;         /* the senders end */
    atomic_ullong queued;     /* SIGRTMIN with a value: sent */
    atomic_ullong values;     /* the sum of their values */
    atomic_ullong taken;      /* told to main's handler: the senders wait */
    atomic_ullong waited_for; /* the signal of sig_wait(): sent */
    atomic_ullong sent;       /* standard signals */
    /* How many they were before the last check of each context, the main one's
     * behind those of the workers; 0: there is none. */
    atomic_ullong checked[OWN + 1];
};
extern struct shared *shared;
extern atomic_bool over; /* all threads end */

/* Standard signals that the senders send: the first stays, with what stood
 * there before, the last comes and goes. */
#define STAYS SIGHUP
#define COMES_AND_GOES SIGWINCH
/* Blocked everywhere, and taken by sig_wait(). */
#define WAITED_FOR (SIGRTMIN + 3)

/* Nanoseconds for what is on its way. */
#define PATIENCE UINT64_C(20000000000)

/* What is counted for the table: atomic_ullong each. */
#define FIGURES(X)                                                             \
    X(arrivals) X(handled) X(coalesced) X(lost) X(dropped) X(calls) X(jobs)    \
    X(deadlines) X(cancelled) X(waits) X(raised) X(bytes) X(forks)             \
    X(forks_in_handlers) X(contexts) X(threads) X(takeovers) X(orphans)        \
    X(cycles) X(signals_waited_for)
struct figures {
#define FIGURE(name) atomic_ullong name;
    FIGURES(FIGURE)
#undef FIGURE
};
extern struct figures figures;

/* A thread, for the watchdog: what it does, and since when. */
struct place {
    atomic_bool lives;
    const char *volatile what;
    atomic_ullong turns;
};
#define PLACES 16
extern struct place places[PLACES];
/* It is `what` that the calling thread does from now on. */
void at(const char *what);
/* The calling thread begins, and ends, as this one. */
void enter(int place);
void leave(void);

/* Whether to send a standard signal: each context gets its turn before what is
 * kept apart in it could find no room, or take much memory. */
static inline bool may_send(void)
{
    uint64_t sent = shared->sent;
    for (int i = 0; i <= OWN; i++) {
        uint64_t checked = shared->checked[i];
        if (checked && sent - checked > BEHIND)
            return false;
    }
    shared->sent++;
    return true;
}

/* Whether they add up: what is on its way may still come, for so long. */
bool add_up(const sig_counters *now, uint64_t until);

unsigned random_of(unsigned *state);

/* The processes that send: see senders.c. */
#define SENDERS 2
void start_senders(pid_t senders[SENDERS]);

/* The main thread's, and that of who feeds it: see owner.c. */
void begin_main(unsigned seed);
void turn(void);
void *feed(void *place);
/* Nothing more comes: handle the rest. */
void drain(void);
/* Prints what has to be equal: whether it is. */
bool books(void);

/* Beside the main thread: see contexts.c. */
#define WORKERS 4
void *work(void *place);
void free_all_contexts(void);
/* A child of the calling thread's, which checks its books: its status is 0. */
void fork_and_check(bool in_handler);
extern __thread bool in_child;

/* Memory, watchdog: see watch.c. */
void start_watching(unsigned seconds);
/* Prints a table: whether all is flat. */
bool is_flat(void);

#endif /* SOAK_H */
