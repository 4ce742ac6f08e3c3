/* Which scenarios, and which modes of each. */
#include "step.h"

#include <ctype.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>

static const struct {
    const char *name;
    const struct scenario *scenarios;
} groups[] = {
    {"handlers", handlers}, {"points", points}, {"calls", calls},
    {"wakeup", wakeup},       {"waits", waiting},
    {"contexts", contexts},   {"producers", producers},
    {"arrivals", arrivals},   {"processes", processes},
    {"naive", naive},
};

#define GROUPS (sizeof groups / sizeof *groups)

static const char *const names[] = {"signal", "thread", "calls",
                                    "forks",  "acts",   "kill"};

const char *mode_name(int mode)
{
    static char text[32];
    text[0] = 0;
    for (int i = 0; i < 6; i++) {
        if (mode & 1 << i)
            snprintf(text, sizeof text, "%s%s", names[i],
                     mode & WOKEN ? "+woken" : "");
    }
    return text;
}

static bool run_group(const struct scenario *scenario)
{
    bool well = true;
    for (; scenario->name; scenario++) {
        for (int bit = SIGNAL; bit < WOKEN; bit *= 2) {
            if (!(scenario->modes & bit))
                continue;
            well &= step_through(scenario, bit);
            if (scenario->modes & WOKEN)
                well &= step_through(scenario, bit | WOKEN);
        }
    }
    return well;
}

static bool run_one(const struct scenario *scenario, char *const *argument)
{
    for (; scenario->name; scenario++) {
        if (strcmp(scenario->name, argument[0]) != 0)
            continue;
        for (int mode = SIGNAL; mode < 2 * WOKEN; mode++) {
            if (strcmp(mode_name(mode), argument[1]) == 0)
                return step_once(scenario, mode, atol(argument[2]));
        }
    }
    fprintf(stderr, "no scenario %s with mode %s\n", argument[0], argument[1]);
    return false;
}

/* Why nothing can be stepped here, or NULL. */
static const char *obstacle(void)
{
    int status = 0;
    if (UNDER_SANITIZER)
        return "it would step through the sanitizer";
    if (on_valgrind())
        return "it would step through valgrind";
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0)
        _exit(ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0);
    MUST(waitpid(pid, &status, 0));
    return status ? "ptrace is not permitted" : NULL;
}

/* A pipe that has no room, so that every wake-up fails and sets errno. */
static void fill_pipe(void)
{
    int fds[2];
    char bytes[4096] = {0};
    MUST(pipe2(fds, O_NONBLOCK));
    while (write(fds[1], bytes, sizeof bytes) > 0) {
    }
    full_pipe = fds[1];
}

/* For real-time signals that somebody else's pending ones leave no room. */
static void allow_pending(void)
{
    struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
    if (setrlimit(RLIMIT_SIGPENDING, &limit) == 0)
        return;
    MUST(getrlimit(RLIMIT_SIGPENDING, &limit));
    limit.rlim_cur = limit.rlim_max;
    MUST(setrlimit(RLIMIT_SIGPENDING, &limit));
}

/* Whoever started us may ignore or block signals: nohup, a shell's &. */
static void begin_with_defaults(void)
{
    sigset_t none;
    for (int signum = 1; signum <= SIGRTMAX; signum++)
        signal(signum, SIG_DFL);
    sigemptyset(&none);
    MUST(sigprocmask(SIG_SETMASK, &none, NULL));
}

int main(int argc, char **argv)
{
    bool well = true, ran_any = false;
    begin_with_defaults();
    if (getenv("SAFEPOINT_STEP_EVERY"))
        suit_slow_machine();
    const char *why = obstacle();
    if (why) {
        printf("skipped: %s\n", why);
        return 77;
    }
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ASSERT_TRUE(shared != MAP_FAILED);
    fill_pipe();
    fill_waiting();
    allow_pending();
    bool one = argc == 5 && isdigit((unsigned char)argv[4][0]);
    for (size_t i = 0; i < GROUPS; i++) {
        if (one && strcmp(argv[1], groups[i].name) == 0)
            return !run_one(groups[i].scenarios, argv + 2);
        bool wanted = argc == 1;
        for (int j = 1; j < argc; j++)
            wanted |= strcmp(argv[j], groups[i].name) == 0;
        if (wanted)
            well &= run_group(groups[i].scenarios);
        ran_any |= wanted;
    }
    if (!ran_any)
        fprintf(stderr, "there is no group %s\n", argv[1]);
    else if (positions_tried == 0)
        fprintf(stderr, "no position was tried\n");
    return well && positions_tried > 0 ? 0 : 1;
}
