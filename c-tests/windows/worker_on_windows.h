/* For worker_scenarios.c: a worker on Windows, and the console's events. */
#ifndef WORKER_ON_WINDOWS_H
#define WORKER_ON_WINDOWS_H

#include "events.h"

enum event { CTRL_C = CTRL_C_EVENT, CTRL_BREAK = CTRL_BREAK_EVENT, CLOSE = CTRL_CLOSE_EVENT };

static const char *worker;

struct running {
    PROCESS_INFORMATION process;
    HANDLE input, output; /* our ends */
};

static inline void start(struct running *run, const char *arguments)
{
    char line[2 * MAX_PATH];
    SECURITY_ATTRIBUTES inherit = {sizeof inherit, NULL, TRUE};
    STARTUPINFOA how = {.cb = sizeof how, .dwFlags = STARTF_USESTDHANDLES};
    ASSERT_TRUE(CreatePipe(&run->output, &how.hStdOutput, &inherit, 0));
    ASSERT_TRUE(CreatePipe(&how.hStdInput, &run->input, &inherit, 0));
    SetHandleInformation(run->output, HANDLE_FLAG_INHERIT, 0);
    SetHandleInformation(run->input, HANDLE_FLAG_INHERIT, 0);
    how.hStdError = how.hStdOutput;
    snprintf(line, sizeof line, "\"%s\" %s", worker, arguments);
    ASSERT_TRUE(CreateProcessA(worker, line, NULL, NULL, TRUE, 0, NULL, NULL, &how,
                               &run->process));
    CloseHandle(how.hStdOutput);
    CloseHandle(how.hStdInput);
}

static inline bool read_byte(struct running *run, char *byte)
{
    DWORD n = 0;
    return ReadFile(run->output, byte, 1, &n, NULL) && n == 1;
}

/* And wait until it has arrived. Of CLOSE the thread stays. */
static inline void send(struct running *run, enum event event)
{
    void *number = (void *)(uintptr_t)event;
    HANDLE thread =
        CreateRemoteThread(run->process.hProcess, NULL, 0, ctrl_routine(), number, 0, NULL);
    ASSERT_NE(thread, NULL);
    if (event == CLOSE)
        CloseHandle(thread);
    else
        ended(thread);
}

static inline bool still_runs(struct running *run)
{
    return WaitForSingleObject(run->process.hProcess, 0) == WAIT_TIMEOUT;
}

static inline void ended_how(struct running *run, char *how, size_t size)
{
    DWORD status = 0;
    ASSERT_EQ(WaitForSingleObject(run->process.hProcess, 60000), WAIT_OBJECT_0);
    ASSERT_TRUE(GetExitCodeProcess(run->process.hProcess, &status));
    snprintf(how, size, "ended with 0x%lX", (unsigned long)status);
    CloseHandle(run->process.hProcess);
    CloseHandle(run->process.hThread);
    CloseHandle(run->output);
    CloseHandle(run->input);
}

static inline void sleep_ms(int ms)
{
    Sleep((DWORD)ms);
}

#endif /* WORKER_ON_WINDOWS_H */
