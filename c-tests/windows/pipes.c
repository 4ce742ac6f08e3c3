/* For test_windows.h: pipes, which are sockets there, and what is polled. */
#include <winsock2.h>

#include <errno.h>
#include <stdbool.h>
#include <safepoint.h>

#include "pipes.h"

/* errno, as of a call on Linux, from the sockets' error. */
static int failed(void)
{
    errno = WSAGetLastError() == WSAEWOULDBLOCK ? EAGAIN : EIO;
    return -1;
}

/* Two ends of a connection, of which the first is to be read. */
int test_pipe(int fds[2])
{
    WSADATA data;
    struct sockaddr_in at = {.sin_family = AF_INET};
    int size = sizeof at, yes = 1;
    u_long nonblocking = 1;
    WSAStartup(0x202, &data);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    SOCKET listener = socket(AF_INET, SOCK_STREAM, 0);
    SOCKET write_end = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&at, size) || listen(listener, 1) ||
        getsockname(listener, (struct sockaddr *)&at, &size) ||
        connect(write_end, (struct sockaddr *)&at, size))
        return failed();
    SOCKET read_end = accept(listener, NULL, NULL);
    closesocket(listener);
    if (read_end == INVALID_SOCKET || ioctlsocket(read_end, FIONBIO, &nonblocking) ||
        ioctlsocket(write_end, FIONBIO, &nonblocking) ||
        setsockopt(write_end, IPPROTO_TCP, TCP_NODELAY, (char *)&yes, sizeof yes))
        return failed();
    fds[0] = (int)read_end;
    fds[1] = (int)write_end;
    return 0;
}

long long test_read(int fd, void *bytes, size_t size)
{
    int n = recv((SOCKET)fd, bytes, (int)size, 0);
    return n < 0 ? failed() : n;
}

long long test_write(int fd, const void *bytes, size_t size)
{
    int n = send((SOCKET)fd, bytes, (int)size, 0);
    return n < 0 ? failed() : n;
}

int test_close(int fd)
{
    return closesocket((SOCKET)fd) ? failed() : 0;
}

/* The one descriptor that is none: what sig_event_handle() gives. */
int test_event_fd(void)
{
    void *handle;
    int result = sig_event_handle(&handle);
    return result < 0 ? result : TEST_EVENT;
}

static bool event_is_set(int ms)
{
    void *handle = NULL;
    sig_event_handle(&handle); /* the owner polls, or has polled */
    return WaitForSingleObject(handle, (DWORD)ms) == WAIT_OBJECT_0;
}

int test_poll(struct pollfd *fds, unsigned long count, int ms)
{
    if (count == 1 && fds->fd == TEST_EVENT) {
        fds->revents = event_is_set(ms) ? POLLIN : 0;
        return fds->revents != 0;
    }
    int ready = WSAPoll(fds, count, ms);
    return ready < 0 ? failed() : ready;
}
