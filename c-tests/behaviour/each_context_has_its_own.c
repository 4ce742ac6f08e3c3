/* Two contexts and the main one, on one thread: handlers, breakers, calls,
 * jobs, timers, holds, interrupts and counters are each one's own, and a
 * signal goes to all that have a handler for it. */
#include "test.h"

static sig_context *contexts[3];
static int handled[3], called[3];

static int handler(const sig_event *event, void *user)
{
    int *count = user;
    ASSERT_EQ(event->context, contexts[count - handled]);
    *count += (int)event->count;
    return 0;
}

static int call(void *arg)
{
    ++*(int *)arg;
    return 0;
}

static void interrupt_in_a_handler(int signum)
{
    (void)signum;
    ASSERT_EQ(sig_context_interrupt(contexts[1], 6), 0);
}

static void *interrupt_later(void *unused)
{
    usleep(20000);
    ASSERT_EQ(sig_context_interrupt(contexts[2], 7), 0);
    return unused;
}

static void check_all(int a, int b, int c)
{
    int expected[] = {a, b, c};
    for (int i = 0; i < 3; i++)
        ASSERT_EQ(sig_context_check(contexts[i]), expected[i]);
}

static void expect(const int counts[3], int a, int b, int c)
{
    ASSERT_EQ(counts[0], a);
    ASSERT_EQ(counts[1], b);
    ASSERT_EQ(counts[2], c);
}

static void expect_breakers(bool a, bool b, bool c)
{
    bool expected[] = {a, b, c};
    for (int i = 0; i < 3; i++)
        ASSERT_EQ(*sig_context_breaker(contexts[i]) != 0, expected[i]);
}

int main(void)
{
    sig_event event;
    sig_counters counters;
    watchdog(100);
    contexts[0] = sig_main();
    for (int i = 1; i < 3; i++) {
        contexts[i] = sig_context_new();
        ASSERT_NE(contexts[i], NULL);
        ASSERT_EQ(sig_context_is_owner(contexts[i]), 1);
    }
    ASSERT_NE(contexts[1], contexts[2]);
    for (int i = 0; i < 3; i++) {
        ASSERT_EQ(sig_context_install(contexts[i], SIGUSR1, handler,
                                      &handled[i], 0), 0);
    }
    ASSERT_EQ(sig_context_install(contexts[1], SIGUSR2, handler, &handled[1],
                                  0), 0);

    /* To all, and to one. */
    MUST(raise(SIGUSR1));
    MUST(raise(SIGUSR1));
    expect_breakers(true, true, true);
    check_all(0, 0, 0);
    expect(handled, 2, 2, 2);
    MUST(raise(SIGUSR2));
    expect_breakers(false, true, false);
    check_all(0, 0, 0);
    expect(handled, 2, 3, 2);

    /* By hand: as a signal, or for one. */
    ASSERT_EQ(sig_trip(SIGUSR1), 0);
    check_all(0, 0, 0);
    expect(handled, 3, 4, 3);
    ASSERT_EQ(sig_context_trip(contexts[2], SIGUSR1), 0);
    ASSERT_EQ(sig_context_trip(contexts[2], SIGUSR2), 0); /* has none */
    check_all(0, 0, 0);
    expect(handled, 3, 4, 4);
    ASSERT_EQ(sig_context_interrupt(contexts[1], 5), 0);
    check_all(0, 5, 0);

    /* From a signal handler, and a loop that runs from another thread. */
    pthread_t thread;
    int result;
    signal(SIGHUP, interrupt_in_a_handler);
    MUST(raise(SIGHUP));
    check_all(0, 6, 0);
    ASSERT_EQ(pthread_create(&thread, NULL, interrupt_later, NULL), 0);
    while ((result = sig_context_check(contexts[2])) == 0) {
    }
    ASSERT_EQ(result, 7);
    ASSERT_EQ(pthread_join(thread, NULL), 0);
    check_all(0, 0, 0);

    /* Calls, jobs and timers. */
    for (int i = 0; i < 3; i++) {
        sig_job job = SAFEPOINT_JOB(call, &called[i]);
        ASSERT_EQ(sig_context_add_pending_call(contexts[i], call, &called[i]),
                  0);
        ASSERT_EQ(sig_context_post(contexts[i], &job), 0);
        ASSERT_EQ(sig_context_post(contexts[(i + 1) % 3], &job), 1);
        ASSERT_EQ(sig_context_call_after(contexts[i], 0, 0, call, &called[i],
                                         NULL), 0);
        while (called[i] < 3)
            ASSERT_EQ(sig_context_check(contexts[i]), 0);
    }
    check_all(0, 0, 0);
    expect(called, 3, 3, 3);

    /* A hold keeps one quiet. */
    ASSERT_EQ(sig_context_hold(contexts[1]), 0);
    MUST(raise(SIGUSR1));
    check_all(0, 0, 0);
    expect(handled, 4, 4, 5);
    ASSERT_EQ(sig_context_release(contexts[1]), 0);
    memset(&event, 0, sizeof event);
    ASSERT_EQ(sig_context_next(contexts[1], &event, sizeof event), 1);
    ASSERT_EQ(event.context, contexts[1]);
    ASSERT_EQ(sig_next(&event, sizeof event), 0);

    /* What one wants no more, the others still get. */
    ASSERT_EQ(sig_restore(SIGUSR1), 0);
    ASSERT_EQ(sig_context_restore(contexts[2], SIGUSR1), 0);
    MUST(raise(SIGUSR1));
    check_all(0, 0, 0);
    expect(handled, 4, 5, 5);

    /* In a loop that does nothing else: the compiler looks each time. */
    ASSERT_EQ(sig_context_call_after(contexts[1], 20000000, 0, call, &called[1],
                                     NULL), 0);
    for (const __typeof__(*sig_context_breaker(NULL)) *breaker =
             sig_context_breaker(contexts[1]); *breaker == 0;) {
    }
    ASSERT_EQ(sig_context_check(contexts[1]), 0);
    expect(called, 3, 4, 3);

    memset(&counters, 0, sizeof counters);
    ASSERT_EQ(sig_context_stats(contexts[1], &counters, sizeof counters), 0);
    ASSERT_EQ(counters.arrivals, 6);
    ASSERT_EQ(counters.handled + counters.coalesced, 6);
    ASSERT_EQ(counters.calls_run, 4);

    /* And nobody's else. */
    for (int i = 1; i < 3; i++)
        ASSERT_EQ(sig_context_free(contexts[i]), 0);
    struct sigaction now;
    MUST(sigaction(SIGUSR1, NULL, &now));
    ASSERT_EQ(now.sa_handler == SIG_DFL, 1);
    return 0;
}
