/* A thread stands still after each instruction of an arrival: nobody waits
 * for it. What comes for the owner itself is handled at once, and what the
 * thread has taken is handled once, when it goes on, whatever the owner has
 * installed, removed or switched over in the meantime. */
#include "step.h"

#include <errno.h>

#include <sys/eventfd.h>

static void raw_and_installed(void)
{
    set_raw(SIGUSR1, on_raw);
    install(SIGUSR1, 0);
}

static void real_time_installed(void)
{
    install(SIGRTMIN, 0);
}

static void chained(void)
{
    set_raw(SIGUSR1, on_raw);
    install(SIGUSR1, SAFEPOINT_CHAIN);
}

static void records_are_free(void)
{
    real_time_installed();
    install(SIGRTMIN + 1, 0);
    install(SIGRTMIN + 2, 0);
    for (int i = 0; i < 3; i++)
        send_signal(SIGRTMIN);
    ASSERT_EQ(sig_check(), 0);
}

/* On the thread. */

static void arrive(void)
{
    send_signal(SIGUSR1);
}

static void arrive_queued(void)
{
    send_signal(SIGRTMIN);
}

static void arrive_third(void)
{
    send_signal(SIGRTMIN + 2);
}

/* On the owner, meanwhile. */

static void raise_own(void)
{
    send_signal(SIGUSR1);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_GE(handled, 1);
}

static void raise_own_queued(void)
{
    for (long i = 1; i <= 3; i++) {
        send_signal(SIGRTMIN);
        ASSERT_EQ(sig_check(), 0);
        ASSERT_GE(handled, i);
    }
}

/* What the thread has seen on top of the free records is taken, another one
 * behind it as well, and only the first is given back. */
static void recycle(void)
{
    raises = 1;
    send_signal(SIGRTMIN);
    send_signal(SIGRTMIN + 1);
    ASSERT_EQ(sig_check(), 1);
    raises = 0;
}

static void replace_plain_by_queued(void)
{
    send_signal(SIGUSR1);
    install(SIGUSR1, SAFEPOINT_QUEUE);
    send_signal(SIGUSR1);
    ASSERT_EQ(sig_check(), 0);
    install(SIGUSR1, 0);
    raise_own();
}

static void unchain(void)
{
    install(SIGUSR1, 0);
    raise_own();
}

static void add_own(void)
{
    add_from(1);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(ran, 1);
}

static void restore(void)
{
    ASSERT_EQ(sig_restore(SIGUSR1), 0);
    send_signal(SIGUSR1);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(handled, 0);
}

static void restore_and_install(void)
{
    restore();
    install(SIGUSR1, 0);
    raise_own();
}

static void fini_and_init(void)
{
    ASSERT_EQ(sig_fini(), 0);
    init_again();
    install(SIGUSR1, 0);
    raise_own();
    add_own();
}

/* At the end. */

static void assert_once(void)
{
    assert_each_once();
    shared->outcome = 0;
}

/* Each record has one holder, or counts will differ sooner or later. */
static void assert_recycled(void)
{
    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 6; j++)
            send_signal(SIGRTMIN + j % 3);
        assert_once();
        ASSERT_EQ(events, sent);
        ASSERT_EQ(handled, sent);
    }
}

/* Removed under an arrival that had begun: that may be nobody's. */
static void assert_at_most_once(void)
{
    assert_settled();
    ASSERT_LE(counters().arrivals + (uint64_t)raw, sent);
    ASSERT_GE(counters().arrivals + (uint64_t)raw, sent - 1);
}

/* on_raw() was called for the thread's arrival, or not at all. */
static void assert_chained_once(void)
{
    assert_settled();
    ASSERT_EQ(counters().arrivals, sent);
    ASSERT_LE(raw, 1);
    shared->outcome = (int)raw;
}

/* The function, exchanged while an arrival is about to call it. */

static void fn_a(int signum, void *arg)
{
    (void)signum;
    ASSERT_EQ((intptr_t)arg, 'a');
}

static void fn_b(int signum, void *arg)
{
    (void)signum;
    ASSERT_EQ((intptr_t)arg, 'b');
}

static void fn_is_set(void)
{
    raw_and_installed();
    ASSERT_EQ(sig_set_wakeup_fn(fn_a, (void *)'a'), 0);
}

/* Where the arrival stands still in the middle of calling the function, that
 * cannot be taken away from it, and stays. */
static void exchange_fn(void)
{
    int done = sig_set_wakeup_fn(fn_b, (void *)'b');
    if (done != -EBUSY) {
        ASSERT_EQ(done, 0);
        ASSERT_EQ(sig_set_wakeup_fn(NULL, NULL), 0);
        ASSERT_EQ(sig_set_wakeup_fn(fn_a, (void *)'a'), 0);
    }
    raise_own();
}

/* Another target while an arrival is about to write to the one before. */

static int pipe_a[2], pipe_b[2], event_a;

static void set_fd(int fd)
{
    ASSERT_EQ(sig_set_wakeup_fd(fd, 0, NULL), 0);
}

static void pipe_is_set(void)
{
    install(SIGUSR1, 0);
    MUST(pipe2(pipe_a, O_NONBLOCK));
    MUST(pipe2(pipe_b, O_NONBLOCK));
    event_a = (int)MUST(eventfd(0, EFD_NONBLOCK));
    set_fd(pipe_a[1]);
}

static void event_is_set(void)
{
    pipe_is_set();
    set_fd(event_a);
}

static void to_pipe_b(void)
{
    set_fd(pipe_b[1]);
}

static void to_event(void)
{
    set_fd(event_a);
}

static void to_none(void)
{
    set_fd(-1);
}

static void assert_right_bytes(void)
{
    uint64_t times;
    char byte;
    while (read(pipe_a[0], &byte, 1) == 1 || read(pipe_b[0], &byte, 1) == 1)
        ASSERT_EQ(byte, SIGUSR1);
    if (read(event_a, &times, sizeof times) > 0)
        ASSERT_LE(times, 2);
    ASSERT_EQ(sig_wakeup_failures(NULL), 0);
    assert_once();
}

static void assert_one_woken(void)
{
    ASSERT_TRUE(readable(pipe_a[0]) || readable(pipe_b[0]) ||
                readable(event_a));
    assert_right_bytes();
}

#define FROZEN .modes = ACTS | WOKEN, .on_producer = true
#define UNWOKEN .modes = ACTS, .on_producer = true

const struct scenario arrivals[] = {
    {"arrival, and the owner raises", raw_and_installed, arrive, assert_once,
     FROZEN, .meanwhile = raise_own},
    {"arrival, and the owner adds", raw_and_installed, arrive, assert_once,
     FROZEN, .meanwhile = add_own},
    {"arrival, and the owner raises queued", real_time_installed,
     arrive_queued, assert_once, FROZEN, .meanwhile = raise_own_queued},
    {"arrival, and the owner recycles", records_are_free, arrive_third,
     assert_recycled, FROZEN, .meanwhile = recycle},
    {"arrival, and the owner replaces", raw_and_installed, arrive,
     assert_once, FROZEN, .meanwhile = replace_plain_by_queued},
    {"arrival, and the owner unchains", chained, arrive, assert_chained_once,
     FROZEN, .meanwhile = unchain, .changes = 1},
    {"arrival, and the owner restores", raw_and_installed, arrive,
     assert_at_most_once, FROZEN, .meanwhile = restore},
    {"arrival, and the owner restores and installs", raw_and_installed,
     arrive, assert_once, FROZEN, .meanwhile = restore_and_install},
    {"arrival, and fini", raw_and_installed, arrive, assert_once,
     UNWOKEN, .meanwhile = fini_and_init},
    {"arrival, and the owner forks", raw_and_installed, arrive, assert_once,
     FROZEN, .meanwhile = fork_here},
    {"arrival, and another function", fn_is_set, arrive, assert_once, UNWOKEN,
     .meanwhile = exchange_fn},
    {"arrival, pipe to pipe", pipe_is_set, arrive, assert_one_woken, UNWOKEN,
     .meanwhile = to_pipe_b},
    {"arrival, pipe to eventfd", pipe_is_set, arrive, assert_one_woken,
     UNWOKEN, .meanwhile = to_event},
    {"arrival, eventfd to pipe", event_is_set, arrive, assert_one_woken,
     UNWOKEN, .meanwhile = to_pipe_b},
    {"arrival, pipe to none", pipe_is_set, arrive, assert_right_bytes, UNWOKEN,
     .meanwhile = to_none},
    {0},
};
