/* QuickJS-ng, whose scripts are stopped by Ctrl-C, a deadline or a thread.
 *
 *     cmake --workflow --preset embed
 *     build/embed/examples/embed/quickjs ctrl-c spin
 *     build/embed/examples/embed/quickjs cost
 *
 * QuickJS polls a handler of the program's as it runs a script. That tests
 * the breaker, and so nothing is to be done from within the signal handler.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#define _GNU_SOURCE
#include <pthread.h>
#include <quickjs.h>
#include <safepoint.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* What stops a script: the number that is raised. */
enum { CTRL_C = 1, DEADLINE, CANCEL };
static const char *const names[] = {"", "ctrl-c", "deadline", "cancel"};

static const char spin[] = "for (;;);";

/* No `catch` gets an interrupt, and no `finally` runs for it, but `new
 * Promise` makes a rejection of it, and goes on. */
static const char stubborn[] =
    "for (;;) {"
    "    try {"
    "        new Promise(() => {"
    "            for (;;) { try { for (;;); } catch (e) {} }"
    "        });"
    "    } catch (e) {} finally { continue; }"
    "}";

struct engine {
    JSRuntime *runtime;
    JSContext *js;
    sig_context *signals;
    const volatile uint32_t *breaker;
    int raised; /* why the script has to end: non-zero until it has */
};

static void require(int error, const char *what)
{
    if (error < 0) {
        fprintf(stderr, "%s: %s\n", what, sig_strerror(error));
        exit(1);
    }
}

/* The safe point. Non-zero throws what no `catch` sees.
 *
 * If we are here again, it was swallowed. Then every call is to fail, so that
 * only loops that have begun are left. QuickJS polls at each 10,000th jump
 * back or call, which may be the same one in a loop each time, one that is
 * swallowed: a call of our own, of nothing, makes it another. */
static int safe_point(JSRuntime *runtime, void *opaque)
{
    struct engine *e = opaque;
    if (e->raised) {
        JS_SetMaxStackSize(runtime, 1);
        JS_Call(e->js, JS_UNDEFINED, JS_UNDEFINED, 0, NULL);
    } else if (*e->breaker) {
        e->raised = sig_context_check(e->signals);
    }
    return e->raised != 0;
}

static int on_sigint(const sig_event *event, void *user)
{
    (void)event, (void)user;
    return CTRL_C;
}

static int on_deadline(void *arg)
{
    (void)arg;
    return DEADLINE;
}

static void *cancel(void *signals)
{
    nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
    require(sig_context_interrupt(signals, CANCEL), "sig_context_interrupt");
    return NULL;
}

static void engine_open(struct engine *e)
{
    e->runtime = JS_NewRuntime();
    e->js = e->runtime ? JS_NewContext(e->runtime) : NULL;
    e->signals = sig_context_new();
    if (!e->js || !e->signals) {
        fprintf(stderr, "no memory\n");
        exit(1);
    }
    e->breaker = sig_context_breaker(e->signals);
    e->raised = 0;
    require(sig_context_install(e->signals, SIGINT, on_sigint, NULL, 0),
            "sig_context_install");
    JS_SetInterruptHandler(e->runtime, safe_point, e);
}

static void engine_close(struct engine *e)
{
    require(sig_context_free(e->signals), "sig_context_free");
    JS_FreeContext(e->js);
    JS_FreeRuntime(e->runtime);
}

/* Run a script: its result as a number. What raised is in e->raised, since a
 * script whose last act swallows the error ends as if nothing had been. */
static int run(struct engine *e, const char *script)
{
    int number = 0;
    e->raised = 0;
    JSValue result = JS_Eval(e->js, script, strlen(script), "script",
                             JS_EVAL_TYPE_GLOBAL);
    int failed =
        JS_IsException(result) || JS_ToInt32(e->js, &number, result) != 0;
    JS_SetMaxStackSize(e->runtime, JS_DEFAULT_STACK_SIZE);
    JS_FreeValue(e->js, result);
    if (failed && !e->raised) {
        fprintf(stderr, "the script has failed\n");
        exit(1);
    }
    JS_FreeValue(e->js, JS_GetException(e->js)); /* the interrupt */
    return number;
}

/* CPU time, which a busy machine does not lengthen as much. */
static double seconds(struct engine *e, const char *script,
                      JSInterruptHandler *handler)
{
    struct timespec from, to;
    JS_SetInterruptHandler(e->runtime, handler, e);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
    run(e, script);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
    return (double)(to.tv_sec - from.tv_sec) +
           (double)(to.tv_nsec - from.tv_nsec) / 1e9;
}

static int ascending(const void *a, const void *b)
{
    return (*(const double *)a > *(const double *)b) -
           (*(const double *)a < *(const double *)b);
}

static void cost(struct engine *e)
{
    enum { PAIRS = 31 };
    double ratios[PAIRS], without = 0;
    char script[80];

    for (long n = 100000; without < 0.06; n *= 2) {
        snprintf(script, sizeof script,
                 "{ let s = 0; for (let i = 0; i < %ld; i++) s += i & 7; }",
                 n);
        without = seconds(e, script, NULL);
    }
    for (int i = 0; i < PAIRS; i++) {
        double with = seconds(e, script, safe_point);
        without = seconds(e, script, NULL);
        with += seconds(e, script, safe_point);
        ratios[i] = with / 2 / without;
    }
    qsort(ratios, PAIRS, sizeof *ratios, ascending);
    printf("cost: %.3f\n", ratios[PAIRS / 2]);
}

static void stop(struct engine *e, const char *mode, const char *script)
{
    pthread_t thread;
    int cancels = strcmp(mode, names[CANCEL]) == 0;

    printf("ready\n");
    if (strcmp(mode, names[DEADLINE]) == 0)
        require(sig_context_call_after(e->signals, 50000000, 0, on_deadline,
                                       NULL, NULL),
                "sig_context_call_after");
    if (cancels && pthread_create(&thread, NULL, cancel, e->signals) != 0) {
        fprintf(stderr, "no thread\n");
        exit(1);
    }
    run(e, script);
    if (cancels)
        pthread_join(thread, NULL);
    printf("stopped: %s\n", names[e->raised]);
    printf("then: %d\n", run(e, "1 + 1"));
}

int main(int argc, char **argv)
{
    struct engine e;

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc < 2 || (argc < 3 && strcmp(argv[1], "cost") != 0)) {
        fprintf(stderr, "usage: %s ctrl-c|deadline|cancel spin|stubborn\n"
                        "       %s cost\n", argv[0], argv[0]);
        return 2;
    }
    engine_open(&e);
    if (argc < 3)
        cost(&e);
    else
        stop(&e, argv[1], strcmp(argv[2], "spin") == 0 ? spin : stubborn);
    engine_close(&e);
    return 0;
}
