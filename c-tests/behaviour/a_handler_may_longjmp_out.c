/* A handler, a call and a job leave by longjmp, thousands of times. What had
 * not run stays pending, and the breaker set; nothing runs twice. The check
 * that was left counts as running until the next one: then, and not before,
 * another thread can adopt. */
#include "test.h"

#include <setjmp.h>

static jmp_buf out;
static long first, second, calls, jobs;

static int jumping(const sig_event *event, void *user)
{
    (void)event, (void)user;
    first++;
    longjmp(out, 1);
}

static int staying(const sig_event *event, void *user)
{
    (void)event, (void)user;
    second++;
    return 0;
}

static int jump(void *arg)
{
    (*(long *)arg)++;
    longjmp(out, 2);
}

static void *try_to_adopt(void *arg)
{
    (void)arg;
    return (void *)(intptr_t)sig_adopt();
}

static int adopt_elsewhere(void)
{
    pthread_t thread;
    void *result;
    ASSERT_EQ(pthread_create(&thread, NULL, try_to_adopt, NULL), 0);
    ASSERT_EQ(pthread_join(thread, &result), 0);
    return (int)(intptr_t)result;
}

/* 0, or 1 or 2 where a handler left. One frame for all of them. */
static int check(void)
{
    int left = setjmp(out);
    return left ? left : sig_check();
}

int main(void)
{
    sig_job job = SAFEPOINT_JOB(jump, &jobs);
    long rounds = scaled(5000);
    watchdog(120);
    ASSERT_EQ(sig_install(SIGUSR1, jumping, NULL, 0), 0);
    ASSERT_EQ(sig_install(SIGUSR2, staying, NULL, 0), 0);
    for (long i = 1; i <= rounds; i++) {
        MUST(kill(getpid(), SIGUSR1));
        MUST(kill(getpid(), SIGUSR2));
        ASSERT_EQ(sig_add_pending_call(jump, &calls), 0);
        ASSERT_EQ(sig_post(&job), 0);
        ASSERT_EQ(check(), 1);
        ASSERT_EQ(first, i);
        ASSERT_EQ(second, i - 1);
        ASSERT_NE(*sig_breaker(), 0);
        ASSERT_EQ(check(), 2);
        ASSERT_EQ(second, i);
        ASSERT_EQ(calls, i);
        ASSERT_EQ(jobs, i - 1);
        ASSERT_NE(*sig_breaker(), 0);
        ASSERT_EQ(check(), 2);
        ASSERT_EQ(jobs, i);
        ASSERT_EQ(*sig_breaker(), 0);
    }
    ASSERT_EQ(sig_is_owner(), 1);
    ASSERT_EQ(sig_adopt(), 0); /* the owner itself sees that it is in none */
    ASSERT_EQ(adopt_elsewhere(), -EBUSY);
    MUST(kill(getpid(), SIGUSR2));
    ASSERT_EQ(check(), 0);
    ASSERT_EQ(second, rounds + 1);
    ASSERT_EQ(counters().arrivals, 2 * rounds + 1);
    ASSERT_EQ(counters().handled, 2 * rounds + 1);
    ASSERT_EQ(counters().calls_run, 2 * rounds);
    ASSERT_EQ(adopt_elsewhere(), 0);
    ASSERT_EQ(sig_is_owner(), 0);
    return 0;
}
