/* How a safepoint context stops a Lua script: see script.h and README.md.
 *
 *     cc -c script.c $(pkg-config --cflags safepoint lua5.4)
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#define _GNU_SOURCE
#include "script.h"
#include <errno.h>
#include <lualib.h>
#include <signal.h>
#include <stdatomic.h>

/* Sent to a thread to have its scripts look. Any that nobody else uses, but
 * no real-time signal: those can be refused. */
#define KICK SIGUSR2

/* The scripts and coroutines that run on this thread, the innermost first:
 * lua_sethook() is for one coroutine, and Lua does not say which one runs. */
struct running {
    lua_State *L;
    struct running *below;
};
static _Thread_local _Atomic(struct running *) running;

static void hook(lua_State *L, lua_Debug *ar);

static void trip(lua_State *L)
{
    lua_sethook(L, hook,
                LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT, 1);
}

/* All of them, since a coroutine that is about to end runs no hook. */
static void kicked(int signum)
{
    (void)signum;
    for (struct running *r = running; r; r = r->below)
        trip(r->L);
}

/* lua_sethook() goes through the frames of a state. A signal handler may call
 * it on the thread that runs the state, but on no other: the frames may be
 * freed under it. This runs on any thread. */
static void wake(int signum, void *arg)
{
    const struct script *s = arg;
    (void)signum;
    pthread_kill(s->thread, KICK);
}

/* Before each instruction, once tripped. Unhooks before it checks, so that
 * what comes too late for the check trips it anew; and stays where something
 * was raised, so that a script that catches the error gets no further. */
static void hook(lua_State *L, lua_Debug *ar)
{
    struct script *s = *(struct script **)lua_getextraspace(L);
    (void)ar;
    if (s->raised == 0) {
        lua_sethook(L, NULL, 0, 0);
        s->raised = sig_context_check(s->context);
        if (s->raised == 0)
            return;
        trip(L);
    }
    lua_pushfstring(L, "%s: stopped by %d", s->name, s->raised);
    lua_error(L);
}

static void enter(struct running *here, lua_State *L)
{
    here->L = L;
    here->below = running;
    atomic_store_explicit(&running, here, memory_order_release);
}

static void leave(const struct running *here)
{
    atomic_store_explicit(&running, here->below, memory_order_release);
}

/* As enter(); `from` is hooked where a kick came just before that. */
static void enter_from(struct running *here, lua_State *L, lua_State *from)
{
    enter(here, L);
    if (lua_gethook(from))
        trip(L);
}

/* Every lua_resume() of the program has to go through here. The number of
 * results, or -1; they, or the error, are on the stack of `from`. */
static int resume(lua_State *L, lua_State *from, int arguments)
{
    struct running here;
    int results;

    if (!lua_checkstack(L, arguments)) {
        lua_pushliteral(from, "too many arguments to resume");
        return -1;
    }
    lua_xmove(from, L, arguments);
    enter_from(&here, L, from);
    int status = lua_resume(L, from, arguments, &results);
    leave(&here);
    if (status != LUA_OK && status != LUA_YIELD) {
        lua_xmove(L, from, 1);
        return -1;
    }
    if (!lua_checkstack(from, results + 1)) {
        lua_pop(L, results);
        lua_pushliteral(from, "too many results to resume");
        return -1;
    }
    lua_xmove(L, from, results);
    return results;
}

/* And every lua_resetthread(): it calls __close. */
static int reset(lua_State *L, lua_State *from)
{
    struct running here;
    enter_from(&here, L, from);
    int status = lua_resetthread(L);
    leave(&here);
    if (status != LUA_OK)
        lua_xmove(L, from, 1);
    return status;
}

/* Lua's own library, with these two in it. */

static lua_State *coroutine(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTHREAD);
    return lua_tothread(L, 1);
}

static int coroutine_resume(lua_State *L)
{
    int results = resume(coroutine(L), L, lua_gettop(L) - 1);
    int count = results < 0 ? 1 : results;
    lua_pushboolean(L, results >= 0);
    lua_insert(L, -(count + 1));
    return count + 1;
}

static int coroutine_close(lua_State *L)
{
    lua_State *co = coroutine(L);
    lua_Debug frame;
    if (co == L || (lua_status(co) == LUA_OK && lua_getstack(co, 0, &frame)))
        return luaL_error(L, "cannot close a running coroutine");
    int ok = reset(co, L) == LUA_OK;
    lua_pushboolean(L, ok);
    lua_insert(L, ok ? -1 : -2);
    return ok ? 1 : 2;
}

static int wrapped(lua_State *L)
{
    lua_State *co = lua_tothread(L, lua_upvalueindex(1));
    int results = resume(co, L, lua_gettop(L));
    if (results >= 0)
        return results;
    int status = lua_status(co);
    if (status != LUA_OK && status != LUA_YIELD)
        status = reset(co, L);
    if (status != LUA_ERRMEM && lua_type(L, -1) == LUA_TSTRING) {
        luaL_where(L, 1);
        lua_insert(L, -2);
        lua_concat(L, 2);
    }
    return lua_error(L);
}

static int coroutine_wrap(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_State *co = lua_newthread(L);
    lua_pushvalue(L, 1);
    lua_xmove(L, co, 1);
    lua_pushcclosure(L, wrapped, 1);
    return 1;
}

/* xpcall's message handler. Lua runs it where the error is raised, for ours
 * in the hook, and in there no hook runs: it could not be stopped. */
static int message(lua_State *L)
{
    const struct script *s = *(struct script **)lua_getextraspace(L);
    if (s->raised == 0) {
        lua_pushvalue(L, lua_upvalueindex(1));
        lua_insert(L, 1);
        lua_call(L, 1, 1);
    }
    return 1;
}

static int finish(lua_State *L, int status, lua_KContext below)
{
    if (status == LUA_OK || status == LUA_YIELD)
        return lua_gettop(L) - (int)below;
    lua_pushboolean(L, 0);
    lua_insert(L, -2);
    return 2;
}

static int xpcall(lua_State *L)
{
    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_pushvalue(L, 2);
    lua_pushcclosure(L, message, 1);
    lua_replace(L, 2);
    lua_pushboolean(L, 1);
    lua_pushvalue(L, 1);
    lua_rotate(L, 3, 2);
    int arguments = lua_gettop(L) - 4;
    return finish(L, lua_pcallk(L, arguments, LUA_MULTRET, 2, 2, finish), 2);
}

static int prepare(lua_State *L)
{
    static const luaL_Reg functions[] = {{"resume", coroutine_resume},
                                         {"close", coroutine_close},
                                         {"wrap", coroutine_wrap},
                                         {NULL, NULL}};
    luaL_openlibs(L);
    lua_register(L, "xpcall", xpcall);
    lua_getglobal(L, "coroutine");
    luaL_setfuncs(L, functions, 0);
    lua_getglobal(L, "debug");
    lua_pushnil(L); /* it would unhook us */
    lua_setfield(L, -2, "sethook");
    return 0;
}

int script_open(struct script *s, const char *name)
{
    /* No SA_RESTART: a script that waits in a read is to stop, too. */
    struct sigaction kick = {.sa_handler = kicked};
    *s = (struct script){.name = name, .thread = pthread_self()};
    if (sigaction(KICK, &kick, NULL) != 0)
        return -errno;
    s->L = luaL_newstate();
    s->context = sig_context_new();
    if (s->L && s->context) {
        /* Each coroutine gets a copy. */
        *(struct script **)lua_getextraspace(s->L) = s;
        lua_pushcfunction(s->L, prepare);
        if (lua_pcall(s->L, 0, 0, 0) == LUA_OK)
            return 0;
    }
    script_close(s);
    return -ENOMEM;
}

int script_run(struct script *s, const char *chunk)
{
    int error, status = luaL_loadstring(s->L, chunk);
    if (status != LUA_OK)
        return status;
    struct running here = {s->L, running};
    enter(&here, s->L);
    s->raised = 0;
    /* What is pending already kicks in here. */
    error = sig_context_set_wakeup_fn(s->context, wake, s);
    if (error < 0) {
        lua_pushstring(s->L, sig_strerror(error));
        status = LUA_ERRRUN;
    } else {
        status = lua_pcall(s->L, 0, 1, 0);
        while (sig_context_set_wakeup_fn(s->context, NULL, NULL) == -EBUSY)
            ; /* somebody is slow to leave wake() */
    }
    leave(&here); /* a kick that is still under way finds nothing */
    lua_sethook(s->L, NULL, 0, 0);
    return status;
}

int script_close(struct script *s)
{
    if (s->L)
        lua_close(s->L);
    return s->context ? sig_context_free(s->context) : 0;
}
