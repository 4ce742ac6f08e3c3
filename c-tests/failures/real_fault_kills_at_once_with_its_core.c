/* A fault that the processor raised is never deferred: it kills by its own
 * signal, with a core where there would be one without the library, whether
 * the default, SIG_IGN or our own SIG_IGN stood before, on the owner's thread
 * or another, with a wake-up fd, on an alternate stack. It does not loop. */
#include "parts/faults.h"

static long *handled; /* shared with the children */

static int handler(const sig_event *event, void *unused)
{
    (void)event, (void)unused;
    ++*handled;
    return 0;
}

static void over_the_default(int signum)
{
    signal(signum, SIG_DFL);
    ASSERT_EQ(sig_install(signum, handler, NULL, 0), 0);
}

static void over_ignored(int signum)
{
    signal(signum, SIG_IGN);
    ASSERT_EQ(sig_install(signum, handler, NULL, SAFEPOINT_CHAIN), 0);
}

static void ignored_by_us(int signum)
{
    over_the_default(signum);
    ASSERT_EQ(sig_ignore(signum), 0);
    ASSERT_EQ(sig_install(signum, handler, NULL, SAFEPOINT_QUEUE), 0);
}

static void after_one_that_was_sent(int signum)
{
    over_the_default(signum);
    MUST(raise(signum));
    MUST(kill(getpid(), signum));
}

static void with_wake_ups(int signum)
{
    int pair[2];
    over_the_default(signum);
    make_wake(WAKE_PIPE, pair);
    ASSERT_EQ(sig_set_wakeup_fd(pair[1], 0, NULL), 0);
    ASSERT_GE(sig_event_fd(), 0);
}

static void on_an_alternate_stack(int signum)
{
    stack_t stack = {.ss_size = 65536};
    stack.ss_sp = malloc(stack.ss_size);
    MUST(sigaltstack(&stack, NULL));
    over_the_default(signum);
}

static void *install_it(void *signum)
{
    over_the_default((int)(intptr_t)signum);
    return NULL;
}

static void on_a_thread_that_is_not_the_owner(int signum)
{
    pthread_t thread;
    MUST(-pthread_create(&thread, NULL, install_it, (void *)(intptr_t)signum));
    MUST(-pthread_join(thread, NULL));
}

int main(void)
{
    static void (*const ways[])(int) = {
        over_the_default,        over_ignored,  ignored_by_us,
        after_one_that_was_sent, with_wake_ups, on_an_alternate_stack,
        on_a_thread_that_is_not_the_owner};
    watchdog(240);
    if (on_valgrind())
        return skip("valgrind makes faults of its own and writes its own core");
    int shared = MAP_SHARED | MAP_ANONYMOUS;
    handled = mmap(NULL, 4096, PROT_READ | PROT_WRITE, shared, -1, 0);
    ASSERT_NE(handled, MAP_FAILED);
    for (int f = 0; f < FAULTS; f++) {
        int expected = die_without_us(&faults[f]);
        if (expected == 0)
            continue;
        for (size_t way = 0; way < sizeof ways / sizeof *ways; way++)
            ASSERT_EQ(die_of(&faults[f], ways[way]), expected);
    }
    ASSERT_EQ(*handled, 0);
    return 0;
}
