/* sig_next() takes what a check would have run, one at a time, in the same
 * order, without calling it: interrupt, signals, calls, jobs. Each event has
 * the fields of its kind and zeros elsewhere; in a larger struct than the
 * library knows, what is beyond becomes zero. */
#include "parts/queue.h"

static struct { sig_event known; unsigned char beyond[40]; } event;
static int ran;

static int handler(const sig_event *ignored, void *user)
{
    (void)ignored, (void)user;
    ran++;
    return 0;
}

static int call(void *arg)
{
    (void)arg;
    ran++;
    return 0;
}

/* The next event, whose fields that do not apply to its kind are zero. */
static const sig_event *next(uint32_t kind)
{
    memset(&event, 0xaa, sizeof event);
    ASSERT_EQ(sig_next(&event.known, sizeof event), 1);
    const sig_event *known = &event.known;
    ASSERT_EQ(known->size, sizeof *known);
    ASSERT_EQ(known->kind, kind);
    ASSERT_EQ(known->reserved, 0);
    ASSERT_EQ(known->frame, NULL);
    ASSERT_EQ(known->context, sig_main());
    ASSERT_GE(known->count, 1);
    ASSERT_EQ(known->lost, 0);
    if (kind != SAFEPOINT_EVENT_SIGNAL) {
        ASSERT_EQ(known->signum | known->code | known->pid, 0);
        ASSERT_EQ(known->uid | known->value, 0);
    }
    if (kind != SAFEPOINT_EVENT_CALL) {
        ASSERT_EQ(known->fn, NULL);
        ASSERT_EQ(known->arg, NULL);
    }
    if (kind != SAFEPOINT_EVENT_INTERRUPT)
        ASSERT_EQ(known->status, 0);
    for (unsigned i = 0; i < sizeof event.beyond; i++)
        ASSERT_EQ(event.beyond[i], 0);
    return known;
}

int main(void)
{
    int arg, other;
    sig_job job = SAFEPOINT_JOB(call, &other);
    watchdog(120);
    ASSERT_EQ(sig_install(SIGUSR1, handler, NULL, 0), 0);
    ASSERT_EQ(sig_install(SIGRTMIN, handler, NULL, REAL_TIME), 0);
    ASSERT_EQ(sig_next(&event.known, sizeof event), 0);
    ASSERT_EQ(sig_post(&job), 0);
    ASSERT_EQ(sig_add_pending_call(call, &arg), 0);
    for (int value = 1; value <= 2; value++)
        queue(SIGRTMIN, value);
    for (int i = 0; i < 3; i++)
        MUST(kill(getpid(), SIGUSR1));
    ASSERT_EQ(sig_interrupt(-5), 0);

    ASSERT_EQ(next(SAFEPOINT_EVENT_INTERRUPT)->status, -5);
    const sig_event *known = next(SAFEPOINT_EVENT_SIGNAL);
    ASSERT_EQ(known->signum, SIGUSR1);
    ASSERT_EQ(known->count, 3);
    ASSERT_EQ(known->code, SI_USER);
    ASSERT_EQ(known->pid, getpid());
    ASSERT_EQ(known->uid, getuid());
    ASSERT_EQ(known->value, 0);
    for (int value = 1; value <= 2; value++) {
        known = next(SAFEPOINT_EVENT_SIGNAL);
        ASSERT_EQ(known->signum, SIGRTMIN);
#ifndef _WIN32
        ASSERT_EQ(known->code, SI_QUEUE);
#endif
        ASSERT_EQ(known->value, VALUE(value));
    }
    ASSERT_NE(*sig_breaker(), 0);
    known = next(SAFEPOINT_EVENT_CALL);
    ASSERT_EQ(known->fn, call);
    ASSERT_EQ(known->arg, &arg);
    ASSERT_EQ(next(SAFEPOINT_EVENT_CALL)->arg, &other);
    ASSERT_EQ(*sig_breaker(), 0);

    memset(&event, 0xaa, sizeof event);
    ASSERT_EQ(sig_next(&event.known, sizeof event), 0);
    ASSERT_EQ(event.known.size, 0xaaaaaaaa); /* nothing written */
    ASSERT_EQ(ran, 0);
    ASSERT_EQ(counters().handled, 3);
    ASSERT_EQ(counters().calls_run, 2);
    ASSERT_EQ(sig_post(&job), 0); /* it is its owner's again */
    return 0;
}
