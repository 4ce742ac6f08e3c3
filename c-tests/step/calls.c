/* Pending calls, jobs, trips and interrupts, one instruction at a time: also
 * where the handler that interrupts calls the very same function, or leaves
 * it for good. */
#include "step.h"

#include <setjmp.h>

static void installed(void)
{
    install(SIGUSR1, 0);
}

static void add_two(void)
{
    add_from(0);
    add_from(0);
}

static void fill_the_ring(void)
{
    installed();
    for (int i = 0; i < 1024; i++)
        add_from(0);
}

static void add_to_the_full(void)
{
    ASSERT_EQ(sig_add_pending_call(on_call, NULL), -EAGAIN);
}

static void post_one(void)
{
    post(&job);
}

/* From the handler that interrupts: SIGUSR2's, not the library's. */

static void post_the_same(int signum)
{
    on_raw(signum);
    post(&job);
}

static void trip_too(int signum)
{
    (void)signum;
    ASSERT_EQ(sig_trip(SIGUSR1), 0);
}

static void interrupt_too(int signum)
{
    (void)signum;
    ASSERT_EQ(sig_interrupt(8), 0);
}

static void same_job_comes(void)
{
    set_raw(SIGUSR2, post_the_same);
    install(SIGUSR1, 0);
}

static void trip_comes(void)
{
    set_raw(SIGUSR2, trip_too);
    install(SIGUSR1, 0);
}

static void interrupt_comes(void)
{
    set_raw(SIGUSR2, interrupt_too);
    ASSERT_EQ(sig_init(0), 0);
}

static void interrupt_comes_after_another(void)
{
    interrupt_comes();
    ASSERT_EQ(sig_interrupt(7), 0);
}

static void trip(void)
{
    ASSERT_EQ(sig_trip(SIGUSR1), 0);
    sent++;
}

static void interrupt(void)
{
    ASSERT_EQ(sig_interrupt(7), 0);
}

static int returned;

static void check_interrupted(void)
{
    returned = sig_check();
}

static void assert_job_ran_once(void)
{
    assert_each_once();
    ASSERT_EQ(ran, mode & CALLS ? 4 : 1);
    ASSERT_EQ(sig_post(&job), 0); /* it may be posted again */
    added++;
    assert_each_once();
}

static void assert_interrupted(void)
{
    ASSERT_EQ(sig_check(), 7);
    assert_settled();
}

/* One replaces the other; the later one stays. */
static void assert_one_value(void)
{
    int value = sig_check();
    ASSERT_TRUE(value == 7 || value == 8);
    assert_settled();
    shared->outcome = value;
}

/* 7, and 8 next; or 8 has replaced 7. Never is 8 lost. */
static void assert_last_value(void)
{
    ASSERT_TRUE(returned == 7 || returned == 8);
    ASSERT_EQ(sig_check(), returned == 7 ? 8 : 0);
    assert_settled();
    shared->outcome = returned;
}

/* The handler that interrupts never comes back. */

static sigjmp_buf out;
static volatile sig_atomic_t inside;

static void jump_out(int signum)
{
    (void)signum;
    if (inside)
        siglongjmp(out, 1);
}

static void jump_comes(void)
{
    set_raw(SIGUSR2, jump_out);
    install(SIGUSR1, 0);
}

static void add_or_jump(void)
{
    if (sigsetjmp(out, 1) == 0) {
        inside = 1;
        sig_add_pending_call(on_call, NULL);
    }
    inside = 0;
}

static void post_or_jump(void)
{
    if (sigsetjmp(out, 1) == 0) {
        inside = 1;
        sig_post(&job);
    }
    inside = 0;
}

/* The call that was left is run, at the latest with the next one; or it was
 * not added, and then its cell may be gone. */
static void assert_ring_works(void)
{
    long left = 0;
    for (int lap = 0; lap < 3; lap++) {
        long before = added;
        for (int i = 0; i < 1100; i++)
            add_from(0);
        ASSERT_GE(added - before, 1023);
        ASSERT_LE(added - before, 1024);
        ASSERT_EQ(sig_check(), 0);
        if (lap == 0)
            left = ran - added;
        ASSERT_EQ(ran, added + left);
    }
    ASSERT_TRUE(left == 0 || left == 1);
    added += left;
    assert_settled();
    shared->outcome = (int)left;
}

/* The job that was left may be lost; no other one is. */
static void assert_list_works(void)
{
    sig_job others[3] = {SAFEPOINT_JOB(on_call, NULL),
                         SAFEPOINT_JOB(on_call, NULL),
                         SAFEPOINT_JOB(on_call, NULL)};
    for (int i = 0; i < 3; i++)
        post(&others[i]);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_TRUE(ran == 3 || ran == 4);
    added = (long)ran;
    assert_settled();
}

#define ANY (SIGNAL | THREAD | CALLS | FORKS | WOKEN)

const struct scenario calls[] = {
    {"add_pending_call", installed, add_two, assert_each_once, .modes = ANY},
    {"add_pending_call, full", fill_the_ring, add_to_the_full,
     assert_each_once, .modes = ANY},
    {"add_pending_call, left by longjmp", jump_comes, add_or_jump,
     assert_ring_works, .modes = SIGNAL | WOKEN, .signum = SIGUSR2,
     .changes = 2, .sets_errno = ALL_MODES},
    {"post", installed, post_one, assert_job_ran_once, .modes = ANY},
    {"post, the same inside", same_job_comes, post_one, assert_job_ran_once,
     .modes = SIGNAL | WOKEN, .signum = SIGUSR2},
    {"post, left by longjmp", jump_comes, post_or_jump, assert_list_works,
     .modes = SIGNAL | WOKEN, .signum = SIGUSR2, .sets_errno = ALL_MODES},
    {"trip", installed, trip, assert_each_once, .modes = ANY},
    {"trip, and inside", trip_comes, trip, assert_each_once,
     .modes = SIGNAL | WOKEN, .signum = SIGUSR2},
    {"interrupt", installed, interrupt, assert_interrupted,
     .modes = CALLS | FORKS | WOKEN},
    {"interrupt, and inside", interrupt_comes, interrupt, assert_one_value,
     .modes = SIGNAL | WOKEN, .signum = SIGUSR2, .changes = 1},
    {"interrupt, and check", interrupt_comes_after_another, check_interrupted,
     assert_last_value, .modes = SIGNAL | WOKEN, .signum = SIGUSR2,
     .changes = 1},
    {0},
};
