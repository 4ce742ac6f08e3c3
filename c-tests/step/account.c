/* What the scenarios share: handlers that count, and the sums that have to
 * come out at the end. */
#include "step.h"

atomic_long handled, events, raw, added, ran, woken, sent;
int raises, call_raises;
bool held;
int event_fd = -1, full_pipe = -1;
sig_job job = SAFEPOINT_JOB(on_call, NULL);

/* Counters begin anew with each owner: what sig_fini() had dropped. */
static long dropped_before, calls_dropped_before;

int on_signal(const sig_event *event, void *user)
{
    (void)user;
    ASSERT_GE(event->count, 1);
    handled += (long)(event->count + event->lost);
    events++;
    return raises;
}

/* Producers count their calls, and each one's have to run in order. */
int on_call(void *order)
{
    static int last[8];
    int producer = (int)((intptr_t)order >> 20);
    int number = (int)((intptr_t)order & 0xfffff);
    if (order) {
        ASSERT_GT(number, last[producer]);
        last[producer] = number;
    }
    ran++;
    return call_raises;
}

void add_from(int producer)
{
    static int last[8];
    intptr_t order = (intptr_t)producer << 20 | ++last[producer];
    int result = sig_add_pending_call(on_call, (void *)order);
    if (result == 0)
        added++;
    else
        ASSERT_EQ(result, -EAGAIN);
}

void post(sig_job *which)
{
    int result = sig_post(which);
    ASSERT_TRUE(result == 0 || result == 1);
    if (result == 0)
        added++;
}

void on_raw(int signum)
{
    (void)signum;
    raw++;
}

void on_wakeup(int signum, void *arg)
{
    (void)signum;
    ++*(atomic_long *)arg;
}

void set_raw(int signum, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler};
    MUST(sigaction(signum, &action, NULL));
}

void install(int signum, uint32_t flags)
{
    ASSERT_EQ(sig_install(signum, on_signal, NULL, flags), 0);
}

void init_again(void)
{
    sig_counters now = counters();
    dropped_before += (long)now.dropped;
    calls_dropped_before += (long)now.calls_dropped;
    ASSERT_EQ(sig_is_owner(), 0);
    ASSERT_EQ(sig_init(0), 0);
}

bool readable(int fd)
{
    struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
    return MUST(poll(&poll_fd, 1, 0)) == 1;
}

/* What the user of this process may have pending, in all processes, can be
 * used up by somebody else for a while: EAGAIN, for a real-time signal. */
void send_signal(int signum)
{
    int before = errno;
    sent++;
    while (raise(signum) != 0)
        sched_yield();
    errno = before;
}

void queue(int signum, int value)
{
    sent++;
    while (sigqueue(getpid(), signum, (union sigval){value}) != 0)
        sched_yield();
}

static long calls_gone(const sig_counters *now)
{
    return (long)(now->calls_run + now->calls_dropped) + calls_dropped_before;
}

void assert_announced(void)
{
    sig_counters now = counters();
    uint64_t gone = now.handled + now.coalesced + now.lost + now.dropped;
    bool pending = now.arrivals > gone ||
                   added > calls_gone(&now);
    ASSERT_LE(gone, now.arrivals);
    if (pending && !held)
        ASSERT_NE(*sig_breaker(), 0);
    if (pending && mode & WOKEN)
        ASSERT_TRUE(readable(event_fd));
}

void assert_settled(void)
{
    for (int i = 0; i < 3; i++) {
        while (sig_check() != 0) {
        }
    }
    sig_counters now = counters();
    ASSERT_EQ(now.handled, events);
    ASSERT_EQ(now.handled + now.coalesced + now.lost, handled);
    ASSERT_EQ(now.arrivals, handled + (long)now.dropped);
    ASSERT_EQ(now.calls_run, ran);
    ASSERT_EQ(calls_gone(&now), added);
    ASSERT_EQ(*sig_breaker(), 0);
    if (mode & WOKEN)
        ASSERT_TRUE(!readable(event_fd));
}

void assert_each_once(void)
{
    assert_settled();
    ASSERT_EQ((long)counters().arrivals + dropped_before + raw, sent);
    shared->outcome = (int)raw;
}

static void assert_calls_work(void)
{
    int room = 0;
    while (sig_add_pending_call(on_call, NULL) == 0)
        room++;
    ASSERT_EQ(room, 1024);
    ASSERT_EQ(sig_post(&job), 0);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(ran, room + 1);
    ASSERT_EQ(*sig_breaker(), 0);
}

static void assert_wakeups_work(void)
{
    int fds[2], fd;
    char byte;
    ASSERT_GT(fd = sig_event_fd(), 2);
    MUST(pipe2(fds, O_NONBLOCK));
    ASSERT_TRUE(!readable(fd));
    ASSERT_EQ(sig_set_wakeup_fd(fds[1], 0, NULL), 0);
    send_signal(SIGUSR1);
    ASSERT_TRUE(readable(fd));
    ASSERT_EQ(MUST(read(fds[0], &byte, 1)), 1);
    ASSERT_EQ(byte, SIGUSR1);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_TRUE(!readable(fd));
    ASSERT_TRUE(!readable(fds[0]));
}

void assert_child_works(void)
{
    sig_counters now = counters();
    ASSERT_EQ(sig_is_owner(), 1);
    ASSERT_EQ(*sig_breaker(), 0);
    ASSERT_EQ(now.arrivals + now.handled + now.dropped + now.calls_run, 0);
    ASSERT_EQ(sig_release(), -EINVAL);
    handled = events = ran = raises = 0;
    ASSERT_EQ(sig_check_frame(NULL), 0);
    ASSERT_EQ(events + ran, 0);

    install(SIGUSR1, 0);
    install(SIGRTMIN, 0);
    send_signal(SIGUSR1);
    send_signal(SIGRTMIN);
    send_signal(SIGRTMIN);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(events, 3);
    ASSERT_EQ(handled, 3);
    assert_calls_work();
    assert_wakeups_work();
    ASSERT_EQ(handled, 4);
    ASSERT_EQ(sig_fini(), 0);
    ASSERT_EQ(sig_init(0), 0);
}

void fork_here(void)
{
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        assert_child_works();
        _exit(0);
    }
    ASSERT_CHILD_PASSED(pid);
}
