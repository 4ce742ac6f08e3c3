/* Blocking calls on files and sockets: methods of Context.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#define _GNU_SOURCE
#include "_native.h"
#include <fcntl.h>
#include <sys/socket.h>

/* bytes of what read(2) or, with flags, recv(2) has given. */
static PyObject *received(Context *self, int fd, Py_ssize_t size, int socket,
                          int flags)
{
    long result;
    if (size < 0)
        return PyErr_Format(PyExc_ValueError, "size must not be negative");
    char *buffer = PyMem_Malloc((size_t)size);
    if (buffer == NULL)
        return PyErr_NoMemory();
    if (socket)
        WAIT(sig_context_recv, fd, buffer, (size_t)size, flags);
    else
        WAIT(sig_context_read, fd, buffer, (size_t)size);
    PyObject *bytes = result < 0 ? ended(self, result)
                                 : PyBytes_FromStringAndSize(buffer, result);
    PyMem_Free(buffer);
    return bytes;
}

static PyObject *context_read(Context *self, PyObject *args)
{
    int fd;
    Py_ssize_t size;
    if (!PyArg_ParseTuple(args, "O&n:read", to_fd, &fd, &size))
        return NULL;
    return received(self, fd, size, 0, 0);
}

static PyObject *context_recv(Context *self, PyObject *args)
{
    int fd, flags = 0;
    Py_ssize_t size;
    if (!PyArg_ParseTuple(args, "O&n|i:recv", to_fd, &fd, &size, &flags))
        return NULL;
    return received(self, fd, size, 1, flags);
}

static PyObject *context_read_into(Context *self, PyObject *args)
{
    int fd;
    long result;
    Py_buffer view;
    if (!PyArg_ParseTuple(args, "O&w*:read_into", to_fd, &fd, &view))
        return NULL;
    WAIT(sig_context_read, fd, view.buf, (size_t)view.len);
    PyBuffer_Release(&view);
    return counted(self, result);
}

static PyObject *context_write(Context *self, PyObject *args)
{
    int fd;
    long result;
    Py_buffer view;
    if (!PyArg_ParseTuple(args, "O&y*:write", to_fd, &fd, &view))
        return NULL;
    WAIT(sig_context_write, fd, view.buf, (size_t)view.len);
    PyBuffer_Release(&view);
    return counted(self, result);
}

static PyObject *context_send(Context *self, PyObject *args)
{
    int fd, flags = 0;
    long result;
    Py_buffer view;
    if (!PyArg_ParseTuple(args, "O&y*|i:send", to_fd, &fd, &view, &flags))
        return NULL;
    WAIT(sig_context_send, fd, view.buf, (size_t)view.len, flags);
    PyBuffer_Release(&view);
    return counted(self, result);
}

static PyObject *context_accept(Context *self, PyObject *object)
{
    int fd;
    long result;
    if (!to_fd(object, &fd))
        return NULL;
    WAIT(sig_context_accept4, fd, NULL, NULL, SOCK_CLOEXEC);
    return counted(self, result);
}

static PyObject *context_open(Context *self, PyObject *args)
{
    PyObject *given, *path;
    int flags, mode = 0777;
    long result;
    if (!PyArg_ParseTuple(args, "Oi|i:open", &given, &flags, &mode) ||
        !PyUnicode_FSConverter(given, &path))
        return NULL;
    const char *name = PyBytes_AsString(path);
    WAIT(sig_context_open, name, flags | O_CLOEXEC, (unsigned)mode);
    Py_DECREF(path);
    return result < 0 ? ended_at(self, result, given) : PyLong_FromLong(result);
}

static PyObject *context_flock(Context *self, PyObject *args)
{
    int fd, operation;
    long result;
    if (!PyArg_ParseTuple(args, "O&i:flock", to_fd, &fd, &operation))
        return NULL;
    WAIT(sig_context_flock, fd, operation);
    return over(self, result);
}

#define METHOD(name, flags, doc)                                             \
    {#name, (PyCFunction)context_##name, flags, doc}

PyMethodDef file_methods[] = {
    METHOD(read, METH_VARARGS,
           "read(fd, size): at least one byte, or b'' at the end. Whatever "
           "has fileno() will do."),
    METHOD(read_into, METH_VARARGS,
           "read_into(fd, buffer): how many bytes came, 0 at the end."),
    METHOD(write, METH_VARARGS,
           "write(fd, data): how many bytes were written, which may be fewer."),
    METHOD(recv, METH_VARARGS, "recv(fd, size, flags=0), of a socket."),
    METHOD(send, METH_VARARGS,
           "send(fd, data, flags=0): how many bytes were sent."),
    METHOD(accept, METH_O,
           "The new connection's descriptor, for socket.socket(fileno=...); "
           "not inherited."),
    METHOD(open, METH_VARARGS,
           "open(path, flags, mode=0o777), of a FIFO say: the descriptor, not "
           "inherited."),
    METHOD(flock, METH_VARARGS, "flock(fd, operation): fcntl.LOCK_EX and so on."),
    {0}};
