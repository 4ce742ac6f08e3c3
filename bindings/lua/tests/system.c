/* What the worker and the tests need, and Lua has not: fork, exec, a pipe, and
 * threads. Threads that queue calls do so as any C module can: by the context
 * that safepoint.context() gives.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <lua.h>
#include <poll.h>
#include <pthread.h>
#include <safepoint.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static int result(lua_State *L, long value)
{
    if (value < 0)
        return luaL_error(L, "%s", sig_strerror(errno));
    lua_pushinteger(L, value);
    return 1;
}

static int l_fork(lua_State *L)
{
    return result(L, fork());
}

static int l_getpid(lua_State *L)
{
    return result(L, getpid());
}

static int l_pipe(lua_State *L)
{
    int ends[2];
    result(L, pipe2(ends, O_CLOEXEC | O_NONBLOCK * lua_toboolean(L, 1)));
    lua_pushinteger(L, ends[0]);
    lua_pushinteger(L, ends[1]);
    return 2;
}

/* read_in_c(fd): a byte, as somebody's code reads it that knows no safepoint;
 * nil where it is interrupted. */
static int l_read_in_c(lua_State *L)
{
    char byte;
    if (read((int)luaL_checkinteger(L, 1), &byte, 1) < 0 && errno == EINTR)
        return 0;
    lua_pushlstring(L, &byte, 1);
    return 1;
}

/* is_readable(fd): as a poll says that knows no safepoint. */
static int l_is_readable(lua_State *L)
{
    struct pollfd fd = {.fd = (int)luaL_checkinteger(L, 1), .events = POLLIN};
    lua_pushboolean(L, poll(&fd, 1, 0) == 1);
    return 1;
}

static int l_close(lua_State *L)
{
    return result(L, close((int)luaL_checkinteger(L, 1)));
}

/* spawn(program, ...): the child's pid. */
static int l_spawn(lua_State *L)
{
    const char *arguments[8] = {luaL_checkstring(L, 1)};
    luaL_argcheck(L, lua_gettop(L) < 8, 8, "too many");
    for (int i = 1; i < lua_gettop(L); i++)
        arguments[i] = luaL_checkstring(L, i + 1);
    pid_t pid = fork();
    if (pid == 0) {
        execvp(arguments[0], (char **)arguments);
        _exit(127);
    }
    return result(L, pid);
}

/* stands_elsewhere(signal, handled): what another library would have put
 * there: a handler that does nothing, or SIG_IGN. */
static void do_nothing(int signum)
{
    (void)signum;
}

static int l_stands_elsewhere(lua_State *L)
{
    int signum = sig_number(luaL_checkstring(L, 1));
    signal(signum, lua_toboolean(L, 2) ? do_nothing : SIG_IGN);
    return 0;
}

static void start(lua_State *L, pthread_t *thread, void *(*run)(void *),
                  void *arg)
{
    if (pthread_create(thread, NULL, run, arg) != 0)
        luaL_error(L, "no thread to be had");
}

/* What f(...) gives on another thread, which has the Lua state to itself:
 * this one only waits. */
static void *call_it(void *L)
{
    int status = lua_pcall(L, lua_gettop(L) - 1, LUA_MULTRET, 0);
    return status == 0 ? NULL : L;
}

static int l_on_another_thread(lua_State *L)
{
    pthread_t thread;
    void *failed;
    luaL_checktype(L, 1, LUA_TFUNCTION);
    start(L, &thread, call_it, L);
    pthread_join(thread, &failed);
    return failed ? lua_error(L) : lua_gettop(L);
}

/* Threads that queue numbered calls. */
struct queue {
    sig_context *context;
    pthread_t owner;
    int threads, count;
    struct sender {
        struct queue *queue;
        pthread_t thread;
        int next; /* as the calls run */
        int failed;
    } *senders;
    struct numbered {
        struct sender *sender;
        int number;
    } *calls;
    int ran, in_order, on_owner;
};

static int called(void *arg)
{
    struct numbered *call = arg;
    struct queue *q = call->sender->queue;
    q->ran++;
    q->in_order &= call->number == call->sender->next++;
    q->on_owner &= pthread_equal(pthread_self(), q->owner) != 0;
    return 0;
}

static void *send_calls(void *arg)
{
    struct sender *sender = arg;
    struct queue *q = sender->queue;
    struct numbered *call = q->calls + (sender - q->senders) * q->count;
    for (int i = 0; i < q->count; i++) {
        int error;
        call[i] = (struct numbered){sender, i};
        while ((error = sig_context_add_pending_call(q->context, called,
                                                     &call[i])) == -EAGAIN)
            sched_yield();
        if (error < 0)
            sender->failed = error;
    }
    return NULL;
}

/* queue(context, threads, count): start the threads. One queue at a time. */
static struct queue queue;

static int l_queue(lua_State *L)
{
    int threads = (int)luaL_checkinteger(L, 2);
    int count = (int)luaL_checkinteger(L, 3);
    queue = (struct queue){.context = lua_touserdata(L, 1),
                           .owner = pthread_self(),
                           .threads = threads,
                           .count = count,
                           .in_order = 1,
                           .on_owner = 1};
    queue.senders = calloc((size_t)threads, sizeof *queue.senders);
    queue.calls = calloc((size_t)threads * (size_t)count, sizeof *queue.calls);
    if (!queue.senders || !queue.calls)
        return luaL_error(L, "not enough memory");
    for (int i = 0; i < threads; i++) {
        queue.senders[i].queue = &queue;
        start(L, &queue.senders[i].thread, send_calls, &queue.senders[i]);
    }
    return 0;
}

/* How many of its calls have run so far. */
static int l_queue_ran(lua_State *L)
{
    return result(L, queue.ran);
}

/* Once all have run: whether in each thread's order, and on the owner. */
static int l_queue_end(lua_State *L)
{
    for (int i = 0; i < queue.threads; i++) {
        pthread_join(queue.senders[i].thread, NULL);
        if (queue.senders[i].failed)
            return luaL_error(L, "%s", sig_strerror(queue.senders[i].failed));
    }
    free(queue.senders);
    free(queue.calls);
    lua_pushboolean(L, queue.in_order);
    lua_pushboolean(L, queue.on_owner);
    return 2;
}

/* raise_from_thread(context, n): another thread queues a call that raises. */
static int raises(void *number)
{
    return (int)(intptr_t)number;
}

struct raising {
    sig_context *context;
    intptr_t number;
};

static void *send_raising(void *arg)
{
    struct raising *r = arg;
    intptr_t error = sig_context_add_pending_call(r->context, raises,
                                                  (void *)r->number);
    return (void *)error;
}

static int l_raise_from_thread(lua_State *L)
{
    struct raising r = {lua_touserdata(L, 1), luaL_checkinteger(L, 2)};
    pthread_t thread;
    void *error;
    start(L, &thread, send_raising, &r);
    pthread_join(thread, &error);
    return error ? luaL_error(L, "%s", sig_strerror((int)(intptr_t)error)) : 0;
}

/* check_in_c(context): what a C module gets that checks by itself. */
static int l_check_in_c(lua_State *L)
{
    lua_pushinteger(L, sig_context_check(lua_touserdata(L, 1)));
    return 1;
}

/* raise_and_check_in_a_call(context, signal): a call is pending then that lets
 * nobody know what its own check gave. */
static struct {
    sig_context *context;
    int signum;
} in_a_call;

static int raise_and_check(void *unused)
{
    (void)unused;
    sig_raise(in_a_call.signum);
    sig_context_check(in_a_call.context);
    return 0;
}

static int l_raise_and_check_in_a_call(lua_State *L)
{
    in_a_call.context = lua_touserdata(L, 1);
    in_a_call.signum = sig_number(luaL_checkstring(L, 2));
    int error = sig_context_add_pending_call(in_a_call.context, raise_and_check,
                                             NULL);
    lua_pushboolean(L, error == 0);
    return 1;
}

/* end_blocking_in_c(context): -EINVAL where nothing has begun. */
static int l_end_blocking_in_c(lua_State *L)
{
    lua_pushinteger(L, sig_context_blocking_end(lua_touserdata(L, 1)));
    return 1;
}

int luaopen_system(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"fork", l_fork},
        {"getpid", l_getpid},
        {"pipe", l_pipe},
        {"read_in_c", l_read_in_c},
        {"is_readable", l_is_readable},
        {"close", l_close},
        {"spawn", l_spawn},
        {"stands_elsewhere", l_stands_elsewhere},
        {"on_another_thread", l_on_another_thread},
        {"queue", l_queue},
        {"queue_ran", l_queue_ran},
        {"queue_end", l_queue_end},
        {"raise_from_thread", l_raise_from_thread},
        {"check_in_c", l_check_in_c},
        {"raise_and_check_in_a_call", l_raise_and_check_in_a_call},
        {"end_blocking_in_c", l_end_blocking_in_c},
        {NULL, NULL},
    };
    lua_newtable(L);
    for (const luaL_Reg *f = functions; f->name; f++) {
        lua_pushcfunction(L, f->func);
        lua_setfield(L, -2, f->name);
    }
    return 1;
}
