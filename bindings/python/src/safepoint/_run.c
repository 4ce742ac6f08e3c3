/* What the library calls, and what its calls end in.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "_native.h"

static PyObject *event_type, *interrupted_type;

PyObject *use_types(PyObject *module, PyObject *args)
{
    PyObject *event, *interrupted;
    (void)module;
    if (!PyArg_ParseTuple(args, "OO:use_types", &event, &interrupted))
        return NULL;
    Py_INCREF(event);
    Py_INCREF(interrupted);
    event_type = event;
    interrupted_type = interrupted;
    Py_RETURN_NONE;
}

/* The number that a handler returned, or 1 where it raised an exception; then,
 * or where the number is not 0, there is one. Takes the result. */
static int raised_by(PyObject *result)
{
    if (result == NULL)
        return 1;
    long number = 0;
    int fits = 1;
    if (PyLong_Check(result)) {
        int overflow;
        number = PyLong_AsLongAndOverflow(result, &overflow);
        fits = overflow == 0 && number == (int)number;
        if (!fits)
            PyErr_Format(PyExc_OverflowError,
                         "a handler returned %R, which is no C int", result);
    } else if (result != Py_None) {
        fits = 0;
        PyErr_Format(PyExc_TypeError,
                     "a handler must return None or an int, not %R", result);
    }
    Py_DECREF(result);
    if (!fits)
        return 1;
    if (number != 0)
        (void)checked((int)number);
    return (int)number;
}

/* A thread that Python does not know has nobody to raise to. */
static int left(PyGILState_STATE gil, int known, int raised)
{
    if (raised == 0 && watch_again() < 0)
        raised = 1;
    if (raised != 0 && !known)
        PyErr_WriteUnraisable(NULL);
    PyGILState_Release(gil);
    return raised;
}

int run_handler(const sig_event *event, void *unused)
{
    (void)unused;
    if (entries_closed)
        return 0;
    int known = PyGILState_GetThisThreadState() != NULL;
    PyGILState_STATE gil = PyGILState_Ensure();
    PyObject *entry = handler_of(event->context, event->signum);
    if (entry == NULL)
        return left(gil, known, PyErr_Occurred() != NULL);
    PyObject *callable = PyTuple_GetItem(entry, 0);
    Py_INCREF(callable);
    if (PyLong_AsUnsignedLong(PyTuple_GetItem(entry, 1)) & SAFEPOINT_ONESHOT)
        handler_drop(event->context, event->signum);
    PyObject *object = event_object(event);
    int raised = 1;
    if (object != NULL)
        raised = raised_by(
            PyObject_CallFunctionObjArgs(callable, object, NULL));
    Py_XDECREF(object);
    Py_DECREF(callable);
    return left(gil, known, raised);
}

int run_call(void *number)
{
    if (entries_closed)
        return 0;
    int known = PyGILState_GetThisThreadState() != NULL;
    PyGILState_STATE gil = PyGILState_Ensure();
    PyObject *callable = call_take((uintptr_t)number);
    int raised = PyErr_Occurred() != NULL;
    if (callable != NULL)
        raised = raised_by(PyObject_CallNoArgs(callable));
    Py_XDECREF(callable);
    return left(gil, known, raised);
}

int run_python(const sig_event *event, void *unused)
{
    (void)event, (void)unused;
    if (entries_closed)
        return 0;
    int known = PyGILState_GetThisThreadState() != NULL;
    PyGILState_STATE gil = PyGILState_Ensure();
    return left(gil, known, PyErr_CheckSignals() < 0);
}

PyObject *event_object(const sig_event *event)
{
    PyObject *callable = NULL;
    if (event->fn == run_call)
        callable = call_take((uintptr_t)event->arg);
    if (callable == NULL) {
        if (PyErr_Occurred())
            return NULL;
        callable = Py_None;
        Py_INCREF(callable);
    }
    return PyObject_CallFunction(
        event_type, "IiiiIinNKKK", event->kind, event->signum, event->code,
        event->pid, event->uid, event->status, (Py_ssize_t)event->value,
        callable, (unsigned long long)event->count,
        (unsigned long long)event->lost, (unsigned long long)event->time);
}

PyObject *failed(long error)
{
    /* Of what the library itself never says it has no sentence. */
    const char *sentence = sig_strerror((int)error);
    if (sentence == sig_strerror(INT_MAX))
        sentence = strerror((int)-error);
    PyObject *args = Py_BuildValue("(is)", (int)-error, sentence);
    if (args != NULL)
        PyErr_SetObject(PyExc_OSError, args);
    Py_XDECREF(args);
    return NULL;
}

PyObject *checked(int raised)
{
    if (PyErr_Occurred())
        return NULL;
    if (raised == 0)
        Py_RETURN_NONE;
    if (raised == SAFEPOINT_INTERRUPTED) {
        PyErr_SetNone(PyExc_KeyboardInterrupt);
        return NULL;
    }
    PyObject *number = PyLong_FromLong(raised);
    if (number != NULL)
        PyErr_SetObject(interrupted_type, number);
    Py_XDECREF(number);
    return NULL;
}

PyObject *ended(Context *context, long error)
{
    return ended_at(context, error, NULL);
}

PyObject *ended_at(Context *context, long error, PyObject *path)
{
    if (PyErr_Occurred())
        return NULL;
    if (error == -EINTR)
        return checked(sig_context_raised(context->handle));
    if (error == -ESTALE)
        return failed(error);
    errno = (int)-error;
    return PyErr_SetFromErrnoWithFilenameObject(PyExc_OSError, path);
}
