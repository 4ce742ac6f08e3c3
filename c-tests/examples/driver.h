/* Runs one of the examples as its user does: on a terminal of its own, or
 * with its input and output on pipes. */
#ifndef DRIVER_H
#define DRIVER_H

#include <test.h>

#include <pty.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>

struct program {
    pid_t pid;
    int input; /* what is written here, the program reads */
    FILE *output;
    char line[512]; /* what expect() found */
};

/* In the child: as a shell would start it, however the test was started. It
 * does not outlive the test. */
static inline void run_program(char *const argv[])
{
    sigset_t none;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (int signum = 1; signum <= SIGRTMAX; signum++)
        signal(signum, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execv(argv[0], argv);
    perror(argv[0]);
    _exit(127);
}

/* On a terminal: "\x03" written to its input is a Ctrl-C. */
static inline struct program start_on_terminal(char *const argv[])
{
    struct program p = {0};
    p.pid = (pid_t)MUST(forkpty(&p.input, NULL, NULL, NULL));
    if (p.pid == 0)
        run_program(argv);
    p.output = fdopen((int)MUST(dup(p.input)), "r");
    ASSERT_TRUE(p.output != NULL);
    return p;
}

static inline struct program start_on_pipes(char *const argv[])
{
    struct program p = {0};
    int input[2], output[2];
    MUST(pipe2(input, O_CLOEXEC));
    MUST(pipe2(output, O_CLOEXEC));
    p.pid = (pid_t)MUST(fork());
    if (p.pid == 0) {
        dup2(input[0], 0);
        dup2(output[1], 1);
        run_program(argv);
    }
    close(input[0]);
    close(output[1]);
    p.input = input[1];
    p.output = fdopen(output[0], "r");
    ASSERT_TRUE(p.output != NULL);
    return p;
}

static inline void say(struct program *p, const char *text)
{
    AT_();
    ASSERT_EQ(MUST(write(p->input, text, strlen(text))), strlen(text));
}

/* Until the program has read all that was written to its input pipe. */
static inline void wait_until_read(struct program *p)
{
    for (int unread = 1; unread != 0; sched_yield())
        MUST(ioctl(p->input, FIONREAD, &unread));
}

/* Read its output up to the line that has this text; what follows the text
 * in that line. */
#define EXPECT(program, text) (AT_(), expect((program), (text), __LINE__))
static inline const char *expect(struct program *p, const char *text, int line)
{
    while (fgets(p->line, sizeof p->line, p->output)) {
        const char *found = strstr(p->line, text);
        if (found)
            return found + strlen(text);
        fprintf(stderr, "(line %d waits for \"%s\") %s", line, text, p->line);
    }
    fprintf(stderr, "line %d: ended without \"%s\"\n", line, text);
    kill(p->pid, SIGKILL);
    _exit(1);
}

/* That the program died by this signal. */
#define ASSERT_KILLED_BY(program, signum)                                      \
    do {                                                                       \
        AT_();                                                                 \
        int status_ = wait_for((program)->pid);                                \
        ASSERT_TRUE(WIFSIGNALED(status_));                                     \
        ASSERT_EQ(WTERMSIG(status_), signum);                                  \
    } while (0)

/* A configuration file for the worker. It is written in place. */
static inline void configure(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    ASSERT_TRUE(file != NULL);
    ASSERT_TRUE(fputs(text, file) >= 0);
    ASSERT_EQ(fclose(file), 0);
}

#endif /* DRIVER_H */
