/* What is left to the default, and what the processor raises, ends the process
 * with the status that it has without us: each is done once more without. */
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

/* Without us it does the same, but for what the library does. */
static bool with;

static void install(int signum, uint32_t flags)
{
    if (with)
        ASSERT_EQ(sig_install(signum, quiet, NULL, flags), 0);
}

static int child(const char *what)
{
    SetErrorMode(SEM_NOGPFAULTERRORBOX | SEM_FAILCRITICALERRORS);
    SetConsoleCtrlHandler(nobody_handles, FALSE); /* the system itself */
    if (strcmp(what, "default") == 0) {
        install(SIGTERM, 0);
        if (with)
            ASSERT_EQ(sig_default(SIGTERM), 0);
        raise(SIGTERM);
    } else if (strcmp(what, "fault") == 0) {
        install(SIGSEGV, 0);
        fault();
    } else if (strcmp(what, "fault-host") == 0) {
        signal(SIGSEGV, host);
        install(SIGSEGV, 0);
        fault();
    } else if (strcmp(what, "ctrl-c") == 0) {
        install(SIGINT, 0);
        if (with)
            ASSERT_EQ(sig_restore(SIGINT), 0);
        ended(send_event(CTRL_C_EVENT));
        spin();
    } else if (strcmp(what, "twice") == 0) {
        install(SIGINT, 0);
        if (with) {
            ASSERT_EQ(sig_set_escalation(SIGINT, 2, 0), 0);
            ended(send_event(CTRL_C_EVENT));
        }
        send_event(CTRL_C_EVENT);
        spin();
    } else if (strcmp(what, "hung") == 0) {
        install(SIGTERM, 0);
        if (with)
            ASSERT_EQ(sig_set_escalation(SIGTERM, 0, 50000000), 0);
        raise(SIGTERM);
        spin();
    } else if (strcmp(what, "hung-ctrl-c") == 0) {
        install(SIGINT, 0);
        if (with)
            ASSERT_EQ(sig_set_escalation(SIGINT, 0, 50000000), 0);
        send_event(CTRL_C_EVENT);
        spin();
    } else if (strcmp(what, "chain") == 0) {
        install(SIGINT, SAFEPOINT_CHAIN);
        send_event(CTRL_C_EVENT);
        spin();
    } else if (strcmp(what, "abort") == 0) {
        install(SIGABRT, 0);
        abort();
    }
    return 1;
}

/* How it ended, and how it ends without us. */
static DWORD ends(const char *what, DWORD *without)
{
    char line[64];
    snprintf(line, sizeof line, "%s with", what);
    DWORD status = run_again(line);
    *without = run_again(what);
    printf("%s: 0x%lx, without us 0x%lx\n", what, status, *without);
    fflush(stdout);
    return status;
}

#define ENDS(what, status)                                                     \
    ASSERT_EQ(ends(what, &without), status);                                   \
    ASSERT_EQ(without, status)

int main(int argc, char **argv)
{
    DWORD without;
    watchdog(280);
    with = argc > 2;
    if (argc > 1)
        return child(argv[1]);
    ENDS("default", 3);
    ENDS("fault", 0xC0000005);
    ENDS("fault-host", 42);
    ENDS("abort", 3);
    ENDS("hung", 3);

    /* A Ctrl-C that nobody handles: wine, unlike Windows, says 0 then. */
    bool is_wine = GetProcAddress(GetModuleHandleA("ntdll.dll"), "wine_get_version") != NULL;
    const DWORD by_ctrl_c = (DWORD)STATUS_BY_CTRL_C, by_default = is_wine ? 0 : by_ctrl_c;
    ENDS("ctrl-c", by_default);
    /* These we end ourselves: as Windows would. */
    ASSERT_EQ(ends("twice", &without), by_ctrl_c);
    ASSERT_EQ(without, by_default);
    ASSERT_EQ(ends("chain", &without), by_ctrl_c);
    ASSERT_EQ(without, by_default);
    /* But when time is up the console has long gone: as raise() does it. */
    ASSERT_EQ(ends("hung-ctrl-c", &without), 3);
    ASSERT_EQ(without, by_default);
    return 0;
}
