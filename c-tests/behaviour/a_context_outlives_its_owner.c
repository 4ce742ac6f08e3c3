/* A context whose owner has ended keeps what is pending, also what comes
 * then; anybody can adopt it, or free it. One whose owner lives can be adopted
 * too, but not freed. In a forked child the owners of all others are gone. */
#include "test.h"

static sig_context *context;
static int handled, by_them;

static int handler(const sig_event *event, void *user)
{
    *(int *)user += (int)event->count;
    return 0;
}

static int call(void *arg)
{
    ++*(int *)arg;
    return 0;
}

static void *make(void *unused)
{
    context = sig_context_new();
    ASSERT_EQ(sig_context_install(context, SIGUSR1, handler, &handled, 0), 0);
    MUST(raise(SIGUSR1));
    return unused;
}

static void make_and_end(void)
{
    pthread_t thread;
    ASSERT_EQ(pthread_create(&thread, NULL, make, NULL), 0);
    ASSERT_EQ(pthread_join(thread, NULL), 0);
}

static atomic_int waits;

static void *own(void *handle)
{
    sig_context *mine = sig_context_new();
    ASSERT_EQ(sig_context_install(mine, SIGUSR1, handler, &by_them, 0), 0);
    *(sig_context **)handle = mine;
    waits = 1;
    while (sig_context_is_owner(mine) == 1)
        sig_context_sleep(mine, 1000000);
    ASSERT_EQ(sig_context_free(mine), -EPERM);
    return NULL;
}

/* As its owner comes to its first wait. What is pending is the adopter's, and
 * lets the wait be. */
static void adopt_at_the_first_wait(void)
{
    for (int i = 0; i < 300; i++) {
        pthread_t thread;
        sig_context *theirs = NULL;
        int result;
        waits = 0;
        ASSERT_EQ(pthread_create(&thread, NULL, own, &theirs), 0);
        while (!waits)
            sched_yield();
        for (volatile int wait = 0; wait < i * 20; wait++)
            ;
        while ((result = sig_context_adopt(theirs)) == -EBUSY) {
        }
        ASSERT_EQ(result, 0);
        MUST(raise(SIGUSR1));
        ASSERT_EQ(pthread_join(thread, NULL), 0);
        by_them = 0;
        ASSERT_EQ(sig_context_check(theirs), 0);
        ASSERT_EQ(by_them, 1);
        ASSERT_EQ(sig_context_free(theirs), 0);
    }
}

int main(void)
{
    int calls = 0;
    watchdog(100);
    for (int i = 0; i < 100; i++) {
        make_and_end();
        MUST(raise(SIGUSR1));
        ASSERT_EQ(sig_context_add_pending_call(context, call, &calls), 0);
        ASSERT_EQ(sig_context_is_owner(context), 0);
        ASSERT_EQ(sig_context_check(context), 0);
        ASSERT_EQ(handled, 0);
        ASSERT_EQ(sig_context_hold(context), -EPERM);
        ASSERT_EQ(sig_context_adopt(context), 0);
        ASSERT_EQ(sig_context_check(context), 0);
        ASSERT_EQ(handled, 2);
        ASSERT_EQ(calls, i + 1);
        handled = 0;
        ASSERT_EQ(sig_context_free(context), 0);

        make_and_end();
        sig_context *stale = context;
        ASSERT_EQ(sig_context_free(context), 0);
        ASSERT_EQ(sig_context_adopt(stale), -ESTALE);
    }

    /* From one who lives. */
    pthread_t thread;
    sig_context *theirs = NULL;
    ASSERT_EQ(pthread_create(&thread, NULL, own, &theirs), 0);
    while (!waits)
        sched_yield();
    ASSERT_EQ(sig_context_free(theirs), -EPERM);

    sig_context *mine = sig_context_new();
    ASSERT_EQ(sig_context_install(mine, SIGUSR1, handler, &handled, 0), 0);
    MUST(raise(SIGUSR1));
#ifndef _WIN32
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        ASSERT_EQ(sig_context_is_owner(mine), 1);
        ASSERT_EQ(sig_context_is_owner(theirs), 0);
        ASSERT_EQ(sig_context_check(mine), 0); /* its parent's */
        ASSERT_EQ(handled, 0);
        MUST(raise(SIGUSR1));
        ASSERT_EQ(sig_context_check(mine), 0);
        ASSERT_EQ(handled, 1);
        ASSERT_EQ(sig_context_adopt(theirs), 0);
        by_them = 0; /* its parent's */
        ASSERT_EQ(sig_context_check(theirs), 0);
        ASSERT_EQ(by_them, 1);
        ASSERT_EQ(sig_context_free(theirs), 0);
        ASSERT_EQ(sig_context_free(mine), 0);
        _exit(0);
    }
    ASSERT_CHILD_PASSED(child);
    child = (pid_t)MUST(fork());
    if (child == 0)
        _exit(sig_context_free(theirs) == 0 ? 0 : 1); /* nobody's */
    ASSERT_CHILD_PASSED(child);
#endif
    ASSERT_EQ(sig_context_check(mine), 0);
    ASSERT_EQ(handled, 1);

    int result;
    while ((result = sig_context_adopt(theirs)) == -EBUSY) {
    }
    ASSERT_EQ(result, 0);
    ASSERT_EQ(pthread_join(thread, NULL), 0);
    ASSERT_EQ(sig_context_is_owner(theirs), 1);
    ASSERT_EQ(sig_context_free(theirs), 0);
    ASSERT_EQ(sig_context_free(mine), 0);
    adopt_at_the_first_wait();
    return 0;
}
