/* What the files of safepoint._native share. The GIL guards all of it, and
 * whatever is declared here is called with the GIL held, but for the functions
 * that the library calls, run_handler() and so on, which take it.
 *
 * A handler that raises a Python exception leaves it set in its thread's state,
 * and returns a number; whoever called the library finds it there. The library
 * runs nothing in between.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef SAFEPOINT_PYTHON_NATIVE_H
#define SAFEPOINT_PYTHON_NATIVE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <errno.h>
#include <safepoint.h>
#include <string.h>

typedef struct {
    PyObject_HEAD
    sig_context *handle;
    const volatile uint32_t *breaker;
    int closed;
} Context;

/* _entries.c: what the library is to call */

int entries_ready(void); /* -1 with an exception */
extern volatile int entries_closed; /* Python ends: touch nothing of it */

/* Replace, return (borrowed, may be NULL) or forget the (callable, flags) of a
 * signal. */
int handler_set(sig_context *handle, int signum, PyObject *entry);
PyObject *handler_of(sig_context *handle, int signum);
void handler_drop(sig_context *handle, int signum);

/* A callable waits to be called: its number, for run_call(); 0 is an exception.
 * `repeats` where it stays until it is dropped. */
uint64_t call_keep(sig_context *handle, PyObject *callable, int repeats);
int call_set_timer(uint64_t number, uint64_t timer);
int call_timer(uint64_t number, uint64_t *timer); /* 0: there is none */
PyObject *call_take(uint64_t number); /* NULL, no exception: there is none */
void call_drop(uint64_t number);

void entries_drop(sig_context *handle); /* its handlers and its calls */
PyObject *entries_forked(PyObject *, PyObject *);
PyObject *entries_close(PyObject *, PyObject *);

/* _run.c: what it calls, and what its calls end in */

PyObject *use_types(PyObject *, PyObject *args);
int run_handler(const sig_event *event, void *unused);
int run_call(void *number);
int run_python(const sig_event *event, void *unused); /* PyErr_CheckSignals */

PyObject *event_object(const sig_event *event);

/* The exception for a negative errno, always NULL. */
PyObject *failed(long error);
/* None, and True where a result is 0, unless it is an error. */
PyObject *done(long result);
PyObject *took(long result);
/* After a check: None, or NULL and what was raised. */
PyObject *checked(int raised);
/* After a wait that failed, as the system call says: always NULL. The path may
 * be NULL. */
PyObject *ended(Context *context, long error);
PyObject *ended_at(Context *context, long error, PyObject *path);
/* After a wait: None, or its result. */
PyObject *over(Context *context, long result);
PyObject *counted(Context *context, long result);

/* _arguments.c, for "O&": a signal by number or name; seconds, None being for ever. */
int to_signum(PyObject *object, void *signum);
int to_ns(PyObject *object, void *ns);
int to_fd(PyObject *object, void *fd);
int to_unsigned(PyObject *object, void *number); /* 32 bits */

/* The rest */

extern PyTypeObject *context_type, *latch_type;
extern PyMethodDef point_methods[], wait_methods[], file_methods[];
PyObject *native_valid(PyObject *, PyObject *); /* a list of numbers */
PyTypeObject *context_ready(void);
int context_end(Context *context);
PyObject *context_become_main(PyObject *, PyObject *context);
PyTypeObject *latch_ready(void);
sig_latch *latch_of(PyObject *object); /* NULL with a TypeError */
PyObject *interrupted(void); /* borrowed: stands for sig_interrupted() */
PyObject *latch_waited(Context *context, PyObject *latch, uint64_t ns);

/* _watch.c: Python's own handlers, within a wait */

typedef struct Watch {
    sig_context *handle; /* to wait with */
    uint64_t signals;    /* that are watched until watch_end() */
    unsigned long thread;
    struct Watch *around; /* of a wait whose handler is in this one */
} Watch;

int watch_begin(Watch *watch, Context *context); /* -1 with an exception */
int watch_again(void); /* a handler has run; -1 with an exception */
void watch_end(const Watch *watch);
void watch_forked(void);
void unwatch(sig_context *handle, int signum);
PyObject *trip_watched(PyObject *, PyObject *signum);

/* A call of the library in which handlers may run, and others meanwhile. */
#define WITHOUT_GIL(statement)                                               \
    do {                                                                     \
        Py_BEGIN_ALLOW_THREADS statement;                                    \
        Py_END_ALLOW_THREADS                                                 \
    } while (0)

/* result = function(handle, ...), a wait of `self`. */
#define WAIT(function, ...)                                                  \
    do {                                                                     \
        Watch watch;                                                         \
        result = -EINTR;                                                     \
        if (watch_begin(&watch, self) < 0)                                   \
            break;                                                           \
        WITHOUT_GIL(result = function(watch.handle, ##__VA_ARGS__));         \
        watch_end(&watch);                                                   \
    } while (0)

#endif
