/* What the library is to call, under numbers.
 *
 * The library never has a pointer to a Python object: it has the numbers of
 * entries here, or nothing but the event. A thread that it calls on takes the
 * GIL first and looks then, so an entry that was dropped meanwhile (cancelled,
 * restored, finished, forked) is not there, and nothing runs.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "_native.h"

static PyObject *handlers; /* {(handle, signum): (callable, flags)} */
static PyObject *calls;    /* {number: (handle, callable, repeats, timer)} */
static uint64_t last_number;
volatile int entries_closed;

int entries_ready(void)
{
    if ((calls == NULL && (calls = PyDict_New()) == NULL) ||
        (handlers == NULL && (handlers = PyDict_New()) == NULL))
        return -1;
    return 0;
}

static PyObject *handler_key(sig_context *handle, int signum)
{
    return Py_BuildValue("(Ki)", (unsigned long long)(uintptr_t)handle, signum);
}

int handler_set(sig_context *handle, int signum, PyObject *entry)
{
    PyObject *key = handler_key(handle, signum);
    int error = key == NULL ? -1 : PyDict_SetItem(handlers, key, entry);
    Py_XDECREF(key);
    return error;
}

PyObject *handler_of(sig_context *handle, int signum)
{
    PyObject *key = handler_key(handle, signum);
    if (key == NULL)
        return NULL;
    PyObject *entry = PyDict_GetItemWithError(handlers, key);
    Py_DECREF(key);
    return entry;
}

/* Deletes, and is silent where there is nothing. */
static void forget(PyObject *dict, PyObject *key)
{
    if (key == NULL || PyDict_DelItem(dict, key) < 0)
        PyErr_Clear();
    Py_XDECREF(key);
}

void handler_drop(sig_context *handle, int signum)
{
    forget(handlers, handler_key(handle, signum));
}

static PyObject *call_entry(uint64_t number) /* borrowed */
{
    PyObject *key = PyLong_FromUnsignedLongLong(number);
    if (key == NULL)
        return NULL;
    PyObject *entry = PyDict_GetItemWithError(calls, key);
    Py_DECREF(key);
    return entry;
}

static int call_put(uint64_t number, PyObject *entry) /* steals entry */
{
    PyObject *key = PyLong_FromUnsignedLongLong(number);
    int error = key == NULL || entry == NULL
                    ? -1
                    : PyDict_SetItem(calls, key, entry);
    Py_XDECREF(key);
    Py_XDECREF(entry);
    return error;
}

uint64_t call_keep(sig_context *handle, PyObject *callable, int repeats)
{
    if (!PyCallable_Check(callable)) {
        PyErr_Format(PyExc_TypeError, "a callable is required, not %R",
                     callable);
        return 0;
    }
    PyObject *entry =
        Py_BuildValue("(KOiK)", (unsigned long long)(uintptr_t)handle,
                      callable, repeats, 0ULL);
    return call_put(last_number + 1, entry) < 0 ? 0 : ++last_number;
}

int call_set_timer(uint64_t number, uint64_t timer)
{
    PyObject *old = call_entry(number);
    if (old == NULL)
        return -1;
    return call_put(number,
                    Py_BuildValue("(OOOK)", PyTuple_GetItem(old, 0),
                                  PyTuple_GetItem(old, 1),
                                  PyTuple_GetItem(old, 2),
                                  (unsigned long long)timer));
}

int call_timer(uint64_t number, uint64_t *timer)
{
    PyObject *entry = call_entry(number);
    if (entry == NULL)
        return 0;
    *timer = PyLong_AsUnsignedLongLong(PyTuple_GetItem(entry, 3));
    return *timer != 0;
}

PyObject *call_take(uint64_t number)
{
    PyObject *entry = call_entry(number);
    if (entry == NULL)
        return NULL;
    PyObject *callable = PyTuple_GetItem(entry, 1);
    Py_INCREF(callable);
    if (!PyObject_IsTrue(PyTuple_GetItem(entry, 2)))
        call_drop(number);
    return callable;
}

void call_drop(uint64_t number)
{
    forget(calls, PyLong_FromUnsignedLongLong(number));
}

/* Drop what is `handle`'s in one of the two; NULL is everybody's. What a
 * destructor does meanwhile finds a dict that is whole. */
static void drop_of(PyObject *dict, sig_context *handle)
{
    PyObject *items = PyDict_Items(dict);
    Py_ssize_t count = items == NULL ? 0 : PyList_Size(items);
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *item = PyList_GetItem(items, i);
        PyObject *key = PyTuple_GetItem(item, 0);
        PyObject *whose = dict == handlers ? key : PyTuple_GetItem(item, 1);
        void *its = PyLong_AsVoidPtr(PyTuple_GetItem(whose, 0));
        if (handle == NULL || its == (void *)handle) {
            Py_INCREF(key);
            forget(dict, key);
        }
    }
    PyErr_Clear();
    Py_XDECREF(items);
}

void entries_drop(sig_context *handle)
{
    drop_of(handlers, handle);
    drop_of(calls, handle);
}

/* In a forked child: nothing is pending there, and no timer runs. */
PyObject *entries_forked(PyObject *module, PyObject *unused)
{
    (void)module, (void)unused;
    drop_of(calls, NULL);
    watch_forked();
    Py_RETURN_NONE;
}

/* At exit: our dispositions go back, also where the owner was another thread,
 * which then is in a wait, or gone. */
PyObject *entries_close(PyObject *module, PyObject *unused)
{
    (void)module, (void)unused;
    entries_closed = 1;
    if (!sig_is_owner())
        (void)sig_adopt();
    WITHOUT_GIL((void)sig_fini());
    entries_drop(NULL);
    Py_RETURN_NONE;
}
