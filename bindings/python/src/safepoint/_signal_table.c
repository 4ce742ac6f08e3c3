/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The table of handlers, and how a signal comes to one: see _signal.h. */
#include "_signal.h"
#include <errno.h>
#include <unistd.h>

struct signal_state state = {.wakeup_fd = -1, .warn_on_full_buffer = 1};
atomic_int plain_fd = -1;
static atomic_int plain_error;

PyObject *safepoint_failed(int error)
{
    errno = -error;
    return PyErr_SetFromErrno(PyExc_OSError);
}

/* ---- Arrival: in a signal handler, on any thread ---- */

/* Whether system calls that the signal interrupts go on: siginterrupt(). */
static int restarts(int signum)
{
    struct sigaction now;
    return sigaction(signum, NULL, &now) == 0 && (now.sa_flags & SA_RESTART);
}

static void trip(int and_end_waits)
{
    (void)PyErr_SetInterruptEx(CARRIER);
    if (and_end_waits)
        (void)sig_context_interrupt(state.waits, 1);
}

void safepoint_wake(int signum, void *arg)
{
    int fd = atomic_load(&plain_fd);
    unsigned char byte = (unsigned char)signum;
    (void)arg;
    trip(!restarts(signum));
    if (fd >= 0 && write(fd, &byte, 1) < 0)
        atomic_store(&plain_error, errno);
}

/* ---- Handling: on the main thread ---- */

static PyObject *new_event(const sig_event *event)
{
    PyObject *fields = Py_BuildValue(
        "((iiiIinKKK))", event->signum, event->code, event->pid, event->uid,
        event->status, (Py_ssize_t)event->value,
        (unsigned long long)event->count, (unsigned long long)event->lost,
        (unsigned long long)event->time);
    PyObject *result = fields == NULL ? NULL
        : PyObject_CallObject((PyObject *)state.event, fields);
    Py_XDECREF(fields);
    return result;
}

static int run_handler(const sig_event *event, void *user)
{
    const struct slot *slot = &state.slots[event->signum];
    PyObject *handler, *signum, *extra = NULL, *result = NULL;
    (void)user;
    if (!slot->runs)
        return 0;
    handler = Py_NewRef(slot->handler); /* it may set another */
    signum = PyLong_FromLong(event->signum);
    if (slot->asks)
        extra = new_event(event);
    if (signum != NULL && (extra != NULL || !slot->asks))
        result = PyObject_CallFunctionObjArgs(
            handler, signum, (PyObject *)event->frame, extra, NULL);
    Py_XDECREF(signum);
    Py_XDECREF(extra);
    Py_DECREF(handler);
    if (result == NULL)
        return 1;
    Py_DECREF(result);
    return 0;
}

/* The type of what sys.unraisablehook() takes, which has no name anywhere: what
 * it is called with says it. */
static PyObject *see_type(PyObject *seen, PyObject *args)
{
    if (PyList_Append(seen, (PyObject *)Py_TYPE(args)) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyMethodDef see_type_method = {"see_type", see_type, METH_O, NULL};

/* A new reference; NULL where there is none. */
static PyObject *unraisable_type(void)
{
    PyObject *hook = Py_XNewRef(PySys_GetObject("unraisablehook"));
    PyObject *seen = PyList_New(0), *type = NULL;
    PyObject *see = seen == NULL ? NULL
        : PyCFunction_New(&see_type_method, seen);
    if (see != NULL && PySys_SetObject("unraisablehook", see) == 0) {
        PyErr_SetNone(PyExc_OSError);
        PyErr_WriteUnraisable(NULL);
        PySys_SetObject("unraisablehook", hook);
    }
    if (seen != NULL)
        type = Py_XNewRef(PyList_GetItem(seen, 0)); /* borrowed */
    Py_XDECREF(see);
    Py_XDECREF(seen);
    Py_XDECREF(hook);
    return type;
}

/* With a traceback that says where the main thread is. */
static PyObject *unraisable_args(int error, PyObject *frame)
{
    PyObject *hook_type = unraisable_type();
    PyObject *type, *value, *traceback, *args = NULL;
    errno = error;
    PyErr_SetFromErrno(PyExc_OSError);
    if (frame != Py_None)
        PyTraceBack_Here((PyFrameObject *)frame);
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    if (hook_type != NULL)
        args = PyObject_CallFunction(
            hook_type, "((OOOsO))", type, value,
            traceback == NULL ? Py_None : traceback,
            "Exception ignored when trying to write to the signal wakeup fd",
            Py_None);
    Py_XDECREF(hook_type);
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
    return args;
}

/* What CPython says of it, in the same words. */
static void report_wakeup_failure(PyObject *frame)
{
    int error = 0;
    PyObject *args, *hook, *result = NULL;
    if (sig_context_wakeup_failures(state.handlers, &error) <= 0)
        error = atomic_exchange(&plain_error, 0);
    if (error == 0 || (error == EAGAIN && !state.warn_on_full_buffer))
        return;
    args = unraisable_args(error, frame);
    hook = PySys_GetObject("unraisablehook"); /* borrowed */
    if (args != NULL && hook != NULL)
        result = PyObject_CallFunctionObjArgs(hook, args, NULL);
    if (PyErr_Occurred())
        PyErr_WriteUnraisable(hook);
    Py_XDECREF(result);
    Py_XDECREF(args);
}

/* The interrupt that has ended a wait is over, and its kicks are. From here on
 * the next one counts, also for what the handlers wait in. */
static void wait_anew(void)
{
    (void)sig_context_blocking_end(state.waits);
    (void)sig_context_check(state.waits);
    (void)sig_context_blocking_begin(state.waits);
}

static PyObject *run(PyObject *module, PyObject *args)
{
    int signum, raised;
    PyObject *frame;
    (void)module;
    if (!PyArg_ParseTuple(args, "iO:run", &signum, &frame))
        return NULL;
    if (!state.is_on)
        Py_RETURN_NONE;
    if (signum != CARRIER)
        (void)sig_context_trip(state.handlers, signum);
    wait_anew();
    report_wakeup_failure(frame);
    raised = sig_context_check_frame(state.handlers, frame);
    if (*sig_context_breaker(state.handlers) != 0)
        trip(1); /* what is left has had its wake-up */
    if (raised != 0)
        return NULL;
    Py_RETURN_NONE;
}

PyMethodDef safepoint_run = {"run", run, METH_VARARGS, NULL};

/* ---- The table ---- */

/* Have `handler` in CPython's own table. CPython's C handler stands in the
 * kernel then: where it is not to stay, what it gets is a simulated signal. */
static int put_in_stock(int signum, PyObject *handler, int stays)
{
    struct sigaction before;
    int known = !stays && sigaction(signum, NULL, &before) == 0;
    PyObject *result = PyObject_CallMethod(state.stock, "signal", "iO", signum,
                                           handler);
    if (result == NULL)
        return -1;
    Py_DECREF(result);
    if (known)
        (void)sigaction(signum, &before, NULL);
    return 0;
}

/* For simulated signals. */
int safepoint_claim(int signum)
{
    struct slot *slot = &state.slots[signum];
    if (!slot->claimed && put_in_stock(signum, state.runner, 0) < 0)
        return -1;
    slot->claimed = 1;
    return 0;
}

void safepoint_hand_back(int signum)
{
    struct slot *slot = &state.slots[signum];
    PyObject *handler = slot->handler == Py_None
        ? PyObject_GetAttrString(state.stock, "SIG_DFL")
        : Py_NewRef(slot->handler);
    if (handler == NULL || put_in_stock(signum, handler, slot->runs) < 0)
        PyErr_WriteUnraisable(state.stock);
    Py_XDECREF(handler);
    slot->claimed = 0;
}

/* What came before the signals were handed back. */
void safepoint_run_rest(void)
{
    wait_anew();
    while (*sig_context_breaker(state.handlers) != 0)
        if (sig_context_check_frame(state.handlers, Py_None) != 0)
            PyErr_WriteUnraisable(state.runner);
}

void safepoint_set_handler(struct slot *slot, PyObject *handler, int runs)
{
    PyObject *old = slot->handler;
    slot->handler = Py_NewRef(handler);
    slot->runs = (char)runs;
    slot->asks = PyType_IsSubtype(Py_TYPE(handler), state.with_event) != 0;
    Py_XDECREF(old); /* it may run anything */
}

/* Somebody may have changed it behind Python's back. The main thread alone can
 * ask; the others are told what was known last. */
int safepoint_look(int signum)
{
    struct slot *slot = &state.slots[signum];
    sig_disposition now;
    PyObject *handler;
    if (slot->runs ||
        sig_context_query(state.handlers, signum, &now, sizeof now) < 0 ||
        now.kind == SAFEPOINT_KIND_HANDLER)
        return 0;
    if (now.kind == SAFEPOINT_KIND_FOREIGN) {
        slot->foreign = 1;
        safepoint_set_handler(slot, Py_None, 0);
        return 0;
    }
    handler = PyObject_GetAttrString(
        state.stock,
        now.kind == SAFEPOINT_KIND_IGNORED ? "SIG_IGN" : "SIG_DFL");
    if (handler == NULL)
        return -1;
    safepoint_set_handler(slot, handler, 0);
    Py_DECREF(handler);
    return 0;
}

static int is_set(int signum, int error, PyObject *handler, int runs)
{
    if (error < 0) {
        safepoint_failed(error);
        return -1;
    }
    safepoint_set_handler(&state.slots[signum], handler, runs);
    return 0;
}

int safepoint_install(int signum, PyObject *handler)
{
    if (safepoint_claim(signum) < 0)
        return -1;
    return is_set(signum,
                  sig_context_install(state.handlers, signum, run_handler,
                                      NULL, 0),
                  handler, 1);
}

/* SIG_DFL or SIG_IGN; None is what stood there before ours. */
int safepoint_install_plain(int signum, PyObject *handler)
{
    int error;
    if (handler == Py_None)
        error = sig_context_restore(state.handlers, signum);
    else if (PyLong_AsVoidPtr(handler) == (void *)SIG_IGN)
        error = sig_context_ignore(state.handlers, signum);
    else
        error = sig_context_default(state.handlers, signum);
    return is_set(signum, error, handler, 0);
}
