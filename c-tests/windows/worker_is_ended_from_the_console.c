/* The worker of bindings/, in C, as a program of its own: Ctrl-C, Ctrl-Break
 * and a closed console while its main thread waits or spins. What it prints is
 * what it prints on Linux.
 *
 *     worker_is_ended_from_the_console WORKER.EXE */
#include "events.h"

static const char *worker;

struct running {
    PROCESS_INFORMATION process;
    HANDLE output;
    char printed[4096];
    size_t size;
};

static void start(struct running *run, const char *arguments)
{
    char line[2 * MAX_PATH];
    SECURITY_ATTRIBUTES inherit = {sizeof inherit, NULL, TRUE};
    STARTUPINFOA how = {.cb = sizeof how, .dwFlags = STARTF_USESTDHANDLES};
    ASSERT_TRUE(CreatePipe(&run->output, &how.hStdOutput, &inherit, 0));
    SetHandleInformation(run->output, HANDLE_FLAG_INHERIT, 0);
    how.hStdError = how.hStdOutput;
    how.hStdInput = GetStdHandle(STD_INPUT_HANDLE);
    snprintf(line, sizeof line, "\"%s\" %s", worker, arguments);
    printf("worker %s\n", arguments);
    ASSERT_TRUE(CreateProcessA(worker, line, NULL, NULL, TRUE, 0, NULL, NULL, &how,
                               &run->process));
    CloseHandle(how.hStdOutput);
    run->size = 0;
}

/* Read until it has printed this. */
static void until(struct running *run, const char *text)
{
    char *free = run->printed + run->size;
    DWORD n;
    for (;;) {
        *free = 0;
        if (strstr(run->printed, text))
            return;
        ASSERT_LT(run->size, sizeof run->printed - 1);
        if (!ReadFile(run->output, free, 1, &n, NULL) || n == 0) {
            fprintf(stderr, "it ended with: %s\n", run->printed);
            exit(1);
        }
        if (*free != '\r') {
            free++;
            run->size++;
        }
    }
}

static void send(struct running *run, DWORD event)
{
    void *number = (void *)(uintptr_t)event;
    HANDLE thread =
        CreateRemoteThread(run->process.hProcess, NULL, 0, ctrl_routine(), number, 0, NULL);
    ASSERT_NE(thread, NULL);
    CloseHandle(thread);
}

/* It ends by itself: all that it has printed, and its status. */
static void ends(struct running *run, const char *printed, DWORD status)
{
    DWORD n, was = 0;
    char *free = run->printed + run->size;
    while (ReadFile(run->output, free, 1, &n, NULL) && n == 1) {
        ASSERT_LT(run->size, sizeof run->printed - 2);
        if (*free != '\r') {
            free++;
            run->size++;
        }
    }
    *free = 0;
    ASSERT_STR(run->printed, printed);
    ASSERT_EQ(WaitForSingleObject(run->process.hProcess, 60000), WAIT_OBJECT_0);
    ASSERT_TRUE(GetExitCodeProcess(run->process.hProcess, &was));
    ASSERT_EQ(was, status);
    CloseHandle(run->process.hProcess);
    CloseHandle(run->process.hThread);
    CloseHandle(run->output);
}

static void ended_by(DWORD event, const char *arguments, const char *printed, DWORD status)
{
    struct running run;
    start(&run, arguments);
    until(&run, "ready\n");
    Sleep(50); /* into the wait, more often than not */
    send(&run, event);
    ends(&run, printed, status);
}

int main(int argc, char **argv)
{
    struct running run;
    ASSERT_EQ(argc, 2);
    worker = argv[1];
    watchdog(240);

    /* SIGINT raises 130; then it dies by the default, as raise() does it. */
    ended_by(CTRL_C_EVENT, "interrupt wait", "ready\ninterrupted 130\n", 3);
    ended_by(CTRL_C_EVENT, "interrupt spin", "ready\ninterrupted 130\n", 3);

    /* Closed: SIGTERM, and the worker gets to its end. */
    ended_by(CTRL_CLOSE_EVENT, "arrival wait", "ready\nraised 15\n", 0);
    ended_by(CTRL_SHUTDOWN_EVENT, "arrival spin", "ready\nraised 15\n", 0);

    start(&run, "arrival wait");
    until(&run, "ready\n");
    send(&run, CTRL_BREAK_EVENT);
    until(&run, "SIGBREAK from 0 uid 0\n");
    send(&run, CTRL_C_EVENT);
    until(&run, "SIGINT from 0 uid 0\n");
    send(&run, CTRL_CLOSE_EVENT);
    ends(&run, "ready\nSIGBREAK from 0 uid 0\nSIGINT from 0 uid 0\nraised 15\n", 0);

    /* Without a safe point: the second Ctrl-C ends it. */
    start(&run, "hang 2 0");
    until(&run, "ready\n");
    send(&run, CTRL_C_EVENT);
    Sleep(50);
    ASSERT_EQ(WaitForSingleObject(run.process.hProcess, 0), WAIT_TIMEOUT);
    send(&run, CTRL_C_EVENT);
    ends(&run, "ready\n", 0xC000013A);

    start(&run, "calls 4 5000");
    ends(&run, "ready\n20000 calls\nin order yes\non the owner yes\nraised 7\n", 0);
    start(&run, "deadline 30");
    ends(&run, "ready\nraised 9\nearly no\ntick 1\ntick 2\ntick 3\ncancelled\n", 0);
    start(&run, "errors");
    ends(&run, "ready\nSIGKILL EINVAL\n0 EINVAL\nanother thread EPERM\nno timer ENOENT\n", 0);
    return 0;
}
