/* What Windows has nothing like is -ENOTSUP, of every function, and changes
 * nothing; a signal that it lacks is -EINVAL. */
#include <winsock2.h> /* and so nothing stands for what is not there */

#include "events.h"

enum { SIGNUMS = 7 };
static const int signums[] = {SIGINT, SIGTERM, SIGABRT, SIGFPE, SIGILL, SIGSEGV, SIGBREAK};

static int quiet(const sig_event *event, void *user)
{
    (void)event;
    ++*(int *)user;
    return 0;
}

/* All that can be asked: it is the same after a call that fails. */
struct state {
    sig_counters counters;
    sig_disposition at[SIGNUMS];
    void (*handlers[SIGNUMS])(int);
    uint64_t pending;
    uint32_t breaker;
    int failures, raised;
};

static struct state state(void)
{
    struct state now;
    memset(&now, 0, sizeof now);
    now.counters = counters();
    for (int i = 0; i < SIGNUMS; i++) {
        ASSERT_EQ(sig_query(signums[i], &now.at[i], sizeof now.at[i]), 0);
        now.handlers[i] = signal(signums[i], SIG_IGN);
        signal(signums[i], now.handlers[i]);
    }
    ASSERT_EQ(sig_pending(&now.pending), 0);
    now.breaker = *sig_breaker();
    now.failures = sig_wakeup_failures(NULL);
    now.raised = sig_raised();
    return now;
}

#define REFUSED(call, error)                                                   \
    do {                                                                       \
        struct state before = state();                                         \
        errno = 1234;                                                          \
        ASSERT_EQ(call, error);                                                \
        ASSERT_EQ(errno, 1234);                                                \
        struct state after = state();                                          \
        ASSERT_EQ(memcmp(&before, &after, sizeof before), 0);                  \
    } while (0)
#define LACKS(call) REFUSED(call, -ENOTSUP)
#define BOTH(name, ...)                                                        \
    LACKS(sig_##name(__VA_ARGS__));                                            \
    LACKS(sig_context_##name(sig_main(), __VA_ARGS__))

#define BOTH_REFUSE(name, ...)                                                 \
    REFUSED(sig_##name(__VA_ARGS__), -EINVAL);                                 \
    REFUSED(sig_context_##name(sig_main(), __VA_ARGS__), -EINVAL)

int main(void)
{
    int calls = 0;
    uint64_t set = 77;
    char bytes[8] = "as was";
    sig_itimer timer = {.size = sizeof timer, .value = 3};
    sig_event event = {.size = 1};
    sig_disposition disposition = {.size = 1};
    watchdog(120);
    ASSERT_EQ(sig_install(SIGTERM, quiet, &calls, 0), 0);

    BOTH(read, 0, bytes, 1);
    BOTH(write, 1, bytes, 1);
    BOTH(readv, 0, NULL, 1);
    BOTH(writev, 1, NULL, 1);
    BOTH(pread, 0, bytes, 1, 0);
    BOTH(pwrite, 1, bytes, 1, 0);
    BOTH(open, "left", O_CREAT | O_RDWR, 0600);
    BOTH(openat, 0, "left", O_CREAT | O_RDWR, 0600);
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
    BOTH(mask, 0, 0, &set);
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
    REFUSED(sig_alarm(1), 0);
    ASSERT_EQ(access("left", F_OK), -1);
    ASSERT_STR(bytes, "as was");
    ASSERT_EQ(set, 77);
    ASSERT_EQ(timer.value, 3);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(calls, 0);
    ASSERT_EQ(sig_verify(SIGTERM), 1);

    uint64_t exist = 0;
    for (int i = 0; i < SIGNUMS; i++)
        exist |= 1ull << (signums[i] - 1);
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
            BOTH_REFUSE(install, signum, quiet, &calls, 0);
            BOTH_REFUSE(ignore, signum);
            BOTH_REFUSE(default, signum);
            BOTH_REFUSE(restore, signum);
            BOTH_REFUSE(query, signum, &disposition, sizeof disposition);
            BOTH_REFUSE(verify, signum);
            BOTH_REFUSE(set_escalation, signum, 2, 1000000);
            BOTH_REFUSE(wait, 1ull << (signum - 1), 1000000, &event, sizeof event);
            BOTH_REFUSE(trip, signum);
            REFUSED(sig_raise(signum), -EINVAL);
            REFUSED(sig_kill(getpid(), signum), -EINVAL);
        }
    }
    /* Those of a set that there are not are passed over. */
    ASSERT_EQ(sig_wait(~exist, 1000000, &event, sizeof event), -EINVAL);
    ASSERT_EQ(sig_wait(UINT64_MAX, 1000000, &event, sizeof event), -ETIMEDOUT);
    ASSERT_EQ(event.size, 1);
    ASSERT_EQ(disposition.size, 1);
    ASSERT_EQ(calls, 0);
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
