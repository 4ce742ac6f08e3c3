/* Lua 5.4 scripts that a safepoint context can stop: copy script.h and
 * script.c into your program. A script belongs to the thread that opened it.
 *
 *     cc -c script.c $(pkg-config --cflags safepoint lua5.4)
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef SCRIPT_H
#define SCRIPT_H

#include <lauxlib.h>
#include <lua.h>
#include <pthread.h>
#include <safepoint.h>

struct script {
    const char *name; /* its errors begin with it */
    sig_context *context;
    lua_State *L;
    pthread_t thread;
    int raised; /* what stopped the last run; 0 where it ended by itself */
};

/* A state with Lua's libraries and a context: 0, or a negative errno. */
int script_open(struct script *s, const char *name);

/* Run a chunk until it ends, or its context's check raises. The result, or
 * the error, is then on top of the stack. Returns Lua's status. */
int script_run(struct script *s, const char *chunk);

/* 0, or what sig_context_free() returned. */
int script_close(struct script *s);

#endif
