/* An arrival fits on a small alternate stack: the least that the kernel wants
 * for its own frame, and 1,024 bytes for all that we do there, whatever wakes
 * and whatever is chained. It prints what it took. */
#include "parts/failures.h"

#include <sys/auxv.h>
#include <sys/mman.h>

#ifndef AT_MINSIGSTKSZ
#define AT_MINSIGSTKSZ 51
#endif
#if defined(__x86_64__) && defined(__GLIBC__) && !defined(SAFEPOINT_PORTABLE)
enum { LARGE = 65536, OURS = 1024 };
#else /* musl's system calls and other processors' frames take more */
enum { LARGE = 65536, OURS = 1280 };
#endif
static long seen[65];
static unsigned char *low;

static void nothing(int signum, siginfo_t *info, void *context)
{
    (void)signum, (void)info, (void)context;
}

/* An alternate stack of this size, with a guard in front of it. */
static void use_stack(size_t size)
{
    size_t pages = (size + 4095) / 4096 * 4096 + 4096;
    int both = PROT_READ | PROT_WRITE, private = MAP_PRIVATE | MAP_ANONYMOUS;
    unsigned char *map = mmap(NULL, pages, both, private, -1, 0);
    ASSERT_NE(map, MAP_FAILED);
    MUST(mprotect(map, 4096, PROT_NONE));
    low = map + pages - size;
    stack_t stack = {.ss_sp = low, .ss_size = size};
    MUST(sigaltstack(&stack, NULL));
}

/* How many bytes of the stack a delivery changes. */
static size_t depth(int signum)
{
    size_t untouched = 0;
    memset(low, 0xA5, LARGE);
    MUST(raise(signum));
    while (low[untouched] == 0xA5)
        untouched++;
    return LARGE - untouched;
}

static void wake(int signum, void *unused)
{
    (void)signum, (void)unused;
}

int main(void)
{
    watchdog(240);
    if (on_valgrind())
        return skip("valgrind's frames are larger than the kernel's");
#ifdef __SANITIZE_ADDRESS__
    return skip("the sanitizer stands between us and the C library");
#endif
    struct sigaction raw = {.sa_sigaction = nothing};
    raw.sa_flags = SA_SIGINFO | SA_ONSTACK;
    use_stack(LARGE);
    MUST(sigaction(SIGUSR1, &raw, NULL));
    MUST(sigaction(SIGUSR2, &raw, NULL));
    size_t kernel = depth(SIGUSR1);
    size_t least = getauxval(AT_MINSIGSTKSZ), most = 0;
    printf("the kernel's frame and an empty handler: %zu\n", kernel);

    ASSERT_EQ(sig_install(SIGUSR1, count_signal, seen, 0), 0);
    ASSERT_EQ(sig_install(SIGUSR2, count_signal, seen, SAFEPOINT_CHAIN), 0);
    ASSERT_EQ(sig_install(SIGRTMIN, count_signal, seen, 0), 0);
    const char *const wakes[] = {"no wake-up", "pipe", "socket", "eventfd"};
    const int signums[] = {SIGUSR1, SIGUSR2, SIGRTMIN};
    for (enum wake_kind kind = 0; kind <= WAKE_KINDS; kind++) {
        for (int i = 0; i < 3; i++) {
            size_t ours = depth(signums[i]) - kernel;
            printf("%s, %s: %zu more\n", wakes[kind], sig_name(signums[i]),
                   ours);
            most = ours > most ? ours : most;
        }
        if (kind < WAKE_KINDS) {
            int pair[2];
            make_wake(kind, pair);
            ASSERT_EQ(sig_set_wakeup_fd(pair[1], 0, NULL), 0);
            ASSERT_EQ(sig_set_wakeup_fn(wake, NULL), 0);
            ASSERT_GE(sig_event_fd(), 0);
            MUST(close(pair[0])); /* and where the write fails */
        }
    }
    ASSERT_LE(most, OURS);

    use_stack((least > kernel ? least : kernel) + OURS);
    ASSERT_EQ(sig_check(), 0);
    for (int i = 0; i < 3; i++) {
        seen[signums[i]] = 0;
        MUST(raise(signums[i]));
        ASSERT_EQ(sig_check(), 0);
        ASSERT_EQ(seen[signums[i]], 1);
    }
    return 0;
}
