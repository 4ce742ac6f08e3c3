/* sig_fini() ends the thread that timers have, however short it has run, and
 * waits for a wake-up function that somebody is in for a second at most: then
 * it is called no more. sig_set_wakeup_fn() and sig_context_free() are refused
 * meanwhile, and change nothing. */
#include "test.h"

static atomic_int inside, calls;
static atomic_bool leave;
static pthread_t owner;

static void stays(int signum, void *arg)
{
    (void)signum, (void)arg;
    calls++;
    if (pthread_equal(pthread_self(), owner))
        return; /* for what is pending */
    inside++;
    while (!atomic_load(&leave))
        usleep(1000);
    inside--;
}

static void other(int signum, void *arg)
{
    (void)signum;
    ++*(atomic_int *)arg;
}

static void *interrupt(void *context)
{
    ASSERT_EQ(sig_context_interrupt(context, 1), 0);
    return NULL;
}

static pthread_t enter(sig_context *context)
{
    pthread_t thread;
    atomic_store(&leave, false);
    ASSERT_EQ(pthread_create(&thread, NULL, interrupt, context), 0);
    while (atomic_load(&inside) == 0)
        usleep(1000);
    return thread;
}

static void let_out(pthread_t thread)
{
    atomic_store(&leave, true);
    ASSERT_EQ(pthread_join(thread, NULL), 0);
}

static int nothing(void *arg)
{
    (void)arg;
    return 0;
}

int main(void)
{
    atomic_int by_other = 0;
    uint64_t id;
    watchdog(200);
    owner = pthread_self();
    for (long i = 0; i < scaled(5000); i++) {
        ASSERT_EQ(sig_init(0), 0);
        ASSERT_EQ(sig_call_after(1000000000, 0, nothing, NULL, &id), 0);
        if (i % 2)
            ASSERT_EQ(sig_cancel(id), 0);
        ASSERT_EQ(sig_fini(), 0);
    }

    sig_context *context = sig_context_new();
    ASSERT_EQ(sig_context_set_wakeup_fn(context, stays, NULL), 0);
    pthread_t thread = enter(context);
    ASSERT_EQ(sig_context_set_wakeup_fn(context, other, &by_other), -EBUSY);
    ASSERT_EQ(by_other, 0);
    ASSERT_EQ(sig_context_free(context), -EBUSY);
    let_out(thread);
    calls = 0;
    ASSERT_EQ(sig_context_interrupt(context, 1), 0); /* it still stands */
    ASSERT_EQ(calls, 1);
    ASSERT_EQ(sig_context_set_wakeup_fn(context, other, &by_other), 0);
    ASSERT_EQ(by_other, 1); /* for what is pending */
    ASSERT_EQ(sig_context_free(context), 0);

    ASSERT_EQ(sig_init(0), 0);
    ASSERT_EQ(sig_set_wakeup_fn(stays, NULL), 0);
    thread = enter(sig_main());
    ASSERT_EQ(sig_fini(), 0);
    calls = 0;
    ASSERT_EQ(sig_interrupt(1), 0);
    ASSERT_EQ(calls, 0);
    let_out(thread);
    return 0;
}
