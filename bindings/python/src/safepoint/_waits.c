/* Blocking calls that a signal always ends, without the GIL: methods of
 * Context.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "_native.h"
#include <poll.h>
#include <time.h>

/* None, or what a wait that failed raises. */
PyObject *over(Context *self, long result)
{
    if (result < 0)
        return ended(self, result);
    Py_RETURN_NONE;
}

PyObject *counted(Context *self, long result)
{
    return result < 0 ? ended(self, result) : PyLong_FromLong(result);
}

static PyObject *context_sleep(Context *self, PyObject *seconds)
{
    uint64_t ns;
    int result;
    if (!to_ns(seconds, &ns))
        return NULL;
    WAIT(sig_context_sleep, ns);
    return over(self, result);
}

static PyObject *context_pause(Context *self, PyObject *unused)
{
    (void)unused;
    int result;
    if (sig_context_is_owner(self->handle) != 1)
        return done(sig_context_pause(self->handle)); /* refused */
    WAIT(sig_context_pause);
    return over(self, result);
}

/* [(fd, events)] as pollfds, to be freed; NULL with an exception. */
static struct pollfd *pollfds(PyObject *list, Py_ssize_t *count)
{
    *count = PyList_Size(list);
    struct pollfd *fds = PyMem_Calloc((size_t)*count + 1, sizeof *fds);
    if (fds == NULL)
        return (struct pollfd *)PyErr_NoMemory();
    for (Py_ssize_t i = 0; i < *count; i++) {
        /* A fileno() that changes the list ends this, with an exception. */
        PyObject *pair = PyList_GetItem(list, i);
        if (pair == NULL || !PyArg_ParseTuple(pair, "O&h:poll", to_fd,
                                              &fds[i].fd, &fds[i].events)) {
            PyMem_Free(fds);
            return NULL;
        }
    }
    return fds;
}

static PyObject *polled(const struct pollfd *fds, Py_ssize_t count)
{
    PyObject *list = PyList_New(0);
    for (Py_ssize_t i = 0; list != NULL && i < count; i++) {
        if (fds[i].revents == 0)
            continue;
        PyObject *pair = Py_BuildValue("(ii)", fds[i].fd,
                                       (int)(unsigned short)fds[i].revents);
        if (pair == NULL || PyList_Append(list, pair) < 0)
            Py_CLEAR(list);
        Py_XDECREF(pair);
    }
    return list;
}

static PyObject *context_poll(Context *self, PyObject *args)
{
    PyObject *list;
    uint64_t ns;
    Py_ssize_t count;
    long result;
    if (!PyArg_ParseTuple(args, "O!O&:poll", &PyList_Type, &list, to_ns, &ns))
        return NULL;
    struct pollfd *fds = pollfds(list, &count);
    if (fds == NULL)
        return NULL;
    struct timespec time = {.tv_sec = (time_t)(ns / 1000000000),
                            .tv_nsec = (long)(ns % 1000000000)};
    WAIT(sig_context_ppoll, fds, (unsigned long)count,
         ns == SAFEPOINT_FOREVER ? NULL : &time, NULL);
    PyObject *list_of = result < 0 ? ended(self, result) : polled(fds, count);
    PyMem_Free(fds);
    return list_of;
}

static PyObject *context_waitpid(Context *self, PyObject *args)
{
    int pid, options = 0, status = 0;
    long result;
    if (!PyArg_ParseTuple(args, "i|i:waitpid", &pid, &options))
        return NULL;
    WAIT(sig_context_waitpid, pid, &status, options);
    return result < 0 ? ended(self, result)
                      : Py_BuildValue("(li)", result, status);
}

static PyObject *context_wait(Context *self, PyObject *args)
{
    unsigned long long set;
    uint64_t ns;
    int result;
    sig_event event = {.size = sizeof event};
    if (!PyArg_ParseTuple(args, "KO&:wait", &set, to_ns, &ns))
        return NULL;
    WAIT(sig_context_wait, set, ns, &event, sizeof event);
    if (result == -ETIMEDOUT && !PyErr_Occurred())
        Py_RETURN_NONE;
    return result < 0 ? ended(self, result) : event_object(&event);
}

static PyObject *context_mask(Context *self, PyObject *args)
{
    int how, result;
    unsigned long long set;
    uint64_t old;
    if (!PyArg_ParseTuple(args, "iK:mask", &how, &set))
        return NULL;
    WITHOUT_GIL(result = sig_context_mask(self->handle, how, set, &old));
    return result < 0 ? ended(self, result) : PyLong_FromUnsignedLongLong(old);
}

static PyObject *context_pending(Context *self, PyObject *unused)
{
    (void)unused;
    uint64_t set;
    int error = sig_context_pending(self->handle, &set);
    return error < 0 ? failed(error) : PyLong_FromUnsignedLongLong(set);
}

static PyObject *context_latch_wait(Context *self, PyObject *args)
{
    PyObject *latch;
    uint64_t ns;
    if (!PyArg_ParseTuple(args, "OO&:latch_wait", &latch, to_ns, &ns))
        return NULL;
    return latch_waited(self, latch, ns);
}

PyObject *latch_waited(Context *self, PyObject *object, uint64_t ns)
{
    int result;
    sig_latch *latch = latch_of(object);
    if (latch == NULL)
        return NULL;
    WAIT(sig_context_latch_wait, latch, ns);
    return result < 0 ? ended(self, result) : PyBool_FromLong(result);
}

static PyObject *context_begin_blocking(Context *self, PyObject *unused)
{
    (void)unused;
    int result = sig_context_blocking_begin(self->handle);
    return result < 0 ? failed(result) : PyBool_FromLong(result);
}

static PyObject *context_end_blocking(Context *self, PyObject *unused)
{
    (void)unused;
    return done(sig_context_blocking_end(self->handle));
}

/* An argument of syscall(): an int, or the address of a buffer. */
static int syscall_argument(PyObject *object, Py_buffer *view, long *argument)
{
    if (!PyObject_CheckBuffer(object)) {
        *argument = PyLong_AsLong(object);
        return !(*argument == -1 && PyErr_Occurred());
    }
    if (PyObject_GetBuffer(object, view, PyBUF_SIMPLE) < 0)
        return 0;
    *argument = (long)(intptr_t)view->buf;
    return 1;
}

static PyObject *context_syscall(Context *self, PyObject *args)
{
    long a[7] = {0}, result = -EINTR;
    Py_buffer views[7] = {{0}};
    Py_ssize_t count = PyTuple_Size(args), i = 0;
    if (count < 1 || count > 7)
        return PyErr_Format(PyExc_TypeError,
                            "syscall() takes a number and up to 6 arguments");
    while (i < count &&
           syscall_argument(PyTuple_GetItem(args, i), &views[i], &a[i]))
        i++;
    if (i == count)
        WAIT(sig_context_syscall, a[0], a[1], a[2], a[3], a[4], a[5], a[6]);
    while (i-- > 0)
        if (views[i].obj != NULL)
            PyBuffer_Release(&views[i]);
    return counted(self, result);
}

#define METHOD(name, flags, doc)                                             \
    {#name, (PyCFunction)context_##name, flags, doc}
#define WRAPPED(name, flags)                                                 \
    {"_" #name, (PyCFunction)context_##name, flags, NULL}

PyMethodDef wait_methods[] = {
    METHOD(sleep, METH_O,
           "Sleep so many seconds; None is for ever. Handlers run meanwhile, "
           "and it goes on."),
    METHOD(pause, METH_NOARGS,
           "Wait until at least one handler or call has run, here; what is "
           "pending already\ncounts. Owner."),
    WRAPPED(poll, METH_VARARGS),
    METHOD(waitpid, METH_VARARGS,
           "waitpid(pid, options=0): (pid, status), as os.waitpid() has it. A "
           "child is reaped\nonce, whatever arrives."),
    WRAPPED(wait, METH_VARARGS),
    WRAPPED(mask, METH_VARARGS),
    WRAPPED(pending, METH_NOARGS),
    WRAPPED(latch_wait, METH_VARARGS),
    WRAPPED(begin_blocking, METH_NOARGS),
    WRAPPED(end_blocking, METH_NOARGS),
    METHOD(syscall, METH_VARARGS,
           "syscall(number, *arguments): any system call, with ints and "
           "buffers, whose\naddress is passed; not fork, clone, close, dup2. "
           "Made again with these very\narguments where a signal interrupted "
           "it."),
    {0}};
