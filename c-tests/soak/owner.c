/* The main context and its owner, the main thread; the thread that feeds it. */
#include "soak.h"

static atomic_ullong raw;        /* STAYS, as what stood there before saw it */
static atomic_ullong stayed;     /* the same, as its handler was told */
static atomic_ullong told, told_values, counted, added, ran, posted, posted_ran;
static atomic_ullong from_handler, written, got;
static int pipe_fds[2];
static unsigned seed;
static sig_job job;
static uint64_t deadline;

static int on_main(const sig_event *event, void *user)
{
    (void)user;
    if (in_child)
        return 0;
    counted += event->count + event->lost;
    if (event->signum == STAYS)
        stayed += event->count;
    if (event->signum == SIGRTMIN) {
        ASSERT_EQ(event->lost, 0);
        told += event->count;
        told_values += (unsigned long long)event->value;
        shared->taken += event->count;
    }
    unsigned random = random_of(&seed);
    if (random % 2000 == 0)
        fork_and_check(true);
    return random % 50 == 0 ? 7 : 0;
}

static int on_call(void *unused)
{
    (void)unused;
    ran++;
    return 0;
}

static int on_job(void *unused)
{
    (void)unused;
    posted_ran++;
    return 0;
}

static void count_raw(int signum)
{
    (void)signum;
    raw++;
}

/* A C handler, which interrupts whatever it is. */
static void add_from_handler(int signum)
{
    (void)signum;
    if (sig_add_pending_call(on_call, NULL) == 0)
        added++;
    if (sig_post(&job) == 0)
        posted++;
    from_handler++;
}

/* In a forked child: its own books begin at zero, and everything works. */
static void check_child(void)
{
    sig_counters now = {0};
    in_child = true;
    alarm(60);
    ASSERT_EQ(sig_is_owner(), 1);
    ASSERT_EQ(sig_stats(&now, sizeof now), 0);
    ASSERT_EQ(now.arrivals, 0);
    ASSERT_EQ(*sig_breaker(), 0);
    ran = 0;
    for (int i = 0; i < 10; i++) {
        ASSERT_EQ(raise(SIGUSR1), 0);
        ASSERT_EQ(sig_add_pending_call(on_call, NULL), 0);
    }
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(ran, 10);
    ASSERT_EQ(sig_sleep(1000), 0);
    ASSERT_EQ(sig_stats(&now, sizeof now), 0);
    ASSERT_EQ(now.arrivals, 10);
    ASSERT_EQ(now.arrivals, now.handled + now.coalesced);
    ASSERT_EQ(now.calls_run, 10);
    _exit(0);
}

void fork_and_check(bool in_handler)
{
    int status = -1;
    at("forks");
    pid_t child = (pid_t)MUST(fork());
    if (child == 0)
        check_child();
    at("waits for a child");
    while (sig_waitpid(child, &status, 0) == -EINTR) {
    }
    ASSERT_EQ(status, 0);
    figures.forks++;
    figures.forks_in_handlers += in_handler;
}

/* A thread that feeds the pipe, adds calls and interrupts. */
void *feed(void *place)
{
    static sig_job mine = SAFEPOINT_JOB(on_job, NULL);
    unsigned random = 1;
    enter((int)(intptr_t)place);
    while (!over) {
        at("feeds");
        random_of(&random);
        if (written - got < 1000 && write(pipe_fds[1], "x", 1) == 1)
            written++;
        if (sig_add_pending_call(on_call, NULL) == 0)
            added++;
        if (sig_post(&mine) == 0)
            posted++;
        if (random_of(&random) % 64 == 0)
            ASSERT_EQ(sig_interrupt(9), 0);
        usleep(100);
    }
    leave();
    return NULL;
}

static void read_some(void)
{
    char bytes[64];
    struct pollfd fd = {pipe_fds[0], POLLIN, 0};
    long result = sig_poll(&fd, 1, 1);
    if (result == 1)
        result = sig_read(pipe_fds[0], bytes, sizeof bytes);
    ASSERT_TRUE(result >= 0 || result == -EINTR);
    if (result > 0)
        got += (unsigned long long)result;
}

static void wait_for_signal(void)
{
    sig_event event;
    uint64_t set = UINT64_C(1) << (WAITED_FOR - 1);
    int result = sig_wait(set, 200000, &event, sizeof event);
    ASSERT_TRUE(result == WAITED_FOR || result == -ETIMEDOUT || result == -EINTR);
    figures.signals_waited_for += result == WAITED_FOR;
}

/* A signal that comes and goes, while others stay. */
static void cycle(unsigned random)
{
    int result = 0;
    at("installs and removes");
    switch (random % 5) {
    case 0:
        result = sig_install(COMES_AND_GOES, on_main, NULL, 0);
        break;
    case 1:
        result = sig_install(COMES_AND_GOES, on_main, NULL,
                             SAFEPOINT_QUEUE | SAFEPOINT_RESTART);
        break;
    case 2:
        result = sig_ignore(COMES_AND_GOES);
        break;
    case 3:
        result = sig_default(COMES_AND_GOES);
        break;
    case 4:
        result = sig_restore(COMES_AND_GOES);
        break;
    }
    ASSERT_GE(result, 0);
    figures.cycles++;
}

/* It was cancelled, or has run, and counts as a call. */
static void cancel(void)
{
    if (!deadline)
        return;
    int result = sig_cancel(deadline);
    ASSERT_TRUE(result == 0 || result == -ENOENT);
    figures.cancelled += result == 0;
    figures.deadlines += result == -ENOENT;
    added += result == -ENOENT;
    deadline = 0;
}

static void call_later(void)
{
    cancel();
    ASSERT_EQ(sig_call_after(random_of(&seed) % 2000000, 0, on_call, NULL,
                             &deadline), 0);
}

void turn(void)
{
    unsigned random = random_of(&seed);
    uint64_t sent = shared->sent;
    at("checks");
    sig_check();
    shared->checked[OWN] = sent;
    at("waits");
    switch (random % 8) {
    case 0:
        sig_sleep(random % 500000);
        break;
    case 1:
        read_some();
        break;
    case 2:
        sig_pause(); /* the feeder adds calls */
        break;
    case 3:
        wait_for_signal();
        break;
    case 4:
        ASSERT_GE(sig_blocking_begin(), 0);
        usleep(random % 500);
        ASSERT_EQ(sig_blocking_end(), 0);
        break;
    case 5:
        call_later();
        break;
    case 6:
        cycle(random >> 4);
        break;
    case 7:
        if (random >> 4 & 63)
            break;
        fork_and_check(false);
        break;
    }
    figures.waits++;
}

void begin_main(unsigned random)
{
    seed = random;
    MUST(pipe2(pipe_fds, O_CLOEXEC));
    MUST(fcntl(pipe_fds[1], F_SETFL, O_NONBLOCK));
    signal(SIGUSR1, SIG_IGN);
    signal(STAYS, count_raw);
    job = (sig_job)SAFEPOINT_JOB(on_job, NULL);
    ASSERT_EQ(sig_init(0), 0);
    ASSERT_EQ(sig_install(STAYS, on_main, NULL, SAFEPOINT_CHAIN), 0);
    ASSERT_EQ(sig_install(SIGUSR1, on_main, NULL, 0), 0);
    ASSERT_EQ(sig_install(SIGRTMIN, on_main, NULL, 0), 0);
    ASSERT_EQ(sig_set_escalation(STAYS, UINT32_MAX, UINT64_C(1000000000000)), 0);
    signal(SIGPROF, add_from_handler);
}

/* Nothing more comes from outside. */
void drain(void)
{
    sig_event event;
    sig_counters now = {0};
    uint64_t set = UINT64_C(1) << (WAITED_FOR - 1), until = now_ns() + PATIENCE;
    int result;
    at("drains");
    cancel();
    while ((result = sig_wait(set, 0, &event, sizeof event)) != -ETIMEDOUT)
        figures.signals_waited_for += result == WAITED_FOR;
    while (got < written)
        read_some();
    ASSERT_GE(sig_restore(COMES_AND_GOES), 0);
    do {
        while (sig_check() != 0) {
        }
        ASSERT_EQ(sig_stats(&now, sizeof now), 0);
    } while (*sig_breaker() || !add_up(&now, until));
    figures.arrivals += now.arrivals;
    figures.handled += now.handled;
    figures.coalesced += now.coalesced;
    figures.lost += now.lost;
    figures.dropped += now.dropped;
    ASSERT_EQ(counted, now.handled + now.coalesced + now.lost);
    ASSERT_EQ(now.calls_run, ran + posted_ran);
    figures.calls += ran;
    figures.jobs += posted_ran;
    figures.bytes = got;
}

static bool equal(const char *what, unsigned long long one, unsigned long long other)
{
    printf("%-48s %12llu = %llu%s\n", what, one, other,
           one == other ? "" : ": NOT EQUAL");
    return one == other;
}

bool books(void)
{
    bool well = true;
    printf("%-20s %12llu\n", "added in C handlers", from_handler);
    well &= equal("SIGHUP, by our handler and by that before it", stayed, raw);
    well &= equal("SIGRTMIN with a value, sent and handled", shared->queued, told);
    well &= equal("the sum of their values", shared->values, told_values);
    well &= equal("a blocked signal, sent and waited for", shared->waited_for,
                  figures.signals_waited_for);
    well &= equal("calls and deadlines, added and run", added, ran);
    well &= equal("jobs, posted and run", posted, posted_ran);
    well &= equal("bytes, written and read", written, got);
    well &= equal("lost, for want of room", figures.lost, 0);
    well &= equal("arrivals and their fates", figures.arrivals, figures.handled +
                  figures.coalesced + figures.lost + figures.dropped);
    return well;
}
