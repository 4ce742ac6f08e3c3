/* The main thread and the main context, the senders, and the end. */
#include "soak.h"

#include <malloc.h>
#include <sys/prctl.h>

#define FLYING 4000 /* queued signals on their way, at most: none is lost */

struct shared *shared;
struct figures figures;
atomic_bool over;
__thread bool in_child;

static atomic_ullong raw;        /* STAYS, as what stood there before saw it */
static atomic_ullong stayed;     /* the same, as its handler was told */
static atomic_ullong told, told_values, counted, added, ran, posted, posted_ran;
static atomic_ullong from_handler, written, got;
static int pipe_fds[2];
static unsigned main_random;
static sig_job job;
static uint64_t deadline;

unsigned random_of(unsigned *state)
{
    *state = *state * 1103515245 + 12345;
    return *state >> 4;
}

bool add_up(const sig_counters *now, uint64_t until)
{
    uint64_t fates = now->handled + now->coalesced + now->lost + now->dropped;
    if (now_ns() > until)
        ASSERT_EQ(now->arrivals, fates);
    return now->arrivals == fates;
}

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
    unsigned random = random_of(&main_random);
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

/* The senders: processes, which end when they are told to. */

static void send_standard(pid_t to)
{
    static const int signums[] = {STAYS, SIGUSR1, COMES_AND_GOES, SIGPROF};
    struct timespec pause = {0, 60000};
    for (unsigned i = 0; !shared->over && getppid() == to; i++) {
        kill(to, signums[i % 4]);
        nanosleep(&pause, NULL);
    }
}

static void send_values(pid_t to)
{
    struct timespec pause = {0, 40000};
    for (uint64_t value = 1; !shared->over && getppid() == to; value++) {
        union sigval with = {.sival_int = (int)(value % 1000000)};
        if (shared->queued - shared->taken < FLYING &&
            sigqueue(to, SIGRTMIN, with) == 0) {
            shared->queued++;
            shared->values += (unsigned)with.sival_int;
        }
        if (value % 16 == 0 && sigqueue(to, WAITED_FOR, with) == 0)
            shared->waited_for++;
        nanosleep(&pause, NULL);
    }
}

static pid_t start_sender(void (*send)(pid_t))
{
    pid_t parent = getpid(), pid = (pid_t)MUST(fork());
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        send(parent);
        _exit(0);
    }
    return pid;
}

/* A thread that feeds the pipe, adds calls and interrupts. */
static void *feed(void *place)
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
    ASSERT_EQ(sig_call_after(random_of(&main_random) % 2000000, 0, on_call, NULL,
                             &deadline), 0);
}

static void turn(void)
{
    unsigned random = random_of(&main_random);
    at("checks");
    sig_check();
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

static void set_up(void)
{
    sigset_t set;
    mallopt(M_ARENA_MAX, 2);
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ASSERT_TRUE(shared != MAP_FAILED);
    MUST(pipe2(pipe_fds, O_CLOEXEC));
    MUST(fcntl(pipe_fds[1], F_SETFL, O_NONBLOCK));
    sigemptyset(&set);
    sigaddset(&set, WAITED_FOR);
    MUST(sigprocmask(SIG_SETMASK, &set, NULL));
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
static void drain(void)
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
}

static bool equal(const char *what, unsigned long long one, unsigned long long other)
{
    printf("%-48s %12llu = %llu%s\n", what, one, other,
           one == other ? "" : ": NOT EQUAL");
    return one == other;
}

static bool books(void)
{
    bool well = true;
    well &= equal("SIGHUP, by our handler and by that before it", stayed, raw);
    well &= equal("SIGRTMIN with a value, sent and handled", shared->queued, told);
    well &= equal("the sum of their values", shared->values, told_values);
    well &= equal("a blocked signal, sent and waited for", shared->waited_for,
                  figures.signals_waited_for);
    well &= equal("calls and deadlines, added and run", added, ran);
    well &= equal("jobs, posted and run", posted, posted_ran);
    well &= equal("bytes, written and read", written, got);
    well &= equal("arrivals and their fates", figures.arrivals, figures.handled +
                  figures.coalesced + figures.lost + figures.dropped);
    return well;
}

static pthread_t workers[WORKERS];

static void start_worker(int i)
{
    void *place = (void *)(intptr_t)(i + 2);
    ASSERT_EQ(pthread_create(&workers[i], NULL, work, place), 0);
}

/* Others take the place of those that have ended. */
static void replace_workers(void)
{
    for (int i = 0; i < WORKERS; i++) {
        if (pthread_tryjoin_np(workers[i], NULL) == 0)
            start_worker(i);
    }
}

static void soak(unsigned seconds)
{
    pthread_t feeder;
    pid_t senders[] = {start_sender(send_standard), start_sender(send_values)};
    ASSERT_EQ(pthread_create(&feeder, NULL, feed, (void *)1), 0);
    for (int i = 0; i < WORKERS; i++)
        start_worker(i);
    start_watching(seconds);
    uint64_t until = now_ns() + seconds * UINT64_C(1000000000);
    for (unsigned i = 0; now_ns() < until; i++) {
        turn();
        if (i % 256 == 0)
            replace_workers();
    }
    shared->over = true;
    for (int i = 0; i < 2; i++)
        ASSERT_CHILD_PASSED(senders[i]);
    over = true;
    at("waits for the threads");
    ASSERT_EQ(pthread_join(feeder, NULL), 0);
    for (int i = 0; i < WORKERS; i++)
        ASSERT_EQ(pthread_join(workers[i], NULL), 0);
}

int main(int argc, char **argv)
{
    unsigned seconds = argc > 1 ? (unsigned)atoi(argv[1]) : 10;
    bool well = true;
    main_random = argc > 2 ? (unsigned)atoi(argv[2]) : (unsigned)now_ns();
    printf("soak: %u seconds, seed %u\n", seconds, main_random);
    fflush(stdout);
    set_up();
    enter(0);
    soak(seconds);
    free_all_contexts();
    drain();
    ASSERT_EQ(sig_fini(), 0);
    figures.calls += ran;
    figures.jobs += posted_ran;
    figures.bytes = got;
#define PRINT(name) printf("%-20s %12llu\n", #name, figures.name);
    FIGURES(PRINT)
    printf("%-20s %12llu\n", "added in C handlers", from_handler);
    well &= books();
    well &= is_flat();
    bool minutes = seconds >= 60 && seconds % 60 == 0;
    printf("soak: %u %s, %s\n", minutes ? seconds / 60 : seconds,
           minutes ? "minutes" : "seconds", well ? "nothing lost" : "see above");
    return well ? 0 : 1;
}
