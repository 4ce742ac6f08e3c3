/* SAFEPOINT_KEEP_IGNORED: 1, and nothing changed, where the signal was
 * ignored before us, as under nohup; elsewhere it installs. A real exec
 * inherits the SIG_IGN. */
#include "test.h"

static int handler(const sig_event *event, void *user)
{
    (void)event;
    (*(int *)user)++;
    return 0;
}

static void under_nohup(void)
{
    sig_disposition is;
    struct sigaction action;
    int ran = 0;
    ASSERT_EQ(sig_install(SIGHUP, handler, &ran, SAFEPOINT_KEEP_IGNORED), 1);
    ASSERT_EQ(sig_query(SIGHUP, &is, sizeof is), 0);
    ASSERT_EQ(is.kind, SAFEPOINT_KIND_IGNORED);
    ASSERT_EQ(is.handler, NULL);
    ASSERT_EQ(is.overwritten, 0);
    MUST(kill(getpid(), SIGHUP));
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(counters().arrivals, 0);
    ASSERT_EQ(sig_restore(SIGHUP), 0);
    MUST(sigaction(SIGHUP, NULL, &action));
    ASSERT_EQ(action.sa_handler, SIG_IGN);

    ASSERT_EQ(sig_install(SIGHUP, handler, &ran, 0), 0); /* unless asked to */
    MUST(kill(getpid(), SIGHUP));
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(ran, 1);
    ASSERT_EQ(sig_restore(SIGHUP), 0);
    MUST(sigaction(SIGHUP, NULL, &action));
    ASSERT_EQ(action.sa_handler, SIG_IGN);
}

int main(int argc, char **argv)
{
    int ran = 0;
    watchdog(120);
    if (argc > 1) {
        under_nohup();
        return 0;
    }
    signal(SIGHUP, SIG_DFL); /* whatever was inherited */
    ASSERT_EQ(sig_install(SIGHUP, handler, &ran, SAFEPOINT_KEEP_IGNORED), 0);
    MUST(kill(getpid(), SIGHUP));
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(ran, 1);
    /* What we ignored ourselves is no nohup. */
    ASSERT_EQ(sig_ignore(SIGHUP), 0);
    ASSERT_EQ(sig_install(SIGHUP, handler, &ran, SAFEPOINT_KEEP_IGNORED), 0);
    ASSERT_EQ(sig_fini(), 0);
    signal(SIGHUP, SIG_IGN);
    execlp(argv[0], argv[0], "under nohup", (char *)NULL);
    ASSERT_EQ(errno, 0);
    return 1;
}
