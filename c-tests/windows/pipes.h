/* Pipes and poll() for test_windows.h, by their names of POSIX. A pipe's ends
 * never block there. sig_event_fd() is a number that stands for what
 * sig_event_handle() gives, which poll() waits for. */
#ifndef PIPES_H
#define PIPES_H

#include <stddef.h>

struct pollfd;
int test_pipe(int fds[2]);
long long test_read(int fd, void *bytes, size_t size);
long long test_write(int fd, const void *bytes, size_t size);
int test_close(int fd);
int test_event_fd(void);
int test_poll(struct pollfd *fds, unsigned long count, int ms);
enum { TEST_EVENT = 1 << 30 };

#ifndef _WINSOCK2API_ /* which has names that tests use */
struct pollfd { /* WSAPOLLFD */
    uintptr_t fd;
    short events, revents;
};
#define POLLIN 0x300

#define O_NONBLOCK 0
#define O_CLOEXEC 0
#define pipe2(fds, flags) test_pipe(fds)
#define read(fd, bytes, size) test_read(fd, bytes, size)
#define write(fd, bytes, size) test_write(fd, bytes, size)
#define close(fd) test_close(fd)
#define poll(fds, count, ms) test_poll(fds, count, ms)
#define sig_event_fd() test_event_fd()
#endif

#endif /* PIPES_H */
