/* For worker_scenarios.c: a worker on Linux, and signals in the place of the
 * console's events. */
#ifndef WORKER_ON_LINUX_H
#define WORKER_ON_LINUX_H

#include "../test.h"

/* The worker has SIGUSR1 and SIGUSR2 where on Windows it has Ctrl-C and
 * Ctrl-Break; where Ctrl-C is to end it, it is SIGINT. */
enum event { CTRL_C, CTRL_BREAK, CLOSE };

static const char *worker;

struct running {
    pid_t pid;
    int input, output; /* our ends */
    bool has_others;   /* it handles SIGUSR1 and SIGUSR2 */
};

static inline void start(struct running *run, const char *arguments)
{
    int in[2], out[2];
    char command[512];
    MUST(pipe2(in, O_CLOEXEC));
    MUST(pipe2(out, O_CLOEXEC));
    snprintf(command, sizeof command, "exec \"$0\" %s", arguments);
    run->has_others = strstr(arguments, "arrival") || strstr(arguments, "storm");
    run->pid = (pid_t)MUST(fork());
    if (run->pid == 0) {
        MUST(dup2(in[0], 0));
        MUST(dup2(out[1], 1));
        MUST(dup2(out[1], 2));
        execl("/bin/sh", "sh", "-c", command, worker, (char *)NULL);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    run->input = in[1];
    run->output = out[0];
}

static inline bool read_byte(struct running *run, char *byte)
{
    return MUST(read(run->output, byte, 1)) == 1;
}

/* Whether it has been sent this, and has not yet taken it. */
static inline bool is_pending(pid_t pid, int signum)
{
    char path[64], line[256];
    unsigned long long set = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *status = fopen(path, "r");
    while (status && fgets(line, sizeof line, status)) {
        if (strncmp(line, "State:\tZ", 8) == 0)
            break; /* what it died by */
        if (sscanf(line, "ShdPnd: %llx", &set) == 1)
            break;
    }
    if (status)
        fclose(status);
    return set >> (signum - 1) & 1;
}

/* And wait until it has arrived. */
static inline void send(struct running *run, enum event event)
{
    int signum = event == CLOSE ? SIGTERM : run->has_others ? SIGUSR2 : SIGINT;
    if (event == CTRL_C && run->has_others)
        signum = SIGUSR1;
    MUST(kill(run->pid, signum));
    while (is_pending(run->pid, signum))
        usleep(100);
}

static inline bool still_runs(struct running *run)
{
    return waitpid(run->pid, NULL, WNOHANG) == 0;
}

static inline void ended_how(struct running *run, char *how, size_t size)
{
    int status = wait_for(run->pid);
    if (WIFSIGNALED(status))
        snprintf(how, size, "died by %s", sig_name(WTERMSIG(status)));
    else
        snprintf(how, size, "ended with 0x%X", WEXITSTATUS(status));
    close(run->input);
    close(run->output);
}

static inline void sleep_ms(int ms)
{
    usleep((useconds_t)ms * 1000);
}

#endif /* WORKER_ON_LINUX_H */
