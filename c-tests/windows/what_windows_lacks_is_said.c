/* What Windows has nothing like is -ENOTSUP, of every function, and changes
 * nothing; a signal that it lacks is -EINVAL. */
#include <winsock2.h> /* and so nothing stands for what is not there */

#include "events.h"

static int quiet(const sig_event *event, void *user)
{
    (void)event;
    ++*(int *)user;
    return 0;
}

#define LACKS(call) ASSERT_EQ(call, -ENOTSUP)
#define BOTH(name, ...)                                                        \
    LACKS(sig_##name(__VA_ARGS__));                                            \
    LACKS(sig_context_##name(sig_main(), __VA_ARGS__))

int main(void)
{
    int calls = 0;
    uint64_t set = 0;
    char bytes[8];
    sig_itimer timer = {.size = sizeof timer};
    watchdog(120);
    ASSERT_EQ(sig_install(SIGTERM, quiet, &calls, 0), 0);

    BOTH(read, 0, bytes, 1);
    BOTH(write, 1, bytes, 1);
    BOTH(readv, 0, NULL, 1);
    BOTH(writev, 1, NULL, 1);
    BOTH(pread, 0, bytes, 1, 0);
    BOTH(pwrite, 1, bytes, 1, 0);
    BOTH(open, "x", 0, 0);
    BOTH(openat, 0, "x", 0, 0);
    BOTH(flock, 0, 0);
    BOTH(fcntl_lock, 0, 0, NULL);
    BOTH(sendfile, 1, 0, NULL, 1);
    BOTH(splice, 0, NULL, 1, NULL, 1, 0);
    BOTH(copy_file_range, 0, NULL, 1, NULL, 1, 0);
    BOTH(getrandom, bytes, 1, 0);
    BOTH(recv, 0, bytes, 1, 0);
    BOTH(send, 0, bytes, 1, 0);
    BOTH(recvfrom, 0, bytes, 1, 0, NULL, NULL);
    BOTH(sendto, 0, bytes, 1, 0, NULL, 0);
    BOTH(recvmsg, 0, NULL, 0);
    BOTH(sendmsg, 0, NULL, 0);
    BOTH(accept, 0, NULL, NULL);
    BOTH(accept4, 0, NULL, NULL, 0);
    BOTH(connect, 0, NULL, 0);
    BOTH(ppoll, NULL, 0, NULL, &set);
    BOTH(select, 0, NULL, NULL, NULL, NULL);
    BOTH(pselect, 0, NULL, NULL, NULL, NULL, NULL);
    BOTH(epoll_wait, 0, NULL, 1, 0);
    BOTH(waitpid, 1, NULL, 0);
    BOTH(wait4, 1, NULL, 0, NULL);
    BOTH(waitid, 0, 1, NULL, 0);
    BOTH(futex_wait, (uint32_t *)bytes, 0, 0);
    BOTH(sem_wait, bytes);
    BOTH(semop, 0, NULL, 1);
    BOTH(msgrcv, 0, bytes, 1, 0, 0);
    BOTH(msgsnd, 0, bytes, 1, 0);
    BOTH(syscall, 1, 0, 0, 0, 0, 0, 0);
    BOTH(mask, 0, 0, NULL);
    BOTH(set_restart, SIGTERM, 1);
    LACKS(sig_event_fd());
    LACKS(sig_context_event_fd(sig_main()));
    LACKS(sig_set_kick(SIGTERM));
    LACKS(sig_setitimer(0, &timer, NULL));
    LACKS(sig_getitimer(0, &timer));
    LACKS(sig_kill_thread(1, SIGTERM));
    LACKS(sig_queue(getpid(), SIGTERM, 1));
    LACKS(sig_pidfd_send(0, SIGTERM));
    LACKS(sig_kill(1, SIGTERM)); /* another process */
    ASSERT_EQ(sig_alarm(1), 0);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(calls, 0);

    uint64_t exist = 0;
    static const int SIGNUMS[] = {SIGINT, SIGTERM, SIGABRT, SIGFPE, SIGILL, SIGSEGV, SIGBREAK};
    for (int i = 0; i < 7; i++)
        exist |= 1ull << (SIGNUMS[i] - 1);
    ASSERT_EQ(sig_valid(), exist);
    for (int signum = 1; signum <= 64; signum++) {
        const char *name = sig_name(signum);
        if (exist >> (signum - 1) & 1) {
            ASSERT_EQ(sig_number(name), signum);
            ASSERT_NE(sig_describe(signum), NULL);
            ASSERT_EQ(sig_install(signum, quiet, &calls, 0), 0);
            ASSERT_EQ(sig_restore(signum), 0);
        } else {
            ASSERT_EQ(name, NULL);
            ASSERT_EQ(sig_install(signum, quiet, &calls, 0), -EINVAL);
            ASSERT_EQ(sig_ignore(signum), -EINVAL);
            ASSERT_EQ(sig_trip(signum), -EINVAL);
            ASSERT_EQ(sig_raise(signum), -EINVAL);
            ASSERT_EQ(sig_kill(getpid(), signum), -EINVAL);
        }
    }
    ASSERT_EQ(sig_number("HUP"), -EINVAL);
    ASSERT_EQ(sig_number("ctrl-c"), -EINVAL);
    ASSERT_STR(sig_name(SIGBREAK), "SIGBREAK");
    ASSERT_EQ(sig_kill(getpid(), 0), 0);
    ASSERT_EQ(sig_kill(0x7ffffff0, 0), -ESRCH);
    ASSERT_EQ(sig_pending(&set), 0);
    ASSERT_EQ(sig_init(SAFEPOINT_INTERPRETER_DEFAULTS), 0);
    ASSERT_EQ(sig_verify(SIGINT), 1);
    return 0;
}
