/* What Go calls of the library, where that is more than one of its functions.
 * A result below 0 is a negative errno value.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#define SAFEPOINT_NO_INLINE
#include <safepoint.h>

/* What safe points in C have taken out of a context, until Go takes it: no C
 * code calls into Go. Only the owner's thread touches it. */
struct record {
    uint32_t count; /* events, from `head` on */
    uint32_t all;   /* 1: a check takes all; 0: one, which ends it */
    uint32_t full;  /* 1: there was no memory, which ended it */
    uint32_t slot;  /* what its calls and timers find it by */
    size_t head, room;
    sig_event *events;
    sig_event given; /* what the last take_next or wait_signal gave out */
};

/* One for the main context, or another; NULL. The caller locks. */
struct record *record_new(int is_main);
void record_free(struct record *r);
void record_drop(struct record *r, int signum);
int record_take(struct record *r, uint64_t set);
uint64_t record_set(const struct record *r);

int take_handler(sig_context *c, struct record *r, int signum, uint32_t flags);
int take_all(sig_context *c, struct record *r);
int take_next(sig_context *c, struct record *r);
int take_interrupt(sig_context *c, struct record *r, int value);

/* The highest number that a call or a timer can have; 0 is none. */
uint64_t call_numbers(void);
int add_call(sig_context *c, uint32_t slot, uint64_t number);
int add_timer(sig_context *c, uint32_t slot, uint64_t ns, uint64_t every_ns,
              uint64_t number, uint64_t *id);
/* The number of an event's, or 0: then it is a C function's. */
uint64_t call_number(const sig_event *event);
int call_in_c(uintptr_t fn, uintptr_t arg);
int choose_kick(int signum);

long wait_sleep(sig_context *c, struct record *r, uint64_t ns);
long wait_pause(sig_context *c, struct record *r);
long wait_signal(sig_context *c, struct record *r, uint64_t set, uint64_t ns);
long wait_mask(sig_context *c, struct record *r, int how, uint64_t set,
               uint64_t *old);
long wait_ppoll(sig_context *c, struct record *r, void *fds, size_t count,
                uint64_t ns);
long wait_latch(sig_context *c, struct record *r, void *latch, uint64_t ns);
int wait_latch_held(sig_latch *latch, uint64_t ns);
long wait_syscall_at(sig_context *c, struct record *r, long number, long a,
                     void *p, long b);
long wait_syscall(sig_context *c, struct record *r, long number,
                  const uintptr_t arguments[6]);
