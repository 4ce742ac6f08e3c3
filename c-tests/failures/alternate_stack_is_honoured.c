/* A thread that has an alternate stack, as every thread of Go has, gets its
 * arrivals on it: what runs inside them finds itself there. A thread without
 * one gets them on its own stack. The library changes no thread's. */
#include "parts/failures.h"

enum { ALTERNATE = 65536 };
static long seen[65];
static _Atomic uintptr_t wake_frame, chained_frame;

static void wake(int signum, void *unused)
{
    (void)signum, (void)unused;
    wake_frame = (uintptr_t)__builtin_frame_address(0);
}

/* The host's, called because of CHAIN. */
static void host(int signum)
{
    (void)signum;
    chained_frame = (uintptr_t)__builtin_frame_address(0);
}

static void assert_frames(const char *low, size_t size, bool inside)
{
    wake_frame = chained_frame = 0;
    MUST(raise(SIGUSR1));
    ASSERT_NE(wake_frame, 0);
    ASSERT_NE(chained_frame, 0);
    ASSERT_EQ(wake_frame - (uintptr_t)low < size, inside);
    ASSERT_EQ(chained_frame - (uintptr_t)low < size, inside);
}

static void *with_an_alternate_stack(void *unused)
{
    stack_t none = {.ss_flags = SS_DISABLE}, now;
    stack_t stack = {.ss_sp = malloc(ALTERNATE), .ss_size = ALTERNATE};
    ASSERT_NE(stack.ss_sp, NULL);
    MUST(sigaltstack(&stack, NULL));
    for (int i = 0; i < 10; i++)
        assert_frames(stack.ss_sp, ALTERNATE, true);
    MUST(sigaltstack(NULL, &now));
    ASSERT_EQ(now.ss_sp, stack.ss_sp);
    ASSERT_EQ(now.ss_size, ALTERNATE);
    ASSERT_EQ(now.ss_flags, 0);
    MUST(sigaltstack(&none, NULL));
    /* valgrind 3.19 forgets that, and goes by the size. */
    assert_frames(stack.ss_sp, ALTERNATE, on_valgrind());
    free(stack.ss_sp);
    return unused;
}

static void *without(void *unused)
{
    stack_t none = {.ss_flags = SS_DISABLE}, now;
    pthread_attr_t attributes;
    void *low;
    size_t size;
    MUST(sigaltstack(&none, NULL)); /* a sanitizer gives each thread one */
    MUST(-pthread_getattr_np(pthread_self(), &attributes));
    MUST(-pthread_attr_getstack(&attributes, &low, &size));
    pthread_attr_destroy(&attributes);
    assert_frames(low, size, true);
    MUST(sigaltstack(NULL, &now));
    ASSERT_EQ(now.ss_flags, SS_DISABLE);
    return unused;
}

static void on_a_thread(void *(*function)(void *))
{
    pthread_t thread;
    MUST(-pthread_create(&thread, NULL, function, NULL));
    MUST(-pthread_join(thread, NULL));
}

int main(void)
{
    watchdog(240);
    struct sigaction before = {.sa_handler = host};
    MUST(sigaction(SIGUSR1, &before, NULL));
    ASSERT_EQ(sig_install(SIGUSR1, count_signal, seen, SAFEPOINT_CHAIN), 0);
    ASSERT_EQ(sig_set_wakeup_fn(wake, NULL), 0);
    with_an_alternate_stack(NULL);
    on_a_thread(with_an_alternate_stack);
    on_a_thread(without);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(seen[SIGUSR1], 23);
    return 0;
}
