/* sig_query(): the default, ignored, our handler with what it was installed
 * with, somebody else's; and whether ours was taken over. A larger struct
 * than the library knows gets zeros behind. */
#include "test.h"

static int user;

static int handler(const sig_event *event, void *arg)
{
    (void)event, (void)arg;
    return 0;
}

static void foreign(int signum)
{
    (void)signum;
}

static sig_disposition query(int signum)
{
    struct { sig_disposition known; unsigned char beyond[24]; } is;
    memset(&is, 0xaa, sizeof is);
    ASSERT_EQ(sig_query(signum, &is.known, sizeof is), 0);
    ASSERT_EQ(is.known.size, sizeof(sig_disposition));
    for (unsigned i = 0; i < sizeof is.beyond; i++)
        ASSERT_EQ(is.beyond[i], 0);
    return is.known;
}

static void expect(int signum, uint32_t kind, sig_handler ours, void *arg,
                   uint32_t flags, uint32_t overwritten)
{
    sig_disposition is = query(signum);
    ASSERT_EQ(is.kind, kind);
    ASSERT_EQ(is.handler, ours);
    ASSERT_EQ(is.user, arg);
    ASSERT_EQ(is.flags, flags);
    ASSERT_EQ(is.overwritten, overwritten);
}

int main(void)
{
    const uint32_t flags = SAFEPOINT_RESTART | SAFEPOINT_QUEUE;
    watchdog(120);
    signal(SIGTERM, SIG_DFL); /* whatever was inherited */
    signal(SIGHUP, SIG_IGN);
    signal(SIGUSR2, foreign);
    for (int owned = 0; owned < 2; owned++) {
        expect(SIGTERM, SAFEPOINT_KIND_DEFAULT, NULL, NULL, 0, 0);
#ifndef _WIN32 /* which lacks it */
        expect(SIGKILL, SAFEPOINT_KIND_DEFAULT, NULL, NULL, 0, 0);
#endif
        expect(SIGHUP, SAFEPOINT_KIND_IGNORED, NULL, NULL, 0, 0);
        expect(SIGUSR2, SAFEPOINT_KIND_FOREIGN, NULL, NULL, 0, 0);
        ASSERT_EQ(sig_init(0), 0);
    }
    ASSERT_EQ(sig_install(SIGUSR1, handler, &user, flags), 0);
    expect(SIGUSR1, SAFEPOINT_KIND_HANDLER, handler, &user, flags, 0);
    signal(SIGUSR1, foreign);
    expect(SIGUSR1, SAFEPOINT_KIND_FOREIGN, handler, &user, flags, 1);
    signal(SIGUSR1, SIG_DFL);
    expect(SIGUSR1, SAFEPOINT_KIND_DEFAULT, handler, &user, flags, 1);
    signal(SIGUSR1, SIG_IGN);
    expect(SIGUSR1, SAFEPOINT_KIND_IGNORED, handler, &user, flags, 1);
    ASSERT_EQ(sig_install(SIGUSR1, handler, NULL, 0), 0); /* taken back */
    expect(SIGUSR1, SAFEPOINT_KIND_HANDLER, handler, NULL, 0, 0);
    ASSERT_EQ(sig_ignore(SIGUSR1), 0);
    expect(SIGUSR1, SAFEPOINT_KIND_IGNORED, NULL, NULL, 0, 0);
    ASSERT_EQ(sig_default(SIGUSR1), 0);
    expect(SIGUSR1, SAFEPOINT_KIND_DEFAULT, NULL, NULL, 0, 0);
    ASSERT_EQ(sig_fini(), 0);
    expect(SIGUSR2, SAFEPOINT_KIND_FOREIGN, NULL, NULL, 0, 0);
    return 0;
}
