/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * safepoint._signal: what stands in the place of CPython's module _signal.
 *
 *   _signal.c        the module: the functions that are not CPython's own
 *   _signal_begin.c  taking the signals over from CPython, and giving them back
 *   _signal_table.c  the table of handlers, and how a signal comes to one
 *   _signal.h        what both need
 *
 * Two contexts of the library's, and CPython's own table:
 *
 *   handlers  has the dispositions. An arrival is recorded there, and wake()
 *             trips CARRIER by PyErr_SetInterruptEx(). CPython then calls run(),
 *             which stands for CARRIER in CPython's table, on the main thread:
 *             between two bytecodes, and in C that waits.
 *   waits     is always within sig_context_blocking_begin(). An interrupt of it
 *             ends whatever the main thread waits in, also where another thread
 *             took the signal, or it came just before the system call.
 *
 * run() stands in CPython's table for each signal, too, that has had a handler.
 * For such a one it is called where somebody else has called
 * PyErr_SetInterruptEx(): a simulated signal.
 *
 * CPython's functions that do not touch the table are taken over as they are;
 * and where a call is wrong, CPython's own is made, for its very error. */
#ifndef SAFEPOINT_SIGNAL_H
#define SAFEPOINT_SIGNAL_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <safepoint.h>
#include <signal.h>
#include <stdatomic.h>

/* Linux never sends it. Only its place in CPython's table is taken. */
#define CARRIER SIGSTKFLT

/* What Python knows of each signal. */
struct slot {
    PyObject *handler; /* as signal() was given it; None is not Python's */
    char runs; /* it is a callable, and the library has ours there */
    char asks; /* it is a with_event */
    char claimed; /* CPython's table has run() there */
    char foreign; /* a C handler stood there before ours */
};

/* All of it belongs to the main thread, under the GIL. */
extern struct signal_state {
    sig_context *handlers, *waits; /* NULL at first */
    int is_on; /* between _begin() and _at_exit() */
    void *module; /* ours */
    PyObject *stock; /* CPython's */
    PyObject *interrupt_main; /* of CPython's module _thread */
    PyObject *trip_watched; /* of safepoint._native: for its waits */
    PyObject *runner; /* run(), as a callable */
    PyTypeObject *with_event; /* of handlers that ask for an event */
    PyTypeObject *event; /* what they are given */
    struct slot slots[NSIG];
    int wakeup_fd, warn_on_full_buffer; /* as set_wakeup_fd() was given them */
} state;

/* What the library does not take as a wake-up descriptor (no pipe, socket or
 * eventfd that can be written to) CPython does, and says what is wrong with it
 * when a signal comes. It is written to as it is; -1 is none. */
extern atomic_int plain_fd;

/* The OSError of a negative errno. NULL. */
PyObject *safepoint_failed(int error);

/* Whether the caller is the main thread, between _begin() and _at_exit(). */
int safepoint_is_owner(void);

/* _begin(with_event), _after_fork(), _at_exit(). */
extern PyMethodDef safepoint_begin, safepoint_after_fork, safepoint_at_exit;

/* Have a descriptor written to that CPython's own set_wakeup_fd() has found to be
 * good: 0; or -1, and an exception. */
int safepoint_set_wakeup(int fd);

/* Take CPython's own away: which it was; -2 is an exception. */
int safepoint_take_stock_wakeup(void);

/* What is called on arrival. */
void safepoint_wake(int signum, void *arg);

/* run(signum, frame), in CPython's table. */
extern PyMethodDef safepoint_run;

/* 0; or -1, and an exception. */
int safepoint_claim(int signum);
int safepoint_look(int signum);
int safepoint_install(int signum, PyObject *handler);
int safepoint_install_plain(int signum, PyObject *handler);

/* CPython has the signal again: in its table, and in the kernel, where there is a
 * handler. */
void safepoint_hand_back(int signum);
void safepoint_run_rest(void);

/* With a new reference to `handler`. */
void safepoint_set_handler(struct slot *slot, PyObject *handler, int runs);

#endif
