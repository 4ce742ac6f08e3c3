/* Events on their way from C's safe points to Go.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "native.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static _Thread_local struct record *here;

struct record *record_new(void)
{
    enum { ROOM = 16 };
    struct record *r = calloc(1, sizeof *r);
    if (r && !(r->events = calloc(ROOM, sizeof *r->events))) {
        free(r);
        return NULL;
    }
    if (r)
        r->room = ROOM;
    return r;
}

void record_free(struct record *r)
{
    if (here == r)
        here = NULL;
    free(r->events);
    free(r);
}

struct record *record_enter(struct record *r)
{
    struct record *before = here;
    here = r;
    return before;
}

/* Have room for one more: 0, or -1. */
static int reserve(struct record *r)
{
    if (r->head + r->count < r->room)
        return 0;
    if (r->head == 0) {
        sig_event *more = realloc(r->events, 2 * r->room * sizeof *more);
        if (!more)
            return -1;
        r->events = more;
        r->room *= 2;
    } else {
        memmove(r->events, r->events + r->head, r->count * sizeof *r->events);
        r->head = 0;
    }
    return 0;
}

/* A handler's result. Room for the next is made before that is taken out of the
 * context: where there is none it stays there. (A loop that goes on although it
 * was told to end, and without memory, loses it.) */
static int put(struct record *r, const sig_event *event)
{
    if (!r || reserve(r) < 0)
        return EINTR;
    r->events[r->head + r->count++] = *event;
    return r->all && reserve(r) == 0 ? 0 : EINTR;
}

static void put_interrupt(struct record *r, int value)
{
    sig_event event = {.size = sizeof event,
                       .kind = SAFEPOINT_EVENT_INTERRUPT,
                       .status = value,
                       .count = 1};
    if (reserve(r) < 0)
        return;
    sig_event *first = r->events + r->head;
    memmove(first + 1, first, r->count++ * sizeof event);
    *first = event;
}

static int take_signal(const sig_event *event, void *user)
{
    return put(user, event);
}

static int take(uint32_t kind, sig_call fn, void *number)
{
    sig_event event = {
        .size = sizeof event, .kind = kind, .fn = fn, .arg = number, .count = 1};
    return put(here, &event);
}

static int take_call(void *number)
{
    return take(SAFEPOINT_EVENT_CALL, take_call, number);
}

static int take_timer(void *number)
{
    return take(SAFEPOINT_EVENT_TIMER, take_timer, number);
}

int take_handler(sig_context *c, struct record *r, int signum, uint32_t flags)
{
    return sig_context_install(c, signum, take_signal, r, flags);
}

int add_call(sig_context *c, uint64_t number)
{
    return sig_context_add_pending_call(c, take_call, (void *)number);
}

int add_timer(sig_context *c, uint64_t ns, uint64_t every_ns, uint64_t number,
              uint64_t *id)
{
    return sig_context_call_after(c, ns, every_ns, take_timer, (void *)number, id);
}

static int pop(struct record *r, sig_event *event)
{
    if (r->count == 0)
        return 0;
    *event = r->events[r->head++];
    if (--r->count == 0)
        r->head = 0;
    return 1;
}

/* Take what is in the set out, or the first of it: how many. */
static int extract(struct record *r, uint64_t set, sig_event *first)
{
    uint32_t kept = 0, taken = 0;
    for (uint32_t i = 0; i < r->count; i++) {
        sig_event *event = &r->events[r->head + i];
        int is_meant = event->kind == SAFEPOINT_EVENT_SIGNAL &&
                       (set >> (event->signum - 1) & 1);
        if (is_meant && !(first && taken)) {
            if (first)
                *first = *event;
            taken++;
        } else {
            r->events[r->head + kept++] = *event;
        }
    }
    r->count = kept;
    return (int)taken;
}

int record_take(sig_context *c, struct record *r, uint64_t set, sig_event *event)
{
    return sig_context_is_owner(c) == 1 ? extract(r, set, event) : 0;
}

void record_drop(struct record *r, int signum)
{
    extract(r, UINT64_C(1) << (signum - 1), NULL);
}

uint64_t record_set(const struct record *r)
{
    uint64_t set = 0;
    for (uint32_t i = 0; i < r->count; i++) {
        const sig_event *event = &r->events[r->head + i];
        if (event->kind == SAFEPOINT_EVENT_SIGNAL)
            set |= UINT64_C(1) << (event->signum - 1);
    }
    return set;
}

/* The owner is about to reach a safe point. */
static int begin(sig_context *c, struct record *r, struct record **before)
{
    int is_owner = sig_context_is_owner(c);
    if (is_owner <= 0)
        return is_owner ? is_owner : -EPERM;
    *before = record_enter(r);
    return 0;
}

int take_all(sig_context *c, struct record *r)
{
    struct record *before;
    int error = begin(c, r, &before);
    if (error)
        return error;
    uint32_t count = r->count;
    r->all = 1;
    int raised = reserve(r) < 0 ? 0 : sig_context_check(c);
    r->all = 0;
    if (raised && r->count == count)
        put_interrupt(r, raised); /* nobody else raises without an event */
    record_enter(before);
    return 0;
}

int take_next(sig_context *c, struct record *r, sig_event *event)
{
    int is_owner = sig_context_is_owner(c);
    if (is_owner <= 0)
        return is_owner ? is_owner : -EPERM;
    return pop(r, event) || sig_context_next(c, event, sizeof *event);
}

/* Take this interrupt back: 1, or 0 where it has been returned already. */
int take_interrupt(sig_context *c, struct record *r, int value)
{
    sig_event event;
    int taken = sig_context_next(c, &event, sizeof event);
    if (taken <= 0)
        return taken;
    if (event.kind == SAFEPOINT_EVENT_INTERRUPT && event.status == value)
        return 1;
    put(r, &event);
    return 0;
}

/* The signal that ends waits. It is the main context's owner who may choose it:
 * where there is none, the caller is that for a moment. */
int choose_kick(int signum)
{
    int was_owner = sig_is_owner();
    int error = sig_init(0);
    if (error)
        return error;
    int before = sig_set_kick(signum);
    if (!was_owner)
        sig_fini();
    return before;
}

/* A wait. What it takes out of the context ends it, with -EINTR. */
#define WAIT(call)                                                             \
    struct record *before;                                                     \
    long result = begin(c, r, &before);                                        \
    if (result)                                                                \
        return result;                                                         \
    result = (call);                                                           \
    if (result == -EINTR && r->count == 0)                                     \
        put_interrupt(r, sig_context_raised(c));                               \
    record_enter(before);                                                      \
    return result

long wait_sleep(sig_context *c, struct record *r, uint64_t ns)
{
    WAIT(sig_context_sleep(c, ns));
}

long wait_pause(sig_context *c, struct record *r)
{
    WAIT(sig_context_pause(c));
}

long wait_signal(sig_context *c, struct record *r, uint64_t set, uint64_t ns,
                 sig_event *event)
{
    WAIT(sig_context_wait(c, set, ns, event, sizeof *event));
}

long wait_mask(sig_context *c, struct record *r, int how, uint64_t set,
               uint64_t *old)
{
    WAIT(sig_context_mask(c, how, set, old));
}

long wait_ppoll(sig_context *c, struct record *r, void *fds, size_t count,
                uint64_t ns)
{
    struct timespec left = {.tv_sec = (time_t)(ns / 1000000000),
                            .tv_nsec = (long)(ns % 1000000000)};
    WAIT(sig_context_ppoll(c, fds, count,
                           ns == SAFEPOINT_FOREVER ? NULL : &left, NULL));
}

long wait_latch(sig_context *c, struct record *r, void *latch, uint64_t ns)
{
    WAIT(sig_context_latch_wait(c, latch, ns));
}

/* What arrives would end the wait of the main context's owner. */
int wait_latch_held(sig_latch *latch, uint64_t ns)
{
    int is_held = sig_is_owner() && sig_hold() == 0;
    int result = sig_latch_wait(latch, ns);
    if (is_held)
        sig_release();
    return result;
}

long wait_syscall_at(sig_context *c, struct record *r, long number, long a,
                     void *p, long b)
{
    WAIT(sig_context_syscall(c, number, a, (long)p, b, 0, 0, 0));
}

long wait_syscall(sig_context *c, struct record *r, long number,
                  const uintptr_t a[6])
{
    WAIT(sig_context_syscall(c, number, (long)a[0], (long)a[1], (long)a[2],
                             (long)a[3], (long)a[4], (long)a[5]));
}
