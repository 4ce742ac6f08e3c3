/* The system calls, by number, and which errors their man pages list. */
#include "faults.h"

#include <sys/syscall.h>

#define ERRORS 32

static const struct {
    const char *name;
    long number;
    int errors[ERRORS]; /* the last is 0 */
} calls[] = {
#define CALL(name, ...) {#name, SYS_##name, {__VA_ARGS__, 0}},
#include "errors.h"
};

const char *call_name(long number)
{
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        if (calls[i].number == number)
            return calls[i].name;
    }
    return NULL;
}

const int *call_errors(long number)
{
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        if (calls[i].number == number)
            return calls[i].errors;
    }
    return NULL;
}
