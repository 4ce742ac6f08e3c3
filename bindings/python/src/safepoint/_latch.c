/* safepoint.Latch: a stop latch, in memory of its own or in a buffer.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "_native.h"

typedef struct {
    PyObject_HEAD
    sig_latch *latch; /* `own`, or in the buffer */
    sig_latch own;
    Py_buffer view;
} Latch;

PyTypeObject *latch_type;

static PyObject *latch_new(PyTypeObject *type, PyObject *args, PyObject *kw)
{
    static char *names[] = {"buffer", NULL};
    PyObject *buffer = Py_None;
    if (!PyArg_ParseTupleAndKeywords(args, kw, "|O:Latch", names, &buffer))
        return NULL;
    allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    Latch *self = (Latch *)allocate(type, 0);
    if (self == NULL)
        return NULL;
    self->latch = &self->own;
    if (buffer == Py_None)
        return (PyObject *)self;
    if (PyObject_GetBuffer(buffer, &self->view, PyBUF_WRITABLE) < 0) {
        Py_DECREF(self);
        return NULL;
    }
    self->latch = self->view.buf;
    if (self->view.len < (Py_ssize_t)sizeof(sig_latch) ||
        (uintptr_t)self->view.buf % sizeof(sig_latch) != 0) {
        Py_DECREF(self);
        return PyErr_Format(PyExc_ValueError,
                            "a latch needs 4 bytes, at an address that is a "
                            "multiple of 4");
    }
    return (PyObject *)self;
}

static void latch_dealloc(Latch *self)
{
    PyTypeObject *type = Py_TYPE((PyObject *)self);
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    if (self->view.obj != NULL)
        PyBuffer_Release(&self->view);
    release(self);
    Py_DECREF(type);
}

sig_latch *latch_of(PyObject *object)
{
    if (PyObject_TypeCheck(object, latch_type))
        return ((Latch *)object)->latch;
    PyErr_Format(PyExc_TypeError, "a Latch is required, not %R", object);
    return NULL;
}

static PyObject *latch_set(Latch *self, PyObject *unused)
{
    (void)unused;
    return took(sig_latch_set(self->latch));
}

static PyObject *latch_is_set(Latch *self, PyObject *unused)
{
    (void)unused;
    return PyBool_FromLong(sig_latch_is_set(self->latch));
}

static PyMethodDef methods[] = {
    {"set", (PyCFunction)latch_set, METH_NOARGS,
     "Set it, and wake all who wait for it. False where it was set already. "
     "Any thread,\nand any process that shares the buffer."},
    {"is_set", (PyCFunction)latch_is_set, METH_NOARGS,
     "Whether it is set. Any thread."},
    {0}};

static PyType_Slot slots[] = {{Py_tp_new, latch_new},
                              {Py_tp_dealloc, latch_dealloc},
                              {Py_tp_methods, methods},
                              {0}};

static PyType_Spec spec = {.name = "safepoint._native.Latch",
                           .basicsize = sizeof(Latch),
                           .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
                           .slots = slots};

PyTypeObject *latch_ready(void)
{
    return (PyTypeObject *)PyType_FromSpec(&spec);
}
