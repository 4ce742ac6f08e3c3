/* The queues that pending calls are measured against. Each holds 1,024 calls
 * and lies in a shared object of its own, as safepoint does. */
#ifndef QUEUES_H
#define QUEUES_H

typedef int (*call)(void *arg);

/* Vyukov's bounded MPMC queue, in C: vyukov.c. */
int vyukov_push(call function, void *arg); /* 0, or -1 where it is full */
int vyukov_run(void);                      /* 1: called one, 0: empty */

/* crossbeam's ArrayQueue, in Rust: array_queue.rs. */
int array_queue_push(call function, void *arg);
int array_queue_run(void);

#endif
