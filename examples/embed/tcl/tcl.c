/* A Tcl script that is stopped by Ctrl-C, a deadline or another thread.
 *
 *     cc -o tcl tcl.c $(pkg-config --cflags --libs safepoint tcl)
 *     ./tcl ctrl-c|deadline|cancel spin|stubborn|...
 *     ./tcl cost
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <safepoint.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tcl.h>
#include <time.h>

#define MS 1000000ull

/* What stops a script; Ctrl-C raises SAFEPOINT_INTERRUPTED. */
enum { DEADLINE = 1, CANCELLED = 2 };

static const struct {
    const char *name, *text;
} scripts[] = {
    {"spin", "while 1 {}"},
    {"stubborn", "while 1 {catch {while 1 {}}}"},
    {"try", "while 1 {try {while 1 {}} on error {} {} finally {while 1 {}}}"},
    {"child", "interp create c;"
              " while 1 {catch {c eval {while 1 {catch {while 1 {}}}}}}"},
    {"coroutine", "while 1 {catch {coroutine c apply {{} {while 1 {}}}}}"},
    {"wait", "while 1 {catch {vwait forever}}"},
    {"sleep", "while 1 {catch {after 1000000}}"},
};
enum { SCRIPTS = sizeof scripts / sizeof *scripts };

struct script {
    sig_context *context;
    Tcl_Interp *interp;
    Tcl_AsyncHandler async;
    sem_t woken;
    atomic_bool running, again;
    atomic_int raised; /* what stopped the last run, or 0 */
};

static void check(int error, const char *what)
{
    if (error < 0) {
        fprintf(stderr, "%s: %s\n", what, sig_strerror(error));
        exit(1);
    }
}

/* Tcl_AsyncMark() takes locks, also one that the script's thread takes to run
 * our handler: called in a signal handler it might wait for ever. So a thread
 * calls it that does nothing else. */
static void wake(int signum, void *arg)
{
    struct script *s = arg;
    (void)signum;
    sem_post(&s->woken); /* fails only where 2^31 are to be seen to already */
}

static void *mark(void *arg)
{
    struct script *s = arg;
    for (;;) {
        check(sem_wait(&s->woken) == 0 ? 0 : -errno, "semaphore");
        if (!s->running)
            return NULL;
        if (atomic_exchange(&s->again, 0))
            check(sig_sleep(MS / 10), "sleep");
        Tcl_AsyncMark(s->async);
    }
}

/* Whether this is the script's interpreter or below it. One that is still
 * being made is below none: to cancel now would crash Tcl. */
static int ours(const struct script *s, Tcl_Interp *interp)
{
    while (interp && interp != s->interp)
        interp = Tcl_GetMaster(interp);
    return interp != NULL;
}

/* Where Tcl looks, on the script's thread; `interp` is what runs, NULL in the
 * event loop. No catch gets an unwinding, and it goes for child interpreters,
 * too. It is done again until the script has ended: a child that was made
 * meanwhile has not heard of it. */
static int look(ClientData data, Tcl_Interp *interp, int code)
{
    struct script *s = data;
    if (!s->running)
        return code;
    int now = !interp || ours(s, interp);
    if (now && s->raised == 0)
        s->raised = sig_context_check(s->context);
    if (now && s->raised != 0)
        Tcl_CancelEval(s->interp, Tcl_ObjPrintf("stopped by %d", s->raised),
                       NULL, TCL_CANCEL_UNWIND);
    if (!now || s->raised != 0) {
        s->again = 1;
        sem_post(&s->woken);
    }
    return code;
}

static void script_open(struct script *s)
{
    *s = (struct script){.interp = Tcl_CreateInterp(),
                         .async = Tcl_AsyncCreate(look, s),
                         .context = sig_context_new()};
    check(s->context ? 0 : -ENOMEM, "context");
    check(sem_init(&s->woken, 0, 0) == 0 ? 0 : -errno, "semaphore");
}

static int script_run(struct script *s, const char *text)
{
    sigset_t all, before;
    pthread_t marker;

    s->raised = 0;
    s->running = 1;
    sigfillset(&all); /* the script's thread is to get them */
    check(-pthread_sigmask(SIG_SETMASK, &all, &before), "mask");
    check(-pthread_create(&marker, NULL, mark, s), "thread");
    check(-pthread_sigmask(SIG_SETMASK, &before, NULL), "mask");
    /* What is pending already wakes in here. */
    check(sig_context_set_wakeup_fn(s->context, wake, s), "wake-up");

    /* Not by Tcl_EvalObjEx(), which runs a script at level 0: a coroutine that
     * is unwound to there would end the cancellation. */
    int code = Tcl_EvalEx(s->interp, text, -1, TCL_EVAL_GLOBAL);

    while (sig_context_set_wakeup_fn(s->context, NULL, NULL) == -EBUSY)
        ; /* somebody is slow to leave wake() */
    s->running = 0;
    sem_post(&s->woken);
    check(-pthread_join(marker, NULL), "join");
    /* What came too late, and a cancellation, are not for the next run: a
     * cancelled interpreter runs nothing any more. To substitute a command at
     * level 0, be it empty, ends that. */
    Tcl_Token empty = {TCL_TOKEN_COMMAND, "[]", 2, 0};
    while (sem_trywait(&s->woken) == 0)
        ;
    Tcl_InterpState state = Tcl_SaveInterpState(s->interp, code);
    Tcl_AsyncInvoke(s->interp, TCL_OK);
    Tcl_EvalTokensStandard(s->interp, &empty, 1);
    return Tcl_RestoreInterpState(s->interp, state);
}

static void script_close(struct script *s)
{
    sem_destroy(&s->woken);
    Tcl_AsyncDelete(s->async);
    Tcl_DeleteInterp(s->interp);
    check(sig_context_free(s->context), "free");
}

static void fail(Tcl_Interp *interp, const char *what)
{
    fprintf(stderr, "%s: %s\n", what, Tcl_GetStringResult(interp));
    exit(1);
}

static double ms(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int deadline(void *arg)
{
    (void)arg;
    return DEADLINE;
}

static void *cancel(void *context)
{
    check(sig_sleep(50 * MS), "sleep");
    check(sig_context_interrupt(context, CANCELLED), "interrupt");
    return NULL;
}

static void stop(const char *mode, const char *text)
{
    struct script s;
    pthread_t canceller;
    int cancels = strcmp(mode, "cancel") == 0;
    double began = ms(CLOCK_MONOTONIC);

    script_open(&s);
    if (strcmp(mode, "ctrl-c") == 0)
        check(sig_context_install(s.context, SIGINT, sig_interrupted, NULL, 0),
              "SIGINT");
    else if (strcmp(mode, "deadline") == 0)
        check(sig_context_call_after(s.context, 50 * MS, 0, deadline, NULL,
                                     NULL),
              "deadline");
    else if (cancels)
        check(-pthread_create(&canceller, NULL, cancel, s.context), "thread");
    printf("ready\n");
    fflush(stdout);
    if (script_run(&s, text) == TCL_OK || s.raised == 0)
        fail(s.interp, "it ended by itself");
    double end = ms(CLOCK_MONOTONIC);
    if (s.raised == SAFEPOINT_INTERRUPTED)
        printf("\n"); /* after the terminal's ^C */
    printf("stopped: %s\n", s.raised == SAFEPOINT_INTERRUPTED ? "ctrl-c"
                            : s.raised == DEADLINE            ? "deadline"
                            : s.raised == CANCELLED           ? "cancel"
                                                              : "?");
    printf("after %.3f ms: %s\n", end - began, Tcl_GetStringResult(s.interp));
    if (script_run(&s, "expr {1 + 1}") != TCL_OK)
        fail(s.interp, "then");
    printf("then: %s\n", Tcl_GetStringResult(s.interp));
    if (cancels)
        check(-pthread_join(canceller, NULL), "join");
    script_close(&s);
}

static const char work[] =
    "proc f {x} {expr {$x % 7}};"
    "proc work {} {"
    "  for {set i 0; set n 0} {$i < 150000} {incr i} {incr n [f $i]}"
    "};"
    "work";

/* The processor time of the work: in a script, or where that is NULL, in an
 * interpreter that knows nothing of safepoint. */
static double took(struct script *s, Tcl_Interp *interp)
{
    double began = ms(CLOCK_THREAD_CPUTIME_ID);
    int code = s ? script_run(s, work)
                 : Tcl_EvalEx(interp, work, -1, TCL_EVAL_GLOBAL);
    double end = ms(CLOCK_THREAD_CPUTIME_ID);
    if (code != TCL_OK)
        fail(interp, "work");
    return end - began;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void cost(void)
{
    enum { PAIRS = 21 };
    double ratios[PAIRS];
    Tcl_Interp *bare = Tcl_CreateInterp();
    struct script s;

    script_open(&s);
    check(sig_context_install(s.context, SIGINT, sig_interrupted, NULL, 0),
          "SIGINT");
    for (int i = 0; i < PAIRS; i++) {
        double before = i % 2 ? took(&s, s.interp) : took(NULL, bare);
        double after = i % 2 ? took(NULL, bare) : took(&s, s.interp);
        ratios[i] = i % 2 ? before / after : after / before;
    }
    qsort(ratios, PAIRS, sizeof *ratios, ascending);
    printf("cost: %.3f\n", ratios[PAIRS / 2]);
    script_close(&s);
    Tcl_DeleteInterp(bare);
}

int main(int argc, char **argv)
{
    const char *text = NULL;
    int costs = argc == 2 && strcmp(argv[1], "cost") == 0;

    for (int i = 0; argc == 3 && i < SCRIPTS; i++)
        if (strcmp(argv[2], scripts[i].name) == 0)
            text = scripts[i].text;
    if (!text && !costs) {
        fprintf(stderr, "usage: %s ctrl-c|deadline|cancel SCRIPT, or cost\n",
                argv[0]);
        return 2;
    }
    Tcl_FindExecutable(argv[0]);
    check(sig_init(0), "init"); /* so that sig_fini() ends the deadlines */
    if (costs)
        cost();
    else
        stop(argv[1], text);
    check(sig_fini(), "fini");
    Tcl_Finalize();
    return 0;
}
