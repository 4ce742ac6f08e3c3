/* A host with two Lua states: each has its own handlers, calls and errors, be
 * they on one thread or on two, and what one leaves behind when it is closed
 * is nothing.
 *
 *     two_states on_one_thread|on_two_threads|closed_elsewhere
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#define _GNU_SOURCE
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <pthread.h>
#include <safepoint.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void fail(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

static void expect(int holds, const char *what)
{
    if (!holds)
        fail(what, "no");
}

static lua_State *open_state(void)
{
    lua_State *L = luaL_newstate();
    expect(L != NULL, "a Lua state");
    luaL_openlibs(L);
    return L;
}

static void run(lua_State *L, const char *chunk)
{
    if (luaL_loadstring(L, chunk) != 0 || lua_pcall(L, 0, 0, 0) != 0)
        fail(chunk, lua_tostring(L, -1));
}

static const char begin[] =
    "safepoint = require 'safepoint' ran, calls = 0, 0"
    " assert(safepoint.install('USR1', function(event)"
    "   ran = ran + event.count end))"
    " assert(safepoint.install('USR2', function(event)"
    "   error({}) end))"
    " assert(safepoint.after(3600, error))";

static int stands(int signum)
{
    struct sigaction now;
    sigaction(signum, NULL, &now);
    return now.sa_handler != SIG_DFL;
}

static void on_one_thread(void)
{
    lua_State *a = open_state(), *b = open_state();
    run(a, begin);
    run(b, begin);
    kill(getpid(), SIGUSR1);
    run(a, "safepoint.check() assert(ran == 1)");
    run(b, "assert(ran == 0) safepoint.check() assert(ran == 1)");
    run(a, "safepoint.call(function() calls = calls + 1 end)");
    run(b, "safepoint.check() assert(calls == 0)");
    kill(getpid(), SIGUSR2);
    run(a, "local ok, e = pcall(safepoint.check)"
           " assert(not ok and type(e) == 'table')"
           " safepoint.check() assert(calls == 1)");
    run(a, "safepoint.call(error) safepoint.trip('USR1')");
    lua_close(a);
    expect(stands(SIGUSR1), "the other state's handler stands");
    kill(getpid(), SIGUSR1);
    run(b, "assert(not pcall(safepoint.check))"
           " safepoint.check() assert(ran == 2)");
    lua_close(b);
    expect(!stands(SIGUSR1) && !stands(SIGUSR2), "nothing stands there");
}

/* Storms of both; each state has to get all of its own. */
static void *storm(void *result)
{
    lua_State *L = open_state();
    run(L, begin);
    run(L, "for i = 1, 5000 do"
           "  safepoint.raise('USR1')"
           "  safepoint.call(function() calls = calls + 1 end)"
           "  if i % 3 == 0 then safepoint.check() end"
           " end"
           " safepoint.check() assert(calls == 5000)");
    lua_getglobal(L, "ran");
    *(long *)result = (long)lua_tonumber(L, -1);
    lua_close(L);
    return NULL;
}

static void on_two_threads(void)
{
    for (int round = 0; round < 3; round++) {
        pthread_t one, two;
        long ran[2];
        expect(pthread_create(&one, NULL, storm, &ran[0]) == 0 &&
                   pthread_create(&two, NULL, storm, &ran[1]) == 0,
               "threads");
        pthread_join(one, NULL);
        pthread_join(two, NULL);
        expect(ran[0] >= 5000 && ran[0] <= 10000, "the first got its own");
        expect(ran[1] >= 5000 && ran[1] <= 10000, "the second got its own");
    }
    expect(!stands(SIGUSR1), "nothing stands there");
}

static void *close_it(void *L)
{
    lua_close(L);
    return NULL;
}

static void closed_elsewhere(void)
{
    pthread_t thread;
    lua_State *L = open_state();
    run(L, begin);
    run(L, "safepoint.call(error) safepoint.raise('USR1')");
    expect(pthread_create(&thread, NULL, close_it, L) == 0, "a thread");
    pthread_join(thread, NULL);
    expect(!stands(SIGUSR1), "nothing stands there");
}

/* What finalizers find that run after the module's own. Not in Lua 5.1 and
 * LuaJIT, which by then have unmapped the modules of everybody. */
static void closed_before_a_finalizer(void)
{
    lua_State *L = open_state();
    run(L, "kept = setmetatable({}, {__gc = function()"
           "   local safepoint = safepoint"
           "   assert(safepoint.check() == nil)"
           "   local ok, _, errno = safepoint.install('USR1', error)"
           "   assert(ok == nil and errno == safepoint.errno.EINVAL)"
           "   assert(safepoint.call(error) == nil)"
           "   assert(safepoint.sleep(0) == nil)"
           "   assert(safepoint.fini() == nil)"
           "   assert(safepoint.blocking(error) == nil)"
           "   io.stdout:write('finalized\\n') io.stdout:flush()"
           " end})");
    run(L, begin);
    lua_close(L);
    expect(!stands(SIGUSR1), "nothing stands there");
}

/* A Lua that has no memory after so many allocations, wherever that is: the
 * state works on when there is some again, and nothing stays behind. */
static struct {
    lua_Alloc real;
    void *arg;
    long left;
} memory;

static void *allocate(void *unused, void *block, size_t old, size_t size)
{
    (void)unused;
    int grows = size > 0 && (!block || size > old);
    if (grows && memory.left >= 0 && memory.left-- == 0) {
        memory.left = 0;
        return NULL;
    }
    return memory.real(memory.arg, block, old, size);
}

static const char everything[] =
    "safepoint.raise('USR1') safepoint.check()"
    " safepoint.raise('USR2') pcall(safepoint.check)"
    " safepoint.raise('USR1') safepoint.sleep(0)"
    " safepoint.call(function() return {} end) safepoint.check()"
    " safepoint.cancel(safepoint.after(3600, function() end))"
    " safepoint.install('HUP', function() return {{}} end)"
    " safepoint.raise('HUP') safepoint.pause()"
    " safepoint.fini()";

static void without_memory(void)
{
    int status = 1;
    for (long n = 0; status != 0 && n < 2000; n++) {
        lua_State *L = open_state();
        memory.real = lua_getallocf(L, &memory.arg);
        run(L, begin);
        expect(luaL_loadstring(L, everything) == 0, "the chunk");
        memory.left = n;
        lua_setallocf(L, allocate, NULL);
        status = lua_pcall(L, 0, 0, 0);
        memory.left = -1;
        lua_settop(L, 0);
        run(L, "assert(safepoint.fini())"
               " assert(safepoint.install('USR1', function() return 5 end))"
               " safepoint.raise('USR1') assert(safepoint.check() == 5)");
        lua_close(L);
        expect(!stands(SIGUSR1) && !stands(SIGHUP), "nothing stands there");
    }
    expect(status == 0, "with enough memory it ends well");
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } modes[] = {{"on_one_thread", on_one_thread},
                 {"on_two_threads", on_two_threads},
                 {"closed_elsewhere", closed_elsewhere},
                 {"without_memory", without_memory},
                 {"closed_before_a_finalizer", closed_before_a_finalizer}};
    alarm(120);
    for (size_t i = 0; argc == 2 && i < sizeof modes / sizeof *modes; i++)
        if (strcmp(argv[1], modes[i].name) == 0) {
            modes[i].run();
            return 0;
        }
    fail(argv[0], "which of its tests?");
}
