/* safepoint._native.Context: an owner, its handlers, and what is pending for
 * it. safepoint.Context adds keywords, names and sets; _native.pyi has the
 * types.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "_native.h"

PyTypeObject *context_type;

/* So that check() looks closer. */
static const volatile uint32_t closed_breaker = 1;

PyObject *done(long result)
{
    if (result < 0)
        return failed(result);
    Py_RETURN_NONE;
}

PyObject *took(long result)
{
    return result < 0 ? failed(result) : PyBool_FromLong(result == 0);
}

static PyObject *context_new(PyTypeObject *type, PyObject *args, PyObject *kw)
{
    (void)args, (void)kw;
    allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    Context *self = (Context *)allocate(type, 0);
    if (self == NULL)
        return NULL;
    self->breaker = &closed_breaker;
    self->closed = 1;
    self->handle = sig_context_new();
    if (self->handle == NULL) {
        Py_DECREF(self);
        return failed(-ENOMEM);
    }
    self->closed = 0;
    self->breaker = sig_context_breaker(self->handle);
    return (PyObject *)self;
}

/* On another thread than its owner's that is refused, and it stays: it may be
 * in use there. The library says of a handle that it was freed (ESTALE). */
int context_end(Context *self)
{
    if (self->closed)
        return 0;
    int result = sig_context_free(self->handle);
    if (result < 0)
        return result;
    self->closed = 1;
    self->breaker = &closed_breaker;
    entries_drop(self->handle);
    return 0;
}

static void context_dealloc(Context *self)
{
    PyTypeObject *type = Py_TYPE((PyObject *)self);
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    PyObject *kind, *value, *trace;
    PyErr_Fetch(&kind, &value, &trace);
    if (self->handle != sig_main())
        (void)context_end(self);
    PyErr_Restore(kind, value, trace);
    release(self);
    Py_DECREF(type);
}

static PyObject *context_close(Context *self, PyObject *unused)
{
    (void)unused;
    return done(context_end(self));
}

static PyObject *context_closed(Context *self, void *unused)
{
    (void)unused;
    return PyBool_FromLong(self->closed);
}

static PyObject *context_is_owner(Context *self, PyObject *unused)
{
    (void)unused;
    return PyBool_FromLong(sig_context_is_owner(self->handle) == 1);
}

static PyObject *context_adopt(Context *self, PyObject *unused)
{
    (void)unused;
    return done(sig_context_adopt(self->handle));
}

/* Puts `entry`, (callable, flags), there first, so that nothing can fail once
 * the library has it. */
static PyObject *install_entry(Context *self, int signum, PyObject *callable,
                               unsigned flags, PyObject *entry)
{
    PyObject *previous = handler_of(self->handle, signum); /* borrowed */
    Py_XINCREF(previous);
    if (PyErr_Occurred() || handler_set(self->handle, signum, entry) < 0) {
        Py_XDECREF(previous);
        return NULL;
    }
    if (previous == NULL)
        unwatch(self->handle, signum);
    int result = sig_context_install(
        self->handle, signum,
        callable == interrupted() ? sig_interrupted : run_handler, NULL, flags);
    if (result != 0 && previous != NULL)
        (void)handler_set(self->handle, signum, previous);
    else if (result != 0)
        handler_drop(self->handle, signum);
    Py_XDECREF(previous);
    return took(result);
}

static PyObject *context_install(Context *self, PyObject *args)
{
    int signum;
    unsigned flags;
    PyObject *callable;
    if (!PyArg_ParseTuple(args, "O&OI:install", to_signum, &signum, &callable,
                          &flags))
        return NULL;
    if (!PyCallable_Check(callable))
        return PyErr_Format(PyExc_TypeError,
                            "a handler must be callable, not %R", callable);
    PyObject *entry = Py_BuildValue("(OI)", callable, flags);
    if (entry == NULL)
        return NULL;
    PyObject *result = install_entry(self, signum, callable, flags, entry);
    Py_DECREF(entry);
    return result;
}

/* Takes our handler away by one of the library's functions. */
static PyObject *unhandle(Context *self, PyObject *name,
                          int (*function)(sig_context *, int))
{
    int signum;
    if (!to_signum(name, &signum))
        return NULL;
    int result = function(self->handle, signum);
    if (result >= 0)
        handler_drop(self->handle, signum);
    return took(result);
}

static PyObject *context_ignore(Context *self, PyObject *name)
{
    return unhandle(self, name, sig_context_ignore);
}

static PyObject *context_default(Context *self, PyObject *name)
{
    return unhandle(self, name, sig_context_default);
}

static PyObject *context_restore(Context *self, PyObject *name)
{
    return unhandle(self, name, sig_context_restore);
}

static PyObject *context_query(Context *self, PyObject *name)
{
    int signum;
    sig_disposition found;
    if (!to_signum(name, &signum))
        return NULL;
    int error = sig_context_query(self->handle, signum, &found, sizeof found);
    if (error < 0)
        return failed(error);
    if (found.handler == run_python)
        found = (sig_disposition){.kind = SAFEPOINT_KIND_FOREIGN};
    PyObject *entry = handler_of(self->handle, signum), *callable = Py_None;
    if (found.handler == sig_interrupted)
        callable = interrupted();
    else if (found.handler == run_handler && entry != NULL)
        callable = PyTuple_GetItem(entry, 0);
    if (PyErr_Occurred())
        return NULL;
    return Py_BuildValue("(IOIO)", found.kind, callable, found.flags,
                         found.overwritten ? Py_True : Py_False);
}

static PyObject *context_verify(Context *self, PyObject *name)
{
    int signum;
    if (!to_signum(name, &signum))
        return NULL;
    int result = sig_context_verify(self->handle, signum);
    return result < 0 ? failed(result) : PyBool_FromLong(result);
}

static PyObject *context_set_escalation(Context *self, PyObject *args)
{
    int signum;
    unsigned deliveries;
    uint64_t ns;
    if (!PyArg_ParseTuple(args, "O&O&O&:set_escalation", to_signum, &signum,
                          to_unsigned, &deliveries, to_ns, &ns))
        return NULL;
    return done(
        sig_context_set_escalation(self->handle, signum, deliveries, ns));
}

static PyObject *context_set_restart(Context *self, PyObject *args)
{
    int signum, on;
    if (!PyArg_ParseTuple(args, "O&p:set_restart", to_signum, &signum, &on))
        return NULL;
    return done(sig_context_set_restart(self->handle, signum, on));
}

#define METHOD(name, flags, doc)                                             \
    {#name, (PyCFunction)context_##name, flags, doc}
#define WRAPPED(name, flags)                                                 \
    {"_" #name, (PyCFunction)context_##name, flags, NULL}

static PyMethodDef handler_methods[] = {
    METHOD(close, METH_NOARGS,
           "Take its handlers, timers and wake-ups away, and drop what is "
           "pending. Owner;\nany thread, where the owner has ended. PermissionError "
           "elsewhere, OSError EBUSY\nwhile a handler of its own is running."),
    METHOD(is_owner, METH_NOARGS,
           "Whether the calling thread is the owner. Any thread."),
    METHOD(adopt, METH_NOARGS,
           "Make the calling thread the owner, whoever was before; what is "
           "pending stays.\nThe old owner must be in none of the library's "
           "functions but check() and its\nwaits. OSError EBUSY while a handler "
           "is running."),
    WRAPPED(install, METH_VARARGS),
    METHOD(ignore, METH_O,
           "Ignore the signal; what is pending of it is dropped. False where "
           "another context\nhas a handler for it: it is ignored when that has "
           "gone. Owner, or the first."),
    METHOD(default, METH_O,
           "Do the default; what is pending of the signal is dropped. False "
           "where another\ncontext has a handler for it, or ignores it. Owner, "
           "or the first."),
    METHOD(restore, METH_O,
           "Put back what stood there before our first change. False where "
           "somebody has put\na handler over ours: that is left alone. Owner."),
    WRAPPED(query, METH_O),
    METHOD(verify, METH_O,
           "Whether our handler still stands there, in the kernel. Owner."),
    WRAPPED(set_escalation, METH_VARARGS),
    WRAPPED(set_restart, METH_VARARGS),
    {0}};

static PyGetSetDef properties[] = {
    {"closed", (getter)context_closed, NULL, "Whether it was closed.", NULL},
    {0}};

static PyType_Slot slots[] = {
    {Py_tp_new, context_new},
    {Py_tp_dealloc, context_dealloc},
    {Py_tp_methods, handler_methods},
    {Py_tp_getset, properties},
    {0}};

static PyType_Spec spec = {
    .name = "safepoint._native.Context",
    .basicsize = sizeof(Context),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = slots};

/* The methods of another file. */
static int add_methods(PyObject *type, PyMethodDef *method)
{
    for (; method->ml_name != NULL; method++) {
        PyObject *made = PyDescr_NewMethod((PyTypeObject *)type, method);
        if (made == NULL ||
            PyObject_SetAttrString(type, method->ml_name, made) < 0) {
            Py_XDECREF(made);
            return -1;
        }
        Py_DECREF(made);
    }
    return 0;
}

PyTypeObject *context_ready(void)
{
    PyObject *type = PyType_FromSpec(&spec);
    if (type != NULL && (add_methods(type, point_methods) < 0 ||
                         add_methods(type, wait_methods) < 0 ||
                         add_methods(type, file_methods) < 0))
        Py_CLEAR(type);
    return (PyTypeObject *)type;
}

/* Makes `self`, which has a context of its own, the main one instead. */
PyObject *context_become_main(PyObject *module, PyObject *object)
{
    (void)module;
    if (!PyObject_TypeCheck(object, context_type))
        return PyErr_Format(PyExc_TypeError, "%R is no Context", object);
    Context *self = (Context *)object;
    int result = context_end(self);
    if (result < 0)
        return failed(result);
    self->handle = sig_main();
    self->breaker = sig_breaker();
    self->closed = 0;
    Py_RETURN_NONE;
}
