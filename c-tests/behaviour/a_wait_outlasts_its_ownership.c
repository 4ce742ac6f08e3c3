/* The owner waits, and another thread adopts the context: the wait goes on as
 * a plain call, and the new owner's waits end. Then two threads pass the
 * ownership to and fro between waits, and calls come all the time: each ends
 * the wait of whoever is the owner. */
#include "waits.h"

static atomic_int stage;
static atomic_long added_, ran_;

static int raises(const sig_event *event, void *user)
{
    (void)event, (void)user;
    return 5;
}

static void *old_owner(void *unused)
{
    (void)unused;
    ASSERT_EQ(sig_install(SIGUSR1, raises, NULL, 0), 0);
    stage = 1;
    wait_expect_byte(wait_read());
    ASSERT_EQ(sig_is_owner(), 0);
    stage = 2;
    return NULL;
}

static void *trip(void *unused)
{
    struct timespec time = {0, 5000000};
    (void)unused;
    nanosleep(&time, NULL);
    ASSERT_EQ(sig_trip(SIGUSR1), 0);
    return NULL;
}

/* Nothing else would end it. */
static void assert_wait_ends(void)
{
    pthread_t thread;
    ASSERT_EQ(pthread_create(&thread, NULL, trip, NULL), 0);
    ASSERT_EQ(sig_sleep(SAFEPOINT_FOREVER), -EINTR);
    ASSERT_EQ(sig_raised(), 5);
    ASSERT_EQ(pthread_join(thread, NULL), 0);
}

static void adopted_out_of_a_wait(void)
{
    struct timespec time = {0, 20000000};
    pthread_t thread;
    wait_pipe();
    stage = 0;
    ASSERT_EQ(pthread_create(&thread, NULL, old_owner, NULL), 0);
    while (stage == 0)
        sched_yield();
    nanosleep(&time, NULL); /* most likely it waits by now */
    ASSERT_EQ(sig_adopt(), 0);
    assert_wait_ends();
    assert_wait_ends();
    ASSERT_EQ(stage, 1); /* not disturbed */
    wait_feed_byte();
    ASSERT_EQ(pthread_join(thread, NULL), 0);
    assert_wait_ends();
    ASSERT_EQ(sig_fini(), 0);
}

static int count(void *unused)
{
    (void)unused;
    ran_++;
    return 1;
}

static void *add(void *rounds)
{
    for (long i = 0; i < (long)rounds; i++) {
        ASSERT_EQ(sig_add_pending_call(count, NULL), 0);
        added_++;
        while (ran_ < added_) /* only a wait that ends runs it */
            sched_yield();
    }
    stage = 9;
    return NULL;
}

/* In turns: one waits until a call has run, then it is the other's turn. */
static void *take_turns(void *odd)
{
    for (int turn = 0; stage != 9; turn++) {
        while (stage != 9 && stage % 2 != (int)(intptr_t)odd)
            sched_yield();
        if (stage == 9)
            break;
        ASSERT_EQ(sig_adopt(), 0);
        long result = sig_poll(NULL, 0, 2); /* the last one gets none */
        ASSERT_TRUE(result == -EINTR || result == 0);
        int mine = (int)(intptr_t)odd;
        atomic_compare_exchange_strong(&stage, &mine, 1 - mine);
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[3];
    watchdog(120);
    for (int i = 0; i < 5; i++)
        adopted_out_of_a_wait();
    stage = 0;
    ASSERT_EQ(sig_init(0), 0);
    for (intptr_t i = 0; i < 2; i++)
        ASSERT_EQ(pthread_create(&threads[i], NULL, take_turns, (void *)i), 0);
    ASSERT_EQ(pthread_create(&threads[2], NULL, add, (void *)scaled(20000)), 0);
    for (int i = 0; i < 3; i++)
        ASSERT_EQ(pthread_join(threads[i], NULL), 0);
    ASSERT_EQ(ran_, added_);
    return 0;
}
