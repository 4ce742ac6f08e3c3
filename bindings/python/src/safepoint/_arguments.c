/* Python's arguments as the library takes them.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "_native.h"

int to_signum(PyObject *object, void *signum)
{
    int number;
    if (PyUnicode_Check(object)) {
        Py_ssize_t length;
        const char *name = PyUnicode_AsUTF8AndSize(object, &length);
        if (name == NULL)
            return 0;
        number = strlen(name) == (size_t)length ? sig_number(name) : -1;
        if (number < 0) {
            PyErr_Format(PyExc_ValueError, "no signal is called %R", object);
            return 0;
        }
    } else {
        long value = PyLong_AsLong(object);
        if (value == -1 && PyErr_Occurred())
            return 0;
        number = (int)value;
        if (value != number) {
            (void)failed(-EINVAL);
            return 0;
        }
    }
    *(int *)signum = number;
    return 1;
}

int to_ns(PyObject *object, void *out)
{
    uint64_t *ns = out;
    if (object == Py_None) {
        *ns = SAFEPOINT_FOREVER;
        return 1;
    }
    double seconds = PyFloat_AsDouble(object);
    if (seconds == -1 && PyErr_Occurred())
        return 0;
    if (!(seconds >= 0)) {
        PyErr_Format(PyExc_ValueError,
                     "seconds must not be negative, but are %R", object);
        return 0;
    }
    /* Up, so that nothing is early. What the last 500 years do not hold never
     * comes. */
    double wanted = seconds * 1e9;
    *ns = wanted >= 18e18 ? SAFEPOINT_FOREVER : (uint64_t)wanted;
    if (*ns != SAFEPOINT_FOREVER && (double)*ns < wanted)
        ++*ns;
    return 1;
}

int to_fd(PyObject *object, void *fd)
{
    return (*(int *)fd = PyObject_AsFileDescriptor(object)) >= 0;
}

int to_unsigned(PyObject *object, void *number)
{
    unsigned long value = PyLong_AsUnsignedLong(object);
    if (value == (unsigned long)-1 && PyErr_Occurred())
        return 0;
    if (value > UINT32_MAX) {
        PyErr_Format(PyExc_OverflowError, "%R is more than 32 bits hold",
                     object);
        return 0;
    }
    *(unsigned *)number = (unsigned)value;
    return 1;
}
