/* Somebody's handler stood over ours when ours was removed, and goes later: it
 * puts back what it found, our low-level handler. The signal then does what it
 * did before both: SIGTERM kills again, and what was ignored is ignored. */
#include "parts/failures.h"

static long seen[65];
static int host_calls;

static void foreign(int signum) { (void)signum; }
static void host(int signum)
{
    (void)signum;
    host_calls++;
}

static void by_restore(void) { ASSERT_EQ(sig_restore(SIGTERM), 1); }
static void by_fini(void) { ASSERT_EQ(sig_fini(), 0); }

/* The child's wait status; it exits with the number of calls of `host`. */
static int status_of(void (*before)(int), void (*remove)(void), uint32_t flags)
{
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        struct sigaction over = {.sa_handler = foreign}, found;
        alarm(120);
        signal(SIGTERM, before);
        ASSERT_EQ(sig_install(SIGTERM, count_signal, seen, flags), 0);
        MUST(sigaction(SIGTERM, &over, &found));
        remove();
        MUST(sigaction(SIGTERM, &found, NULL));
        for (int i = 0; i < 2; i++) {
            MUST(raise(SIGTERM));
            ASSERT_EQ(sig_check(), 0);
            ASSERT_EQ(seen[SIGTERM], 0);
        }
        /* It can be installed again, and removed again. */
        ASSERT_EQ(sig_install(SIGTERM, count_signal, seen, 0), 0);
        MUST(raise(SIGTERM));
        ASSERT_EQ(sig_check(), 0);
        ASSERT_EQ(seen[SIGTERM], 1);
        ASSERT_EQ(sig_restore(SIGTERM), 0);
        MUST(sigaction(SIGTERM, NULL, &found));
        ASSERT_EQ(found.sa_handler, before);
        _exit(host_calls);
    }
    return wait_for(child);
}

int main(void)
{
    watchdog(240);
    static void (*const ways[])(void) = {by_restore, by_fini};
    static const uint32_t flags[] = {0, SAFEPOINT_CHAIN};
    for (int way = 0; way < 2; way++) {
        for (int f = 0; f < 2; f++) {
            ASSERT_EQ(status_of(SIG_IGN, ways[way], flags[f]), 0);
            ASSERT_EQ(status_of(host, ways[way], flags[f]), 2 << 8);
            ASSERT_EQ(status_of(SIG_DFL, ways[way], flags[f]), SIGTERM);
        }
    }
    return 0;
}
