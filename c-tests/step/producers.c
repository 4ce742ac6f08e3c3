/* A thread stands still after each instruction with which it adds something:
 * nobody waits for it. What the owner adds itself runs at once, and what the
 * thread adds runs once, when it goes on. */
#include "step.h"

static int own;

static int on_own(void *arg)
{
    (void)arg;
    own++;
    ran++;
    return 0;
}

static void raw_and_installed(void)
{
    set_raw(SIGUSR1, on_raw);
    install(SIGUSR1, 0);
}

/* On the thread. */

static void add_two(void)
{
    add_from(0);
    add_from(0);
}

static void post_one(void)
{
    post(&job);
}

static void trip(void)
{
    sent++;
    ASSERT_EQ(sig_trip(SIGUSR1), 0);
}

static void interrupt(void)
{
    ASSERT_EQ(sig_interrupt(7), 0);
}

static void adopt(void)
{
    ASSERT_EQ(sig_adopt(), 0);
    ASSERT_EQ(sig_check(), 0);
}

/* On the owner, meanwhile. */

static void add_own(void)
{
    ASSERT_EQ(sig_add_pending_call(on_own, NULL), 0);
    added++;
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(own, 1);
}

static void post_own(void)
{
    static sig_job own_job = SAFEPOINT_JOB(on_own, NULL);
    post(&own_job);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(own, 1);
}

static void go_round(void)
{
    for (int lap = 0; lap < 3; lap++) {
        int before = own, room = 0;
        while (sig_add_pending_call(on_own, NULL) == 0)
            room++;
        added += room;
        ASSERT_EQ(sig_check(), 0);
        ASSERT_EQ(own, before + room);
        /* The thread's two may lie there, as added, late or taken. */
        ASSERT_GE(room, 1022);
        ASSERT_LE(room, 1024);
    }
}

static void hold_and_release(void)
{
    ASSERT_EQ(sig_hold(), 0);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(ran, 0);
    ASSERT_EQ(sig_release(), 0);
    add_own();
}

static void raise_own(void)
{
    send_signal(SIGUSR1);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_GE(handled, 1);
}

static void raise_and_check(void)
{
    send_signal(SIGUSR1);
    ASSERT_EQ(sig_check(), 0);
}

static void fini_and_init(void)
{
    ASSERT_EQ(sig_fini(), 0);
    init_again();
    add_own();
}

static void interrupt_own(void)
{
    ASSERT_EQ(sig_interrupt(5), 0);
    ASSERT_EQ(sig_check(), 5);
}

/* At the end. */

static void assert_raised_or_replaced(void)
{
    int value = sig_check();
    ASSERT_TRUE(value == 7 || value == 0);
    assert_settled();
    shared->outcome = value == 7 ? 1 : 0;
}

static void assert_once(void)
{
    assert_each_once();
    shared->outcome = 0;
}

static void assert_adopted_back(void)
{
    ASSERT_EQ(sig_adopt(), 0);
    assert_once();
}

#define FROZEN .modes = ACTS | WOKEN, .on_producer = true
#define UNWOKEN .modes = ACTS, .on_producer = true

const struct scenario producers[] = {
    {"add, and the owner adds", raw_and_installed, add_two, assert_once,
     FROZEN, .meanwhile = add_own},
    {"add, and the owner posts", raw_and_installed, add_two, assert_once,
     FROZEN, .meanwhile = post_own},
    {"add, and the owner goes round", raw_and_installed, add_two, assert_once,
     FROZEN, .meanwhile = go_round},
    {"add, and the owner holds", raw_and_installed, add_two, assert_once,
     UNWOKEN, .meanwhile = hold_and_release},
    {"add, and the owner forks", raw_and_installed, add_two, assert_once,
     FROZEN, .meanwhile = fork_here},
    {"add, and fini", raw_and_installed, add_two, assert_once,
     UNWOKEN, .meanwhile = fini_and_init},
    {"post, and the owner adds", raw_and_installed, post_one, assert_once,
     FROZEN, .meanwhile = add_own},
    {"post, and the owner posts", raw_and_installed, post_one, assert_once,
     FROZEN, .meanwhile = post_own},
    {"post, and the owner posts the same", raw_and_installed, post_one,
     assert_once, FROZEN, .meanwhile = post_one},
    {"post, and the owner forks", raw_and_installed, post_one, assert_once,
     FROZEN, .meanwhile = fork_here},
    {"trip, and the owner raises", raw_and_installed, trip, assert_once,
     FROZEN, .meanwhile = raise_own},
    {"interrupt, and the owner interrupts", raw_and_installed, interrupt,
     assert_raised_or_replaced, FROZEN, .meanwhile = interrupt_own,
     .changes = 1},
    {"adopt, and the owner checks", raw_and_installed, adopt,
     assert_adopted_back, FROZEN, .meanwhile = raise_and_check},
    {0},
};
