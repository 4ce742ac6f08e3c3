/* A Lua script that is stopped by Ctrl-C, a deadline or another thread.
 *
 *     cc -o lua lua.c script.c $(pkg-config --cflags --libs safepoint lua5.4)
 *     ./lua ctrl-c|deadline|cancel spin|stubborn|...
 *     ./lua cost
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#define _GNU_SOURCE
#include "script.h"
#include <lualib.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MS 1000000ull

/* What stops a script; Ctrl-C raises SAFEPOINT_INTERRUPTED. */
enum { DEADLINE = 1, CANCELLED = 2 };

static const struct {
    const char *name, *chunk;
} scripts[] = {
    {"spin", "while true do end"},
    {"stubborn", "while true do"
                 "  pcall(function() while true do end end)"
                 " end"},
    {"coroutine", "while true do"
                  "  coroutine.wrap(function() while true do end end)()"
                  " end"},
    {"switch", "local co = coroutine.create(function()"
               "  while true do pcall(coroutine.yield) end"
               " end)"
               " while true do pcall(coroutine.resume, co) end"},
    {"handler", "local function loop() while true do end end"
                " while true do xpcall(loop, loop) end"},
    {"close", "local t = setmetatable({},"
              "  {__close = function() while true do end end})"
              " while true do"
              "  local co = coroutine.create(function()"
              "    local c <close> = t; coroutine.yield()"
              "  end)"
              "  coroutine.resume(co); coroutine.close(co)"
              " end"},
};
enum { SCRIPTS = sizeof scripts / sizeof *scripts };

static void check(int error, const char *what)
{
    if (error < 0) {
        fprintf(stderr, "%s: %s\n", what, sig_strerror(error));
        exit(1);
    }
}

static void fail(lua_State *L, const char *what)
{
    const char *error = lua_tostring(L, -1);
    fprintf(stderr, "%s: %s\n", what, error ? error : "an error, no string");
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

static int stop(const char *mode, const char *chunk)
{
    struct script s;
    pthread_t canceller;
    int cancels = strcmp(mode, "cancel") == 0;
    double began = ms(CLOCK_MONOTONIC);

    check(sig_init(0), "init"); /* so that sig_fini() ends the deadlines */
    check(script_open(&s, "script"), "open");
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
    if (script_run(&s, chunk) == LUA_OK || s.raised == 0)
        fail(s.L, "it ended by itself");
    double end = ms(CLOCK_MONOTONIC);
    if (s.raised == SAFEPOINT_INTERRUPTED)
        printf("\n"); /* after the terminal's ^C */
    printf("stopped: %s\n", s.raised == SAFEPOINT_INTERRUPTED ? "ctrl-c"
                            : s.raised == DEADLINE            ? "deadline"
                            : s.raised == CANCELLED           ? "cancel"
                                                              : "?");
    printf("after %.3f ms: %s\n", end - began, lua_tostring(s.L, -1));
    if (script_run(&s, "return 1 + 1") != LUA_OK)
        fail(s.L, "then");
    printf("then: %d\n", (int)lua_tointeger(s.L, -1));
    if (cancels)
        check(-pthread_join(canceller, NULL), "join");
    check(script_close(&s), "close");
    check(sig_fini(), "fini");
    return 0;
}

static const char work[] = "local function f(x) return x % 7 end"
                           " local n = 0"
                           " for i = 1, 2000000 do n = n + f(i) end"
                           " return n";

/* The processor time of the work: in a script, or where that is NULL, in a
 * state that knows nothing of safepoint. */
static double took(struct script *s, lua_State *L)
{
    double began = ms(CLOCK_THREAD_CPUTIME_ID);
    int status = s ? script_run(s, work) : luaL_dostring(L, work);
    double end = ms(CLOCK_THREAD_CPUTIME_ID);
    if (status != LUA_OK)
        fail(L, "work");
    lua_settop(L, 0);
    return end - began;
}

static int nothing(void *arg)
{
    ++*(int *)arg;
    return 0;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* A check that has raised nothing comes first, to show that it unhooks. */
static int cost(void)
{
    enum { PAIRS = 21 };
    double ratios[PAIRS];
    int ran = 0;
    struct script s;
    lua_State *L = luaL_newstate();

    check(script_open(&s, "script"), "open");
    if (!L)
        return 1;
    luaL_openlibs(L);
    check(sig_context_install(s.context, SIGINT, sig_interrupted, NULL, 0),
          "SIGINT");
    check(sig_context_add_pending_call(s.context, nothing, &ran), "call");
    if (script_run(&s, "return debug.gethook()") != LUA_OK || ran != 1 ||
        !lua_isnil(s.L, -1))
        fail(s.L, "a call that raises nothing");
    for (int i = 0; i < PAIRS; i++) {
        double before = i % 2 ? took(&s, s.L) : took(NULL, L);
        double after = i % 2 ? took(NULL, L) : took(&s, s.L);
        ratios[i] = i % 2 ? before / after : after / before;
    }
    qsort(ratios, PAIRS, sizeof *ratios, ascending);
    printf("cost: %.3f\n", ratios[PAIRS / 2]);
    lua_close(L);
    check(script_close(&s), "close");
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "cost") == 0)
        return cost();
    for (int i = 0; argc == 3 && i < SCRIPTS; i++)
        if (strcmp(argv[2], scripts[i].name) == 0)
            return stop(argv[1], scripts[i].chunk);
    fprintf(stderr, "usage: %s ctrl-c|deadline|cancel SCRIPT, or cost\n",
            argv[0]);
    return 2;
}
