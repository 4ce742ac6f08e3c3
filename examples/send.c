/* Send a signal, with a value or many times: what kill(1) cannot do.
 *
 *     cc -o send send.c $(pkg-config --cflags --libs safepoint)
 *     ./send PID SIGNAL               like kill(1)
 *     ./send PID SIGNAL value NUMBER  with a value (sigqueue)
 *     ./send PID SIGNAL times NUMBER  each one delivered before the next
 *
 * The kernel itself merges a standard signal that it has not delivered yet
 * with the next one. So `times` waits until the last one has been delivered,
 * which is as soon as the process's low-level handler ran: it says nothing
 * about when the process handles it. And there is a limit to how many values
 * may wait in all processes of a user: `value` waits for room.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <safepoint.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Whether the process has the signal pending: 1 or 0, or -1 where it ended.
 * `status` is its /proc/PID/status. */
static int is_undelivered(int status, int signum)
{
    char text[4096];
    ssize_t n = pread(status, text, sizeof text - 1, 0);
    if (n <= 0)
        return -1;
    text[n] = 0;
    const char *pending = strstr(text, "ShdPnd:");
    if (!pending)
        return -1;
    unsigned long long set = strtoull(pending + strlen("ShdPnd:"), NULL, 16);
    return set >> (signum - 1) & 1;
}

static int send_times(pid_t pid, int signum, long times)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld/status", (long)pid);
    int status = open(path, O_RDONLY | O_CLOEXEC), undelivered;
    for (long i = 0; i < times; i++) {
        if (kill(pid, signum) != 0)
            return -1;
        while ((undelivered = is_undelivered(status, signum)) == 1)
            sched_yield();
        if (undelivered < 0) {
            errno = ESRCH;
            return -1;
        }
    }
    close(status);
    return 0;
}

static int send_value(pid_t pid, int signum, long number)
{
    union sigval value = {.sival_ptr = (void *)number};
    int result = sigqueue(pid, signum, value);
    for (int i = 0; result != 0 && errno == EAGAIN && i < 60000; i++) {
        usleep(1000);
        result = sigqueue(pid, signum, value);
    }
    return result;
}

int main(int argc, char **argv)
{
    int signum = argc > 2 ? sig_number(argv[2]) : 0;
    pid_t pid = argc > 2 ? (pid_t)strtol(argv[1], NULL, 10) : 0;
    const char *how = argc == 5 ? argv[3] : "";
    char *end = "";
    long number = argc == 5 ? strtol(argv[4], &end, 0) : 0;
    int result;

    if (*end != '\0') {
        fprintf(stderr, "%s: not a number: %s\n", argv[0], argv[4]);
        return 2;
    }
    if (pid > 0 && signum > 0 && argc == 3) {
        result = kill(pid, signum);
    } else if (pid > 0 && signum > 0 && strcmp(how, "value") == 0) {
        result = send_value(pid, signum, number);
    } else if (pid > 0 && signum > 0 && strcmp(how, "times") == 0) {
        result = send_times(pid, signum, number);
    } else {
        fprintf(stderr, "usage: %s PID SIGNAL [value NUMBER | times NUMBER]\n",
                argv[0]);
        return 2;
    }
    if (result != 0)
        perror(argv[0]);
    return result != 0;
}
