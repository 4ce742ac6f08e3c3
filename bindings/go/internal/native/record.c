/* Events on their way from C's safe points to Go.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "native.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* What a call or a timer is given in C is no memory: its number, and the slot
 * of its owner's record. 0 is the main context's, which has calls in C when
 * nobody in Go owns it, too. Others can be 4,096. */
enum { SLOT_BITS = 13, SLOTS = 1 << SLOT_BITS };
static struct record *records[SLOTS];

static uint32_t free_slot(int is_main)
{
    uint32_t slot = is_main ? 0 : 1;
    while (!is_main && slot < SLOTS && records[slot])
        slot++;
    return slot;
}

struct record *record_new(int is_main)
{
    enum { ROOM = 16 };
    uint32_t slot = free_slot(is_main);
    struct record *r = slot < SLOTS ? calloc(1, sizeof *r) : NULL;
    if (!r)
        return NULL;
    r->events = calloc(ROOM, sizeof *r->events);
    if (!r->events) {
        free(r);
        return NULL;
    }
    r->room = ROOM;
    r->slot = slot;
    records[slot] = r;
    return r;
}

void record_free(struct record *r)
{
    records[r->slot] = NULL;
    free(r->events);
    free(r);
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
 * context: where there is none it stays there. (A loop in C that goes on although
 * it was told to end, and without memory, loses it.) */
static int put(struct record *r, const sig_event *event)
{
    r->full = reserve(r) < 0;
    if (r->full)
        return EINTR;
    r->events[r->head + r->count++] = *event;
    r->full = reserve(r) < 0;
    return r->all && !r->full ? 0 : EINTR;
}

/* What C code has raised, or an interrupt: behind what this check has taken
 * out, or where that is nothing, before all. */
static void put_raised(struct record *r, int value, uint32_t before)
{
    sig_event event = {.size = sizeof event,
                       .kind = SAFEPOINT_EVENT_INTERRUPT,
                       .status = value,
                       .count = 1};
    if (reserve(r) < 0)
        return;
    sig_event *first = r->events + r->head;
    if (r->count == before)
        memmove(first + 1, first, r->count * sizeof event);
    else
        first += r->count;
    *first = event;
    r->count++;
}

static int take_signal(const sig_event *event, void *user)
{
    return put(user, event);
}

static int take(uint32_t kind, sig_call fn, void *arg)
{
    sig_event event = {
        .size = sizeof event, .kind = kind, .fn = fn, .arg = arg, .count = 1};
    struct record *r = records[(uintptr_t)arg % SLOTS];
    return r ? put(r, &event) : 0;
}

static int take_call(void *arg)
{
    return take(SAFEPOINT_EVENT_CALL, take_call, arg);
}

static int take_timer(void *arg)
{
    return take(SAFEPOINT_EVENT_TIMER, take_timer, arg);
}

static void *argument(uint32_t slot, uint64_t number)
{
    return (void *)((uintptr_t)number << SLOT_BITS | slot);
}

uint64_t call_numbers(void)
{
    return UINTPTR_MAX >> SLOT_BITS;
}

uint64_t call_number(const sig_event *event)
{
    int is_ours = event->fn == take_call || event->fn == take_timer;
    return is_ours ? (uintptr_t)event->arg >> SLOT_BITS : 0;
}

int call_in_c(uintptr_t fn, uintptr_t arg)
{
    return ((sig_call)fn)((void *)arg);
}

int take_handler(sig_context *c, struct record *r, int signum, uint32_t flags)
{
    return sig_context_install(c, signum, take_signal, r, flags);
}

int add_call(sig_context *c, uint32_t slot, uint64_t number)
{
    return sig_context_add_pending_call(c, take_call, argument(slot, number));
}

int add_timer(sig_context *c, uint32_t slot, uint64_t ns, uint64_t every_ns,
              uint64_t number, uint64_t *id)
{
    return sig_context_call_after(c, ns, every_ns, take_timer,
                                  argument(slot, number), id);
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

int record_take(struct record *r, uint64_t set)
{
    return extract(r, set, &r->given);
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

/* The owner is about to reach a safe point: 0, or why the caller may not. */
static int begin(sig_context *c)
{
    int is_owner = sig_context_is_owner(c);
    return is_owner == 1 ? 0 : is_owner == 0 ? -EPERM : is_owner;
}

int take_all(sig_context *c, struct record *r)
{
    int error = begin(c);
    if (error)
        return error;
    uint32_t before = r->count;
    r->all = 1;
    r->full = reserve(r) < 0;
    int raised = r->full ? 0 : sig_context_check(c);
    r->all = 0;
    if (raised && !r->full)
        put_raised(r, raised, before);
    return 0;
}

int take_next(sig_context *c, struct record *r)
{
    int error = begin(c);
    if (error)
        return error;
    return pop(r, &r->given) || sig_context_next(c, &r->given, sizeof r->given);
}

/* Take this interrupt back, also while held: 1, or 0 where it has been returned
 * already. */
int take_interrupt(sig_context *c, struct record *r, int value)
{
    sig_event event;
    uint32_t holds = 0;
    while (sig_context_release(c) == 0)
        holds++;
    int taken = sig_context_next(c, &event, sizeof event);
    while (holds-- > 0)
        sig_context_hold(c);
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
    long result = begin(c);                                                    \
    if (result)                                                                \
        return result;                                                         \
    if (reserve(r) < 0)                                                        \
        return -ENOMEM;                                                        \
    uint32_t before = r->count;                                                \
    result = (call);                                                           \
    if (result == -EINTR && r->count == before)                                \
        put_raised(r, sig_context_raised(c), before);                          \
    return result

long wait_sleep(sig_context *c, struct record *r, uint64_t ns)
{
    WAIT(sig_context_sleep(c, ns));
}

long wait_pause(sig_context *c, struct record *r)
{
    WAIT(sig_context_pause(c));
}

long wait_signal(sig_context *c, struct record *r, uint64_t set, uint64_t ns)
{
    WAIT(sig_context_wait(c, set, ns, &r->given, sizeof r->given));
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
