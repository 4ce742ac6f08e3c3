/* Contexts, deadlines and latches, one instruction at a time: what one context
 * does leaves the others' books alone, and its own in order; storage that is
 * given back and out again takes nothing along. */
#include "step.h"

#include <dirent.h>

static sig_context *other;
static atomic_long told;   /* deliveries that the other one's handler saw */
static atomic_long called; /* calls and jobs of the other one's */
static uint64_t timer;
static sig_latch latch;
static atomic_long firsts; /* who set the latch first */

static int on_other(const sig_event *event, void *user)
{
    (void)user;
    ASSERT_EQ(event->context, other);
    told += (long)(event->count + event->lost);
    return 0;
}

static int on_other_call(void *arg)
{
    (void)arg;
    called++;
    return 0;
}

static sig_job other_job = SAFEPOINT_JOB(on_other_call, NULL);

static void install_other(void)
{
    ASSERT_EQ(sig_context_install(other, SIGUSR1, on_other, NULL, 0), 0);
}

static void make_other(void)
{
    other = sig_context_new();
    ASSERT_NE(other, NULL);
}

static void both_exist(void)
{
    set_raw(SIGUSR1, on_raw);
    install(SIGUSR1, 0);
    make_other();
}

static void both_installed(void)
{
    both_exist();
    install_other();
}

static void only_other_installed(void)
{
    set_raw(SIGUSR1, on_raw);
    make_other();
    install_other();
}

static void restore_other(void)
{
    ASSERT_EQ(sig_context_restore(other, SIGUSR1), 0);
}

static void ignore_other(void)
{
    ASSERT_EQ(sig_context_ignore(other, SIGUSR1), 1);
}

static void free_other(void)
{
    ASSERT_EQ(sig_context_free(other), 0);
    other = NULL;
}

static void come_and_go(void)
{
    make_other();
    install_other();
    ASSERT_EQ(sig_context_check(other), 0);
    free_other();
}

static void check_other(void)
{
    ASSERT_EQ(sig_context_check(other), 0);
}

/* The other one's books, if there is one: what it has seen is the outcome. */
static void other_adds_up(void)
{
    sig_counters now;
    memset(&now, 0, sizeof now);
    if (!other)
        return;
    ASSERT_EQ(sig_context_check(other), 0);
    ASSERT_EQ(sig_context_stats(other, &now, sizeof now), 0);
    ASSERT_EQ(now.arrivals,
              now.handled + now.coalesced + now.lost + now.dropped);
    ASSERT_EQ(told, (long)(now.arrivals - now.dropped));
    ASSERT_LE(told, sent);
    ASSERT_EQ(*sig_context_breaker(other), 0);
}

static void main_saw_all(void)
{
    other_adds_up();
    assert_settled();
    ASSERT_EQ(handled, sent);
    ASSERT_EQ(raw, 0);
    shared->outcome = (int)told;
}

static void both_saw_all(void)
{
    main_saw_all();
    ASSERT_EQ(told, sent);
}

/* Without the other one it goes to what stood there before. */
static void once_by_either(void)
{
    sig_counters now;
    other_adds_up();
    memset(&now, 0, sizeof now);
    ASSERT_EQ(sig_context_stats(other, &now, sizeof now), 0);
    ASSERT_EQ((long)now.arrivals + raw, sent);
    assert_settled();
    shared->outcome = (int)raw;
}

/* From elsewhere, while the owner gives the storage to the next one: the old
 * handle does nothing to that. */

static sig_context *old;
static int done;

static void old_is_other(void)
{
    both_installed();
    old = other;
}

static void give_to_the_next(void)
{
    ASSERT_EQ(sig_context_free(other), 0);
    told = 0;
    other = sig_context_new();
    ASSERT_NE(other, NULL);
    ASSERT_NE(other, old);
    install_other();
}

static void interrupt_old(void)
{
    done = sig_context_interrupt(old, 7);
}

static void add_to_old(void)
{
    done = sig_context_add_pending_call(old, on_other_call, NULL);
}

static void post_to_old(void)
{
    done = sig_context_post(old, &other_job);
}

static void trip_old(void)
{
    done = sig_context_trip(old, SIGUSR1);
}

static void next_has_nothing(void)
{
    ASSERT_TRUE(done == 0 || done == -ESTALE);
    ASSERT_EQ(sig_context_check(other), 0);
    ASSERT_EQ(told, 0);
    ASSERT_EQ(called, 0);
    /* It was dropped, or refused: it can be posted again, which it is. */
    ASSERT_EQ(sig_context_interrupt(other, 3), 0);
    ASSERT_EQ(sig_context_check(other), 3);
    ASSERT_EQ(sig_context_free(other), 0);
    for (int i = 0; i < 3; i++) { /* the room it was in, again */
        other = sig_context_new();
        ASSERT_EQ(sig_context_check(other), 0);
        ASSERT_EQ(sig_context_free(other), 0);
    }
    ASSERT_EQ(called, 0);
    make_other();
    ASSERT_EQ(sig_context_post(other, &other_job), 0);
    ASSERT_EQ(sig_context_check(other), 0);
    ASSERT_EQ(called, 1);
    shared->outcome = done;
}

/* An arrival may come to the next one, which is no harm: once. */
static void send_one(void)
{
    send_signal(SIGUSR1);
}

static void next_adds_up(void)
{
    other_adds_up();
    ASSERT_LE(told, 1);
    assert_settled();
    shared->outcome = (int)told;
}

/* Deadlines. */

static void arm(void)
{
    ASSERT_EQ(sig_call_after(SAFEPOINT_FOREVER, 0, on_call, NULL, &timer), 0);
}

static void arm_and_cancel(void)
{
    arm();
    ASSERT_EQ(sig_cancel(timer), 0);
}

/* The tester puts breakpoints where the stepped thread comes by: the thread
 * that timers have is to stay out of there. */
static bool timers_sleep(void)
{
    char path[64], line[256];
    bool sleeps = false;
    DIR *tasks = opendir("/proc/self/task");
    ASSERT_NE(tasks, NULL);
    for (struct dirent *task; (task = readdir(tasks));) {
        snprintf(path, sizeof path, "/proc/self/task/%.20s/stat", task->d_name);
        FILE *stat = fopen(path, "re");
        if (!stat)
            continue;
        if (fgets(line, sizeof line, stat))
            sleeps |= strstr(line, " (safepoint) S ") != NULL;
        fclose(stat);
    }
    closedir(tasks);
    return sleeps;
}

static void armed(void)
{
    install(SIGUSR1, 0);
    arm();
    while (!timers_sleep())
        sched_yield();
}

static void one_is_due(void)
{
    armed();
    ASSERT_EQ(sig_call_after(0, 0, on_call, NULL, NULL), 0);
    while (*sig_breaker() == 0)
        sched_yield();
    while (!timers_sleep())
        sched_yield();
    added++;
}

static void check_once(void)
{
    ASSERT_EQ(sig_check(), 0);
}

/* Latches. */

static void set_latch(int signum)
{
    (void)signum;
    firsts += sig_latch_set(&latch) == 0;
}

static void latch_is_unset(void)
{
    set_raw(SIGUSR1, set_latch);
}

static void set_latch_too(void)
{
    set_latch(0);
}

static void set_once(void)
{
    ASSERT_EQ(firsts, 1);
    ASSERT_EQ(sig_latch_is_set(&latch), 1);
    ASSERT_EQ(sig_latch_wait(&latch, 0), 1);
}

#define ANY (SIGNAL | THREAD | CALLS)
#define FROZEN .modes = ACTS, .on_producer = true

const struct scenario contexts[] = {
    {"another installs", both_exist, install_other, main_saw_all,
     .modes = ANY | WOKEN, .changes = 1},
    {"another restores", both_installed, restore_other, main_saw_all,
     .modes = ANY, .changes = 1},
    {"another ignores", both_installed, ignore_other, main_saw_all,
     .modes = SIGNAL | THREAD, .changes = 1},
    {"another is freed", both_installed, free_other, main_saw_all,
     .modes = ANY, .stride = 16},
    {"another comes and goes", both_exist, come_and_go, main_saw_all,
     .modes = SIGNAL | THREAD, .changes = 4, .stride = 16},
    {"another checks", both_installed, check_other, both_saw_all,
     .modes = ANY},
    {"the only one restores", only_other_installed, restore_other,
     once_by_either, .modes = SIGNAL | THREAD, .changes = 1},
    {"interrupt, and another has it", old_is_other, interrupt_old,
     next_has_nothing, FROZEN, .meanwhile = give_to_the_next, .changes = 1},
    {"call, and another has it", old_is_other, add_to_old, next_has_nothing,
     FROZEN, .meanwhile = give_to_the_next, .changes = 1},
    {"job, and another has it", old_is_other, post_to_old, next_has_nothing,
     FROZEN, .meanwhile = give_to_the_next, .changes = 1},
    {"trip, and another has it", old_is_other, trip_old, next_has_nothing,
     FROZEN, .meanwhile = give_to_the_next, .changes = 1},
    {"arrival, and another has it", old_is_other, send_one, next_adds_up,
     FROZEN, .meanwhile = give_to_the_next, .changes = 1},
    {"arm and cancel", armed, arm_and_cancel, assert_each_once,
     .modes = ANY},
    {"a timer runs", one_is_due, check_once, assert_each_once, .modes = ANY},
    {"latch", latch_is_unset, set_latch_too, set_once,
     .modes = SIGNAL | THREAD},
    {0},
};
