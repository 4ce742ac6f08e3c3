/* The workers: contexts with books of their own, which are made, used, taken
 * over and freed. */
#include "soak.h"

#define DEADLINES 4 /* of each */

static const int SIGNUMS[] = {STAYS, SIGUSR1, COMES_AND_GOES};

struct deadline {
    uint64_t id, due; /* id 0: none */
    atomic_int ran;
};

/* A context and its books. */
struct own {
    pthread_mutex_t lock; /* who has it in hand */
    sig_context *context; /* NULL: none */
    atomic_ullong counted, added, ran, posted, posted_ran;
    struct deadline deadlines[DEADLINES];
    sig_job job;
};

static struct own all[OWN] = {[0 ... OWN - 1] = {.lock = PTHREAD_MUTEX_INITIALIZER}};

static int on_signal(const sig_event *event, void *user)
{
    struct own *own = user;
    if (in_child)
        return 0;
    ASSERT_EQ(event->context, own->context);
    own->counted += event->count + event->lost;
    return own->counted % 97 == 0; /* some raise */
}

static int on_call(void *arg)
{
    struct own *own = arg;
    own->ran++;
    return 0;
}

static int on_job(void *arg)
{
    struct own *own = arg;
    own->posted_ran++;
    return 0;
}

static int on_deadline(void *arg)
{
    struct deadline *deadline = arg;
    if (in_child)
        return 0;
    ASSERT_GE(now_ns(), deadline->due);
    deadline->ran++;
    return 0;
}

/* Handle what there is, and say so to those that send. */
static void check(struct own *own)
{
    uint64_t sent = shared->sent;
    sig_context_check(own->context);
    shared->checked[own - all] = sent;
}

static void begin(struct own *own, unsigned random)
{
    own->counted = own->added = own->ran = own->posted = own->posted_ran = 0;
    own->job = (sig_job)SAFEPOINT_JOB(on_job, own);
    memset(own->deadlines, 0, sizeof own->deadlines);
    own->context = sig_context_new();
    ASSERT_NE(own->context, NULL);
    shared->checked[own - all] = shared->sent;
    for (int i = 0; i < 3; i++) {
        if (random >> i & 1)
            ASSERT_EQ(sig_context_install(own->context, SIGNUMS[i], on_signal, own,
                      random >> (3 + i) & 1 ? SAFEPOINT_QUEUE : 0), 0);
    }
    if (random >> 7 & 1)
        ASSERT_EQ(sig_context_set_escalation(own->context, STAYS, UINT32_MAX,
                                             UINT64_C(1000000000000)), 0);
    if (random >> 8 & 1)
        ASSERT_GT(sig_context_event_fd(own->context), 2);
    figures.contexts++;
}

/* It was cancelled, or has run: one of the two, once. */
static void end_deadline(struct deadline *deadline)
{
    if (!deadline->id)
        return;
    int result = sig_cancel(deadline->id);
    ASSERT_TRUE(result == 0 || result == -ENOENT);
    ASSERT_EQ(deadline->ran, result == -ENOENT);
    if (result == 0)
        figures.cancelled++;
    else
        figures.deadlines++;
    deadline->id = 0;
    deadline->ran = 0;
}

/* Its owner: nothing more is to come for it, and all is handled. */
static void end(struct own *own)
{
    sig_context *context = own->context;
    sig_counters now = {0};
    uint64_t until = now_ns() + PATIENCE;
    at("ends a context");
    shared->checked[own - all] = 0;
    for (int i = 0; i < 3; i++)
        ASSERT_GE(sig_context_restore(context, SIGNUMS[i]), 0);
    do {
        at("waits for the last arrival of a context");
        while (sig_context_check(context) != 0) {
        }
        ASSERT_EQ(sig_context_stats(context, &now, sizeof now), 0);
    } while (!add_up(&now, until));
    for (int i = 0; i < DEADLINES; i++)
        end_deadline(&own->deadlines[i]);
    ASSERT_EQ(own->counted, now.handled + now.coalesced + now.lost);
    ASSERT_EQ(own->ran, own->added);
    ASSERT_EQ(own->posted_ran, own->posted);
    figures.arrivals += now.arrivals;
    figures.handled += now.handled;
    figures.coalesced += now.coalesced;
    figures.lost += now.lost;
    figures.dropped += now.dropped;
    figures.calls += own->ran;
    figures.jobs += own->posted_ran;
    ASSERT_EQ(sig_context_free(context), 0);
    ASSERT_EQ(sig_context_check(context), -ESTALE);
    own->context = NULL;
}

static void add_deadline(struct own *own, unsigned random)
{
    struct deadline *deadline = &own->deadlines[random % DEADLINES];
    uint64_t in = (random >> 4) % 3000000;
    if (deadline->id && !deadline->ran && random & 1)
        return;
    end_deadline(deadline);
    deadline->due = now_ns() + in;
    ASSERT_EQ(sig_context_call_after(own->context, in, 0, on_deadline, deadline,
                                     &deadline->id), 0);
}

/* One of the many ways to wait, for a moment. */
static void wait_once(struct own *own, unsigned random)
{
    sig_context *context = own->context;
    static sig_latch latch = SAFEPOINT_LATCH;
    struct pollfd none = {-1, 0, 0};
    uint32_t word = 0;
    long result = 0;
    at("waits in a context");
    switch (random % 6) {
    case 0:
        result = sig_context_sleep(context, random % 300000);
        break;
    case 1:
        result = sig_context_poll(context, &none, 1, 1);
        break;
    case 2:
        result = sig_context_latch_wait(context, &latch, random % 300000);
        break;
    case 3:
        result = sig_context_futex_wait(context, &word, 0, random % 300000);
        ASSERT_TRUE(result == -ETIMEDOUT || result == -EINTR || result == 0);
        result = result == -EINTR ? result : 0;
        break;
    case 4: /* code that is not ours */
        ASSERT_GE(sig_context_blocking_begin(context), 0);
        usleep(random % 300);
        ASSERT_EQ(sig_context_blocking_end(context), 0);
        break;
    case 5:
        if (sig_context_add_pending_call(context, on_call, own) == 0)
            own->added++;
        result = sig_context_pause(context);
        break;
    }
    ASSERT_TRUE(result == 0 || result == -EINTR);
    figures.waits++;
    figures.raised += result == -EINTR;
}

static void use(struct own *own, unsigned random)
{
    sig_context *context = own->context;
    at("uses a context");
    for (unsigned i = 0; i < random % 4; i++) {
        if (sig_context_add_pending_call(context, on_call, own) == 0)
            own->added++;
    }
    if (sig_context_post(context, &own->job) == 0)
        own->posted++;
    if (random >> 3 & 1 && may_send())
        pthread_kill(pthread_self(), SIGNUMS[random % 3]);
    if (random >> 4 & 1)
        ASSERT_EQ(sig_context_interrupt(context, 5), 0);
    add_deadline(own, random >> 5);
    check(own);
    wait_once(own, random >> 8);
    if (random >> 16 & 1) {
        ASSERT_EQ(sig_context_hold(context), 0);
        sig_context_check(context);
        ASSERT_EQ(sig_context_release(context), 0);
    }
}

/* Whoever has it in hand becomes its owner, also of what others have left. */
static void take(struct own *own)
{
    if (sig_context_is_owner(own->context))
        return;
    at("takes a context over");
    int result;
    while ((result = sig_context_adopt(own->context)) == -EBUSY)
        sched_yield();
    ASSERT_EQ(result, 0);
    figures.takeovers++;
}

/* Lend it to whoever takes it out of this very wait. */
static void lend(struct own *own)
{
    sig_context *context = own->context;
    pthread_mutex_unlock(&own->lock);
    for (int i = 0; i < 3 && sig_context_is_owner(context) == 1; i++) {
        at("waits in a context that may be taken");
        sig_context_sleep(context, 200000);
    }
    at("has lent a context");
}

void *work(void *place)
{
    unsigned random = (unsigned)(intptr_t)place * 7919 + (unsigned)now_ns();
    enter((int)(intptr_t)place % PLACES);
    figures.threads++;
    long turns = 200 + random_of(&random) % 2000;
    while (!over && turns-- > 0) {
        struct own *own = &all[random_of(&random) % OWN];
        if (pthread_mutex_trylock(&own->lock) != 0)
            continue;
        if (!own->context)
            begin(own, random_of(&random));
        take(own);
        use(own, random_of(&random));
        if (random_of(&random) % 16 == 0)
            end(own);
        if (random_of(&random) % 400 == 0)
            fork_and_check(false);
        if (own->context && random_of(&random) % 16 == 0)
            lend(own);
        else
            pthread_mutex_unlock(&own->lock);
    }
    for (int i = 0; i < OWN; i++) { /* what it leaves to others */
        if (pthread_mutex_trylock(&all[i].lock) == 0) {
            if (all[i].context && sig_context_is_owner(all[i].context) == 1)
                figures.orphans++;
            pthread_mutex_unlock(&all[i].lock);
        }
    }
    leave();
    return NULL;
}

void free_all_contexts(void)
{
    for (int i = 0; i < OWN; i++) {
        if (!all[i].context)
            continue;
        take(&all[i]);
        end(&all[i]);
    }
}
