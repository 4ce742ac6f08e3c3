/* SAFEPOINT_QUEUE: each delivery of an ordinary signal is an event of its
 * own, with its own siginfo, in the order it came. Without the flag they are
 * one event with the first one's, and a count. Real-time signals always
 * queue. */
#include "parts/queue.h"

#ifdef _WIN32
#include "../windows/events.h"
#else
enum { OTHERS_CODE = SI_USER };
#endif

static sig_event events[16];
static int count;

static int handler(const sig_event *event, void *user)
{
    (void)user;
    events[count++] = *event;
    return 0;
}

/* Three with values and one from another process, or from the console. */
static void send_all(int signum, pid_t *child)
{
    uint64_t before = counters().arrivals;
    count = 0;
    queue(signum, 10);
    queue(signum, 11);
#ifdef _WIN32
    *child = 0;
    ended(send_event(signum == SIGINT ? CTRL_C_EVENT : CTRL_BREAK_EVENT));
#else
    *child = (pid_t)MUST(fork());
    if (*child == 0) {
        MUST(kill(getppid(), signum));
        _exit(0);
    }
    ASSERT_CHILD_PASSED(*child);
#endif
    wait_for_arrivals(before + 3);
    queue(signum, 12);
}

int main(void)
{
#ifdef _WIN32
    enum { OTHERS_CODE = 0x80, SI_QUEUE = SI_USER };
    const int signums[] = {SIGINT, SIGBREAK};
#else
    const int signums[] = {SIGUSR1, SIGRTMIN};
#endif
    pid_t child;
    watchdog(120);
    for (int i = 0; i < 2; i++) {
        uint32_t flags = i == 0 ? SAFEPOINT_QUEUE : REAL_TIME;
        ASSERT_EQ(sig_install(signums[i], handler, NULL, flags), 0);
        uint64_t begin = now_ns();
        send_all(signums[i], &child);
        ASSERT_EQ(sig_check(), 0);
        ASSERT_EQ(count, 4);
        for (int j = 0; j < 4; j++) {
            ASSERT_EQ(events[j].size, sizeof(sig_event));
            ASSERT_EQ(events[j].signum, signums[i]);
            ASSERT_EQ(events[j].count, 1);
            ASSERT_EQ(events[j].code, j == 2 ? OTHERS_CODE : SI_QUEUE);
            ASSERT_EQ(events[j].pid, j == 2 ? child : getpid());
            ASSERT_EQ(events[j].uid, getuid());
            ASSERT_EQ(events[j].value, j == 2 ? 0 : VALUE(j == 3 ? 12 : 10 + j));
            ASSERT_GE(events[j].time, j ? events[j - 1].time : begin);
        }
        ASSERT_LE(events[3].time, now_ns());
    }
    ASSERT_EQ(sig_install(signums[0], handler, NULL, 0), 0);
    send_all(signums[0], &child);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(count, 1);
    ASSERT_EQ(events[0].count, 4);
    ASSERT_EQ(events[0].code, SI_QUEUE);
    ASSERT_EQ(events[0].pid, getpid());
    ASSERT_EQ(events[0].value, VALUE(10));
    ASSERT_EQ(counters().arrivals, 12);
    ASSERT_EQ(counters().handled, 9);
    ASSERT_EQ(counters().coalesced, 3);
    return 0;
}
