/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Taking the signals over from CPython, and giving them back: see _signal.h. */
#include "_signal.h"
#include <errno.h>

/* What CPython's table has becomes ours. */
static int copy_table(void)
{
    for (int signum = 1; signum < NSIG; signum++) {
        PyObject *handler = PyObject_CallMethod(state.stock, "getsignal", "i",
                                                signum);
        if (handler == NULL)
            return -1;
        safepoint_set_handler(&state.slots[signum], handler, 0);
        Py_DECREF(handler);
    }
    return 0;
}

static int install_table(void)
{
    for (int signum = 1; signum < NSIG; signum++) {
        PyObject *handler = state.slots[signum].handler;
        if (PyCallable_Check(handler) &&
            safepoint_install(signum, handler) < 0)
            return -1;
    }
    return 0;
}

int safepoint_set_wakeup(int fd)
{
    int error = sig_context_set_wakeup_fd(state.handlers, fd, 0, NULL);
    int is_plain = error == -EINVAL;
    if (is_plain)
        error = sig_context_set_wakeup_fd(state.handlers, -1, 0, NULL);
    if (error < 0) {
        safepoint_failed(error);
        return -1;
    }
    atomic_store(&plain_fd, is_plain ? fd : -1);
    state.wakeup_fd = fd;
    return 0;
}

int safepoint_take_stock_wakeup(void)
{
    PyObject *fd = PyObject_CallMethod(state.stock, "set_wakeup_fd", "i", -1);
    long number = fd == NULL ? -2 : PyLong_AsLong(fd);
    Py_XDECREF(fd);
    return (int)number;
}

int safepoint_is_owner(void)
{
    return state.is_on && sig_context_is_owner(state.handlers) == 1;
}

/* The calling thread is the main one, and nothing wakes it yet but this. */
static int adopt(void)
{
    int error = sig_context_adopt(state.handlers);
    if (error >= 0)
        error = sig_context_adopt(state.waits);
    if (error >= 0)
        error = sig_context_blocking_begin(state.waits);
    if (error >= 0)
        error = sig_context_set_wakeup_fn(state.handlers, safepoint_wake,
                                          NULL);
    return error;
}

static void give_stock_wakeup(void)
{
    int fd = state.wakeup_fd;
    PyObject *function = PyObject_GetAttrString(state.stock, "set_wakeup_fd");
    PyObject *args = Py_BuildValue("(i)", fd);
    PyObject *keywords = Py_BuildValue("{si}", "warn_on_full_buffer",
                                       state.warn_on_full_buffer);
    PyObject *result = NULL;
    if (function != NULL && args != NULL && keywords != NULL)
        result = PyObject_Call(function, args, keywords);
    if (result == NULL)
        PyErr_Clear(); /* it was closed meanwhile */
    (void)sig_context_set_wakeup_fd(state.handlers, -1, 0, NULL);
    atomic_store(&plain_fd, -1);
    state.wakeup_fd = -1;
    Py_XDECREF(function);
    Py_XDECREF(args);
    Py_XDECREF(keywords);
    Py_XDECREF(result);
}

/* They are made once: to free them would put back what stood before, also where
 * it is to stay ignored. */
static int open_contexts(void)
{
    int error;
    if (state.handlers == NULL)
        state.handlers = sig_context_new();
    if (state.waits == NULL)
        state.waits = sig_context_new();
    if (state.handlers == NULL || state.waits == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    error = adopt();
    if (error < 0) {
        safepoint_failed(error);
        return -1;
    }
    state.is_on = 1;
    return 0;
}

/* The opposite. First of all nobody is in safepoint_wake() any more: once
 * CPython has emptied its table, PyErr_SetInterruptEx() may crash (3.11.2). */
static void hand_over(void)
{
    (void)sig_context_set_wakeup_fn(state.handlers, NULL, NULL);
    for (int signum = 1; signum < NSIG; signum++)
        if (state.slots[signum].claimed)
            safepoint_hand_back(signum);
    if (!state.is_on)
        return;
    give_stock_wakeup();
    safepoint_run_rest();
    (void)sig_context_blocking_end(state.waits);
    state.is_on = 0;
}

static int take_over(void)
{
    int fd;
    if (copy_table() < 0 || safepoint_claim(CARRIER) < 0)
        return -1;
    if (open_contexts() == 0 && (fd = safepoint_take_stock_wakeup()) != -2 &&
        safepoint_set_wakeup(fd) == 0 && install_table() == 0)
        return 0;
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    hand_over();
    PyErr_Restore(type, value, traceback);
    return -1;
}

PyDoc_STRVAR(begin_doc,
"_begin($module, with_event, /)\n--\n\n"
"Take the signals over from CPython, its handlers and its wake-up fd: True,\n"
"or False where that was done before. On the main thread.");

static PyObject *begin(PyObject *module, PyObject *with_event)
{
    (void)module;
    if (state.is_on)
        Py_RETURN_FALSE;
    if (!PyType_Check(with_event)) {
        PyErr_SetString(PyExc_TypeError, "with_event must be a type");
        return NULL;
    }
    Py_XDECREF((PyObject *)state.with_event);
    state.with_event = (PyTypeObject *)Py_NewRef(with_event);
    if (take_over() < 0)
        return NULL;
    Py_RETURN_TRUE;
}

PyMethodDef safepoint_begin = {"_begin", begin, METH_O, begin_doc};

PyDoc_STRVAR(after_fork_doc,
"_after_fork($module, /)\n--\n\n"
"In the child: the forking thread is the main one, without a wake-up fd.");

static PyObject *after_fork(PyObject *module, PyObject *unused)
{
    int error;
    (void)module;
    (void)unused;
    if (!state.is_on)
        Py_RETURN_NONE;
    state.wakeup_fd = -1;
    atomic_store(&plain_fd, -1);
    if (safepoint_is_owner())
        error = sig_context_set_wakeup_fn(state.handlers, safepoint_wake,
                                          NULL);
    else
        error = adopt();
    if (error < 0)
        return safepoint_failed(error);
    Py_RETURN_NONE;
}

PyMethodDef safepoint_after_fork = {
    "_after_fork", after_fork, METH_NOARGS, after_fork_doc,
};

PyDoc_STRVAR(at_exit_doc,
"_at_exit($module, /)\n--\n\n"
"Give CPython the signals back, which is about to end: its own rules hold then.");

static PyObject *at_exit(PyObject *module, PyObject *unused)
{
    (void)module;
    (void)unused;
    if (safepoint_is_owner())
        hand_over();
    Py_RETURN_NONE;
}

PyMethodDef safepoint_at_exit = {
    "_at_exit", at_exit, METH_NOARGS, at_exit_doc,
};
