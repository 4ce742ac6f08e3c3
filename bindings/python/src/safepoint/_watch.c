/* Python's own signal handlers, within our waits.
 *
 * CPython's C handler only notes the signal, for the interpreter to look at
 * later; a wait of the library's would go on, and Ctrl-C would not end it. So
 * while the main thread waits, the context that it waits with has a handler
 * for each signal for which signal.signal() has a function: CPython's is called
 * as before (SAFEPOINT_CHAIN), and the wait runs what that has noted. What is
 * dropped when the wait is over has been noted, too. A handler that runs
 * meanwhile may call signal.signal(): so after each we look again.
 *
 * Where the main thread waits with another thread's context, in which none of
 * its handlers may run, it waits with one of our own instead, the guest.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "_native.h"
#include <sys/syscall.h>
#include <unistd.h>

static Context *guest;
static Watch *current; /* the main thread's, the innermost */

/* 1 where it is watched from now on; 0 where this context has a handler for
 * it, or is watching it already, in a wait around this one. */
static int watch_one(sig_context *handle, int signum)
{
    sig_disposition found;
    uint32_t flags = 0;
    if (sig_context_query(handle, signum, &found, sizeof found) < 0)
        return 0;
    /* signal.signal() has put CPython's over it. */
    if (found.handler == run_python && found.overwritten)
        (void)sig_context_restore(handle, signum);
    else if (found.handler != NULL)
        return 0;
    /* Another context's handler, safepoint.signal's say, has CPython's called
     * if it is to be. */
    if (found.kind == SAFEPOINT_KIND_FOREIGN)
        flags = SAFEPOINT_CHAIN;
    else if (found.kind != SAFEPOINT_KIND_HANDLER)
        return 0;
    return sig_context_install(handle, signum, run_python, NULL, flags) == 0;
}

void unwatch(sig_context *handle, int signum)
{
    sig_disposition found;
    if (sig_context_query(handle, signum, &found, sizeof found) >= 0 &&
        found.handler == run_python)
        (void)sig_context_restore(handle, signum);
}

/* [what signal.signal() has for each signal] */
static PyObject *pythons_handlers(void)
{
    static PyObject *map, *getsignal, *numbers; /* map() is the fastest */
    if (numbers == NULL) {
        PyObject *builtins = PyImport_ImportModule("builtins");
        PyObject *module = PyImport_ImportModule("_signal");
        if (builtins != NULL && module != NULL) {
            map = PyObject_GetAttrString(builtins, "map");
            getsignal = PyObject_GetAttrString(module, "getsignal");
        }
        Py_XDECREF(builtins);
        Py_XDECREF(module);
        if (map == NULL || getsignal == NULL)
            return NULL;
        PyObject *list = native_valid(NULL, NULL);
        numbers = list == NULL ? NULL : PySequence_Tuple(list);
        Py_XDECREF(list);
        if (numbers == NULL)
            return NULL;
    }
    PyObject *each = PyObject_CallFunctionObjArgs(map, getsignal, numbers, NULL);
    PyObject *list = each == NULL ? NULL : PySequence_List(each);
    Py_XDECREF(each);
    return list;
}

/* Ours alone: made by the main thread's first wait, and a forked child's. */
static sig_context *guest_handle(void)
{
    if (guest == NULL)
        guest = (Context *)PyObject_CallNoArgs((PyObject *)context_type);
    if (guest == NULL)
        return NULL;
    if (sig_context_is_owner(guest->handle) != 1)
        (void)sig_context_adopt(guest->handle);
    return guest->handle;
}

/* Watch what is not watched yet: 1 where there was any, -1 is an exception. */
static int watch_more(Watch *watch)
{
    int more = 0;
    PyObject *list = pythons_handlers();
    if (list == NULL)
        return -1;
    uint64_t left = sig_valid();
    for (Py_ssize_t i = 0, signum = 1; left != 0; signum++, left >>= 1)
        /* The default is no function of Python's, but SIG_DFL. */
        if (left & 1 && PyCallable_Check(PyList_GetItem(list, i++)) &&
            watch_one(watch->handle, (int)signum)) {
            watch->signals |= UINT64_C(1) << (signum - 1);
            more = 1;
        }
    Py_DECREF(list);
    return more;
}

/* What came before it was watched has been noted, and wakes nobody: its handler
 * runs here, and may call signal.signal() in turn. */
static int watch_all(Watch *watch)
{
    int more = 1;
    while (more > 0 && (more = watch_more(watch)) >= 0)
        if (PyErr_CheckSignals() < 0)
            return -1;
    return more;
}

int watch_begin(Watch *watch, Context *self)
{
    *watch = (Watch){.handle = self->handle};
    if (self->closed || syscall(SYS_gettid) != getpid())
        return 0;
    if (sig_context_is_owner(self->handle) != 1 &&
        (watch->handle = guest_handle()) == NULL)
        return -1;
    watch->thread = PyThread_get_thread_ident();
    watch->around = current;
    current = watch;
    if (watch_all(watch) == 0)
        return 0;
    watch_end(watch);
    return -1;
}

int watch_again(void)
{
    if (current == NULL || current->thread != PyThread_get_thread_ident())
        return 0;
    return watch_all(current);
}

void watch_end(const Watch *watch)
{
    uint64_t left = watch->signals;
    if (watch->thread != 0)
        current = watch->around;
    for (int signum = 1; left != 0; signum++, left >>= 1)
        if (left & 1)
            unwatch(watch->handle, signum);
}

/* The thread that forked is the child's main one: other waits are gone. */
void watch_forked(void)
{
    if (current != NULL && current->thread != PyThread_get_thread_ident())
        current = NULL;
}

/* For a simulated signal, which CPython has noted, and which wakes nobody. */
PyObject *trip_watched(PyObject *module, PyObject *name)
{
    int signum;
    (void)module;
    if (!to_signum(name, &signum))
        return NULL;
    for (const Watch *watch = current; watch != NULL; watch = watch->around)
        if (signum > 0 && watch->signals >> (signum - 1) & 1)
            (void)sig_context_trip(watch->handle, signum);
    Py_RETURN_NONE;
}
