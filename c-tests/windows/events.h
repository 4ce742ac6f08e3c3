/* Ctrl-C, Ctrl-Break and a closed console, as the system brings them. */
#ifndef EVENTS_H
#define EVENTS_H

#include "../test.h"

enum { STATUS_BY_CTRL_C = (int)0xC000013A };

/* Asked last: nobody has handled it. Wine ends the process with 0 then, which
 * is a test that has passed; Windows with this. */
static BOOL WINAPI nobody_handles(DWORD event)
{
    int signum = event == CTRL_C_EVENT ? SIGINT : SIGBREAK;
    void (*handler)(int) = signal(signum, SIG_IGN);
    signal(signum, handler);
    if (handler == SIG_DFL)
        ExitProcess(STATUS_BY_CTRL_C);
    return FALSE; /* the C runtime's turn */
}

__attribute__((constructor)) static void let_nobody_handle(void)
{
    SetConsoleCtrlHandler(nobody_handles, TRUE);
}

/* The system's own function, which starts on a thread of its own for each
 * event: wine has no other way for all but Ctrl-C. */
static inline LPTHREAD_START_ROUTINE ctrl_routine(void)
{
    HMODULE kernel = GetModuleHandleA("kernel32.dll");
    void *routine = (void *)GetProcAddress(kernel, "CtrlRoutine");
    ASSERT_NE(routine, NULL);
    return (LPTHREAD_START_ROUTINE)routine;
}

/* The event has come: the thread that it came on. */
static inline HANDLE send_event(DWORD event)
{
    void *number = (void *)(uintptr_t)event;
    HANDLE thread = CreateThread(NULL, 0, ctrl_routine(), number, 0, NULL);
    ASSERT_NE(thread, NULL);
    return thread;
}

/* A thread that sends it in some milliseconds. */
struct later {
    DWORD event, ms;
};

static inline DWORD WINAPI send_later_(void *argument)
{
    struct later later = *(struct later *)argument;
    Sleep(later.ms);
    ctrl_routine()((void *)(uintptr_t)later.event);
    return 0;
}

static inline HANDLE send_later(struct later *later)
{
    HANDLE thread = CreateThread(NULL, 0, send_later_, later, 0, NULL);
    ASSERT_NE(thread, NULL);
    return thread;
}

/* It ends, within a minute. */
static inline void ended(HANDLE thread)
{
    ASSERT_EQ(WaitForSingleObject(thread, 60000), WAIT_OBJECT_0);
    CloseHandle(thread);
}

/* Run this program once more, with an argument: how it ended. */
static inline DWORD run_again(const char *argument)
{
    char path[MAX_PATH], line[2 * MAX_PATH];
    STARTUPINFOA how = {.cb = sizeof how};
    PROCESS_INFORMATION process;
    DWORD status = 0;
    ASSERT_NE(GetModuleFileNameA(NULL, path, sizeof path), 0);
    snprintf(line, sizeof line, "\"%s\" %s", path, argument);
    ASSERT_TRUE(CreateProcessA(path, line, NULL, NULL, TRUE, 0, NULL, NULL, &how, &process));
    DWORD waited = WaitForSingleObject(process.hProcess, 100000);
    if (waited != WAIT_OBJECT_0)
        TerminateProcess(process.hProcess, 99);
    ASSERT_EQ(waited, WAIT_OBJECT_0);
    ASSERT_TRUE(GetExitCodeProcess(process.hProcess, &status));
    CloseHandle(process.hThread);
    CloseHandle(process.hProcess);
    return status;
}

#endif /* EVENTS_H */
