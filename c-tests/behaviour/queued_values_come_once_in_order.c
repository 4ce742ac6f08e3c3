/* 100,000 real-time signals with values from another process: each value
 * exactly once, in the order sent, with its sender. The sender keeps less on
 * the way than the library has room for, so that nothing may be lost. */
#include "test.h"

#include <sys/mman.h>

#define ON_THE_WAY 8000 /* of 8,192 */

static atomic_long *handled; /* shared with the sender */
static pid_t sender;
static uint64_t last_time;

static int handler(const sig_event *event, void *user)
{
    ASSERT_EQ(event->value, atomic_load(handled));
    ASSERT_EQ(event->signum, SIGRTMIN + 1);
    ASSERT_EQ(event->kind, SAFEPOINT_EVENT_SIGNAL);
    ASSERT_EQ(event->code, SI_QUEUE);
    ASSERT_EQ(event->pid, sender);
    ASSERT_EQ(event->uid, getuid());
    ASSERT_EQ(event->count, 1);
    ASSERT_EQ(event->lost, 0);
    ASSERT_GE(event->time, last_time);
    ASSERT_EQ(user, &sender);
    last_time = event->time;
    atomic_fetch_add(handled, 1);
    return event->value % 777 == 0; /* some raise */
}

static void send(long wanted)
{
    for (long value = 0; value < wanted; value++) {
        while (value - atomic_load(handled) >= ON_THE_WAY)
            sched_yield();
        while (sigqueue(getppid(), SIGRTMIN + 1,
                        (union sigval){.sival_ptr = (void *)value}) != 0) {
            ASSERT_EQ(errno, EAGAIN); /* the kernel's own queue is full */
            sched_yield();
        }
    }
    _exit(0);
}

int main(void)
{
    long wanted = scaled(100000);
    watchdog(250);
    handled = mmap(NULL, sizeof *handled, PROT_READ | PROT_WRITE,
                   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ASSERT_NE(handled, MAP_FAILED);
    ASSERT_EQ(sig_install(SIGRTMIN + 1, handler, &sender, 0), 0);
    sender = (pid_t)MUST(fork());
    if (sender == 0)
        send(wanted);
    while (atomic_load(handled) < wanted)
        sig_check();
    ASSERT_CHILD_PASSED(sender);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(atomic_load(handled), wanted);
    ASSERT_EQ(counters().arrivals, wanted);
    ASSERT_EQ(counters().handled, wanted);
    ASSERT_EQ(counters().coalesced + counters().lost + counters().dropped, 0);
    print_counters();
    return 0;
}
