/* Every wait that the library has: how to come to wait in it, what ends it,
 * and what the result is then. One at a time in a process. */
#ifndef WAITS_H
#define WAITS_H

#include "test.h"

#include <netinet/in.h>
#include <semaphore.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <linux/futex.h>

#ifndef SYS_semtimedop
#define SYS_semtimedop SYS_semtimedop_time64
#endif

struct wait {
    const char *name;
    void (*prepare)(void);
    long (*call)(void);       /* waits, for ever */
    void (*feed)(void);       /* what ends it, from anywhere; or NULL */
    void (*expect)(long result); /* it was fed */
    long number;              /* the system call that waits */
};

static int wait_fds[2], wait_other = -1, wait_id;
static char wait_path[64];
static struct sockaddr_un wait_address;
static uint32_t wait_word;
static sem_t wait_semaphore;
static pid_t wait_child;
static struct pollfd wait_pollfd;
static fd_set wait_fd_set;
static char wait_byte;
static const char wait_bytes[4096];

static inline void wait_expect_0(long result)
{
    ASSERT_EQ(result, 0);
}

static inline void wait_expect_1(long result)
{
    ASSERT_EQ(result, 1);
}

/* Reading from a pipe. */

static inline void wait_pipe(void)
{
    MUST(pipe(wait_fds));
}

static inline void wait_feed_byte(void)
{
    ASSERT_EQ(write(wait_fds[1], "x", 1), 1);
}

static inline void wait_expect_byte(long result)
{
    ASSERT_EQ(result, 1);
    ASSERT_EQ(wait_byte, 'x');
}

static inline long wait_read(void)
{
    return sig_read(wait_fds[0], &wait_byte, 1);
}

static inline long wait_readv(void)
{
    struct iovec vector = {&wait_byte, 1};
    return sig_readv(wait_fds[0], &vector, 1);
}

static inline long wait_syscall(void)
{
    return sig_syscall(SYS_read, wait_fds[0], (long)&wait_byte, 1, 0, 0, 0);
}

static inline long wait_poll(void)
{
    wait_pollfd = (struct pollfd){wait_fds[0], POLLIN, 0};
    return sig_poll(&wait_pollfd, 1, -1);
}

static inline long wait_ppoll(void)
{
    struct timespec time = {1000, 0};
    wait_pollfd = (struct pollfd){wait_fds[0], POLLIN, 0};
    return sig_ppoll(&wait_pollfd, 1, &time, NULL);
}

static inline long wait_select(void)
{
    struct timeval time = {1000, 0};
    FD_ZERO(&wait_fd_set);
    FD_SET(wait_fds[0], &wait_fd_set);
    return sig_select(wait_fds[0] + 1, &wait_fd_set, NULL, NULL, &time);
}

static inline long wait_pselect(void)
{
    FD_ZERO(&wait_fd_set);
    FD_SET(wait_fds[0], &wait_fd_set);
    return sig_pselect(wait_fds[0] + 1, &wait_fd_set, NULL, NULL, NULL, NULL);
}

static inline void wait_expect_selected(long result)
{
    ASSERT_EQ(result, 1);
    ASSERT_TRUE(FD_ISSET(wait_fds[0], &wait_fd_set));
}

static inline void wait_epoll(void)
{
    struct epoll_event event = {.events = EPOLLIN};
    wait_pipe();
    wait_other = (int)MUST(epoll_create1(EPOLL_CLOEXEC));
    MUST(epoll_ctl(wait_other, EPOLL_CTL_ADD, wait_fds[0], &event));
}

static inline long wait_epoll_wait(void)
{
    struct epoll_event event;
    return sig_epoll_wait(wait_other, &event, 1, 1000000);
}

static inline void wait_splice_pipes(void)
{
    static int to[2];
    wait_pipe();
    MUST(pipe(to));
    wait_other = to[1];
}

static inline long wait_splice(void)
{
    return sig_splice(wait_fds[0], NULL, wait_other, NULL, 1, 0);
}

/* Writing into a full pipe, which a page's worth of reading makes fit. */

static inline void wait_fill(int fd)
{
    MUST(fcntl(fd, F_SETFL, O_NONBLOCK));
    while (write(fd, wait_bytes, sizeof wait_bytes) > 0) {
    }
    ASSERT_EQ(errno, EAGAIN);
    MUST(fcntl(fd, F_SETFL, 0));
    errno = 0;
}

static inline void wait_full_pipe(void)
{
    wait_pipe();
    wait_fill(wait_fds[1]);
}

static inline void wait_drain(void)
{
    static char bytes[sizeof wait_bytes];
    MUST(fcntl(wait_fds[0], F_SETFL, O_NONBLOCK));
    while (read(wait_fds[0], bytes, sizeof bytes) > 0) {
    }
    MUST(fcntl(wait_fds[0], F_SETFL, 0));
}

static inline long wait_write(void)
{
    return sig_write(wait_fds[1], "x", 1);
}

static inline long wait_writev(void)
{
    struct iovec vector = {(char *)"x", 1};
    return sig_writev(wait_fds[1], &vector, 1);
}

static inline void wait_file_and_full_pipe(void)
{
    char name[] = "/tmp/safepoint-waits-XXXXXX";
    wait_full_pipe();
    wait_other = (int)MUST(mkstemp(name));
    MUST(unlink(name));
    ASSERT_EQ(write(wait_other, "x", 1), 1);
}

static inline long wait_sendfile(void)
{
    int64_t from = 0;
    return sig_sendfile(wait_fds[1], wait_other, &from, 1);
}

/* Sockets. */

static inline void wait_sockets(void)
{
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, wait_fds));
}

static inline long wait_recv(void)
{
    return sig_recv(wait_fds[0], &wait_byte, 1, 0);
}

static inline long wait_recvfrom(void)
{
    return sig_recvfrom(wait_fds[0], &wait_byte, 1, 0, NULL, NULL);
}

static inline long wait_recvmsg(void)
{
    struct iovec vector = {&wait_byte, 1};
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1};
    return sig_recvmsg(wait_fds[0], &message, 0);
}

static inline void wait_full_sockets(void)
{
    wait_sockets();
    wait_fill(wait_fds[1]);
}

static inline long wait_send(void)
{
    return sig_send(wait_fds[1], "x", 1, 0);
}

static inline long wait_sendto(void)
{
    return sig_sendto(wait_fds[1], "x", 1, 0, NULL, 0);
}

static inline long wait_sendmsg(void)
{
    struct iovec vector = {(char *)"x", 1};
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1};
    return sig_sendmsg(wait_fds[1], &message, 0);
}

/* A listener without a name in the file system, with room for one. */
static inline void wait_listener(void)
{
    wait_other = (int)MUST(socket(AF_UNIX, SOCK_STREAM, 0));
    wait_address.sun_family = AF_UNIX;
    snprintf(wait_address.sun_path + 1, sizeof wait_address.sun_path - 1,
             "safepoint-waits-%d", (int)getpid());
    MUST(bind(wait_other, (struct sockaddr *)&wait_address, sizeof wait_address));
    MUST(listen(wait_other, 0));
}

static inline void wait_connect_to_it(void)
{
    int fd = (int)MUST(socket(AF_UNIX, SOCK_STREAM, 0));
    MUST(connect(fd, (struct sockaddr *)&wait_address, sizeof wait_address));
}

static inline long wait_accept(void)
{
    return sig_accept(wait_other, NULL, NULL);
}

static inline long wait_accept4(void)
{
    return sig_accept4(wait_other, NULL, NULL, SOCK_CLOEXEC);
}

/* The one connection that there was, and no other. */
static inline void wait_expect_accepted(long result)
{
    ASSERT_GT(result, 2);
    MUST(fcntl((int)result, F_GETFD));
    MUST(fcntl(wait_other, F_SETFL, O_NONBLOCK));
    ASSERT_EQ(accept(wait_other, NULL, NULL), -1);
    ASSERT_EQ(errno, EAGAIN);
    errno = 0;
}

static inline void wait_full_listener(void)
{
    wait_listener();
    wait_connect_to_it();
    wait_fds[0] = (int)MUST(socket(AF_UNIX, SOCK_STREAM, 0));
}

static inline long wait_connect(void)
{
    return sig_connect(wait_fds[0], (struct sockaddr *)&wait_address,
                       sizeof wait_address);
}

static inline void wait_accept_one(void)
{
    MUST(accept(wait_other, NULL, NULL));
}

static inline void wait_expect_connected(long result)
{
    struct sockaddr_un peer;
    socklen_t size = sizeof peer;
    ASSERT_EQ(result, 0);
    MUST(getpeername(wait_fds[0], (struct sockaddr *)&peer, &size));
}

/* TCP: one connection fills the listener, and whoever comes then is kept. */
static struct sockaddr_in wait_port;

static inline void wait_full_tcp_listener(void)
{
    socklen_t size = sizeof wait_port;
    wait_port = (struct sockaddr_in){.sin_family = AF_INET,
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    wait_other = (int)MUST(socket(AF_INET, SOCK_STREAM, 0));
    MUST(bind(wait_other, (struct sockaddr *)&wait_port, size));
    MUST(listen(wait_other, 0));
    MUST(getsockname(wait_other, (struct sockaddr *)&wait_port, &size));
    wait_fds[1] = (int)MUST(socket(AF_INET, SOCK_STREAM, 0));
    MUST(connect(wait_fds[1], (struct sockaddr *)&wait_port, size));
    wait_fds[0] = (int)MUST(socket(AF_INET, SOCK_STREAM, 0));
}

static inline long wait_connect_tcp(void)
{
    return sig_connect(wait_fds[0], (struct sockaddr *)&wait_port,
                       sizeof wait_port);
}

/* Time. */

static inline void wait_nothing(void)
{
}

static inline long wait_sleep(void)
{
    return sig_sleep(SAFEPOINT_FOREVER);
}

static inline long wait_nanosleep(void)
{
    struct timespec time = {1000, 0};
    return sig_nanosleep(&time, NULL);
}

static inline long wait_clock_nanosleep(void)
{
    struct timespec time;
    MUST(clock_gettime(CLOCK_REALTIME, &time));
    time.tv_sec += 1000;
    return sig_clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &time, NULL);
}

/* Children. */

static inline void wait_fork(void)
{
    char byte;
    wait_pipe();
    wait_child = (pid_t)MUST(fork());
    if (wait_child == 0) {
        close(wait_fds[1]);
        while (read(wait_fds[0], &byte, 1) < 0) {
        }
        _exit(3);
    }
}

static inline void wait_let_it_end(void)
{
    siginfo_t info;
    wait_feed_byte();
    while (waitid(P_PID, (id_t)wait_child, &info, WEXITED | WNOWAIT) < 0) {
        if (errno == ECHILD)
            return; /* reaped by who waits for it */
        ASSERT_EQ(errno, EINTR);
    }
}

static int wait_status;
static siginfo_t wait_info;

static inline long wait_waitpid(void)
{
    return sig_waitpid(wait_child, &wait_status, 0);
}

static inline long wait_for_any(void)
{
    return sig_waitpid(-1, &wait_status, 0);
}

static inline long wait_wait4(void)
{
    return sig_wait4(wait_child, &wait_status, 0, NULL);
}

static inline long wait_waitid(void)
{
    return sig_waitid(P_PID, (unsigned)wait_child, &wait_info, WEXITED);
}

static inline void wait_expect_reaped(long result)
{
    if (result == 0) /* waitid */
        ASSERT_EQ(wait_info.si_status, 3);
    else
        ASSERT_EQ(WEXITSTATUS(wait_status), 3);
    ASSERT_TRUE(result == 0 || result == wait_child);
    ASSERT_EQ(waitpid(wait_child, NULL, 0), -1);
    ASSERT_EQ(errno, ECHILD);
    errno = 0;
}

/* Files. */

static inline void wait_fifo(void)
{
    snprintf(wait_path, sizeof wait_path, "/tmp/safepoint-waits-%d", (int)getpid());
    unlink(wait_path);
    MUST(mkfifo(wait_path, 0600));
}

static inline long wait_open(void)
{
    return sig_open(wait_path, O_RDONLY, 0);
}

static inline long wait_openat(void)
{
    return sig_openat(AT_FDCWD, wait_path, O_RDONLY | O_CLOEXEC, 0);
}

static inline void wait_open_other_end(void)
{
    MUST(open(wait_path, O_RDWR));
}

static inline void wait_expect_fd(long result)
{
    ASSERT_GT(result, 2);
    MUST(fcntl((int)result, F_GETFD));
}

static inline void wait_two_files(void)
{
    snprintf(wait_path, sizeof wait_path, "/tmp/safepoint-waits-%d", (int)getpid());
    wait_fds[0] = (int)MUST(open(wait_path, O_RDWR | O_CREAT, 0600));
    wait_fds[1] = (int)MUST(open(wait_path, O_RDWR | O_CREAT, 0600));
    MUST(unlink(wait_path));
    wait_path[0] = 0;
}

static inline void wait_flocked(void)
{
    wait_two_files();
    MUST(flock(wait_fds[1], LOCK_EX));
}

static inline long wait_flock(void)
{
    return sig_flock(wait_fds[0], LOCK_EX);
}

static inline void wait_unflock(void)
{
    MUST(flock(wait_fds[1], LOCK_UN));
}

static inline void wait_locked(void)
{
    struct flock lock = {.l_type = F_WRLCK};
    wait_two_files();
    MUST(fcntl(wait_fds[1], F_OFD_SETLK, &lock));
}

static inline long wait_fcntl_lock(void)
{
    struct flock lock = {.l_type = F_WRLCK};
    return sig_fcntl_lock(wait_fds[0], F_OFD_SETLKW, &lock);
}

static inline void wait_unlock(void)
{
    struct flock lock = {.l_type = F_UNLCK};
    MUST(fcntl(wait_fds[1], F_OFD_SETLK, &lock));
}

/* The same by another process, with a lock that goes with it. */
static inline void wait_locked_by_child(void)
{
    int ready[2];
    char byte;
    wait_two_files();
    int file = wait_fds[0];
    MUST(pipe(ready));
    MUST(pipe(wait_fds));
    wait_child = (pid_t)MUST(fork());
    if (wait_child == 0) {
        struct flock lock = {.l_type = F_WRLCK};
        close(wait_fds[1]);
        MUST(fcntl(file, F_SETLK, &lock));
        MUST(write(ready[1], "", 1));
        while (read(wait_fds[0], &byte, 1) < 0) {
        }
        _exit(0);
    }
    while (read(ready[0], &byte, 1) < 0)
        ASSERT_EQ(errno, EINTR);
    wait_other = file;
}

static inline long wait_posix_lock(void)
{
    struct flock lock = {.l_type = F_WRLCK};
    return sig_fcntl_lock(wait_other, F_SETLKW, &lock);
}

/* Memory. */

static inline long wait_futex(void)
{
    /* A woken one may also have come when the word was not as expected. */
    long result = sig_futex_wait(&wait_word, 0, SAFEPOINT_FOREVER);
    return result == -EAGAIN && wait_word == 1 ? 0 : result;
}

static inline void wait_wake_futex(void)
{
    __atomic_store_n(&wait_word, 1, __ATOMIC_SEQ_CST);
    syscall(SYS_futex, &wait_word, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static inline void wait_new_semaphore(void)
{
    MUST(sem_init(&wait_semaphore, 0, 0));
}

static inline long wait_sem_wait(void)
{
    return sig_sem_wait(&wait_semaphore);
}

static inline void wait_sem_post(void)
{
    MUST(sem_post(&wait_semaphore));
}

static inline void wait_expect_taken(long result)
{
    int value = -1;
    ASSERT_EQ(result, 0);
    MUST(sem_getvalue(&wait_semaphore, &value));
    ASSERT_EQ(value, 0);
}

/* System V. Not ended with the process: see wait_clean(). */

static enum { NO_QUEUE, QUEUE, SET } wait_kind;
static struct {
    long type;
    char text[512];
} wait_message = {1, "x"};

static inline void wait_new_queue(void)
{
    wait_id = (int)MUST(msgget(IPC_PRIVATE, 0600));
    wait_kind = QUEUE;
}

static inline long wait_msgrcv(void)
{
    return sig_msgrcv(wait_id, &wait_message, 1, 0, 0);
}

static inline void wait_feed_message(void)
{
    MUST(msgsnd(wait_id, &wait_message, 1, 0));
}

static inline void wait_full_queue(void)
{
    wait_new_queue();
    while (msgsnd(wait_id, &wait_message, sizeof wait_message.text, IPC_NOWAIT) == 0) {
    }
    ASSERT_EQ(errno, EAGAIN);
    errno = 0;
}

static inline long wait_msgsnd(void)
{
    return sig_msgsnd(wait_id, &wait_message, sizeof wait_message.text, 0);
}

static inline void wait_take_message(void)
{
    MUST(msgrcv(wait_id, &wait_message, sizeof wait_message.text, 0, 0));
}

static inline void wait_new_set(void)
{
    wait_id = (int)MUST(semget(IPC_PRIVATE, 1, 0600));
    wait_kind = SET;
}

static inline long wait_semop(void)
{
    struct sembuf down = {0, -1, 0};
    return sig_semop(wait_id, &down, 1);
}

static inline void wait_up(void)
{
    struct sembuf up = {0, 1, 0};
    MUST(semop(wait_id, &up, 1));
}

/* Signals: one that is blocked. */

static inline void wait_block(void)
{
    ASSERT_EQ(sig_mask(SIG_BLOCK, UINT64_C(1) << (SIGWINCH - 1), NULL), 0);
}

static inline long wait_sig_wait(void)
{
    return sig_wait(UINT64_C(1) << (SIGWINCH - 1), SAFEPOINT_FOREVER, NULL, 0);
}

static inline void wait_send_it(void)
{
    MUST(kill(getpid(), SIGWINCH));
}

static inline void wait_expect_signal(long result)
{
    ASSERT_EQ(result, SIGWINCH);
}

/* What would outlive the process. */
static inline void wait_clean(void)
{
    if (wait_path[0])
        unlink(wait_path);
    if (wait_kind == QUEUE)
        msgctl(wait_id, IPC_RMID, NULL);
    if (wait_kind == SET)
        semctl(wait_id, 0, IPC_RMID);
}

/* With 32 bits: those that take 64-bit offsets. */
#ifdef SYS_sendfile64
#define WAIT_SENDFILE SYS_sendfile64
#define WAIT_FCNTL SYS_fcntl64
#else
#define WAIT_SENDFILE SYS_sendfile
#define WAIT_FCNTL SYS_fcntl
#endif

static const struct wait waits[] = {
    {"read", wait_pipe, wait_read, wait_feed_byte, wait_expect_byte, SYS_read},
    {"readv", wait_pipe, wait_readv, wait_feed_byte, wait_expect_byte, SYS_readv},
    {"syscall", wait_pipe, wait_syscall, wait_feed_byte, wait_expect_byte, SYS_read},
    {"write", wait_full_pipe, wait_write, wait_drain, wait_expect_1, SYS_write},
    {"writev", wait_full_pipe, wait_writev, wait_drain, wait_expect_1, SYS_writev},
    {"poll", wait_pipe, wait_poll, wait_feed_byte, wait_expect_1, SYS_ppoll},
    {"ppoll", wait_pipe, wait_ppoll, wait_feed_byte, wait_expect_1, SYS_ppoll},
    {"select", wait_pipe, wait_select, wait_feed_byte, wait_expect_selected,
     SYS_pselect6},
    {"pselect", wait_pipe, wait_pselect, wait_feed_byte, wait_expect_selected,
     SYS_pselect6},
    {"epoll_wait", wait_epoll, wait_epoll_wait, wait_feed_byte, wait_expect_1,
     SYS_epoll_pwait},
    {"splice", wait_splice_pipes, wait_splice, wait_feed_byte, wait_expect_1,
     SYS_splice},
    {"sendfile", wait_file_and_full_pipe, wait_sendfile, wait_drain,
     wait_expect_1, WAIT_SENDFILE},
    {"recv", wait_sockets, wait_recv, wait_feed_byte, wait_expect_byte,
     SYS_recvfrom},
    {"recvfrom", wait_sockets, wait_recvfrom, wait_feed_byte, wait_expect_byte,
     SYS_recvfrom},
    {"recvmsg", wait_sockets, wait_recvmsg, wait_feed_byte, wait_expect_byte,
     SYS_recvmsg},
    {"send", wait_full_sockets, wait_send, wait_drain, wait_expect_1, SYS_sendto},
    {"sendto", wait_full_sockets, wait_sendto, wait_drain, wait_expect_1,
     SYS_sendto},
    {"sendmsg", wait_full_sockets, wait_sendmsg, wait_drain, wait_expect_1,
     SYS_sendmsg},
    {"accept", wait_listener, wait_accept, wait_connect_to_it,
     wait_expect_accepted, SYS_accept4},
    {"accept4", wait_listener, wait_accept4, wait_connect_to_it,
     wait_expect_accepted, SYS_accept4},
    {"connect", wait_full_listener, wait_connect, wait_accept_one,
     wait_expect_connected, SYS_connect},
    {"sleep", wait_nothing, wait_sleep, NULL, NULL, SYS_clock_nanosleep},
    {"nanosleep", wait_nothing, wait_nanosleep, NULL, NULL, SYS_clock_nanosleep},
    {"clock_nanosleep", wait_nothing, wait_clock_nanosleep, NULL, NULL,
     SYS_clock_nanosleep},
    {"waitpid", wait_fork, wait_waitpid, wait_let_it_end, wait_expect_reaped,
     SYS_wait4},
    {"waitpid, any", wait_fork, wait_for_any, wait_let_it_end,
     wait_expect_reaped, SYS_wait4},
    {"wait4", wait_fork, wait_wait4, wait_let_it_end, wait_expect_reaped,
     SYS_wait4},
    {"waitid", wait_fork, wait_waitid, wait_let_it_end, wait_expect_reaped,
     SYS_waitid},
    {"open", wait_fifo, wait_open, wait_open_other_end, wait_expect_fd,
     SYS_openat},
    {"openat", wait_fifo, wait_openat, wait_open_other_end, wait_expect_fd,
     SYS_openat},
    {"flock", wait_flocked, wait_flock, wait_unflock, wait_expect_0, SYS_flock},
    {"fcntl_lock", wait_locked, wait_fcntl_lock, wait_unlock, wait_expect_0,
     WAIT_FCNTL},
    {"fcntl_lock, POSIX", wait_locked_by_child, wait_posix_lock,
     wait_let_it_end, wait_expect_0, WAIT_FCNTL},
    {"futex_wait", wait_nothing, wait_futex, wait_wake_futex, wait_expect_0,
     SYS_futex},
    {"sem_wait", wait_new_semaphore, wait_sem_wait, wait_sem_post,
     wait_expect_taken, SYS_futex},
    {"msgrcv", wait_new_queue, wait_msgrcv, wait_feed_message, wait_expect_1,
     SYS_msgrcv},
    {"msgsnd", wait_full_queue, wait_msgsnd, wait_take_message, wait_expect_0,
     SYS_msgsnd},
    {"semop", wait_new_set, wait_semop, wait_up, wait_expect_0, SYS_semtimedop},
    {"wait", wait_block, wait_sig_wait, wait_send_it, wait_expect_signal,
     SYS_rt_sigtimedwait},
};

#define WAITS (sizeof waits / sizeof *waits)

/* valgrind lets no other thread run during a system call that it takes for
 * one that never waits. */
static inline bool can_wait(const struct wait *wait)
{
    return wait->call != wait_fcntl_lock || !on_valgrind();
}

#endif /* WAITS_H */
