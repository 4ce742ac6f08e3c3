/* SAFEPOINT_INTERPRETER_DEFAULTS: SIGINT raises SAFEPOINT_INTERRUPTED, unless
 * it was ignored or somebody's before us; SIGPIPE and SIGXFSZ are ignored.
 * Twice is no error, and sig_fini() puts everything back. */
#include "test.h"

static void foreign(int signum)
{
    (void)signum;
}

static uint32_t kind(int signum)
{
    sig_disposition is;
    ASSERT_EQ(sig_query(signum, &is, sizeof is), 0);
    return is.kind;
}

static int own(const sig_event *event, void *user)
{
    (void)event, (void)user;
    return 7;
}

int main(void)
{
    watchdog(120);
    signal(SIGINT, SIG_DFL); /* whatever was inherited */
#ifndef _WIN32 /* which lacks them */
    int fds[2];
    signal(SIGPIPE, SIG_DFL);
    signal(SIGXFSZ, SIG_DFL);
    MUST(pipe(fds));
    close(fds[0]);
#endif
    for (int round = 0; round < 3; round++) {
        ASSERT_EQ(sig_init(SAFEPOINT_INTERPRETER_DEFAULTS), 0);
        ASSERT_EQ(sig_init(SAFEPOINT_INTERPRETER_DEFAULTS), 0);
        ASSERT_EQ(sig_init(0), 0);
        ASSERT_EQ(sig_is_owner(), 1);
        ASSERT_EQ(kind(SIGINT), SAFEPOINT_KIND_HANDLER);
#ifndef _WIN32
        ASSERT_EQ(kind(SIGPIPE), SAFEPOINT_KIND_IGNORED);
        ASSERT_EQ(kind(SIGXFSZ), SAFEPOINT_KIND_IGNORED);
        ASSERT_EQ(write(fds[1], "x", 1), -1);
        ASSERT_EQ(errno, EPIPE);
#endif
        MUST(kill(getpid(), SIGINT));
        ASSERT_EQ(sig_check(), SAFEPOINT_INTERRUPTED);
        ASSERT_EQ(sig_check(), 0);

        ASSERT_EQ(sig_install(SIGINT, own, NULL, 0), 0);
        ASSERT_EQ(sig_init(SAFEPOINT_INTERPRETER_DEFAULTS), 0);
        MUST(kill(getpid(), SIGINT));
        ASSERT_EQ(sig_check(), 7); /* no default stands there any more */
        ASSERT_EQ(sig_fini(), 0);
        ASSERT_EQ(kind(SIGINT), SAFEPOINT_KIND_DEFAULT);
#ifndef _WIN32
        ASSERT_EQ(kind(SIGPIPE), SAFEPOINT_KIND_DEFAULT);
        ASSERT_EQ(kind(SIGXFSZ), SAFEPOINT_KIND_DEFAULT);
#endif
    }
    signal(SIGINT, SIG_IGN);
    ASSERT_EQ(sig_init(SAFEPOINT_INTERPRETER_DEFAULTS), 0);
    ASSERT_EQ(kind(SIGINT), SAFEPOINT_KIND_IGNORED);
    ASSERT_EQ(sig_fini(), 0);
    ASSERT_EQ(kind(SIGINT), SAFEPOINT_KIND_IGNORED);
    signal(SIGINT, foreign);
    ASSERT_EQ(sig_init(SAFEPOINT_INTERPRETER_DEFAULTS), 0);
    ASSERT_EQ(kind(SIGINT), SAFEPOINT_KIND_FOREIGN);
    ASSERT_EQ(sig_fini(), 0);
    ASSERT_EQ(kind(SIGINT), SAFEPOINT_KIND_FOREIGN);
    return 0;
}
