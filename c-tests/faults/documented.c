/* What the header says of a function's errors: see its rules. */
#include "faults.h"

static const struct {
    const char *function;
    int error; /* 0: any, as its own system call's man page has it */
} rows[] = {
#define DOCUMENTED(function, error) {#function, error},
#include <documented.h>
    {"sig_context_new", ENOMEM}, /* act_new() has it for NULL */
    {"sig_fork", 0},             /* the C library's */
};

/* What a man page lists for other uses of the call than the library's. */
static const struct {
    const char *call;
    int error;
} others[] = {
    {"fcntl", EAGAIN}, /* locks */
    {"futex", EPERM},  /* priorities */
    {"tgkill", EPERM}, /* other processes */
};

/* Without its sig_: a twin's are those of the main context's. */
static bool is_of(const char *function, const char *name)
{
    size_t size = strcspn(name, " ,");
    function += strlen("sig_");
    return strncmp(function, name, size) == 0 && function[size] == 0;
}

bool is_documented(const struct scenario *scenario, int error)
{
    const char *name = scenario->function ? scenario->function : scenario->name;
    const char *call = call_name(shared->fault.number);
    bool any = false, only_named = error == EINTR || error == EAGAIN ||
                                   error == EBUSY || error == EPERM;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (others[i].error == error && strcmp(others[i].call, call) == 0)
            only_named = false;
    }
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (!is_of(rows[i].function, name))
            continue;
        any = true;
        if (rows[i].error == error || (rows[i].error == 0 && error != EINTR))
            return true;
    }
    return any && !only_named;
}
