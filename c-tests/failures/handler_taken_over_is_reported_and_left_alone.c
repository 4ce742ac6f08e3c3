/* Somebody's sigaction() puts another handler over ours. sig_query() says so,
 * and neither sig_restore(), nor sig_fini(), nor the end of a ONESHOT handler
 * touches what stands there now. */
#include "parts/failures.h"

static long seen[65];
static volatile sig_atomic_t foreign_calls;

static void foreign(int signum)
{
#ifdef _WIN32
    signal(signum, foreign); /* once more, as one has to there */
#endif
    (void)signum;
    foreign_calls++;
}

static void assert_stands(const struct sigaction *expected)
{
    struct sigaction now;
    MUST(sigaction(SIGUSR1, NULL, &now));
    ASSERT_EQ(now.sa_handler, expected->sa_handler);
    ASSERT_EQ(now.sa_flags, expected->sa_flags);
    for (int signum = 1; signum <= 64; signum++)
        ASSERT_EQ(sigismember(&now.sa_mask, signum),
                  sigismember(&expected->sa_mask, signum));
}

static void assert_query(uint32_t kind, bool ours, uint32_t overwritten)
{
    sig_disposition found;
    ASSERT_EQ(sig_query(SIGUSR1, &found, sizeof found), 0);
    ASSERT_EQ(found.kind, kind);
    ASSERT_EQ(found.overwritten, overwritten);
    ASSERT_EQ(found.handler, ours ? count_signal : NULL);
    ASSERT_EQ(found.user, ours ? seen : NULL);
}

/* Ways to take our handler away. */
static void restore(void) { ASSERT_EQ(sig_restore(SIGUSR1), 1); }
static void finish(void) { ASSERT_EQ(sig_fini(), 0); }
static void one_shot(void)
{
    ASSERT_EQ(sig_trip(SIGUSR1), 0);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(seen[SIGUSR1], 1);
}

int main(void)
{
    watchdog(240);
    static const struct {
        void (*remove)(void);
        uint32_t flags;
    } ways[] = {{restore, 0}, {finish, 0}, {one_shot, SAFEPOINT_ONESHOT},
                {restore, SAFEPOINT_CHAIN}, {finish, SAFEPOINT_QUEUE}};
    static const struct {
        void (*handler)(int);
        uint32_t kind;
    } overs[] = {{foreign, SAFEPOINT_KIND_FOREIGN},
                 {SIG_IGN, SAFEPOINT_KIND_IGNORED},
                 {SIG_DFL, SAFEPOINT_KIND_DEFAULT}};
    for (size_t way = 0; way < sizeof ways / sizeof *ways; way++) {
        for (size_t o = 0; o < sizeof overs / sizeof *overs; o++) {
            struct sigaction over = {.sa_handler = overs[o].handler};
#ifndef _WIN32
            over.sa_flags = SA_NODEFER | SA_RESTART;
#endif
            sigaddset(&over.sa_mask, SIGUSR2);
            memset(seen, 0, sizeof seen);
            foreign_calls = 0;
            signal(SIGUSR1, SIG_DFL);
            ASSERT_EQ(sig_install(SIGUSR1, count_signal, seen, ways[way].flags),
                      0);
            assert_query(SAFEPOINT_KIND_HANDLER, true, 0);
            MUST(sigaction(SIGUSR1, &over, NULL));
            MUST(sigaction(SIGUSR1, NULL, &over)); /* with what glibc adds */
            assert_query(overs[o].kind, true, 1);
            ways[way].remove();
            assert_stands(&over);
            assert_query(overs[o].kind, false, 0);
            if (overs[o].handler == foreign) {
                MUST(raise(SIGUSR1));
                ASSERT_EQ(foreign_calls, 1);
            }
            ASSERT_EQ(sig_init(0), 0);
            ASSERT_EQ(sig_restore(SIGUSR1), 0); /* nothing of ours left */
            ASSERT_EQ(sig_fini(), 0);
            assert_stands(&over);
        }
    }
    return 0;
}
