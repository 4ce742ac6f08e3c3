/* Walking a process to its k-th instruction: see trace.c. */
#ifndef TRACE_H
#define TRACE_H

#include "step.h"

#define LONGEST 200000 /* instructions: more is a loop */

/* The way that a scenario's body() takes, when nothing happens on it. */
struct path {
    uintptr_t pc[LONGEST + 1];
    unsigned turn[LONGEST + 1]; /* how often pc[k] has come by, at k */
    long length;
    long blocks_at; /* where it enters the system call that it waits in */
};

struct tracee {
    pid_t process; /* the one that was forked */
    pid_t thread;  /* the one that is stepped */
    int status;    /* the process's, once it is gone */
    bool gone, hung;
    bool follows;         /* the child that it forks is to be stepped */
    uintptr_t breakpoint; /* where one is set, or 0, */
    long code;            /* and what stood there */
};

extern struct path path;

/* From here on, a wait of so many seconds is a hang. 0: none is. */
void limit_wait(int seconds);
/* A fresh process, at the first instruction of body(). What it waits for is
 * there, or it never comes. */
bool start(struct tracee *tracee, const struct scenario *scenario, int mode,
           bool fed);
/* Walk the whole path, which is fed, and write it down. */
bool record(struct tracee *tracee, const struct scenario *scenario);
/* A fresh process, after its k-th instruction. */
bool go_to(struct tracee *tracee, const struct scenario *scenario, int mode,
           long k);
/* What the mode says, here and now; then the process runs freely. */
void act(struct tracee *tracee, const struct scenario *scenario, int mode,
         long k);
void wait_for_end(struct tracee *tracee);
/* It may be gone already, and it may be hung. */
void put_away(struct tracee *tracee);
uintptr_t get_pc(struct tracee *tracee);

#endif /* TRACE_H */
