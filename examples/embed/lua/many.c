/* Many Lua states on a few threads, each with a deadline and a context of its
 * own, and one Ctrl-C for all of them.
 *
 *     cc -o many many.c script.c \
 *         $(pkg-config --cflags --libs safepoint lua5.4)
 *     ./many [STATES [MILLISECONDS]]
 *
 * When a third of the states have met their deadline the program sends itself
 * SIGINT, once. It fails where a state ends otherwise than by one of the two,
 * with its own error, or where its context has not counted that one SIGINT.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#define _GNU_SOURCE
#include "script.h"
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { THREADS = 8, DEADLINE = 1 };

static const char *const chunks[] = {
    "while true do end",
    "while true do pcall(function() while true do end end) end",
    "while true do coroutine.wrap(function() while true do end end)() end",
};
enum { CHUNKS = sizeof chunks / sizeof *chunks };

static struct state {
    struct script script;
    char name[24];
} *states;
static int count = 300;
static uint64_t limit = 50;
static pthread_barrier_t all_open;
static atomic_int by_deadline, by_ctrl_c, wrong;

static void check(int error, const char *what)
{
    if (error < 0) {
        fprintf(stderr, "%s: %s\n", what, sig_strerror(error));
        exit(1);
    }
}

static int deadline(void *arg)
{
    (void)arg;
    return DEADLINE;
}

static void start(struct state *s)
{
    snprintf(s->name, sizeof s->name, "state %d", (int)(s - states));
    check(script_open(&s->script, s->name), s->name);
    check(sig_context_install(s->script.context, SIGINT, sig_interrupted, NULL,
                              0),
          s->name);
}

static void run(struct state *s)
{
    struct script *script = &s->script;
    char expected[64];
    uint64_t id;

    check(sig_context_call_after(script->context, limit * 1000000, 0, deadline,
                                 NULL, &id),
          s->name);
    int status = script_run(script, chunks[(s - states) % CHUNKS]);
    sig_cancel(id); /* -ENOENT where it has run */

    /* wrap() puts the line before the error. */
    const char *error = lua_tostring(script->L, -1);
    snprintf(expected, sizeof expected, "%s: stopped by %d", s->name,
             script->raised);
    size_t size = error ? strlen(error) : 0, tail = strlen(expected);
    if (status != LUA_ERRRUN || size < tail ||
        strcmp(error + size - tail, expected) != 0) {
        fprintf(stderr, "%s: status %d, %s\n", s->name, status, error);
        wrong++;
    } else if (script->raised == SAFEPOINT_INTERRUPTED) {
        by_ctrl_c++;
    } else if (++by_deadline == (count + 2) / 3) {
        check(sig_kill(getpid(), SIGINT), "kill");
    }
}

/* Ctrl-C is for the states that have ended before it, too. */
static void finish(struct state *s)
{
    sig_context *context = s->script.context;
    sig_counters n = {0};

    if (s->script.raised != SAFEPOINT_INTERRUPTED &&
        (sig_context_sleep(context, SAFEPOINT_FOREVER) != -EINTR ||
         sig_context_raised(context) != SAFEPOINT_INTERRUPTED))
        wrong++;
    check(sig_context_stats(context, &n, sizeof n), s->name);
    if (n.arrivals != 1 ||
        n.arrivals != n.handled + n.coalesced + n.lost + n.dropped) {
        fprintf(stderr,
                "%s: %" PRIu64 " arrivals, %" PRIu64 " handled, %" PRIu64
                " coalesced, %" PRIu64 " lost, %" PRIu64 " dropped\n",
                s->name, n.arrivals, n.handled, n.coalesced, n.lost,
                n.dropped);
        wrong++;
    }
    check(script_close(&s->script), s->name);
}

/* A thread's states are every eighth. A context has to be there when SIGINT
 * comes: all are opened first, and closed last. */
static void *work(void *first)
{
    for (int i = *(int *)first; i < count; i += THREADS)
        start(&states[i]);
    pthread_barrier_wait(&all_open);
    for (int i = *(int *)first; i < count; i += THREADS)
        run(&states[i]);
    for (int i = *(int *)first; i < count; i += THREADS)
        finish(&states[i]);
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t threads[THREADS];
    int first[THREADS];

    if (argc > 1)
        count = atoi(argv[1]);
    if (argc > 2)
        limit = strtoull(argv[2], NULL, 10);
    if (count < 1 || !(states = calloc((size_t)count, sizeof *states))) {
        fprintf(stderr, "usage: %s [STATES [MILLISECONDS]]\n", argv[0]);
        return 2;
    }
    check(sig_init(0), "init"); /* so that sig_fini() ends all deadlines */
    check(-pthread_barrier_init(&all_open, NULL, THREADS), "barrier");
    for (int i = 0; i < THREADS; i++) {
        first[i] = i;
        check(-pthread_create(&threads[i], NULL, work, &first[i]), "thread");
    }
    for (int i = 0; i < THREADS; i++)
        check(-pthread_join(threads[i], NULL), "join");
    pthread_barrier_destroy(&all_open);
    check(sig_fini(), "fini");
    free(states);
    printf("%d states: %d stopped by their deadline, %d by Ctrl-C, "
           "%d wrong\n",
           count, by_deadline, by_ctrl_c, wrong);
    return wrong != 0 || by_deadline + by_ctrl_c != count;
}
