/* Guile, whose scripts Ctrl-C, a deadline and another thread stop.
 *
 *     cc -o guile guile.c $(pkg-config --cflags --libs guile-3.0 safepoint)
 *     ./guile ctrl-c spin     MODE: ctrl-c, deadline, cancel; SCRIPT: spin,
 *     ./guile cost            stubborn, sleep
 *
 * Guile looks at a thread's asyncs at each loop and call. To mark one takes a
 * mutex, which no signal handler may do: a helper thread does it, woken by a
 * descriptor. The async leaves the script by an escape continuation, which no
 * `catch` intercepts.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <errno.h>
#include <libguile.h>
#include <poll.h>
#include <pthread.h>
#include <safepoint.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#define MS UINT64_C(1000000)
enum raised { LATE = 1, CANCELLED }; /* besides SAFEPOINT_INTERRUPTED */

static sig_context *context;
static int wakeup_fd;
static atomic_int detached;
static SCM owner, helper, async, compile, call_ec, call_script, script;
static SCM escape; /* from the script that runs, or #f */

static const struct {
    const char *name, *text;
} scripts[] = {
    {"spin", "(while #t #t)"},
    {"stubborn", "(while #t (catch #t (lambda () (while #t #t))"
                 "                    (lambda (key . rest) #f)))"},
    {"sleep", "(while #t (sleep 1000))"},
};

static long checked(const char *what, long result)
{
    if (result < 0) {
        fprintf(stderr, "%s: %s\n", what, sig_strerror((int)result));
        exit(1);
    }
    return result;
}

/* The async: on the owner's thread, in the midst of the script. Between two
 * scripts what comes stays pending. */
static SCM safe_point(void)
{
    if (context != NULL && scm_is_true(escape)) {
        int raised = sig_context_check(context);
        if (raised != 0)
            return scm_call_1(escape, scm_from_int(raised));
    }
    return SCM_UNSPECIFIED;
}

/* Without Guile, so that a collection need not wait for this thread. */
static void *wait_for_wakeup(void *unused)
{
    struct pollfd fd = {wakeup_fd, POLLIN, 0};
    eventfd_t count;
    (void)unused;
    while (poll(&fd, 1, -1) < 0)
        checked("poll", errno == EINTR ? 0 : -errno);
    checked("eventfd_read", eventfd_read(wakeup_fd, &count) < 0 ? -errno : 0);
    return NULL;
}

static SCM help(void *unused)
{
    (void)unused;
    while (scm_without_guile(wait_for_wakeup, NULL), !detached)
        scm_system_async_mark_for_thread(async, owner);
    return SCM_UNSPECIFIED;
}

static void attach(void)
{
    context = sig_context_new();
    checked("sig_context_new", context == NULL ? -ENOMEM : 0);
    wakeup_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    checked("eventfd", wakeup_fd < 0 ? -errno : 0);
    checked("sig_context_set_wakeup_fd",
            sig_context_set_wakeup_fd(context, wakeup_fd,
                                      SAFEPOINT_WAKE_CALLS, NULL));
    checked("sig_context_install",
            sig_context_install(context, SIGINT, sig_interrupted, NULL, 0));
    detached = 0;
    helper = scm_spawn_thread(help, NULL, NULL, NULL);
}

static void detach(void)
{
    detached = 1;
    checked("eventfd_write", eventfd_write(wakeup_fd, 1) < 0 ? -errno : 0);
    scm_join_thread(helper);
    checked("sig_context_free", sig_context_free(context));
    context = NULL;
    checked("close", close(wakeup_fd) < 0 ? -errno : 0);
}

static SCM with_escape(SCM to)
{
    SCM result;
    escape = to;
    safe_point();
    result = scm_call_0(script);
    escape = SCM_BOOL_F;
    return result;
}

/* Compiled: a loop of machine code has safe points, too. */
static SCM load(const char *text)
{
    return scm_call_1(compile, scm_list_3(scm_from_utf8_symbol("lambda"),
                                          SCM_EOL, scm_c_read_string(text)));
}

/* What the script returns, or what is raised. */
static int run(SCM loaded)
{
    SCM result;
    script = loaded;
    result = scm_call_1(call_ec, call_script);
    escape = SCM_BOOL_F;
    return scm_to_int(result);
}

static int late(void *unused)
{
    (void)unused;
    return LATE;
}

static void *cancel(void *unused)
{
    (void)unused;
    checked("sig_sleep", sig_sleep(50 * MS));
    checked("sig_context_interrupt",
            sig_context_interrupt(context, CANCELLED));
    return NULL;
}

static void stop(const char *mode, const char *name)
{
    pthread_t canceller;
    SCM loaded;
    size_t i = 0;
    int cancels = strcmp(mode, "cancel") == 0;
    while (strcmp(scripts[i].name, name) != 0)
        if (++i == sizeof scripts / sizeof *scripts)
            checked(name, -EINVAL);
    loaded = load(scripts[i].text);
    attach();
    if (strcmp(mode, "deadline") == 0)
        checked("sig_context_call_after",
                sig_context_call_after(context, 50 * MS, 0, late, NULL, NULL));
    if (cancels)
        checked("pthread_create",
                -pthread_create(&canceller, NULL, cancel, NULL));
    puts("ready");
    switch (run(loaded)) {
    case SAFEPOINT_INTERRUPTED: puts("\nstopped: ctrl-c"); break;
    case LATE: puts("stopped: deadline"); break;
    case CANCELLED: puts("stopped: cancel"); break;
    default: puts("the script has ended"); break;
    }
    if (cancels)
        checked("pthread_join", -pthread_join(canceller, NULL));
    printf("then: %d\n", run(load("(+ 1 1)")));
    detach();
}

/* Of the processor: others may be busy, too. */
static double seconds(SCM loaded)
{
    struct timespec start, end;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
    run(loaded);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
    return (double)(end.tv_sec - start.tv_sec) +
           (double)(end.tv_nsec - start.tv_nsec) / 1e9;
}

static double seconds_attached(SCM loaded)
{
    double result;
    attach();
    result = seconds(loaded);
    detach();
    return result;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void cost(void)
{
    SCM loaded = load("(let loop ((i 0)) (if (< i 30000000)"
                      "                      (loop (+ i 1)) 0))");
    double ratios[21];
    for (size_t i = 0; i < 21; i++) {
        double with, without;
        if (i % 2) {
            with = seconds_attached(loaded);
            without = seconds(loaded);
        } else {
            without = seconds(loaded);
            with = seconds_attached(loaded);
        }
        ratios[i] = with / without;
    }
    qsort(ratios, 21, sizeof *ratios, compare);
    printf("cost: %.3f\n", ratios[10]);
}

static void *inside(void *arguments)
{
    char **argv = arguments;
    owner = scm_current_thread();
    async = scm_c_make_gsubr("safe-point", 0, 0, 0, safe_point);
    call_script = scm_c_make_gsubr("call-script", 1, 0, 0, with_escape);
    compile = scm_c_eval_string(
        "(lambda (text) ((@ (system base compile) compile) text"
        " #:env (current-module)))");
    call_ec = scm_c_public_ref("ice-9 control",
                               "call-with-escape-continuation");
    escape = SCM_BOOL_F;
    if (argv[2] == NULL)
        cost();
    else
        stop(argv[1], argv[2]);
    return argv;
}

int main(int argc, char **argv)
{
    if (argc != 3 && !(argc == 2 && strcmp(argv[1], "cost") == 0)) {
        fprintf(stderr, "usage: guile MODE SCRIPT | guile cost\n");
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    /* NULL where an error of Guile's was not caught. */
    return scm_with_guile(inside, argv) == NULL;
}
