/* Safe points, pending calls, wake-ups: methods of Context.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "_native.h"

static PyObject *context_check(Context *self, PyObject *unused)
{
    (void)unused;
    if (__builtin_expect(*self->breaker == 0, 1))
        Py_RETURN_NONE;
    if (self->closed)
        return failed(-ESTALE);
    return checked(sig_context_check(self->handle));
}

static PyObject *context_next(Context *self, PyObject *unused)
{
    (void)unused;
    sig_event event = {.size = sizeof event};
    int result = sig_context_next(self->handle, &event, sizeof event);
    if (result < 0)
        return failed(result);
    if (result == 0)
        Py_RETURN_NONE;
    if (event.kind == SAFEPOINT_EVENT_SIGNAL) {
        PyObject *entry = handler_of(self->handle, event.signum);
        if (entry != NULL && PyLong_AsUnsignedLong(PyTuple_GetItem(entry, 1)) &
                                 SAFEPOINT_ONESHOT)
            handler_drop(self->handle, event.signum);
    }
    return event_object(&event);
}

static PyObject *context_begin_hold(Context *self, PyObject *unused)
{
    (void)unused;
    return done(sig_context_hold(self->handle));
}

static PyObject *context_end_hold(Context *self, PyObject *unused)
{
    (void)unused;
    return done(sig_context_release(self->handle));
}

static PyObject *context_call(Context *self, PyObject *callable)
{
    uint64_t number = call_keep(self->handle, callable, 0);
    if (number == 0)
        return NULL;
    int error = sig_context_add_pending_call(self->handle, run_call,
                                             (void *)(uintptr_t)number);
    if (error < 0) {
        call_drop(number);
        return failed(error);
    }
    Py_RETURN_NONE;
}

static PyObject *context_call_after(Context *self, PyObject *args)
{
    uint64_t ns, every, timer;
    PyObject *callable;
    if (!PyArg_ParseTuple(args, "O&O&O:call_after", to_ns, &ns, to_ns, &every,
                          &callable))
        return NULL;
    uint64_t number = call_keep(self->handle, callable, every != 0);
    if (number == 0)
        return NULL;
    int error = sig_context_call_after(self->handle, ns, every, run_call,
                                       (void *)(uintptr_t)number, &timer);
    if (error < 0) {
        call_drop(number);
        return failed(error);
    }
    if (call_set_timer(number, timer) < 0) {
        (void)sig_cancel(timer);
        call_drop(number);
        return NULL;
    }
    return PyLong_FromUnsignedLongLong(number);
}

static PyObject *context_trip(Context *self, PyObject *name)
{
    int signum;
    if (!to_signum(name, &signum))
        return NULL;
    return done(sig_context_trip(self->handle, signum));
}

static PyObject *context_interrupt(Context *self, PyObject *args)
{
    int value;
    if (!PyArg_ParseTuple(args, "i:interrupt", &value))
        return NULL;
    return done(sig_context_interrupt(self->handle, value));
}

static PyObject *context_set_wakeup_fd(Context *self, PyObject *args)
{
    int fd, old;
    unsigned flags;
    if (!PyArg_ParseTuple(args, "iI:set_wakeup_fd", &fd, &flags))
        return NULL;
    int error = sig_context_set_wakeup_fd(self->handle, fd, flags, &old);
    return error < 0 ? failed(error) : PyLong_FromLong(old);
}

static PyObject *context_event_fd(Context *self, PyObject *unused)
{
    (void)unused;
    int fd = sig_context_event_fd(self->handle);
    return fd < 0 ? failed(fd) : PyLong_FromLong(fd);
}

static PyObject *context_wakeup_failures(Context *self, PyObject *unused)
{
    (void)unused;
    int last = 0;
    int count = sig_context_wakeup_failures(self->handle, &last);
    return count < 0 ? failed(count) : Py_BuildValue("(ii)", count, last);
}

static PyObject *context_stats(Context *self, PyObject *unused)
{
    (void)unused;
    sig_counters counters;
    int error = sig_context_stats(self->handle, &counters, sizeof counters);
    if (error < 0)
        return failed(error);
    const uint64_t *all = (const uint64_t *)&counters;
    Py_ssize_t count = sizeof counters / sizeof *all;
    PyObject *tuple = PyTuple_New(count);
    for (Py_ssize_t i = 0; tuple != NULL && i < count; i++) {
        PyObject *number = PyLong_FromUnsignedLongLong(all[i]);
        if (number == NULL || PyTuple_SetItem(tuple, i, number) < 0)
            Py_CLEAR(tuple);
    }
    return tuple;
}

#define METHOD(name, flags, doc)                                             \
    {#name, (PyCFunction)context_##name, flags, doc}
#define WRAPPED(name, flags)                                                 \
    {"_" #name, (PyCFunction)context_##name, flags, NULL}

PyMethodDef point_methods[] = {
    METHOD(check, METH_NOARGS,
           "A safe point: handle what is pending, and raise what a handler "
           "raises; the rest\nthen stays pending. Nothing happens on another "
           "thread than the owner's, or while\nheld. Costs what any call "
           "costs while nothing has come."),
    METHOD(next, METH_NOARGS,
           "Take the next pending event, as an Event, without running its "
           "handler or call;\nNone where nothing is pending, or while held. "
           "Owner."),
    WRAPPED(begin_hold, METH_NOARGS),
    WRAPPED(end_hold, METH_NOARGS),
    WRAPPED(call, METH_O),
    WRAPPED(call_after, METH_VARARGS),
    METHOD(trip, METH_O,
           "As if the signal had arrived, sent by this process. Nothing "
           "happens where it has\nno handler. Any thread."),
    METHOD(interrupt, METH_VARARGS,
           "interrupt(number): the owner's next check or wait raises "
           "Interrupted(number), or\nKeyboardInterrupt for INTERRUPTED, before "
           "anything runs; the rest stays pending. A\nlater number replaces one "
           "that was not raised yet. Any thread. OSError EINVAL for 0."),
    WRAPPED(set_wakeup_fd, METH_VARARGS),
    METHOD(event_fd, METH_NOARGS,
           "A descriptor that is readable while something is pending: poll "
           "it, then check().\nAlways the same, and the library's: never read "
           "or close it. Owner."),
    METHOD(wakeup_failures, METH_NOARGS,
           "(count, errno): how many wake-ups could not be written since this "
           "was last asked,\nand why the last could not. Any thread."),
    WRAPPED(stats, METH_NOARGS),
    {0}};
