/* safepoint._native: the C API as Python has it. safepoint/__init__.py is what
 * users see; _native.pyi has the types of what is here.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "_native.h"

static PyObject *interrupted_function;

PyObject *interrupted(void)
{
    return interrupted_function;
}

static PyObject *native_interrupted(PyObject *module, PyObject *event)
{
    (void)module, (void)event;
    PyErr_SetNone(PyExc_KeyboardInterrupt);
    return NULL;
}

static PyObject *native_init(PyObject *module, PyObject *args)
{
    unsigned flags;
    (void)module;
    if (!PyArg_ParseTuple(args, "I:init", &flags))
        return NULL;
    return done(sig_init(flags));
}

static PyObject *native_fini(PyObject *module, PyObject *unused)
{
    (void)module, (void)unused;
    int result;
    /* It may wait for a thread that runs a wake-up function. */
    WITHOUT_GIL(result = sig_fini());
    if (result >= 0)
        entries_drop(sig_main());
    return done(result);
}

static PyObject *native_cancel(PyObject *module, PyObject *args)
{
    unsigned long long number;
    uint64_t timer;
    (void)module;
    if (!PyArg_ParseTuple(args, "K:cancel", &number))
        return NULL;
    int result = call_timer(number, &timer) ? sig_cancel(timer) : -ENOENT;
    if (PyErr_Occurred())
        return NULL;
    if (result >= 0)
        call_drop(number);
    return done(result);
}

static PyObject *native_raise_signal(PyObject *module, PyObject *name)
{
    int signum;
    (void)module;
    return to_signum(name, &signum) ? done(sig_raise(signum)) : NULL;
}

static PyObject *native_kill(PyObject *module, PyObject *args)
{
    int pid, signum;
    (void)module;
    if (!PyArg_ParseTuple(args, "iO&:kill", &pid, to_signum, &signum))
        return NULL;
    return done(sig_kill(pid, signum));
}

static PyObject *native_kill_thread(PyObject *module, PyObject *args)
{
    unsigned long thread;
    int signum;
    (void)module;
    if (!PyArg_ParseTuple(args, "kO&:kill_thread", &thread, to_signum, &signum))
        return NULL;
    return done(sig_kill_thread(thread, signum));
}

static PyObject *native_queue(PyObject *module, PyObject *args)
{
    int pid, signum;
    Py_ssize_t value;
    (void)module;
    if (!PyArg_ParseTuple(args, "iO&n:queue", &pid, to_signum, &signum, &value))
        return NULL;
    return done(sig_queue(pid, signum, value));
}

static PyObject *native_pidfd_send(PyObject *module, PyObject *args)
{
    int pidfd, signum;
    (void)module;
    if (!PyArg_ParseTuple(args, "O&O&:pidfd_send", to_fd, &pidfd, to_signum,
                          &signum))
        return NULL;
    return done(sig_pidfd_send(pidfd, signum));
}

static PyObject *native_alarm(PyObject *module, PyObject *args)
{
    unsigned seconds;
    (void)module;
    if (!PyArg_ParseTuple(args, "O&:alarm", to_unsigned, &seconds))
        return NULL;
    return PyLong_FromUnsignedLong(sig_alarm(seconds));
}

/* (seconds until it falls due, seconds between) */
static PyObject *itimer_object(int error, const sig_itimer *timer)
{
    if (error < 0)
        return failed(error);
    return Py_BuildValue("(dd)", (double)timer->value / 1e9,
                         (double)timer->interval / 1e9);
}

static PyObject *native_setitimer(PyObject *module, PyObject *args,
                                  PyObject *keywords)
{
    static char *names[] = {"which", "seconds", "interval", NULL};
    int which;
    sig_itimer timer = {.size = sizeof timer}, old = {.size = sizeof old};
    (void)module;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "iO&|O&:setitimer", names,
                                     &which, to_ns, &timer.value, to_ns,
                                     &timer.interval))
        return NULL;
    return itimer_object(sig_setitimer(which, &timer, &old), &old);
}

static PyObject *native_getitimer(PyObject *module, PyObject *args)
{
    int which;
    sig_itimer timer = {.size = sizeof timer};
    (void)module;
    if (!PyArg_ParseTuple(args, "i:getitimer", &which))
        return NULL;
    return itimer_object(sig_getitimer(which, &timer), &timer);
}

static PyObject *native_name(PyObject *module, PyObject *number)
{
    int signum;
    (void)module;
    if (!to_signum(number, &signum))
        return NULL;
    return Py_BuildValue("z", sig_name(signum));
}

static PyObject *native_describe(PyObject *module, PyObject *number)
{
    int signum;
    (void)module;
    if (!to_signum(number, &signum))
        return NULL;
    return Py_BuildValue("z", sig_describe(signum));
}

static PyObject *native_number(PyObject *module, PyObject *name)
{
    int signum;
    (void)module;
    return to_signum(name, &signum) ? PyLong_FromLong(signum) : NULL;
}

PyObject *native_valid(PyObject *module, PyObject *unused)
{
    (void)module, (void)unused;
    PyObject *list = PyList_New(0);
    uint64_t left = sig_valid();
    for (long signum = 1; list != NULL && left != 0; signum++, left >>= 1) {
        if ((left & 1) == 0)
            continue;
        PyObject *number = PyLong_FromLong(signum);
        if (number == NULL || PyList_Append(list, number) < 0)
            Py_CLEAR(list);
        Py_XDECREF(number);
    }
    return list;
}

static PyObject *native_set_kick(PyObject *module, PyObject *name)
{
    int signum;
    (void)module;
    return to_signum(name, &signum) ? done(sig_set_kick(signum)) : NULL;
}

#define METHOD(name, flags, doc)                                             \
    {#name, (PyCFunction)(void (*)(void))native_##name, flags, doc}

static PyMethodDef methods[] = {
    {"forked", entries_forked, METH_NOARGS, NULL},
    {"close", entries_close, METH_NOARGS, NULL},
    {"use_types", use_types, METH_VARARGS, NULL},
    {"become_main", context_become_main, METH_O, NULL},
    {"trip_watched", trip_watched, METH_O, NULL},
    METHOD(interrupted, METH_O,
           "A handler to install: it raises KeyboardInterrupt, from the check "
           "or the wait."),
    METHOD(init, METH_VARARGS, NULL),
    METHOD(fini, METH_NOARGS,
           "Put every disposition of the main context back, drop what is "
           "pending, and have no\nowner. Python does it when it ends. Owner; "
           "any thread, where there is none."),
    METHOD(cancel, METH_VARARGS,
           "cancel(number): cancel the Timer of this number, of any context. "
           "Any thread.\nFileNotFoundError where there is none: it was run, or "
           "cancelled, or armed before a\nfork. Timer.cancel() does not raise "
           "that."),
    METHOD(raise_signal, METH_O,
           "Send a signal to the calling thread; its handler runs at the next "
           "check. Any thread."),
    METHOD(kill, METH_VARARGS, "kill(pid, signum): kill(2). Any thread."),
    METHOD(kill_thread, METH_VARARGS,
           "kill_thread(ident, signum): to a thread of this process, by its\n"
           "threading.get_ident(). It has to live: for another number this may "
           "crash, as\nsignal.pthread_kill() may. Any thread."),
    METHOD(queue, METH_VARARGS,
           "queue(pid, signum, value): a signal with an int, which its event "
           "has as `value`.\nBlockingIOError where the receiver's queue is "
           "full. Any thread."),
    METHOD(pidfd_send, METH_VARARGS,
           "pidfd_send(pidfd, signum): to that very process, never to a later "
           "one of the same\nnumber; os.pidfd_open() makes one. Any thread."),
    METHOD(alarm, METH_VARARGS,
           "SIGALRM in so many seconds, 0 for not at all; the seconds that "
           "were left."),
    METHOD(setitimer, METH_VARARGS | METH_KEYWORDS,
           "setitimer(which, seconds, interval=0): set signal.ITIMER_REAL and "
           "so on; what it\nwas, (seconds, interval). Any thread."),
    METHOD(getitimer, METH_VARARGS,
           "getitimer(which): what it has left, (seconds, interval)."),
    METHOD(name, METH_O, "'SIGINT', 'SIGRTMIN+3'; None where there is none."),
    METHOD(describe, METH_O, "'Interrupt'; None where there is no such signal."),
    METHOD(number, METH_O,
           "The number of a signal by its name: 'SIGINT', 'int', 'RTMIN+3', "
           "'2'. ValueError\nwhere no signal is called that."),
    METHOD(valid, METH_NOARGS, NULL),
    METHOD(set_kick, METH_O,
           "Have this signal end the owner's waits, for what does not arrive "
           "on its thread;\nSIGURG at first. Owner, or the first; OSError EBUSY "
           "where waits have used the one\nbefore."),
    {0}};

static int ready(PyObject *module)
{
    if (entries_ready() < 0 ||
        (context_type == NULL && (context_type = context_ready()) == NULL) ||
        (latch_type == NULL && (latch_type = latch_ready()) == NULL))
        return -1;
    if (interrupted_function == NULL)
        interrupted_function = PyObject_GetAttrString(module, "interrupted");
    if (interrupted_function == NULL)
        return -1;
    PyObject *version = PyUnicode_FromString(sig_version_string());
    int error =
        version == NULL ||
        PyModule_AddObjectRef(module, "version", version) < 0 ||
        PyModule_AddObjectRef(module, "interrupted", interrupted_function) < 0 ||
        PyModule_AddType(module, context_type) < 0 ||
        PyModule_AddType(module, latch_type) < 0;
    Py_XDECREF(version);
    return -error;
}

/* The main context and the signals are the process's, which subinterpreters
 * share: the first interpreter has them. */
static int execute(PyObject *module)
{
    if (PyInterpreterState_GetID(PyInterpreterState_Get()) == 0)
        return ready(module);
    PyErr_SetString(PyExc_ImportError,
                    "safepoint works in the main interpreter alone");
    return -1;
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, execute}, {0}};

static PyModuleDef definition = {PyModuleDef_HEAD_INIT,
                                 .m_name = "safepoint._native",
                                 .m_methods = methods,
                                 .m_slots = slots};

PyMODINIT_FUNC PyInit__native(void)
{
    return PyModuleDef_Init(&definition);
}
