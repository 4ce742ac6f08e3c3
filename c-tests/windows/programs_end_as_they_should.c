/* What is left to the default, and what the processor raises, ends the process
 * with the status that it would have without us. */
#include "events.h"

static int quiet(const sig_event *event, void *user)
{
    (void)event, (void)user;
    return 0;
}

static void host(int signum)
{
    (void)signum;
    exit(42);
}

static void fault(void)
{
    static volatile int *volatile nowhere;
    *nowhere = 1;
}

static void spin(void)
{
    for (;;)
        Sleep(1);
}

static int child(const char *what)
{
    SetErrorMode(SEM_NOGPFAULTERRORBOX | SEM_FAILCRITICALERRORS);
    if (strcmp(what, "default") == 0) {
        sig_install(SIGTERM, quiet, NULL, 0);
        sig_default(SIGTERM);
        raise(SIGTERM);
    } else if (strcmp(what, "fault") == 0) {
        sig_install(SIGSEGV, quiet, NULL, 0);
        fault();
    } else if (strcmp(what, "fault-host") == 0) {
        signal(SIGSEGV, host);
        sig_install(SIGSEGV, quiet, NULL, 0);
        fault();
    } else if (strcmp(what, "ctrl-c") == 0) {
        sig_install(SIGINT, quiet, NULL, 0);
        sig_restore(SIGINT);
        ended(send_event(CTRL_C_EVENT));
        spin();
    } else if (strcmp(what, "twice") == 0) {
        sig_install(SIGINT, quiet, NULL, 0);
        sig_set_escalation(SIGINT, 2, 0);
        ended(send_event(CTRL_C_EVENT));
        send_event(CTRL_C_EVENT);
        spin();
    } else if (strcmp(what, "hung") == 0) {
        sig_install(SIGINT, quiet, NULL, 0);
        sig_set_escalation(SIGINT, 0, 50000000);
        ended(send_event(CTRL_C_EVENT));
        spin();
    } else if (strcmp(what, "chain") == 0) {
        sig_install(SIGINT, quiet, NULL, SAFEPOINT_CHAIN);
        send_event(CTRL_C_EVENT);
        spin();
    } else if (strcmp(what, "abort") == 0) {
        sig_install(SIGABRT, quiet, NULL, 0);
        abort();
    }
    return 1;
}

int main(int argc, char **argv)
{
    watchdog(120);
    if (argc > 1)
        return child(argv[1]);
    /* What the system, or wine, makes of a Ctrl-C that nobody handles. */
    DWORD by_default = run_again("ctrl-c");
    printf("a Ctrl-C by default: 0x%lx\n", by_default);
    ASSERT_EQ(run_again("default"), 3);
    ASSERT_EQ(run_again("fault"), 0xC0000005);
    ASSERT_EQ(run_again("fault-host"), 42);
    ASSERT_EQ(run_again("twice"), 0xC000013A);
    ASSERT_EQ(run_again("chain"), 0xC000013A);
    ASSERT_EQ(run_again("hung"), 3); /* as raise() does it */
    ASSERT_EQ(run_again("abort"), 3);
    return 0;
}
