/* Ten thousand deadlines at a time, of four threads' contexts, cancelled and
 * armed again: each runs once, and never early, or was cancelled. A child that
 * is forked in the middle has none of them, and one of its own runs. */
#include "test.h"

#define THREADS 4
#define EACH 2500

static sig_latch forked;
static atomic_long ran, cancelled, armed;

struct deadline {
    uint64_t id, due;
    int left; /* how often it is still to be armed */
};

struct part {
    pthread_t thread;
    sig_context *context;
    struct deadline deadlines[EACH];
    int open;
};

static struct part parts[THREADS];
static pthread_barrier_t all_armed;
static uint64_t elsewhere[THREADS]; /* timers for others to cancel */
static atomic_long strangers;

static uint64_t in(unsigned i)
{
    return 1000000 + (uint64_t)(i * 2654435761u % 50000000u);
}

static int run(void *arg)
{
    struct deadline *one = arg;
    ASSERT_GE(now_ns(), one->due);
    ASSERT_NE(one->id, 0);
    one->id = 0;
    atomic_fetch_add(&ran, 1);
    return 0;
}

static void arm(struct part *part, int i)
{
    struct deadline *one = &part->deadlines[i];
    uint64_t ns = in((unsigned)(i + one->left * 7919));
    one->due = now_ns() + ns;
    one->left--;
    ASSERT_EQ(sig_context_call_after(part->context, ns, 0, run, one, &one->id),
              0);
    atomic_fetch_add(&armed, 1);
}

static void *work(void *arg)
{
    struct part *part = arg;
    int me = (int)(part - parts);
    unsigned random = (unsigned)me * 7919;
    long rounds = scaled(4);
    part->context = sig_context_new();
    ASSERT_EQ(sig_context_call_after(part->context, SAFEPOINT_FOREVER, 0, run,
                                     NULL, &elsewhere[me]), 0);
    for (int i = 0; i < EACH; i++) {
        part->deadlines[i].left = (int)rounds;
        arm(part, i);
    }
    pthread_barrier_wait(&all_armed); /* ten thousand at once */
    part->open = EACH;
    while (part->open > 0) {
        ASSERT_EQ(sig_context_check(part->context), 0);
        random = random * 1103515245 + 12345;
        int i = (int)(random >> 8) % EACH;
        struct deadline *one = &part->deadlines[i];
        if (one->id != 0 && (random >> 24) % 4 == 0) {
            /* Its own, so it cannot run meanwhile. */
            ASSERT_EQ(sig_cancel(one->id), 0);
            ASSERT_EQ(sig_cancel(one->id), -ENOENT);
            one->id = 0;
            atomic_fetch_add(&cancelled, 1);
        }
        part->open = 0;
        for (int j = 0; j < EACH; j++) {
            one = &part->deadlines[j];
            if (one->id == 0 && one->left > 0)
                arm(part, j);
            part->open += one->id != 0;
        }
    }
    /* Another's: any thread may, and one of them does. */
    for (int i = 0; i < THREADS; i++) {
        int result = sig_cancel(elsewhere[i]);
        ASSERT_TRUE(result == 0 || result == -ENOENT);
        strangers += result == 0;
    }
    ASSERT_EQ(sig_latch_wait(&forked, SAFEPOINT_FOREVER), 1);
    ASSERT_EQ(sig_context_free(part->context), 0);
    return NULL;
}

#ifndef _WIN32
static int count(void *arg)
{
    ++*(int *)arg;
    return 0;
}

static void in_a_child(void)
{
    long before = atomic_load(&ran);
    int counted = 0;
    ASSERT_EQ(sig_call_after(60000000, 0, count, &counted, NULL), 0);
    while (counted == 0)
        ASSERT_GE(sig_sleep(1000000), 0);
    ASSERT_EQ(sig_check(), 0);
    for (int i = 0; i < THREADS; i++) {
        ASSERT_EQ(sig_context_adopt(parts[i].context), 0);
        ASSERT_EQ(*sig_context_breaker(parts[i].context), 0);
        ASSERT_EQ(sig_context_check(parts[i].context), 0);
    }
    ASSERT_EQ(atomic_load(&ran), before);
    _exit(0);
}
#endif

int main(void)
{
    watchdog(280);
    ASSERT_EQ(sig_init(0), 0);
    ASSERT_EQ(pthread_barrier_init(&all_armed, NULL, THREADS + 1), 0);
    for (int i = 0; i < THREADS; i++) {
        ASSERT_EQ(pthread_create(&parts[i].thread, NULL, work, &parts[i]), 0);
    }
    pthread_barrier_wait(&all_armed);
#ifndef _WIN32
    for (int i = 0; i < 5; i++) {
        pid_t child = (pid_t)MUST(fork());
        if (child == 0)
            in_a_child();
        ASSERT_CHILD_PASSED(child);
    }
#endif
    ASSERT_EQ(sig_latch_set(&forked), 0);
    for (int i = 0; i < THREADS; i++)
        ASSERT_EQ(pthread_join(parts[i].thread, NULL), 0);
    ASSERT_EQ(atomic_load(&ran) + atomic_load(&cancelled), atomic_load(&armed));
    ASSERT_GE(atomic_load(&armed), THREADS * EACH);
    ASSERT_EQ(atomic_load(&strangers), THREADS);
    printf("%ld deadlines = %ld run + %ld cancelled\n", atomic_load(&armed),
           atomic_load(&ran), atomic_load(&cancelled));
    return 0;
}
