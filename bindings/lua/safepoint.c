/* safepoint for Lua 5.1 to 5.4 and LuaJIT: README.md says how to use it, and
 * safepoint.h what each function promises.
 *
 *     cc -O2 -shared -fPIC -o safepoint.so safepoint.c \
 *         $(pkg-config --cflags --libs safepoint) $(pkg-config --cflags lua5.4)
 *
 * Each Lua state has a context of its own. A handler runs under lua_pcall, and
 * what it raised stays on the Lua stack until the library has returned: no
 * error ever jumps over the library's frames.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <lauxlib.h>
#include <limits.h>
#include <lua.h>
#include <lualib.h>
#include <math.h>
#include <poll.h>
#include <safepoint.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* What run() tells the library where a Lua function raised. A function in C may
 * return these numbers, too: see state->outcome. */
enum { FAILED = INT_MIN, RETURNED };

/* Where the module keeps its things in the registry. */
#define STATE "safepoint.state"
#define LATCH "safepoint.latch"

struct state {
    const volatile uint32_t *breaker; /* the context's; never NULL */
    sig_context *context;             /* NULL when the Lua state is closing */
    lua_State *L;     /* in a check or a wait its caller; otherwise NULL */
    lua_State *spare; /* handlers run here for C code that waits by itself */
    int dispatch;     /* in the registry: the function dispatch() */
    int handlers;     /* a table: signal's number -> function */
    int calls;        /* number -> function, and -number -> struct call */
    pid_t process;    /* whose calls they are */
    lua_Integer last; /* number of a call */
    int running;      /* handlers that are running */
    int raised;       /* a table: [1] is the value or error that was raised */
    int outcome;      /* what run() said of it; 0 where there is none */
    uint64_t oneshot; /* signals whose handler runs once */
};

/* A pending call or a timer. */
struct call {
    sig_job job;
    struct state *state;
    lua_Integer number;
    uint64_t id; /* of sig_cancel(); 0 for a pending call */
    int repeats;
};

/* What dispatch() is to run: the handler of an event, or else a call. */
struct work {
    struct state *state;
    const sig_event *event;
    const struct call *call;
};

static struct state *self(lua_State *L)
{
    return lua_touserdata(L, lua_upvalueindex(1));
}

/* ---------------------------------------------------------------------------
 * Arguments
 */

static int integer(lua_State *L, int arg, int least, int most)
{
    double n = luaL_checknumber(L, arg);
    if (!(n >= least && n <= most && n == floor(n)))
        luaL_argerror(L, arg,
                      lua_pushfstring(L, "whole number from %d to %d expected",
                                      least, most));
    return (int)n;
}

/* Seconds, from 0; nil is for ever. In nanoseconds, and never less. */
static uint64_t duration(lua_State *L, int arg)
{
    if (lua_isnoneornil(L, arg))
        return SAFEPOINT_FOREVER;
    double ns = ceil(luaL_checknumber(L, arg) * 1e9);
    luaL_argcheck(L, ns >= 0, arg, "seconds, from 0, expected");
    return ns < 18446744073709551616.0 ? (uint64_t)ns : SAFEPOINT_FOREVER;
}

/* The string at `index`; NULL where it is none, or has a zero inside, where it
 * would end for C. */
static const char *text_at(lua_State *L, int index)
{
    size_t size;
    const char *text = lua_tolstring(L, index, &size);
    return text && strlen(text) == size ? text : NULL;
}

/* The signal at `index`, by name or number. A number that is no signal's is for
 * the library to refuse. */
static int signal_at(lua_State *L, int index, int arg)
{
    if (lua_type(L, index) == LUA_TNUMBER) {
        double n = lua_tonumber(L, index);
        luaL_argcheck(L, n == floor(n) && fabs(n) <= INT_MAX, arg,
                      "a signal's number is a whole one");
        return (int)n;
    }
    const char *name = text_at(L, index);
    luaL_argcheck(L, name, arg, "a signal's name or number expected");
    int signum = sig_number(name);
    if (signum < 0)
        luaL_argerror(L, arg, lua_pushfstring(L, "no signal is called '%s'",
                                              name));
    return signum;
}

static int check_signal(lua_State *L, int arg)
{
    return signal_at(L, arg, arg);
}

/* How many are in the list. Other keys, as in {INT = true}, are refused: they
 * would do nothing. */
static int check_list(lua_State *L, int arg)
{
    int count = 0;
    luaL_checktype(L, arg, LUA_TTABLE);
    for (lua_pushnil(L); lua_next(L, arg); lua_pop(L, 1))
        count++;
    for (int i = 1; i <= count; i++) {
        lua_rawgeti(L, arg, i);
        luaL_argcheck(L, !lua_isnil(L, -1), arg,
                      "a list expected, as {\"a\", \"b\"}, and no other keys");
        lua_pop(L, 1);
    }
    return count;
}

/* A list of names and numbers. */
static uint64_t check_set(lua_State *L, int arg)
{
    uint64_t set = 0;
    int count = check_list(L, arg);
    for (int i = 1; i <= count; i++) {
        lua_rawgeti(L, arg, i);
        int signum = signal_at(L, -1, arg);
        luaL_argcheck(L, signum > 0 && signum <= 64, arg,
                      "a signal's number is from 1 to 64");
        set |= UINT64_C(1) << (signum - 1);
        lua_pop(L, 1);
    }
    return set;
}

static void push_set(lua_State *L, uint64_t set)
{
    int count = 0;
    lua_newtable(L);
    for (int signum = 1; signum <= 64; signum++)
        if (set >> (signum - 1) & 1 && sig_name(signum)) {
            lua_pushstring(L, sig_name(signum));
            lua_rawseti(L, -2, ++count);
        }
}

struct option {
    const char *name;
    int value;
};

/* The option that the string at `index` names. */
static int option(lua_State *L, int index, int arg, const struct option *all)
{
    const char *name = text_at(L, index);
    luaL_argcheck(L, name, arg, "a string expected, without zeros");
    for (; all->name; all++)
        if (strcmp(all->name, name) == 0)
            return all->value;
    return luaL_argerror(L, arg,
                         lua_pushfstring(L, "invalid option '%s'", name));
}

static const struct option flag_names[] = {
    {"restart", SAFEPOINT_RESTART},
    {"chain", SAFEPOINT_CHAIN},
    {"oneshot", SAFEPOINT_ONESHOT},
    {"queue", SAFEPOINT_QUEUE},
    {"if_default", SAFEPOINT_IF_DEFAULT},
    {"keep_ignored", SAFEPOINT_KEEP_IGNORED},
    {NULL, 0},
};

static uint32_t check_flags(lua_State *L, int arg)
{
    uint32_t flags = 0;
    if (lua_isnoneornil(L, arg))
        return 0;
    int count = check_list(L, arg);
    for (int i = 1; i <= count; i++) {
        lua_rawgeti(L, arg, i);
        flags |= (uint32_t)option(L, -1, arg, flag_names);
        lua_pop(L, 1);
    }
    return flags;
}

/* What io.open() gives has the FILE first, in each of the versions. */
static FILE *file_at(lua_State *L, int index)
{
    void *file = lua_touserdata(L, index);
    if (!file || !lua_getmetatable(L, index))
        return NULL;
    luaL_getmetatable(L, LUA_FILEHANDLE);
    int is_file = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    if (!is_file)
        return NULL;
#if LUA_VERSION_NUM >= 502
    if (!((luaL_Stream *)file)->closef)
        return NULL;
#endif
    return *(FILE **)file;
}

/* The descriptor at `index`: a number, or an open file. */
static int descriptor(lua_State *L, int index, int arg)
{
    if (lua_type(L, index) == LUA_TNUMBER) {
        double n = lua_tonumber(L, index);
        luaL_argcheck(L, n == floor(n) && fabs(n) <= INT_MAX, arg,
                      "a descriptor is a whole number");
        return (int)n;
    }
    FILE *file = file_at(L, index);
    luaL_argcheck(L, file, arg, "descriptor or open file expected");
    return fileno(file);
}

/* Numbers of Lua 5.1, 5.2 and LuaJIT are doubles: what they have no room for
 * is a string of digits there. */
static void push_value(lua_State *L, intptr_t value)
{
#if LUA_VERSION_NUM < 503
    if (value > INT64_C(1) << 53 || value < -(INT64_C(1) << 53)) {
        char digits[32];
        snprintf(digits, sizeof digits, "%" PRIdPTR, value);
        lua_pushstring(L, digits);
        return;
    }
#endif
    lua_pushinteger(L, value);
}

static intptr_t check_value(lua_State *L, int arg)
{
#if LUA_VERSION_NUM >= 503
    return (intptr_t)luaL_checkinteger(L, arg);
#else
    if (lua_type(L, arg) == LUA_TSTRING) {
        const char *digits = text_at(L, arg);
        luaL_argcheck(L, digits, arg, "digits of a 64-bit number expected");
        char *end;
        errno = 0;
        intptr_t value = strtoimax(digits, &end, 10);
        luaL_argcheck(L, end != digits && !*end && errno == 0, arg,
                      "digits of a 64-bit number expected");
        return value;
    }
    double n = luaL_checknumber(L, arg);
    luaL_argcheck(L, n == floor(n) && fabs(n) <= 9007199254740992.0, arg,
                  "whole number up to 2^53 expected, or its digits");
    return (intptr_t)n;
#endif
}

/* ---------------------------------------------------------------------------
 * Results: true, or false where something was left as it is; nil, a sentence
 * and errno's number where it failed; and behind them, where a handler ended a
 * wait, what it raised.
 */

/* Push what a Lua function returned that raised, or throw its error. What C
 * raised is a number. */
static void push_raised(lua_State *L, struct state *s, int raised)
{
    int outcome = s->outcome;
    s->outcome = 0;
    if (outcome == 0 || outcome != raised) {
        lua_pushinteger(L, raised);
        return;
    }
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->raised);
    lua_rawgeti(L, -1, 1);
    lua_pushnil(L);
    lua_rawseti(L, -3, 1);
    lua_remove(L, -2);
    if (raised == FAILED)
        lua_error(L);
}

static int fail(lua_State *L, struct state *s, long error)
{
    int raised = error == -EINTR ? sig_context_raised(s->context) : 0;
    lua_pushnil(L);
    lua_pushstring(L, sig_strerror((int)error));
    lua_pushinteger(L, -error);
    if (raised == 0)
        return 3;
    push_raised(L, s, raised);
    return 4;
}

/* 0 is done, 1 left alone. */
static int done(lua_State *L, struct state *s, long result)
{
    if (result < 0)
        return fail(L, s, result);
    lua_pushboolean(L, result == 0);
    return 1;
}

/* 1 is yes, 0 no. */
static int answer(lua_State *L, struct state *s, long result)
{
    if (result < 0)
        return fail(L, s, result);
    lua_pushboolean(L, result != 0);
    return 1;
}

static int number(lua_State *L, struct state *s, long result)
{
    if (result < 0)
        return fail(L, s, result);
    lua_pushinteger(L, result);
    return 1;
}

/* In a forked child the library has none of the calls and timers of before. */
static void forget_parents_calls(lua_State *L, struct state *s)
{
    if (s->process == getpid())
        return;
    s->process = getpid();
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->calls);
    for (lua_pushnil(L); lua_next(L, -2);) {
        lua_pop(L, 1);
        lua_pushvalue(L, -1);
        lua_pushnil(L);
        lua_rawset(L, -4);
    }
    lua_pop(L, 1);
}

/* Around each call of the library that runs handlers: they run on L. */
static lua_State *enter(struct state *s, lua_State *L)
{
    lua_State *outer = s->L;
    forget_parents_calls(L, s);
    s->L = L;
    s->outcome = 0;
    return outer;
}

static long leave(struct state *s, lua_State *outer, long result)
{
    s->L = outer;
    return result;
}

/* ---------------------------------------------------------------------------
 * What runs at a safe point
 */

static void set_integer(lua_State *L, const char *name, lua_Integer value)
{
    lua_pushinteger(L, value);
    lua_setfield(L, -2, name);
}

static void set_string(lua_State *L, const char *name, const char *value)
{
    lua_pushstring(L, value);
    lua_setfield(L, -2, name);
}

static const char *kind_name(uint32_t kind)
{
    static const char *const names[] = {
        [SAFEPOINT_EVENT_SIGNAL] = "signal",
        [SAFEPOINT_EVENT_CALL] = "call",
        [SAFEPOINT_EVENT_TIMER] = "timer",
        [SAFEPOINT_EVENT_CHILD] = "child",
        [SAFEPOINT_EVENT_INTERRUPT] = "interrupt",
    };
    return kind < sizeof names / sizeof *names ? names[kind] : NULL;
}

static void push_event(lua_State *L, const sig_event *event)
{
    lua_createtable(L, 0, 12);
    set_string(L, "kind", kind_name(event->kind));
    if (event->kind == SAFEPOINT_EVENT_SIGNAL) {
        set_string(L, "name", sig_name(event->signum));
        push_value(L, event->value);
        lua_setfield(L, -2, "value");
    }
    set_integer(L, "signum", event->signum);
    set_integer(L, "code", event->code);
    set_integer(L, "pid", event->pid);
    set_integer(L, "uid", event->uid);
    set_integer(L, "status", event->status);
    set_integer(L, "count", (lua_Integer)event->count);
    set_integer(L, "lost", (lua_Integer)event->lost);
    lua_pushnumber(L, (double)event->time / 1e9);
    lua_setfield(L, -2, "time");
}

/* The call of this number, or NULL. */
static struct call *find_call(lua_State *L, struct state *s, lua_Integer n)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->calls);
    lua_pushinteger(L, -n);
    lua_rawget(L, -2);
    struct call *call = lua_touserdata(L, -1);
    lua_pop(L, 2);
    return call;
}

/* Pop what shall be there under this number. */
static void set_call(lua_State *L, struct state *s, lua_Integer n)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->calls);
    lua_pushinteger(L, n);
    lua_pushvalue(L, -3);
    lua_rawset(L, -3);
    lua_pop(L, 2);
}

/* A call that shall run the function at `index`. It lives until forget(). */
static struct call *new_call(lua_State *L, struct state *s, int index)
{
    forget_parents_calls(L, s);
    struct call *call = lua_newuserdata(L, sizeof *call);
    *call = (struct call){.state = s, .number = ++s->last};
    set_call(L, s, -call->number);
    lua_pushvalue(L, index);
    set_call(L, s, call->number);
    return call;
}

static void forget(lua_State *L, struct state *s, lua_Integer n)
{
    lua_pushnil(L);
    set_call(L, s, n);
    lua_pushnil(L);
    set_call(L, s, -n);
}

/* Push its function; one that does not run again is gone then. */
static void take_call(lua_State *L, const struct call *call)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, call->state->calls);
    lua_pushinteger(L, call->number);
    lua_rawget(L, -2);
    lua_remove(L, -2);
    if (!call->repeats)
        forget(L, call->state, call->number);
}

/* Push its handler; one that the library has just restored is gone then. */
static void take_handler(lua_State *L, struct state *s, int signum)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->handlers);
    lua_rawgeti(L, -1, signum);
    if (s->oneshot >> (signum - 1) & 1) {
        lua_pushnil(L);
        lua_rawseti(L, -3, signum);
    }
    lua_remove(L, -2);
}

static int dispatch(lua_State *L)
{
    const struct work *work = lua_touserdata(L, 1);
    int arguments = 0;
    if (work->event) {
        take_handler(L, work->state, work->event->signum);
        push_event(L, work->event);
        arguments = 1;
    } else {
        take_call(L, work->call);
    }
    lua_call(L, arguments, 1);
    return 1;
}

/* Between the library's frames: nothing in here but the lua_pcall allocates
 * (the raised table has room for one), and so nothing can fail outside of it.
 * For C code that waits by itself what was raised is not kept. */
static int run(struct work work)
{
    struct state *s = work.state;
    lua_State *L = s->L ? s->L : s->spare;
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->dispatch);
    lua_pushlightuserdata(L, &work);
    s->running++;
    int status = lua_pcall(L, 1, 1, 0);
    s->running--;
    int raises = lua_toboolean(L, -1);
    if (lua_type(L, -1) == LUA_TNUMBER && lua_tonumber(L, -1) == 0)
        raises = 0;
    int result = status != 0 ? FAILED : raises ? RETURNED : 0;
    s->outcome = s->L ? result : 0;
    if (s->outcome != 0) {
        lua_rawgeti(L, LUA_REGISTRYINDEX, s->raised);
        lua_insert(L, -2);
        lua_rawseti(L, -2, 1);
    }
    lua_pop(L, 1);
    return result;
}

static int on_signal(const sig_event *event, void *state)
{
    return run((struct work){.state = state, .event = event});
}

static int on_call(void *arg)
{
    const struct call *call = arg;
    return run((struct work){.state = call->state, .call = call});
}

/* The number of results: 1 where something was raised. */
static int check(lua_State *L, struct state *s)
{
    lua_State *outer = enter(s, L);
    int raised = (int)leave(s, outer, sig_context_check(s->context));
    if (raised == 0)
        return 0;
    push_raised(L, s, raised);
    return 1;
}

/* ---------------------------------------------------------------------------
 * Life
 */

/* For the breaker of a state that is closing. */
static const volatile uint32_t nothing;

static int l_version(lua_State *L)
{
    lua_pushstring(L, sig_version_string());
    lua_pushinteger(L, sig_version());
    return 2;
}

static int l_context(lua_State *L)
{
    lua_pushlightuserdata(L, self(L)->context);
    return 1;
}

static int l_is_owner(lua_State *L)
{
    struct state *s = self(L);
    return answer(L, s, sig_context_is_owner(s->context));
}

static int l_adopt(lua_State *L)
{
    struct state *s = self(L);
    return done(L, s, sig_context_adopt(s->context));
}

static void use(struct state *s, sig_context *context)
{
    s->context = context;
    s->breaker = context ? sig_context_breaker(context) : &nothing;
}

static int l_fini(lua_State *L)
{
    struct state *s = self(L);
    lua_newtable(L);
    lua_newtable(L);
    sig_context *fresh = sig_context_new();
    if (!fresh)
        return fail(L, s, -ENOMEM);
    int error = sig_context_free(s->context);
    if (error < 0) {
        sig_context_free(fresh);
        return fail(L, s, error);
    }
    use(s, fresh);
    s->oneshot = 0;
    lua_rawseti(L, LUA_REGISTRYINDEX, s->handlers);
    lua_rawseti(L, LUA_REGISTRYINDEX, s->calls);
    lua_pushboolean(L, 1);
    return 1;
}

/* The state's end. Whoever closes a Lua state is alone in it, and so may take
 * the context from the thread that opened it. */
static int l_close(lua_State *L)
{
    struct state *s = lua_touserdata(L, 1);
    if (s->context && !sig_context_is_owner(s->context))
        sig_context_adopt(s->context);
    if (s->context)
        sig_context_free(s->context);
    use(s, NULL);
    return 0;
}

/* ---------------------------------------------------------------------------
 * Handlers
 */

/* The handler has to be there before the signal is, and the one before stays
 * where the signal is refused. */
static int install(lua_State *L, struct state *s, int signum, uint32_t flags)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->handlers);
    lua_rawgeti(L, -1, signum);
    lua_pushvalue(L, 2);
    lua_rawseti(L, -3, signum);
    int result = sig_context_install(s->context, signum, on_signal, s, flags);
    if (result != 0) {
        lua_rawseti(L, -2, signum);
        return result;
    }
    uint64_t bit = UINT64_C(1) << (signum - 1);
    s->oneshot &= ~bit;
    if (flags & SAFEPOINT_ONESHOT)
        s->oneshot |= bit;
    return result;
}

static int l_install(lua_State *L)
{
    struct state *s = self(L);
    int signum = check_signal(L, 1);
    luaL_checktype(L, 2, LUA_TFUNCTION);
    uint32_t flags = check_flags(L, 3);
    lua_settop(L, 2);
    return done(L, s, install(L, s, signum, flags));
}

/* Ours has gone, and with it the function. */
static int removed(lua_State *L, struct state *s, int signum, int result)
{
    if (result >= 0) {
        lua_rawgeti(L, LUA_REGISTRYINDEX, s->handlers);
        lua_pushnil(L);
        lua_rawseti(L, -2, signum);
    }
    return done(L, s, result);
}

static int l_ignore(lua_State *L)
{
    struct state *s = self(L);
    int signum = check_signal(L, 1);
    return removed(L, s, signum, sig_context_ignore(s->context, signum));
}

static int l_default(lua_State *L)
{
    struct state *s = self(L);
    int signum = check_signal(L, 1);
    return removed(L, s, signum, sig_context_default(s->context, signum));
}

static int l_restore(lua_State *L)
{
    struct state *s = self(L);
    int signum = check_signal(L, 1);
    return removed(L, s, signum, sig_context_restore(s->context, signum));
}

static int l_query(lua_State *L)
{
    static const char *const kinds[] = {"default", "ignored", "handler",
                                        "foreign"};
    struct state *s = self(L);
    int signum = check_signal(L, 1), count = 0;
    sig_disposition d;
    int error = sig_context_query(s->context, signum, &d, sizeof d);
    if (error < 0)
        return fail(L, s, error);
    lua_createtable(L, 0, 4);
    set_string(L, "kind", d.kind < 4 ? kinds[d.kind] : NULL);
    lua_pushboolean(L, d.overwritten != 0);
    lua_setfield(L, -2, "overwritten");
    if (!d.handler)
        return 1;
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->handlers);
    lua_rawgeti(L, -1, signum);
    lua_setfield(L, -3, "handler");
    lua_pop(L, 1);
    lua_newtable(L);
    for (const struct option *flag = flag_names; flag->name; flag++)
        if (d.flags & (uint32_t)flag->value) {
            lua_pushstring(L, flag->name);
            lua_rawseti(L, -2, ++count);
        }
    lua_setfield(L, -2, "flags");
    return 1;
}

static int l_verify(lua_State *L)
{
    struct state *s = self(L);
    return answer(L, s, sig_context_verify(s->context, check_signal(L, 1)));
}

static int l_set_escalation(lua_State *L)
{
    struct state *s = self(L);
    int signum = check_signal(L, 1);
    uint32_t deliveries = (uint32_t)integer(L, 2, 0, INT_MAX);
    uint64_t ns = lua_isnoneornil(L, 3) ? 0 : duration(L, 3);
    return done(L, s, sig_context_set_escalation(s->context, signum,
                                                 deliveries, ns));
}

static int l_set_restart(lua_State *L)
{
    struct state *s = self(L);
    int signum = check_signal(L, 1);
    luaL_checkany(L, 2);
    return done(L, s, sig_context_set_restart(s->context, signum,
                                              lua_toboolean(L, 2)));
}

static int l_interrupted(lua_State *L)
{
    lua_pushinteger(L, SAFEPOINT_INTERRUPTED);
    return 1;
}

/* The program `lua` has a handler of its own for SIGINT, so that IF_DEFAULT
 * would never take it. */
static int l_interpreter_defaults(lua_State *L)
{
    struct state *s = self(L);
    lua_settop(L, 1);
    lua_pushvalue(L, lua_upvalueindex(2));
    int error = install(L, s, SIGINT, SAFEPOINT_KEEP_IGNORED);
    if (error >= 0)
        error = sig_context_ignore(s->context, SIGPIPE);
    if (error >= 0)
        error = sig_context_ignore(s->context, SIGXFSZ);
    return done(L, s, error < 0 ? error : 0);
}

/* ---------------------------------------------------------------------------
 * Safe points
 */

static int l_check(lua_State *L)
{
    struct state *s = self(L);
    if (__builtin_expect(*s->breaker == 0, 1))
        return 0;
    return check(L, s);
}

/* A call of somebody's in C that next() gave out. */
static int run_foreign(lua_State *L)
{
    sig_call fn = *(sig_call *)lua_touserdata(L, lua_upvalueindex(1));
    lua_pushinteger(L, fn(lua_touserdata(L, lua_upvalueindex(2))));
    return 1;
}

static int l_next(lua_State *L)
{
    struct state *s = self(L);
    sig_event event;
    int taken = sig_context_next(s->context, &event, sizeof event);
    if (taken < 0)
        return fail(L, s, taken);
    if (taken == 0)
        return 0;
    push_event(L, &event);
    if (event.kind == SAFEPOINT_EVENT_SIGNAL) {
        take_handler(L, s, event.signum);
        lua_pop(L, 1);
    } else if (event.fn == on_call) {
        take_call(L, event.arg);
        lua_setfield(L, -2, "call");
    } else if (event.fn) {
        *(sig_call *)lua_newuserdata(L, sizeof event.fn) = event.fn;
        lua_pushlightuserdata(L, event.arg);
        lua_pushcclosure(L, run_foreign, 2);
        lua_setfield(L, -2, "call");
    }
    return 1;
}

static int l_hold(lua_State *L)
{
    struct state *s = self(L);
    return done(L, s, sig_context_hold(s->context));
}

static int l_release(lua_State *L)
{
    struct state *s = self(L);
    return done(L, s, sig_context_release(s->context));
}

/* A handler is not interrupted by the next one, as it is not without hook. */
static void hook(lua_State *L, lua_Debug *ar)
{
    (void)ar;
    lua_getfield(L, LUA_REGISTRYINDEX, STATE);
    struct state *s = lua_touserdata(L, -1);
    lua_pop(L, 1);
    if (*s->breaker != 0 && s->running == 0 && check(L, s) != 0)
        lua_error(L);
}

static int l_hook(lua_State *L)
{
    int count = integer(L, 1, 0, INT_MAX);
    if (count > 0)
        lua_sethook(L, hook, LUA_MASKCOUNT, count);
    else if (lua_gethook(L) == hook)
        lua_sethook(L, NULL, 0, 0);
    return 0;
}

/* ---------------------------------------------------------------------------
 * Calls, timers, tripping by hand
 */

static int l_call(lua_State *L)
{
    struct state *s = self(L);
    luaL_checktype(L, 1, LUA_TFUNCTION);
    struct call *call = new_call(L, s, 1);
    call->job = (sig_job)SAFEPOINT_JOB(on_call, call);
    int error = sig_context_post(s->context, &call->job);
    if (error < 0)
        forget(L, s, call->number);
    return done(L, s, error);
}

static int l_after(lua_State *L)
{
    struct state *s = self(L);
    luaL_checknumber(L, 1);
    uint64_t ns = duration(L, 1);
    luaL_checktype(L, 2, LUA_TFUNCTION);
    uint64_t every = lua_isnoneornil(L, 3) ? 0 : duration(L, 3);
    struct call *call = new_call(L, s, 2);
    call->repeats = every != 0;
    int error = sig_context_call_after(s->context, ns, every, on_call, call,
                                       &call->id);
    if (error < 0)
        forget(L, s, call->number);
    return number(L, s, error < 0 ? error : call->number);
}

/* -ENOENT is also a timer of before a fork, whose memory goes, too. */
static int l_cancel(lua_State *L)
{
    struct state *s = self(L);
    double n = luaL_checknumber(L, 1);
    int known = n >= 1 && n <= (double)s->last && n == floor(n);
    struct call *call = known ? find_call(L, s, (lua_Integer)n) : NULL;
    if (!call || call->id == 0)
        return fail(L, s, -ENOENT);
    int error = sig_cancel(call->id);
    forget(L, s, call->number);
    return done(L, s, error);
}

static int l_trip(lua_State *L)
{
    struct state *s = self(L);
    return done(L, s, sig_context_trip(s->context, check_signal(L, 1)));
}

static int l_interrupt(lua_State *L)
{
    struct state *s = self(L);
    int value = integer(L, 1, INT_MIN, INT_MAX);
    return done(L, s, sig_context_interrupt(s->context, value));
}

/* ---------------------------------------------------------------------------
 * Wake-up
 */

static int l_set_wakeup_fd(lua_State *L)
{
    struct state *s = self(L);
    int fd = lua_isnoneornil(L, 1) ? -1 : descriptor(L, 1, 1), old;
    uint32_t flags = lua_toboolean(L, 2) ? SAFEPOINT_WAKE_CALLS : 0;
    int error = sig_context_set_wakeup_fd(s->context, fd, flags, &old);
    if (error < 0)
        return fail(L, s, error);
    lua_pushinteger(L, old);
    return 1;
}

static int l_event_fd(lua_State *L)
{
    struct state *s = self(L);
    return number(L, s, sig_context_event_fd(s->context));
}

static int l_wakeup_failures(lua_State *L)
{
    struct state *s = self(L);
    int error = 0;
    int count = sig_context_wakeup_failures(s->context, &error);
    if (count <= 0)
        return number(L, s, count);
    lua_pushinteger(L, count);
    lua_pushinteger(L, error);
    return 2;
}

/* ---------------------------------------------------------------------------
 * Waits
 */

static int l_sleep(lua_State *L)
{
    struct state *s = self(L);
    uint64_t ns = duration(L, 1);
    lua_State *outer = enter(s, L);
    return done(L, s, leave(s, outer, sig_context_sleep(s->context, ns)));
}

static int l_pause(lua_State *L)
{
    struct state *s = self(L);
    lua_State *outer = enter(s, L);
    return done(L, s, leave(s, outer, sig_context_pause(s->context)));
}

static int l_read(lua_State *L)
{
    struct state *s = self(L);
    int fd = descriptor(L, 1, 1);
    size_t size = (size_t)integer(L, 2, 0, INT_MAX);
    char *buffer = lua_newuserdata(L, size ? size : 1);
    lua_State *outer = enter(s, L);
    long got = leave(s, outer, sig_context_read(s->context, fd, buffer, size));
    if (got < 0)
        return fail(L, s, got);
    lua_pushlstring(L, buffer, (size_t)got);
    return 1;
}

static int l_write(lua_State *L)
{
    struct state *s = self(L);
    size_t size;
    int fd = descriptor(L, 1, 1);
    const char *text = luaL_checklstring(L, 2, &size);
    lua_State *outer = enter(s, L);
    return number(L, s, leave(s, outer, sig_context_write(s->context, fd, text,
                                                          size)));
}

static const struct option poll_names[] = {
    {"r", POLLIN}, {"w", POLLOUT}, {"rw", POLLIN | POLLOUT}, {NULL, 0}};

/* Which of these are ready, from a table of the same keys. */
static void push_ready(lua_State *L, const struct pollfd *fds, int count,
                       int keys)
{
    lua_newtable(L);
    for (int i = 0; i < count; i++) {
        short events = fds[i].revents;
        if (!events)
            continue;
        lua_rawgeti(L, keys, i + 1);
        lua_pushfstring(L, "%s%s%s", events & POLLIN ? "r" : "",
                        events & POLLOUT ? "w" : "",
                        events & (POLLERR | POLLHUP | POLLNVAL) ? "e" : "");
        lua_rawset(L, -3);
    }
}

static int l_poll(lua_State *L)
{
    struct state *s = self(L);
    uint64_t ns = duration(L, 2);
    struct timespec time = {(time_t)(ns / 1000000000), (long)(ns % 1000000000)};
    int count = 0;
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1))
        count++;
    struct pollfd *fds = lua_newuserdata(L, (size_t)(count + 1) * sizeof *fds);
    lua_createtable(L, count, 0);
    count = 0;
    for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
        fds[count] = (struct pollfd){
            .fd = descriptor(L, -2, 1),
            .events = (short)option(L, -1, 1, poll_names)};
        lua_pushvalue(L, -2);
        lua_rawseti(L, 3, ++count);
    }
    lua_State *outer = enter(s, L);
    long ready = leave(s, outer,
                       sig_context_ppoll(s->context, fds, (unsigned long)count,
                                         ns == SAFEPOINT_FOREVER ? NULL : &time,
                                         NULL));
    if (ready <= 0)
        return answer(L, s, ready);
    push_ready(L, fds, count, 3);
    return 1;
}

static const struct option wait_names[] = {{"nohang", WNOHANG},
                                           {"untraced", WUNTRACED},
                                           {"continued", WCONTINUED},
                                           {NULL, 0}};

static int push_child(lua_State *L, long pid, int status)
{
    lua_pushinteger(L, pid);
    if (WIFEXITED(status)) {
        lua_pushstring(L, "exited");
        lua_pushinteger(L, WEXITSTATUS(status));
    } else if (WIFSIGNALED(status)) {
        lua_pushstring(L, "killed");
        lua_pushinteger(L, WTERMSIG(status));
    } else if (WIFSTOPPED(status)) {
        lua_pushstring(L, "stopped");
        lua_pushinteger(L, WSTOPSIG(status));
    } else {
        lua_pushstring(L, "continued");
        lua_pushinteger(L, SIGCONT);
    }
    return 3;
}

static int l_waitpid(lua_State *L)
{
    struct state *s = self(L);
    int pid = lua_isnoneornil(L, 1) ? -1 : integer(L, 1, INT_MIN, INT_MAX);
    int options = 0, status;
    for (int arg = 2; arg <= lua_gettop(L); arg++)
        options |= option(L, arg, arg, wait_names);
    lua_settop(L, 1);
    lua_State *outer = enter(s, L);
    long child = leave(s, outer,
                       sig_context_waitpid(s->context, pid, &status, options));
    if (child <= 0)
        return answer(L, s, child);
    return push_child(L, child, status);
}

/* blocking(f, ...): f's results. What is pending already is handled before
 * it begins. */
static int l_blocking(lua_State *L)
{
    struct state *s = self(L);
    int begun;
    luaL_checktype(L, 1, LUA_TFUNCTION);
    while ((begun = sig_context_blocking_begin(s->context)) == 1) {
        sig_context_blocking_end(s->context);
        if (check(L, s) != 0) {
            lua_pushnil(L);
            lua_pushstring(L, sig_strerror(EINTR));
            lua_pushinteger(L, EINTR);
            lua_pushvalue(L, -4);
            return 4;
        }
    }
    if (begun < 0)
        return fail(L, s, begun);
    int status = lua_pcall(L, lua_gettop(L) - 1, LUA_MULTRET, 0);
    sig_context_blocking_end(s->context);
    return status == 0 ? lua_gettop(L) : lua_error(L);
}

/* ---------------------------------------------------------------------------
 * Time
 */

static int l_now(lua_State *L)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    lua_pushnumber(L, ((double)t.tv_sec * 1e9 + (double)t.tv_nsec) / 1e9);
    return 1;
}

static int l_alarm(lua_State *L)
{
    lua_pushinteger(L, sig_alarm((unsigned)integer(L, 1, 0, INT_MAX)));
    return 1;
}

static const struct option timer_names[] = {{"real", ITIMER_REAL},
                                            {"virtual", ITIMER_VIRTUAL},
                                            {"prof", ITIMER_PROF},
                                            {NULL, 0}};

static int push_timer(lua_State *L, struct state *s, int error,
                      const sig_itimer *timer)
{
    if (error < 0)
        return fail(L, s, error);
    lua_pushnumber(L, (double)timer->value / 1e9);
    lua_pushnumber(L, (double)timer->interval / 1e9);
    return 2;
}

static int l_setitimer(lua_State *L)
{
    sig_itimer value = {.size = sizeof value}, old = {.size = sizeof old};
    int which = option(L, 1, 1, timer_names);
    luaL_checknumber(L, 2);
    value.value = duration(L, 2);
    value.interval = lua_isnoneornil(L, 3) ? 0 : duration(L, 3);
    return push_timer(L, self(L), sig_setitimer(which, &value, &old), &old);
}

static int l_getitimer(lua_State *L)
{
    sig_itimer value = {.size = sizeof value};
    int which = option(L, 1, 1, timer_names);
    return push_timer(L, self(L), sig_getitimer(which, &value), &value);
}

/* ---------------------------------------------------------------------------
 * Sending, masks, waiting for signals
 */

static int check_pid(lua_State *L, int arg)
{
    return integer(L, arg, INT_MIN, INT_MAX);
}

static int l_raise(lua_State *L)
{
    return done(L, self(L), sig_raise(check_signal(L, 1)));
}

/* Signal 0 is no name of one: it asks whether somebody is there. */
static int l_kill(lua_State *L)
{
    int pid = check_pid(L, 1);
    return done(L, self(L), sig_kill(pid, check_signal(L, 2)));
}

static int l_queue(lua_State *L)
{
    int pid = check_pid(L, 1), signum = check_signal(L, 2);
    return done(L, self(L), sig_queue(pid, signum, check_value(L, 3)));
}

static int l_pidfd_send(lua_State *L)
{
    int pidfd = descriptor(L, 1, 1);
    return done(L, self(L), sig_pidfd_send(pidfd, check_signal(L, 2)));
}

/* The mask is changed, and the old one is given, also where a handler that
 * runs in here raises: behind what fail() says. */
static int l_mask(lua_State *L)
{
    static const struct option how_names[] = {{"block", SIG_BLOCK},
                                              {"unblock", SIG_UNBLOCK},
                                              {"set", SIG_SETMASK},
                                              {NULL, 0}};
    struct state *s = self(L);
    int how = option(L, 1, 1, how_names), results = 0;
    uint64_t set = check_set(L, 2), old = 0;
    lua_State *outer = enter(s, L);
    long error = leave(s, outer, sig_context_mask(s->context, how, set, &old));
    if (error < 0)
        results = fail(L, s, error);
    push_set(L, old);
    return results + 1;
}

static int l_pending(lua_State *L)
{
    struct state *s = self(L);
    uint64_t set;
    int error = sig_context_pending(s->context, &set);
    if (error < 0)
        return fail(L, s, error);
    push_set(L, set);
    return 1;
}

static int l_wait(lua_State *L)
{
    struct state *s = self(L);
    uint64_t set = check_set(L, 1), ns = duration(L, 2);
    sig_event event;
    lua_State *outer = enter(s, L);
    long error = leave(s, outer, sig_context_wait(s->context, set, ns, &event,
                                                  sizeof event));
    if (error < 0)
        return fail(L, s, error);
    push_event(L, &event);
    return 1;
}

/* The name of the one before. */
static int l_set_kick(lua_State *L)
{
    int before = sig_set_kick(check_signal(L, 1));
    if (before < 0)
        return fail(L, self(L), before);
    lua_pushstring(L, sig_name(before));
    return 1;
}

/* ---------------------------------------------------------------------------
 * Names, counters
 */

static int l_name(lua_State *L)
{
    lua_pushstring(L, sig_name(check_signal(L, 1)));
    return 1;
}

static int l_describe(lua_State *L)
{
    lua_pushstring(L, sig_describe(check_signal(L, 1)));
    return 1;
}

static int l_number(lua_State *L)
{
    luaL_checkstring(L, 1);
    const char *name = text_at(L, 1);
    return number(L, self(L), name ? sig_number(name) : -EINVAL);
}

static int l_valid(lua_State *L)
{
    push_set(L, sig_valid());
    return 1;
}

static int l_strerror(lua_State *L)
{
    lua_pushstring(L, sig_strerror(integer(L, 1, INT_MIN, INT_MAX)));
    return 1;
}

static int l_stats(lua_State *L)
{
    struct state *s = self(L);
    sig_counters n;
    int error = sig_context_stats(s->context, &n, sizeof n);
    if (error < 0)
        return fail(L, s, error);
    lua_createtable(L, 0, 11);
    set_integer(L, "arrivals", (lua_Integer)n.arrivals);
    set_integer(L, "handled", (lua_Integer)n.handled);
    set_integer(L, "coalesced", (lua_Integer)n.coalesced);
    set_integer(L, "lost", (lua_Integer)n.lost);
    set_integer(L, "dropped", (lua_Integer)n.dropped);
    set_integer(L, "calls_run", (lua_Integer)n.calls_run);
    set_integer(L, "calls_refused", (lua_Integer)n.calls_refused);
    set_integer(L, "calls_dropped", (lua_Integer)n.calls_dropped);
    set_integer(L, "wakeups_failed", (lua_Integer)n.wakeups_failed);
    set_integer(L, "forwards", (lua_Integer)n.forwards);
    lua_createtable(L, SAFEPOINT_LATENCY_BUCKETS, 0);
    for (int i = 0; i < SAFEPOINT_LATENCY_BUCKETS; i++) {
        lua_pushinteger(L, (lua_Integer)n.latency[i]);
        lua_rawseti(L, -2, i + 1);
    }
    lua_setfield(L, -2, "latency");
    return 1;
}

/* ---------------------------------------------------------------------------
 * Latch: a userdata that is a sig_latch, for C modules that want one
 */

static sig_latch *check_latch(lua_State *L)
{
    return luaL_checkudata(L, 1, LATCH);
}

static int l_latch(lua_State *L)
{
    *(sig_latch *)lua_newuserdata(L, sizeof(sig_latch)) =
        (sig_latch)SAFEPOINT_LATCH;
    luaL_getmetatable(L, LATCH);
    lua_setmetatable(L, -2);
    return 1;
}

static int latch_set(lua_State *L)
{
    return done(L, self(L), sig_latch_set(check_latch(L)));
}

static int latch_is_set(lua_State *L)
{
    return answer(L, self(L), sig_latch_is_set(check_latch(L)));
}

static int latch_wait(lua_State *L)
{
    struct state *s = self(L);
    sig_latch *latch = check_latch(L);
    uint64_t ns = duration(L, 2);
    lua_State *outer = enter(s, L);
    return answer(L, s, leave(s, outer, sig_context_latch_wait(s->context,
                                                               latch, ns)));
}

/* ---------------------------------------------------------------------------
 * The module
 */

static const luaL_Reg functions[] = {
    {"version", l_version},
    {"context", l_context},
    {"is_owner", l_is_owner},
    {"adopt", l_adopt},
    {"fini", l_fini},
    {"install", l_install},
    {"ignore", l_ignore},
    {"default", l_default},
    {"restore", l_restore},
    {"query", l_query},
    {"verify", l_verify},
    {"set_escalation", l_set_escalation},
    {"set_restart", l_set_restart},
    {"check", l_check},
    {"next", l_next},
    {"hold", l_hold},
    {"release", l_release},
    {"hook", l_hook},
    {"call", l_call},
    {"after", l_after},
    {"cancel", l_cancel},
    {"trip", l_trip},
    {"interrupt", l_interrupt},
    {"set_wakeup_fd", l_set_wakeup_fd},
    {"event_fd", l_event_fd},
    {"wakeup_failures", l_wakeup_failures},
    {"sleep", l_sleep},
    {"pause", l_pause},
    {"read", l_read},
    {"write", l_write},
    {"poll", l_poll},
    {"waitpid", l_waitpid},
    {"blocking", l_blocking},
    {"now", l_now},
    {"alarm", l_alarm},
    {"setitimer", l_setitimer},
    {"getitimer", l_getitimer},
    {"raise", l_raise},
    {"kill", l_kill},
    {"queue", l_queue},
    {"pidfd_send", l_pidfd_send},
    {"mask", l_mask},
    {"pending", l_pending},
    {"wait", l_wait},
    {"set_kick", l_set_kick},
    {"name", l_name},
    {"describe", l_describe},
    {"number", l_number},
    {"valid", l_valid},
    {"strerror", l_strerror},
    {"stats", l_stats},
    {"latch", l_latch},
    {NULL, NULL},
};

static const luaL_Reg latch_methods[] = {
    {"set", latch_set},
    {"is_set", latch_is_set},
    {"wait", latch_wait},
    {NULL, NULL},
};

static const struct option errors[] = {
    {"EAGAIN", EAGAIN},   {"EBADF", EBADF},   {"EBUSY", EBUSY},
    {"ECHILD", ECHILD},   {"EEXIST", EEXIST}, {"EINTR", EINTR},
    {"EINVAL", EINVAL},   {"EMFILE", EMFILE}, {"ENFILE", ENFILE},
    {"ENOENT", ENOENT},   {"ENOMEM", ENOMEM}, {"ENOSYS", ENOSYS},
    {"EPERM", EPERM},     {"EPIPE", EPIPE},   {"ESRCH", ESRCH},
    {"ESTALE", ESTALE},   {"ETIMEDOUT", ETIMEDOUT}, {NULL, 0}};

/* Into the table below the state, which is on top of the stack. */
static void set_functions(lua_State *L, const luaL_Reg *all)
{
    for (; all->name; all++) {
        lua_pushvalue(L, -1);
        lua_pushcclosure(L, all->func, 1);
        lua_setfield(L, -3, all->name);
    }
}

/* Push the state. It lives in the registry until the Lua state is closed, also
 * where the module is loaded anew. */
static void push_state(lua_State *L)
{
    lua_getfield(L, LUA_REGISTRYINDEX, STATE);
    if (!lua_isnil(L, -1))
        return;
    lua_pop(L, 1);
    struct state *s = lua_newuserdata(L, sizeof *s);
    *s = (struct state){.breaker = &nothing, .process = getpid()};
    s->spare = lua_newthread(L);
    luaL_ref(L, LUA_REGISTRYINDEX);
    lua_pushcfunction(L, dispatch);
    s->dispatch = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_newtable(L);
    s->handlers = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_newtable(L);
    s->calls = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_createtable(L, 1, 0);
    s->raised = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, l_close);
    lua_setfield(L, -2, "__gc");
    lua_setmetatable(L, -2);
    lua_pushvalue(L, -1);
    lua_setfield(L, LUA_REGISTRYINDEX, STATE);
    use(s, sig_context_new());
    if (!s->context) {
        lua_pushnil(L);
        lua_setfield(L, LUA_REGISTRYINDEX, STATE);
        luaL_error(L, "safepoint: there is no room for another context");
    }
}

int luaopen_safepoint(lua_State *L)
{
    luaL_checkstack(L, 10, NULL);
    lua_createtable(L, 0, sizeof functions / sizeof *functions + 3);
    push_state(L);
    set_functions(L, functions);
    if (luaL_newmetatable(L, LATCH)) {
        lua_createtable(L, 0, 3);
        lua_pushvalue(L, -3);
        set_functions(L, latch_methods);
        lua_pop(L, 1);
        lua_setfield(L, -2, "__index");
    }
    lua_pop(L, 1);
    lua_pushcfunction(L, l_interrupted);
    lua_pushvalue(L, -1);
    lua_setfield(L, -4, "interrupted");
    lua_pushcclosure(L, l_interpreter_defaults, 2);
    lua_setfield(L, -2, "interpreter_defaults");
    lua_createtable(L, 0, sizeof errors / sizeof *errors);
    for (const struct option *e = errors; e->name; e++)
        set_integer(L, e->name, e->value);
    lua_setfield(L, -2, "errno");
    return 1;
}
