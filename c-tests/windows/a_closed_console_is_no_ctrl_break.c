/* Microsoft's C runtime makes SIGBREAK of every event but Ctrl-C. Where SIGTERM
 * has no handler, a closed console is nothing that a handler for SIGBREAK could
 * put off: the process ends. Wine's runtime knows Ctrl-C alone, so a part of
 * this program stands in for Microsoft's. */
#include "events.h"

static int quiet(const sig_event *event, void *user)
{
    (void)event;
    ++*(int *)user;
    return 0;
}

/* What Microsoft's runtime does; there since before we install, so asked after
 * us. */
static BOOL WINAPI runtime(DWORD event)
{
    if (event == CTRL_C_EVENT)
        return FALSE;
    void (*handler)(int) = signal(SIGBREAK, SIG_DFL);
    if (handler == SIG_DFL || handler == SIG_IGN)
        return handler == SIG_IGN;
    handler(SIGBREAK);
    return TRUE;
}

enum { CLOSED = STATUS_BY_CTRL_C, STAYS = 5, TAKEN = 6 };

static int child(const char *what)
{
    int breaks = 0, terms = 0;
    ASSERT_TRUE(SetConsoleCtrlHandler(runtime, TRUE));
    ASSERT_EQ(sig_install(SIGBREAK, quiet, &breaks, 0), 0);
    DWORD event = CTRL_CLOSE_EVENT;
    if (strcmp(what, "shutdown") == 0)
        event = CTRL_SHUTDOWN_EVENT;
    else if (strcmp(what, "chain") == 0)
        ASSERT_EQ(sig_install(SIGTERM, quiet, &terms, SAFEPOINT_CHAIN), 0);
    else if (strcmp(what, "break") == 0)
        event = CTRL_BREAK_EVENT;
    ended(send_event(event));
    ASSERT_EQ(sig_check(), 0);
    return breaks ? TAKEN : STAYS;
}

int main(int argc, char **argv)
{
    if (argc > 1)
        return child(argv[1]);
    watchdog(280);
    ASSERT_EQ((int)run_again("close"), CLOSED);
    ASSERT_EQ((int)run_again("shutdown"), CLOSED);
    ASSERT_EQ((int)run_again("chain"), CLOSED);
    ASSERT_EQ(run_again("break"), TAKEN);
    return 0;
}
