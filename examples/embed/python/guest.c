/* A native extension for CPython that computes for a long time, without the
 * GIL, and that Ctrl-C, a deadline and another thread stop all the same.
 *
 *     cc -shared -fPIC -O2 -o guest.so guest.c $(pkg-config --cflags \
 *         python3) $(pkg-config --cflags --libs safepoint)
 *     python3 host.py ctrl-c spin     then press Ctrl-C
 *
 * SIGINT stays Python's. The extension watches it by SAFEPOINT_CHAIN, so that
 * its loop learns of it from one load, takes the GIL only then, and has Python
 * raise what is pending there.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <errno.h>
#include <safepoint.h>
#include <signal.h>

#define NAME "guest.guest"
enum raised { CANCELLED = 1, LATE, TOO_LATE }; /* and INTERRUPTED, 130 */
enum look { NONE, SAFEPOINT, PYTHON, RETAKE }; /* what a turn looks at */

/* What each thread that has called spin() has. The GIL guards the list. */
static struct guest {
    sig_context *context;
    unsigned long thread;
    int running; /* calls of spin() and script() */
    int in_script;
    int over; /* what ended the script, which it may not know yet */
    struct guest *next;
} *guests;

static PyObject *cancelled; /* the exception */
static volatile uint64_t sink;

static PyObject *failed(int error)
{
    errno = -error;
    return PyErr_SetFromErrno(PyExc_OSError);
}

/* When its thread ends, and in a forked child. Where Python ends under a
 * thread that still runs, the context is refused (EPERM), and stays. */
static void free_guest(PyObject *capsule)
{
    struct guest *guest = PyCapsule_GetPointer(capsule, NAME);
    struct guest **link = &guests;
    while (*link != guest)
        link = &(*link)->next;
    *link = guest->next;
    (void)sig_context_free(guest->context);
    PyMem_Free(guest);
}

/* The calling thread's own. NULL is an exception. */
static struct guest *this_guest(void)
{
    PyObject *dict = PyThreadState_GetDict(); /* borrowed */
    PyObject *capsule = PyDict_GetItemString(dict, NAME); /* borrowed */
    struct guest *guest;
    if (capsule != NULL)
        return PyCapsule_GetPointer(capsule, NAME);
    if ((guest = PyMem_Calloc(1, sizeof *guest)) == NULL)
        return (struct guest *)PyErr_NoMemory();
    guest->thread = PyThread_get_thread_ident();
    guest->context = sig_context_new();
    if (guest->context == NULL)
        PyErr_NoMemory();
    else
        capsule = PyCapsule_New(guest, NAME, free_guest);
    if (capsule == NULL) {
        (void)sig_context_free(guest->context);
        PyMem_Free(guest);
        return NULL;
    }
    guest->next = guests;
    guests = guest;
    if (PyDict_SetItemString(dict, NAME, capsule) < 0)
        guest = NULL;
    Py_DECREF(capsule);
    return guest;
}

/* Python may have put a handler over ours since the last call: then ours goes
 * over that one. Where SIGINT is ignored, or kills, it is left at that. */
static int attach(sig_context *context)
{
    sig_disposition now;
    int error = sig_context_verify(context, SIGINT);
    if (error != 0)
        return error;
    error = sig_context_query(context, SIGINT, &now, sizeof now);
    if (error < 0 || now.kind == SAFEPOINT_KIND_DEFAULT ||
        now.kind == SAFEPOINT_KIND_IGNORED)
        return error;
    return sig_context_install(context, SIGINT, sig_interrupted, NULL,
                               SAFEPOINT_CHAIN);
}

/* The computation: 0 when it is done, or what was raised; -1 is an exception.
 * `look` is a constant where it is inlined. */
static inline __attribute__((always_inline))
int compute(sig_context *context, uint64_t turns, enum look look)
{
    const volatile uint32_t *breaker = sig_context_breaker(context);
    PyThreadState *save = NULL;
    int raised = 0;
    uint64_t x = 1;
    if (look != PYTHON)
        save = PyEval_SaveThread();
    for (; turns != 0 && raised == 0; turns--) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        if (look == SAFEPOINT && __builtin_expect(*breaker != 0, 0))
            raised = sig_context_check(context);
        if (look == PYTHON)
            raised = PyErr_CheckSignals();
        if (look == RETAKE) {
            PyEval_RestoreThread(save);
            raised = PyErr_CheckSignals();
            save = PyEval_SaveThread();
        }
    }
    sink = x;
    if (look != PYTHON)
        PyEval_RestoreThread(save);
    return raised;
}

/* A deadline: of one call of spin(), or of a script. */
static int late(void *arg)
{
    return arg == NULL ? LATE : TOO_LATE;
}

static int call_late(struct guest *guest, unsigned long ms, void *arg,
                     uint64_t *id)
{
    if (ms == 0)
        return 0;
    return sig_context_call_after(guest->context, ms * UINT64_C(1000000), 0,
                                  late, arg, id);
}

/* A script is ended for good, a call of spin() only now. */
static void note(struct guest *guest, int raised)
{
    if (guest->in_script && (raised == CANCELLED || raised == TOO_LATE))
        guest->over = raised;
}

/* Python raises what a signal asks for on its main thread alone. 1, 0, or -1
 * for an exception. */
static int on_main_thread(void)
{
    PyObject *module = PyImport_ImportModule("threading");
    PyObject *thread = module == NULL ? NULL
        : PyObject_CallMethod(module, "main_thread", NULL);
    PyObject *ident = thread == NULL ? NULL
        : PyObject_GetAttrString(thread, "ident");
    int is = ident == NULL ? -1
        : PyLong_AsUnsignedLong(ident) == PyThread_get_thread_ident();
    Py_XDECREF(ident);
    Py_XDECREF(thread);
    Py_XDECREF(module);
    return is;
}

static void drain(struct guest *guest)
{
    int raised;
    while ((raised = sig_context_check(guest->context)) != 0)
        note(guest, raised);
}

static void set_exception(int raised)
{
    if (raised == CANCELLED)
        PyErr_SetString(cancelled, "cancel");
    else
        PyErr_SetString(PyExc_TimeoutError, "deadline");
}

/* What stopped the loop becomes an exception: -1. 0 is to go on, since
 * Python's handler has run and raised nothing. */
static int become_exception(int raised)
{
    if (raised != SAFEPOINT_INTERRUPTED) {
        set_exception(raised);
        return -1;
    }
    if (PyErr_CheckSignals() < 0)
        return -1;
    int is_main = on_main_thread();
    if (is_main == 0)
        PyErr_SetString(cancelled, "ctrl-c");
    return is_main > 0 ? 0 : -1;
}

static PyObject *spin(PyObject *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"deadline_ms", NULL};
    unsigned long deadline_ms = 0;
    uint64_t id = 0;
    int error, raised;
    (void)self;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "|k:spin", names,
                                     &deadline_ms))
        return NULL;
    struct guest *guest = this_guest();
    if (guest == NULL)
        return NULL;
    if ((error = attach(guest->context)) < 0)
        return failed(error);
    /* What came between two calls was Python's affair, and has been, or is
     * here. */
    drain(guest);
    if (guest->over) {
        /* It goes on after what it has caught. One exception from this call
         * may be caught again: the other strikes outside of the `try`, where
         * the loop around it jumps back. */
        set_exception(guest->over);
        PyThreadState_SetAsyncExc(guest->thread, PyErr_Occurred());
        return NULL;
    }
    if (PyErr_CheckSignals() < 0)
        return NULL;
    if ((error = call_late(guest, deadline_ms, NULL, &id)) < 0)
        return failed(error);
    guest->running++;
    do
        raised = compute(guest->context, UINT64_MAX, SAFEPOINT);
    while (raised == 0 || become_exception(raised) == 0);
    guest->running--;
    if (id != 0)
        (void)sig_cancel(id); /* ENOENT: it was what stopped us */
    note(guest, raised);
    return NULL;
}

static PyObject *script(PyObject *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"function", "deadline_ms", NULL};
    struct guest *guest = this_guest();
    PyObject *function, *result;
    unsigned long deadline_ms = 0;
    uint64_t id = 0;
    int error;
    (void)self;
    if (guest == NULL ||
        !PyArg_ParseTupleAndKeywords(args, keywords, "O|k:script", names,
                                     &function, &deadline_ms))
        return NULL;
    if (guest->in_script) {
        PyErr_SetString(PyExc_RuntimeError, "a script runs already");
        return NULL;
    }
    drain(guest);
    if ((error = call_late(guest, deadline_ms, guest, &id)) < 0)
        return failed(error);
    guest->running++;
    guest->in_script = 1;
    result = PyObject_CallNoArgs(function);
    guest->in_script = 0;
    guest->running--;
    if (id != 0)
        (void)sig_cancel(id); /* ENOENT: it has run */
    if (guest->over)
        PyThreadState_SetAsyncExc(guest->thread, NULL);
    guest->over = 0;
    return result;
}

static PyObject *cancel(PyObject *self, PyObject *args)
{
    unsigned long thread = 0;
    long count = 0;
    (void)self;
    if (!PyArg_ParseTuple(args, "|k:cancel", &thread))
        return NULL;
    for (struct guest *guest = guests; guest != NULL; guest = guest->next)
        if (guest->running && (thread == 0 || thread == guest->thread)) {
            int error = sig_context_interrupt(guest->context, CANCELLED);
            if (error < 0)
                return failed(error);
            count++;
        }
    return PyLong_FromLong(count);
}

static PyObject *run(PyObject *self, PyObject *args)
{
    struct guest *guest = this_guest();
    unsigned long long turns;
    int look, raised;
    (void)self;
    if (guest == NULL || !PyArg_ParseTuple(args, "iK:run", &look, &turns))
        return NULL;
    switch (look) {
    case NONE: raised = compute(guest->context, turns, NONE); break;
    case SAFEPOINT: raised = compute(guest->context, turns, SAFEPOINT); break;
    case PYTHON: raised = compute(guest->context, turns, PYTHON); break;
    default: raised = compute(guest->context, turns, RETAKE); break;
    }
    return raised < 0 ? NULL : PyLong_FromLong(raised);
}

static PyMethodDef methods[] = {
    {"spin", (PyCFunction)(void (*)(void))spin, METH_VARARGS | METH_KEYWORDS,
     "spin(deadline_ms=0): compute for ever, without the GIL."},
    {"script", (PyCFunction)(void (*)(void))script,
     METH_VARARGS | METH_KEYWORDS,
     "script(function, deadline_ms=0): function(), where a cancel() and the\n"
     "deadline end each spin(), also those that it calls afterwards."},
    {"cancel", cancel, METH_VARARGS,
     "cancel(thread=0): end what runs now of spin() and script(), on the\n"
     "thread of that ident or on all; on how many that was."},
    {"run", run, METH_VARARGS,
     "run(look, turns): so many turns that look at 0 nothing, 1 the safe\n"
     "point, 2 PyErr_CheckSignals(), 3 that with the GIL taken for it."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "guest", NULL, -1, methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit_guest(void)
{
    PyObject *module = PyModule_Create(&definition);
    if (module == NULL)
        return NULL;
    cancelled = PyErr_NewException("guest.Cancelled", NULL, NULL);
    if (cancelled == NULL ||
        PyModule_AddObjectRef(module, "Cancelled", cancelled) < 0) {
        Py_DECREF(module);
        return NULL;
    }
    return module;
}
