/* The worker in C: see ../worker/README.md.
 *
 *     cc -o worker worker.c $(pkg-config --cflags --libs safepoint) -pthread
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <safepoint.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#ifdef _WIN32 /* no fork, no children, and seven signals */
#define SIGKILL 9
#define FIRST "INT"
#define SECOND "BREAK"
#else
#include <sys/wait.h>
#define FIRST "USR1"
#define SECOND "USR2"
#endif

/* The library's result, or the end. */
static long must(long result)
{
    if (result < 0) {
        fprintf(stderr, "worker: %s\n", sig_strerror((int)result));
        exit(1);
    }
    return result;
}

static void install(const char *name, sig_handler handler, void *user)
{
    must(sig_install(sig_number(name), handler, user, 0));
}

/* Safe points until a handler raises: what it raised. */
static int raised_in(const char *how)
{
    int raised = 0;
    while (raised == 0) {
        if (strcmp(how, "spin") == 0)
            raised = sig_check();
        else if (sig_sleep(SAFEPOINT_FOREVER) == -EINTR)
            raised = sig_raised();
    }
    return raised;
}

static int raise_it(const sig_event *event, void *user)
{
    (void)user;
    return event->signum;
}

static int print_sender(const sig_event *event, void *user)
{
    (void)user;
    printf("%s from %d uid %u\n", sig_name(event->signum), event->pid, event->uid);
    return 0;
}

static int add_count(const sig_event *event, void *user)
{
    *(uint64_t *)user += event->count;
    return 0;
}

static void arrival(const char *how)
{
#ifndef _WIN32
    install("HUP", print_sender, NULL);
#endif
    install(FIRST, print_sender, NULL);
    install(SECOND, print_sender, NULL);
    install("TERM", raise_it, NULL);
    puts("ready");
    printf("raised %d\n", raised_in(how));
}

struct storm {
    uint64_t first, rtmin1;
};

static int so_far(const sig_event *event, void *user)
{
    const struct storm *storm = user;
    (void)event;
    printf("so far SIG" FIRST " %" PRIu64 " SIGRTMIN+1 %" PRIu64 "\n",
           storm->first, storm->rtmin1);
    return 0;
}

static void storm(void)
{
    struct storm storm = {0};
    sig_counters n = {0};
    install(FIRST, add_count, &storm.first);
#ifndef _WIN32
    install("RTMIN+1", add_count, &storm.rtmin1);
#endif
    install(SECOND, so_far, &storm);
    install("TERM", raise_it, NULL);
    puts("ready");
    printf("raised %d\n", raised_in("wait"));
    while (sig_check())
        ;
    must(sig_stats(&n, sizeof n));
    printf("SIG" FIRST " %" PRIu64 "\nSIGRTMIN+1 %" PRIu64 "\n", storm.first,
           storm.rtmin1);
    printf("%" PRIu64 " arrivals = %" PRIu64 " handled + %" PRIu64
           " coalesced + %" PRIu64 " lost + %" PRIu64 " dropped\n",
           n.arrivals, n.handled, n.coalesced, n.lost, n.dropped);
}

/* One thread's calls: each is a turn, its argument. */
static struct calls {
    unsigned long run, threads, each;
    unsigned long *next; /* of each thread, the turn to come */
    int disorder, elsewhere;
} calls;

static int turn(void *argument)
{
    unsigned long number = (uintptr_t)argument, thread = number % calls.threads;
    calls.run++;
    calls.disorder |= number / calls.threads != calls.next[thread]++;
    calls.elsewhere |= !sig_is_owner();
    return 0;
}

static int raise_seven(void *argument)
{
    (void)argument;
    return 7;
}

static void queue_call(sig_call call, uintptr_t argument)
{
    int result;
    while ((result = sig_add_pending_call(call, (void *)argument)) == -EAGAIN)
        sched_yield();
    must(result);
}

static void *queue_turns(void *argument)
{
    uintptr_t thread = (uintptr_t)argument;
    for (unsigned long i = 0; i < calls.each; i++)
        queue_call(turn, i * calls.threads + thread);
    return NULL;
}

static void *queue_raise(void *argument)
{
    (void)argument;
    queue_call(raise_seven, 0);
    return NULL;
}

static void pending_calls(unsigned long threads, unsigned long each)
{
    pthread_t *ids = calloc(threads + 1, sizeof *ids);
    calls.threads = threads;
    calls.each = each;
    calls.next = calloc(threads, sizeof *calls.next);
    if (!ids || !calls.next)
        must(-ENOMEM);
    must(sig_init(0));
    puts("ready");
    for (uintptr_t i = 0; i < threads; i++)
        must(-pthread_create(&ids[i], NULL, queue_turns, (void *)i));
    while (calls.run < threads * each)
        must(-sig_check());
    printf("%lu calls\nin order %s\non the owner %s\n", calls.run,
           calls.disorder ? "no" : "yes", calls.elsewhere ? "no" : "yes");
    must(-pthread_create(&ids[threads], NULL, queue_raise, NULL));
    printf("raised %d\n", raised_in("spin"));
    for (unsigned long i = 0; i <= threads; i++)
        pthread_join(ids[i], NULL);
    free(ids);
    free(calls.next);
}

static uint64_t clock_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static int raise_nine(void *argument)
{
    (void)argument;
    return 9;
}

static struct ticks {
    uint64_t timer;
    int n;
} ticks;

static int tick(void *argument)
{
    (void)argument;
    printf("tick %d\n", ++ticks.n);
    if (ticks.n == 3)
        must(sig_cancel(ticks.timer));
    return 0;
}

static void deadline(uint64_t ms)
{
    uint64_t ns = ms * 1000000, began = clock_ns();
    must(sig_init(0));
    puts("ready");
    must(sig_call_after(ns, 0, raise_nine, NULL, NULL));
    printf("raised %d\n", raised_in("spin"));
    printf("early %s\n", clock_ns() - began < ns ? "yes" : "no");
    must(sig_call_after(ns, ns, tick, NULL, &ticks.timer));
    while (ticks.n < 3)
        must(-sig_check());
    must(sig_sleep(5 * ns));
    puts("cancelled");
}

/* One byte of the standard input; 0, or what a handler raised meanwhile. */
static int raised_in_read(void)
{
    char byte;
#ifdef _WIN32 /* the C runtime's read(): Ctrl-C cancels it */
    int raised = 0, done = 0;
    while (!done && raised == 0) {
        if (must(sig_blocking_begin()) == 0)
            done = read(STDIN_FILENO, &byte, 1) >= 0 || errno == EBADF;
        must(sig_blocking_end());
        raised = sig_check();
    }
    return raised;
#else
    return sig_read(STDIN_FILENO, &byte, 1) == -EINTR ? sig_raised() : 0;
#endif
}

static void interrupt(const char *how)
{
    must(sig_init(SAFEPOINT_INTERPRETER_DEFAULTS));
    puts("ready");
    int raised = strcmp(how, "read") == 0 ? raised_in_read() : raised_in(how);
    printf("interrupted %d\n", raised);
    must(sig_default(SIGINT));
    raise(SIGINT);
}

static int handled(const sig_event *event, void *user)
{
    (void)event, (void)user;
    puts("handled");
    return 0;
}

static void hang(int deliveries, uint64_t ms)
{
    install("INT", handled, NULL);
    must(sig_set_escalation(SIGINT, (uint32_t)deliveries, ms * 1000000));
    puts("ready");
    for (volatile int forever = 1; forever;)
        ;
}

#ifndef _WIN32
static int print_value(const sig_event *event, void *user)
{
    (void)user;
    printf("%s value %" PRIdPTR "\n", sig_name(event->signum), event->value);
    return 0;
}

static void values(void)
{
    install("RTMIN+1", print_value, NULL);
    install("RTMIN+2", print_value, NULL);
    install("TERM", raise_it, NULL);
    puts("ready");
    printf("raised %d\n", raised_in("wait"));
}

static void fork_and_wait(void)
{
    uint64_t count = 0;
    int status = 0;
    install("USR1", add_count, &count);
    puts("ready");
    must(sig_raise(SIGUSR1));
    pid_t child = fork();
    must(child < 0 ? -errno : 0);
    if (child == 0) {
        printf("child owner %s\n", sig_is_owner() ? "yes" : "no");
        sig_check();
        printf("child handled %" PRIu64 "\n", count);
        must(sig_raise(SIGUSR1));
        sig_check();
        printf("child handled %" PRIu64 "\n", count);
        exit(3);
    }
    must(sig_waitpid(child, &status, 0));
    sig_check();
    printf("parent handled %" PRIu64 "\n", count);
    printf("child ended %d\n", WEXITSTATUS(status));
}

static int keep_status(const sig_event *event, void *user)
{
    *(int *)user = event->status;
    return 0;
}

static pid_t start(char *const *command)
{
    pid_t child = fork();
    must(child < 0 ? -errno : 0);
    if (child == 0) {
        execvp(command[0], command);
        _exit(127);
    }
    return child;
}

/* Wait for it, and until its SIGCHLD has been handled. */
static int wait_for(pid_t child, const int *seen)
{
    int status = 0;
    must(sig_waitpid(child, &status, 0));
    while (*seen < 0)
        sig_check();
    printf("SIGCHLD status %d\n", *seen);
    return status;
}

static void children(void)
{
    int seen = -1;
    install("CHLD", keep_status, &seen);
    puts("ready");
    pid_t child = start((char *[]){"sh", "-c", "exit 3", NULL});
    printf("child ended %d\n", WEXITSTATUS(wait_for(child, &seen)));
    seen = -1;
    child = start((char *[]){"sleep", "100", NULL});
    must(sig_kill(child, SIGTERM));
    printf("child died by %s\n", sig_name(WTERMSIG(wait_for(child, &seen))));
}
#endif

#ifdef _WIN32
/* Whether there is nothing like it, and what. */
static int lacks(const char *name)
{
    const char *what = strcmp(name, "values") == 0 ? "signals with values" :
                       strcmp(name, "fork") == 0   ? "fork" :
                       strcmp(name, "child") == 0  ? "SIGCHLD" : NULL;
    if (what)
        fprintf(stderr, "worker: Windows has no %s\n", what);
    return what != NULL;
}

static const char *strerrorname_np(int error)
{
    return error == EINVAL ? "EINVAL" : error == EPERM ? "EPERM" :
           error == ENOENT ? "ENOENT" : NULL;
}
#endif

static void print_error(const char *what, int result)
{
    printf("%s %s\n", what, result < 0 ? strerrorname_np(-result) : "0");
}

static void *install_elsewhere(void *result)
{
    *(int *)result = sig_install(SIGTERM, raise_it, NULL, 0);
    return NULL;
}

static void errors(void)
{
    int elsewhere = 0;
    pthread_t thread;
    must(sig_init(0));
    puts("ready");
    print_error("SIGKILL", sig_install(SIGKILL, raise_it, NULL, 0));
    print_error("0", sig_install(0, raise_it, NULL, 0));
    must(-pthread_create(&thread, NULL, install_elsewhere, &elsewhere));
    pthread_join(thread, NULL);
    print_error("another thread", elsewhere);
    print_error("no timer", sig_cancel(1));
}

static volatile uint32_t word;

static void cost(unsigned long rounds)
{
    enum { TIMES = 5000000 };
    int raised = 0;
    must(sig_init(0));
    puts("other: a volatile load");
    for (unsigned long round = 0; round < rounds; round++) {
        double ns[2];
        for (unsigned turn = 0; turn < 2; turn++) {
            unsigned which = (turn + round) % 2;
            uint64_t began = clock_ns();
            for (int i = 0; which == 0 && i < TIMES; i++)
                raised |= sig_check();
            for (int i = 0; which == 1 && i < TIMES; i++)
                raised |= word != 0;
            ns[which] = (double)(clock_ns() - began) / TIMES;
        }
        printf("%.3f %.3f\n", ns[0], ns[1]);
    }
    must(-raised);
}

static int usage(void)
{
    fprintf(stderr, "usage: worker SCENARIO [ARGUMENT...]\n");
    return 2;
}

/* A number that is an argument: at least `least`. */
static unsigned long number(const char *text, unsigned long least)
{
    char *end;
    errno = 0;
    unsigned long n = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || errno || n < least)
        exit(usage());
    return n;
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    const char *first = argc > 2 ? argv[2] : "", *second = argc > 3 ? argv[3] : "";
    int spins = argc == 3 && strcmp(first, "spin") == 0;
    int waits = argc == 3 && strcmp(first, "wait") == 0;
    int reads = argc == 3 && strcmp(first, "read") == 0;

#ifdef _WIN32
    setvbuf(stdout, NULL, _IONBF, 0); /* there is no other way by lines */
#else
    setvbuf(stdout, NULL, _IOLBF, 0);
#endif
    if (strcmp(name, "arrival") == 0 && (spins || waits))
        arrival(first);
    else if (strcmp(name, "storm") == 0 && argc == 2)
        storm();
    else if (strcmp(name, "calls") == 0 && argc == 4)
        pending_calls(number(first, 1), number(second, 1));
    else if (strcmp(name, "deadline") == 0 && argc == 3)
        deadline(number(first, 1));
    else if (strcmp(name, "interrupt") == 0 && (spins || waits || reads))
        interrupt(first);
    else if (strcmp(name, "hang") == 0 && argc == 4)
        hang((int)number(first, 0), number(second, 0));
#ifdef _WIN32
    else if (argc == 2 && lacks(name))
        return 77;
#else
    else if (strcmp(name, "values") == 0 && argc == 2)
        values();
    else if (strcmp(name, "fork") == 0 && argc == 2)
        fork_and_wait();
    else if (strcmp(name, "child") == 0 && argc == 2)
        children();
#endif
    else if (strcmp(name, "errors") == 0 && argc == 2)
        errors();
    else if (strcmp(name, "cost") == 0 && argc == 3)
        cost(number(first, 1));
    else
        return usage();
    return 0;
}
