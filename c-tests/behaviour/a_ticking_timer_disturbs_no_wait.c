/* CPython's _test_eintr: a timer of 100 ms ticks through every wait. Handlers
 * run, the wait goes on, nothing fails with EINTR, data is intact, and what
 * has a time limit takes at least that long. */
#include "waits.h"

#include <sys/time.h>

#define MS UINT64_C(1000000)
#define LIMIT (slower() > 20 ? 750 : 250) /* ms; more on a machine of qemu's */
#define TICK (LIMIT * 2 / 5)

static atomic_int ticks;
static const struct wait *now_waiting;

static int tick(const sig_event *event, void *user)
{
    (void)event, (void)user;
    ticks++;
    return 0;
}

static void start_ticking(void)
{
    sig_itimer timer = {sizeof timer, 0, TICK * MS, TICK * MS}, got = {.size = sizeof got};
    ASSERT_EQ(sig_install(SIGALRM, tick, NULL, 0), 0);
    ASSERT_EQ(sig_setitimer(ITIMER_REAL, &timer, NULL), 0);
    ASSERT_EQ(sig_getitimer(ITIMER_REAL, &got), 0);
    ASSERT_EQ(got.interval, TICK * MS);
}

static void sleep_ms(long ms)
{
    struct timespec left = {ms / 1000, ms % 1000 * 1000000};
    while (nanosleep(&left, &left) != 0)
        ASSERT_EQ(errno, EINTR);
}

static void *feed_later(void *unused)
{
    (void)unused;
    while (ticks < 3) /* handled in the wait */
        sleep_ms(10);
    now_waiting->feed();
    return NULL;
}

/* A thread that takes no signals. */
static pthread_t begin_thread(void *(*function)(void *))
{
    pthread_t thread;
    sigset_t all, before;
    sigfillset(&all);
    ASSERT_EQ(pthread_sigmask(SIG_SETMASK, &all, &before), 0);
    ASSERT_EQ(pthread_create(&thread, NULL, function, NULL), 0);
    ASSERT_EQ(pthread_sigmask(SIG_SETMASK, &before, NULL), 0);
    return thread;
}

static void is_fed(const struct wait *wait)
{
    now_waiting = wait;
    wait->prepare();
    start_ticking();
    pthread_t thread = begin_thread(feed_later);
    wait->expect(wait->call());
    ASSERT_GE(ticks, 3);
    ASSERT_EQ(pthread_join(thread, NULL), 0);
    wait_clean();
}

/* With a time LIMIT: what the wait returns then. */

static long sleeps(void)
{
    return sig_sleep(LIMIT * MS);
}

static long nanosleeps(void)
{
    struct timespec time = {0, LIMIT * MS}, left = {-1, -1};
    long result = sig_nanosleep(&time, &left);
    ASSERT_EQ(left.tv_sec, -1);
    return result;
}

static long clock_nanosleeps(void)
{
    struct timespec time = {0, LIMIT * MS};
    return sig_clock_nanosleep(CLOCK_MONOTONIC, 0, &time, NULL);
}

static long clock_nanosleeps_until(void)
{
    struct timespec time;
    MUST(clock_gettime(CLOCK_MONOTONIC, &time));
    uint64_t until = (uint64_t)time.tv_sec * 1000 * MS + (uint64_t)time.tv_nsec + LIMIT * MS;
    time = (struct timespec){(time_t)(until / (1000 * MS)), (long)(until % (1000 * MS))};
    return sig_clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL);
}

static long polls(void)
{
    return sig_poll(NULL, 0, LIMIT);
}

static long ppolls(void)
{
    struct timespec time = {0, LIMIT * MS};
    return sig_ppoll(NULL, 0, &time, NULL);
}

static long selects(void)
{
    struct timeval time = {0, LIMIT * 1000};
    long result = sig_select(0, NULL, NULL, NULL, &time);
    ASSERT_EQ(time.tv_usec, LIMIT * 1000);
    return result;
}

static long pselects(void)
{
    struct timespec time = {0, LIMIT * MS};
    return sig_pselect(0, NULL, NULL, NULL, &time, NULL);
}

static long epoll_waits(void)
{
    struct epoll_event event;
    wait_epoll();
    return sig_epoll_wait(wait_other, &event, 1, LIMIT);
}

static long futex_waits(void)
{
    return sig_futex_wait(&wait_word, 0, LIMIT * MS);
}

static long waits_for_signal(void)
{
    sig_event event = {.pid = 4242};
    wait_block();
    long result = sig_wait(UINT64_C(1) << (SIGWINCH - 1), LIMIT * MS, &event, sizeof event);
    ASSERT_EQ(event.pid, 4242); /* not touched */
    return result;
}

static const struct {
    const char *name;
    long (*call)(void);
    long result;
} limited[] = {
    {"sleep", sleeps, 0},
    {"nanosleep", nanosleeps, 0},
    {"clock_nanosleep", clock_nanosleeps, 0},
    {"clock_nanosleep until", clock_nanosleeps_until, 0},
    {"poll", polls, 0},
    {"ppoll", ppolls, 0},
    {"select", selects, 0},
    {"pselect", pselects, 0},
    {"epoll_wait", epoll_waits, 0},
    {"futex_wait", futex_waits, -ETIMEDOUT},
    {"wait", waits_for_signal, -ETIMEDOUT},
};

#define LIMITED (sizeof limited / sizeof *limited)

static void is_limited(size_t which)
{
    start_ticking();
    uint64_t begun = now_ns();
    ASSERT_EQ(limited[which].call(), limited[which].result);
    ASSERT_GE(now_ns() - begun, LIMIT * MS);
    ASSERT_GE(ticks, 1);
}

/* A megabyte through a pipe or a socket, whose other side takes or gives a
 * tenth of it at a time, and then rests. */

#define SIZE (1 << 20)
#define PART (SIZE / 10)
static unsigned char data[SIZE], got[SIZE];

static void *read_slowly(void *unused)
{
    (void)unused;
    for (size_t at = 0; at < SIZE;) {
        size_t end = at + PART < SIZE ? at + PART : SIZE;
        sleep_ms(50);
        while (at < end)
            at += (size_t)MUST(read(wait_fds[0], got + at, end - at));
    }
    return NULL;
}

static void *write_slowly(void *unused)
{
    (void)unused;
    for (size_t at = 0; at < SIZE;) {
        size_t end = at + PART < SIZE ? at + PART : SIZE;
        sleep_ms(50);
        while (at < end)
            at += (size_t)MUST(write(wait_fds[1], data + at, end - at));
    }
    return NULL;
}

static long move(bool sockets, bool reads, size_t at)
{
    if (reads)
        return sockets ? sig_recv(wait_fds[0], got + at, SIZE - at, 0)
                       : sig_read(wait_fds[0], got + at, SIZE - at);
    return sockets ? sig_send(wait_fds[1], data + at, SIZE - at, 0)
                   : sig_write(wait_fds[1], data + at, SIZE - at);
}

static void is_copied(bool sockets, bool reads)
{
    if (sockets)
        wait_sockets();
    else
        wait_pipe();
    for (size_t i = 0; i < SIZE; i++)
        data[i] = (unsigned char)(i * 2654435761u >> 24);
    start_ticking();
    pthread_t thread = begin_thread(reads ? write_slowly : read_slowly);
    for (size_t at = 0; at < SIZE;) {
        long moved = move(sockets, reads, at);
        ASSERT_GT(moved, 0);
        at += (size_t)moved;
    }
    ASSERT_EQ(pthread_join(thread, NULL), 0);
    ASSERT_EQ(memcmp(data, got, SIZE), 0);
    ASSERT_GE(ticks, 1);
}

int main(void)
{
    pid_t pids[WAITS + LIMITED + 4] = {0};
    /* Each child has a watchdog; a thread here could hold a lock of the
     * sanitizer's when they are forked. */
    fflush(stdout);
    for (size_t i = 0; i < WAITS + LIMITED + 4; i++) {
        if (i < WAITS && (!waits[i].feed || !can_wait(&waits[i])))
            continue;
        pids[i] = (pid_t)MUST(fork());
        if (pids[i] != 0)
            continue;
        watchdog(100);
        if (i < WAITS)
            is_fed(&waits[i]);
        else if (i < WAITS + LIMITED)
            is_limited(i - WAITS);
        else
            is_copied(i % 2, i / 2 % 2);
        _exit(0);
    }
    int bad = 0;
    for (size_t i = 0; i < WAITS + LIMITED + 4; i++) {
        if (pids[i] == 0 || wait_for(pids[i]) == 0)
            continue;
        fprintf(stderr, "sig_%s\n", i < WAITS ? waits[i].name
                : i < WAITS + LIMITED ? limited[i - WAITS].name
                : "read, write, recv or send, 1 MB");
        bad++;
    }
    ASSERT_EQ(bad, 0);
    return 0;
}
