/* Which scenarios, and each fault of each. */
#include "faults.h"

#include <ctype.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>

#define FAILURES 40 /* so many, and a scenario is given up */

static const struct {
    const char *name;
    const struct scenario *scenarios;
} groups[] = {
    {"life", life},         {"handlers", handlers}, {"wakeup", wakeup},
    {"waiting", waiting},   {"timing", timing},     {"sending", sending},
    {"contexts", contexts}, {"arrivals", arrivals}, {"processes", processes},
};

#define GROUPS (sizeof groups / sizeof *groups)

struct shared *shared;

static struct {
    long scenarios, calls, faults, absorbed, missed;
} total;

static void report(const char *group, const struct scenario *scenario,
                   const struct fault *fault, const char *what)
{
    fprintf(stderr, "faults %s '%s' %d %d %d: %s with %s: %s\n", group,
            scenario->name, fault->thread, fault->n, fault->error,
            call_name(fault->number), strerror(fault->error), what);
}

/* One fault: whether all held. */
static bool try(const char *group, const struct scenario *scenario,
                const struct fault *fault)
{
    struct absorbed *row = find_absorbed(group, scenario, fault);
    shared->fault = *fault;
    shared->row = row;
    enum end end = run(scenario, NULL);
    if (end != PASSED)
        report(group, scenario, fault, end == HUNG ? "hung" : "see above, or it has died");
    if (!shared->injected) {
        total.missed++; /* another thread's came in another order */
        return end == PASSED;
    }
    total.faults++;
    total.absorbed += row != NULL;
    if (row)
        row->count++;
    return end == PASSED;
}

/* The calls that it makes, without a fault. */
static bool prepare(const struct scenario *scenario, struct path *path)
{
    *path = (struct path){0};
    shared->fault.error = 0;
    if (run(scenario, path) != PASSED) {
        fprintf(stderr, "%s: fails without any fault\n", scenario->name);
        return false;
    }
    shared->plain = shared->result;
    shared->success = shared->after;
    return true;
}

static bool run_scenario(const char *group, const struct scenario *scenario)
{
    static struct path path;
    int failures = 0, faults = 0;
    if (!prepare(scenario, &path))
        return false;
    for (int i = 0; i < path.length && failures < FAILURES; i++) {
        for (const int *error = call_errors(path.at[i].number); *error; error++) {
            struct fault fault = path.at[i];
            fault.error = *error;
            struct absorbed *row = find_absorbed(group, scenario, &fault);
            if (row && row->left_out) {
                row->count++;
                continue;
            }
            failures += !try(group, scenario, &fault);
            faults++;
        }
    }
    printf("%s: %d system calls, %d faults, %d failures\n", scenario->name,
           path.length, faults, failures);
    fflush(stdout);
    total.scenarios++;
    total.calls += path.length;
    return failures == 0;
}

/* As report() has it. */
static bool run_one(const char *group, const struct scenario *scenario,
                    char **argument)
{
    static struct path path;
    for (; scenario->name; scenario++) {
        if (strcmp(scenario->name, argument[0]) != 0)
            continue;
        if (!prepare(scenario, &path))
            return false;
        for (int i = 0; i < path.length; i++) {
            struct fault fault = path.at[i];
            printf("%d %d %s\n", fault.thread, fault.n, call_name(fault.number));
            if (fault.thread == atoi(argument[1]) && fault.n == atoi(argument[2])) {
                fault.error = atoi(argument[3]);
                return try(group, scenario, &fault);
            }
        }
    }
    fprintf(stderr, "there is no such scenario or call\n");
    return false;
}

static void summary(bool all, bool *well)
{
    for (struct absorbed *row = absorbed; row->reason; row++) {
        const char *call = row->call ? row->call : "any call";
        const char *in = row->scenario ? row->scenario : "anything";
        const char *error = row->error ? strerror(row->error) : "any error";
        if (row->count)
            printf("by design, %ld: %s of %s in %s: %s\n", row->count, error,
                   call, in, row->reason);
        if (all && !row->count) {
            fprintf(stderr, "never met: %s of %s in %s\n", error, call, in);
            *well = false;
        }
    }
    if (total.missed)
        printf("%ld were not come by, since threads ran in another order\n",
               total.missed);
    printf("%ld scenarios, %ld system calls, %ld faults injected, %ld absorbed"
           " by design (listed)\n", total.scenarios, total.calls, total.faults,
           total.absorbed);
    *well = *well && total.faults > 0;
}

/* Why nothing can be traced here, or NULL. */
static const char *obstacle(void)
{
    int status = 0;
    if (UNDER_SANITIZER || on_valgrind())
        return "it would trace the checker";
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0)
        _exit(ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0);
    MUST(waitpid(pid, &status, 0));
    return status ? "ptrace is not permitted" : NULL;
}

/* Whoever started us may ignore or block signals: nohup, a shell's &. One is
 * blocked all the time, to see that it stays so. */
static void begin_with_defaults(void)
{
    sigset_t mask;
    for (int signum = 1; signum <= SIGRTMAX; signum++)
        signal(signum, SIG_DFL);
    sigemptyset(&mask);
    sigaddset(&mask, SIGTTOU);
    MUST(sigprocmask(SIG_SETMASK, &mask, NULL));
    for (int fd = 3; fd < 256; fd++)
        close(fd);
}

int main(int argc, char **argv)
{
    bool well = true;
    const char *why = obstacle();
    if (why)
        return skip(why);
    begin_with_defaults();
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ASSERT_TRUE(shared != MAP_FAILED);
    fill_waiting();
    for (size_t i = 0; i < GROUPS; i++) {
        if (argc == 6 && isdigit((unsigned char)argv[3][0])) {
            if (strcmp(argv[1], groups[i].name) == 0)
                return !run_one(groups[i].name, groups[i].scenarios, argv + 2);
            continue;
        }
        bool wanted = argc == 1;
        for (int j = 1; j < argc; j++)
            wanted |= strcmp(argv[j], groups[i].name) == 0;
        for (const struct scenario *s = groups[i].scenarios; wanted && s->name; s++)
            well &= run_scenario(groups[i].name, s);
    }
    summary(argc == 1, &well);
    return well ? 0 : 1;
}
