/* The senders: processes, which end when they are told to. */
#include "soak.h"

#include <sys/prctl.h>

#define FLYING 4000 /* queued signals on their way, at most: none is lost */

static void send_standard(pid_t to)
{
    static const int signums[] = {STAYS, SIGUSR1, COMES_AND_GOES, SIGPROF};
    struct timespec pause = {0, 60000};
    for (unsigned i = 0; !shared->over && getppid() == to; i++) {
        if (may_send())
            kill(to, signums[i % 4]);
        nanosleep(&pause, NULL);
    }
}

static void send_values(pid_t to)
{
    struct timespec pause = {0, 40000};
    for (uint64_t value = 1; !shared->over && getppid() == to; value++) {
        union sigval with = {.sival_int = (int)(value % 1000000)};
        if (shared->queued - shared->taken < FLYING &&
            sigqueue(to, SIGRTMIN, with) == 0) {
            shared->queued++;
            shared->values += (unsigned)with.sival_int;
        }
        if (value % 16 == 0 && sigqueue(to, WAITED_FOR, with) == 0)
            shared->waited_for++;
        nanosleep(&pause, NULL);
    }
}

static pid_t start_sender(void (*send)(pid_t))
{
    pid_t parent = getpid(), pid = (pid_t)MUST(fork());
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        send(parent);
        _exit(0);
    }
    return pid;
}

void start_senders(pid_t senders[SENDERS])
{
    senders[0] = start_sender(send_standard);
    senders[1] = start_sender(send_values);
}
