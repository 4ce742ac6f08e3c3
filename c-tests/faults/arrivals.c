/* Inside the signal handler, and what else makes something pending from
 * anywhere: nothing is lost, and errno is kept, whatever fails. */
#include "faults.h"

#include <sys/eventfd.h>
#include <sys/socket.h>

static int fds[2];

/* A wake-up that was not written is counted, with its error. */
static void check_failures(void)
{
    const char *call = shared->injected ? call_name(shared->fault.number) : "";
    int last = 0;
    bool failed = strcmp(call, "write") == 0 || strcmp(call, "sendto") == 0;
    int count = sig_wakeup_failures(&last);
#ifdef SAFEPOINT_PORTABLE
    if (count == 0 && shared->fault.error == EAGAIN)
        return; /* sig_event_fd() is a pipe: full is readable */
#endif
    ASSERT_EQ(count, failed);
    if (failed)
        ASSERT_EQ(last, shared->fault.error);
}

static void check_arrived(void)
{
    check_failures();
    ASSERT_EQ(handled, 0);
    ASSERT_EQ(*sig_breaker(), 1);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(handled, 1);
    sig_counters now = counters();
    ASSERT_EQ(now.arrivals, 1);
    ASSERT_EQ(now.handled, 1);
}

static long act_nothing(void)
{
    return 0; /* the signal has arrived */
}

static void wake(int fd)
{
    install();
    ASSERT_EQ(sig_set_wakeup_fd(fd, SAFEPOINT_WAKE_CALLS, NULL), 0);
}

static void on_pipe(void)
{
    MUST(pipe2(fds, O_NONBLOCK | O_CLOEXEC));
    wake(fds[1]);
}

static void on_socket(void)
{
    MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds));
    wake(fds[1]);
}

static void on_event(void)
{
    wake((int)MUST(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)));
}

static void on_event_fd(void)
{
    install();
    ASSERT_GT(sig_event_fd(), 2);
}

static void on_all(void)
{
    on_pipe();
    ASSERT_GT(sig_event_fd(), 2);
}

/* Chained: the handler below runs under a mask of its own. */
static atomic_long below;

static void foreign(int signum)
{
    (void)signum;
    below++;
}

static void chained(void)
{
    struct sigaction action = {.sa_handler = foreign};
    MUST(sigaction(SIGUSR1, &action, NULL));
    is_first();
    init();
    ASSERT_EQ(sig_install(SIGUSR1, on_signal, NULL, SAFEPOINT_CHAIN), 0);
}

static void check_chained(void)
{
    ASSERT_EQ(below, 1);
    check_arrived();
}

/* It would do the default at the second delivery in a row. */
static void escalating(void)
{
    install();
    ASSERT_EQ(sig_set_escalation(SIGUSR1, 2, UINT64_C(1000000000000)), 0);
}

/* On another thread than the owner's, which waits and has to be kicked; it
 * looks again at the end of its time. */
static pthread_t owner;
static atomic_int ready, over;

static void *wait_there(void *unused)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    install();
    ASSERT_EQ(sig_sleep(1000), 0);
    ready = 1;
    while (handled == 0)
        ASSERT_EQ(sig_sleep(200000000), 0);
    ASSERT_EQ(handled, 1);
    over = 1;
    return unused;
}

static void elsewhere(void)
{
    ASSERT_EQ(pthread_create(&owner, NULL, wait_there, NULL), 0);
    while (!ready)
        sched_yield();
    usleep(2000);
}

static void check_elsewhere(void)
{
    ASSERT_EQ(pthread_join(owner, NULL), 0);
    ASSERT_EQ(over, 1);
}

/* Calls. */

static long act_call(void)
{
    return sig_add_pending_call(on_call, NULL);
}

static sig_job job = SAFEPOINT_JOB(on_call, NULL);

static long act_post(void)
{
    return sig_post(&job);
}

static void check_called(void)
{
    check_failures();
    ASSERT_EQ(ran, 0);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(ran, 1);
}

static long act_trip(void)
{
    return sig_trip(SIGUSR1);
}

static long act_interrupt(void)
{
    return sig_interrupt(7);
}

static void check_interrupted(void)
{
    check_failures();
    ASSERT_EQ(sig_check(), 7);
}

static sig_latch latch = SAFEPOINT_LATCH;

static pthread_t waiter;

static void *wait_for_latch(void *unused)
{
    ready = 1;
    ASSERT_EQ(sig_latch_wait(&latch, SAFEPOINT_FOREVER), 1);
    return unused;
}

static void with_waiter(void)
{
    install();
    ASSERT_EQ(pthread_create(&waiter, NULL, wait_for_latch, NULL), 0);
    while (!ready)
        sched_yield();
    usleep(2000);
}

static long act_latch(void)
{
    return sig_latch_set(&latch);
}

/* Whoever waited has been woken. */
static void check_latch(void)
{
    ASSERT_EQ(sig_latch_is_set(&latch), 1);
    ASSERT_EQ(pthread_join(waiter, NULL), 0);
}

/* A check, which reads the eventfd empty. */
static void pending(void)
{
    on_event_fd();
    ASSERT_EQ(sig_trip(SIGUSR1), 0);
    ASSERT_EQ(sig_add_pending_call(on_call, NULL), 0);
}

static long act_check(void)
{
    return sig_check();
}

static void check_checked(void)
{
    struct pollfd fd = {.fd = sig_event_fd(), .events = POLLIN};
    ASSERT_EQ(handled, 1);
    ASSERT_EQ(ran, 1);
    ASSERT_EQ(sig_add_pending_call(on_call, NULL), 0);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(poll(&fd, 1, 0), 0);
}

const struct scenario arrivals[] = {
    {.name = "arrival", .setup = install, .act = act_nothing,
     .check = check_arrived, .signum = SIGUSR1},
    {.name = "arrival on a pipe", .setup = on_pipe, .act = act_nothing,
     .check = check_arrived, .signum = SIGUSR1},
    {.name = "arrival on a socket", .setup = on_socket, .act = act_nothing,
     .check = check_arrived, .signum = SIGUSR1},
    {.name = "arrival on an eventfd", .setup = on_event, .act = act_nothing,
     .check = check_arrived, .signum = SIGUSR1},
    {.name = "arrival on the event_fd", .setup = on_event_fd,
     .act = act_nothing, .check = check_arrived, .signum = SIGUSR1},
    {.name = "arrival on pipe and event_fd", .setup = on_all,
     .act = act_nothing, .check = check_arrived, .signum = SIGUSR1},
    {.name = "arrival, chained", .setup = chained, .act = act_nothing,
     .check = check_chained, .signum = SIGUSR1},
    {.name = "arrival, escalating", .setup = escalating, .act = act_nothing,
     .check = check_arrived, .signum = SIGUSR1},
    {.name = "arrival elsewhere", .setup = elsewhere, .act = act_nothing,
     .check = check_elsewhere, .signum = SIGUSR1},
    {.name = "add_pending_call", .setup = on_all, .act = act_call,
     .check = check_called},
    {.name = "post", .setup = on_socket, .act = act_post,
     .check = check_called},
    {.name = "trip", .setup = on_event, .act = act_trip,
     .check = check_arrived},
    {.name = "interrupt", .setup = on_all, .act = act_interrupt,
     .check = check_interrupted},
    {.name = "latch_set", .setup = with_waiter, .act = act_latch,
     .check = check_latch},
    {.name = "check", .setup = pending, .act = act_check,
     .check = check_checked},
    {0},
};
