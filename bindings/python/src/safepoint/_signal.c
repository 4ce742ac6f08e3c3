/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The module safepoint._signal: see _signal.h. */
#include "_signal.h"

/* ---- What CPython's module has ---- */

static PyObject *call_stock(const char *name, PyObject *args,
                            PyObject *keywords)
{
    PyObject *function = PyObject_GetAttrString(state.stock, name);
    PyObject *result = function == NULL ? NULL
        : PyObject_Call(function, args, keywords);
    Py_XDECREF(function);
    return result;
}

/* The signal that the first argument names; 0 is none. */
static int signal_in(PyObject *args)
{
    PyObject *first = PyTuple_GetItem(args, 0); /* borrowed */
    long signum = first == NULL ? -1 : PyLong_AsLong(first);
    PyErr_Clear();
    return signum >= 1 && signum < NSIG ? (int)signum : 0;
}

static int is_plain(PyObject *handler)
{
    void *value;
    if (!PyLong_CheckExact(handler))
        return 0;
    value = PyLong_AsVoidPtr(handler);
    if (PyErr_Occurred()) {
        PyErr_Clear();
        return 0;
    }
    return value == (void *)SIG_DFL || value == (void *)SIG_IGN;
}

PyDoc_STRVAR(signal_doc,
"signal($module, signalnum, handler, /)\n--\n\n"
"Set the action for the given signal, and return the one before.\n\n"
"It is SIG_DFL, SIG_IGN, or a callable: see signal.signal(). None, for a\n"
"handler that is not Python's; it puts that back.");

static PyObject *signal_signal(PyObject *module, PyObject *args)
{
    int signum = signal_in(args), error;
    PyObject *handler, *old;
    struct slot *slot = &state.slots[signum];
    (void)module;
    if (signum == 0 || PyTuple_Size(args) != 2 || !safepoint_is_owner())
        return call_stock("signal", args, NULL);
    handler = PyTuple_GetItem(args, 1); /* borrowed */
    if (!PyCallable_Check(handler) && !is_plain(handler) &&
        !(handler == Py_None && slot->foreign))
        return call_stock("signal", args, NULL);
    /* What came before is the handler's that stands now. */
    if (PyErr_CheckSignals() < 0 || safepoint_look(signum) < 0)
        return NULL;
    old = Py_NewRef(slot->handler);
    error = PyCallable_Check(handler)
        ? safepoint_install(signum, handler)
        : safepoint_install_plain(signum, handler);
    if (error < 0)
        Py_CLEAR(old);
    return old;
}

PyDoc_STRVAR(getsignal_doc,
"getsignal($module, signalnum, /)\n--\n\n"
"Return the current action for the given signal: SIG_DFL, SIG_IGN, a callable,\n"
"or None where the handler is not Python's.");

static PyObject *getsignal(PyObject *module, PyObject *args)
{
    PyObject *known = call_stock("getsignal", args, NULL);
    int signum;
    (void)module;
    if (known == NULL || !state.is_on)
        return known;
    Py_DECREF(known);
    signum = signal_in(args);
    if (safepoint_look(signum) < 0)
        return NULL;
    return Py_NewRef(state.slots[signum].handler);
}

PyDoc_STRVAR(set_wakeup_fd_doc,
"set_wakeup_fd($module, fd, /, *, warn_on_full_buffer=True)\n--\n\n"
"Have the signal's number written to fd, as a byte, when a signal comes; -1 is\n"
"none. Return the fd that was set before, or -1. It has to be non-blocking.");

/* CPython's own says whether it will do. It is not to write to it meanwhile. */
static PyObject *set_wakeup_fd(PyObject *module, PyObject *args,
                               PyObject *keywords)
{
    PyObject *warn, *result;
    int before = state.wakeup_fd, fd = -2;
    (void)module;
    if (!safepoint_is_owner())
        return call_stock("set_wakeup_fd", args, keywords);
    (void)sig_context_set_wakeup_fn(state.handlers, NULL, NULL);
    result = call_stock("set_wakeup_fd", args, keywords);
    if (result != NULL)
        fd = safepoint_take_stock_wakeup();
    (void)sig_context_set_wakeup_fn(state.handlers, safepoint_wake, NULL);
    Py_XDECREF(result);
    if (fd == -2 || safepoint_set_wakeup(fd) < 0)
        return NULL;
    warn = keywords == NULL ? NULL
        : PyDict_GetItemString(keywords, "warn_on_full_buffer");
    state.warn_on_full_buffer = warn == NULL || PyObject_IsTrue(warn) != 0;
    return PyLong_FromLong(before);
}

/* ---- What it has besides ---- */

PyDoc_STRVAR(interrupt_main_doc,
"interrupt_main($module, signum=signal.SIGINT, /)\n--\n\n"
"Simulate a signal, as _thread.interrupt_main() does. It also ends what the\n"
"main thread waits in, and writes to the wake-up fd.");

static PyObject *interrupt_main(PyObject *module, PyObject *args)
{
    int signum = PyTuple_Size(args) == 0 ? SIGINT : signal_in(args);
    (void)module;
    if (state.is_on && signum != 0 && PyTuple_Size(args) <= 1 &&
        state.slots[signum].runs) {
        (void)sig_context_trip(state.handlers, signum);
        return PyObject_CallFunction(state.trip_watched, "i", signum);
    }
    return PyObject_Call(state.interrupt_main, args, NULL);
}

PyDoc_STRVAR(stats_doc,
"stats($module, /)\n--\n\n"
"What has come since these handlers began, or since the fork: a dict. Once\n"
"nothing is pending, arrivals == handled + coalesced + lost + dropped.");

static PyObject *stats(PyObject *module, PyObject *unused)
{
    sig_counters now = {0};
    (void)module;
    (void)unused;
    if (state.handlers != NULL)
        (void)sig_context_stats(state.handlers, &now, sizeof now);
    return Py_BuildValue(
        "{sKsKsKsKsKsK}", "arrivals", (unsigned long long)now.arrivals,
        "handled", (unsigned long long)now.handled,
        "coalesced", (unsigned long long)now.coalesced,
        "lost", (unsigned long long)now.lost,
        "dropped", (unsigned long long)now.dropped,
        "wakeups_failed", (unsigned long long)now.wakeups_failed);
}

/* ---- The module ---- */

static PyStructSequence_Field event_fields[] = {
    {"signum", "the signal's number"},
    {"code", "si_code: SI_USER (0) for kill, SI_QUEUE (-1) for sigqueue"},
    {"pid", "the sender's process, or the child that has changed"},
    {"uid", "the sender's real user"},
    {"status", "SIGCHLD: the child's exit status or signal"},
    {"value", "what sigqueue sent along"},
    {"count", "how many deliveries this one stands for"},
    {"lost", "how many behind it found no room"},
    {"time", "when it arrived, in nanoseconds of CLOCK_MONOTONIC"},
    {NULL, NULL},
};

static PyStructSequence_Desc event_description = {
    "safepoint.signal.Event", "What came, from whom, and how often.",
    event_fields, 9,
};

/* As it is called in _thread. */
static PyMethodDef interrupt_main_method = {
    "interrupt_main", interrupt_main, METH_VARARGS, interrupt_main_doc,
};

/* A new attribute; it takes the reference, which may be NULL. */
static int add(PyObject *module, const char *name, PyObject *value)
{
    int result = value == NULL ? -1
        : PyModule_AddObjectRef(module, name, value);
    Py_XDECREF(value);
    return result;
}

/* All that CPython's module has, but for what is ours. */
static int copy_stock(PyObject *module)
{
    PyObject *from = PyModule_GetDict(state.stock); /* borrowed */
    PyObject *into = PyModule_GetDict(module); /* borrowed */
    return PyDict_Merge(into, from, 0);
}

static PyObject *attribute_of(const char *module_name, const char *name)
{
    PyObject *module = PyImport_ImportModule(module_name);
    PyObject *found = module == NULL ? NULL
        : PyObject_GetAttrString(module, name);
    Py_XDECREF(module);
    return found;
}

static int start(PyObject *module)
{
    if (PyInterpreterState_GetID(PyInterpreterState_Get()) != 0 ||
        state.module != NULL) {
        PyErr_SetString(PyExc_ImportError, "safepoint._signal is for the main "
                                           "interpreter, and only once");
        return -1;
    }
    if ((state.stock = PyImport_ImportModule("_signal")) == NULL)
        return -1;
    state.module = module;
    state.interrupt_main = attribute_of("_thread", "interrupt_main");
    state.trip_watched = attribute_of("safepoint._native", "trip_watched");
    state.runner = PyCFunction_New(&safepoint_run, NULL);
    state.event = PyStructSequence_NewType(&event_description);
    if (state.interrupt_main == NULL || state.trip_watched == NULL ||
        state.runner == NULL ||
        state.event == NULL ||
        add(module, "_Event", Py_NewRef((PyObject *)state.event)) < 0 ||
        add(module, "_interrupt_main",
            PyCFunction_New(&interrupt_main_method, NULL)) < 0 ||
        add(module, "_begin", PyCFunction_New(&safepoint_begin, NULL)) < 0 ||
        add(module, "_after_fork",
            PyCFunction_New(&safepoint_after_fork, NULL)) < 0 ||
        add(module, "_at_exit",
            PyCFunction_New(&safepoint_at_exit, NULL)) < 0)
        return -1;
    return copy_stock(module);
}

/* When the interpreter ends: no handler is called any more. */
static void stop(void *module)
{
    if (module != state.module)
        return;
    if (state.is_on) /* atexit's functions were not called */
        (void)sig_context_set_wakeup_fn(state.handlers, NULL, NULL);
    state.is_on = 0;
    for (int signum = 1; signum < NSIG; signum++) {
        state.slots[signum].runs = 0;
        Py_CLEAR(state.slots[signum].handler);
    }
    Py_CLEAR(state.runner);
    Py_CLEAR(state.interrupt_main);
    Py_CLEAR(state.trip_watched);
    Py_CLEAR(state.event);
    Py_CLEAR(state.with_event);
    Py_CLEAR(state.stock);
    state.module = NULL;
}

static PyMethodDef methods[] = {
    {"signal", signal_signal, METH_VARARGS, signal_doc},
    {"getsignal", getsignal, METH_VARARGS, getsignal_doc},
    {"set_wakeup_fd", (PyCFunction)(void (*)(void))set_wakeup_fd,
     METH_VARARGS | METH_KEYWORDS, set_wakeup_fd_doc},
    {"_stats", stats, METH_NOARGS, stats_doc},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, (void *)start},
    {0, NULL},
};

static struct PyModuleDef definition = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "safepoint._signal",
    .m_doc = "What stands in the place of CPython's module _signal.",
    .m_methods = methods,
    .m_slots = slots,
    .m_free = stop,
};

PyMODINIT_FUNC PyInit__signal(void)
{
    return PyModuleDef_Init(&definition);
}
