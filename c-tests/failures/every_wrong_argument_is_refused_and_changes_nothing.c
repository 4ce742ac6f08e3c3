/* Every function, with every wrong argument, on every thread and before, in
 * and after the library's life, returns the error that the header documents,
 * and changes nothing: no disposition, mask, counter, descriptor or handler,
 * not the owner, not the breaker, and not one byte of an out-parameter.
 *
 * One table. A row is a call and its error; it is tried in each of the
 * situations that it names. */
#include "parts/failures.h"

#include <limits.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>

/* Situations. */
enum {
    BEFORE = 1,         /* nobody has called the library yet */
    OWNER = 2,          /* on the owner's thread */
    OTHER = 4,          /* on another */
    AFTER = 8,          /* after sig_fini() */
    RUNNING = 16,       /* on the owner's thread, inside a handler */
    OTHER_RUNNING = 32, /* on another thread, while a handler runs */
    FULL = 64,          /* on the owner's thread, no descriptor left */
    NOBODY = BEFORE | AFTER,
    ALWAYS = BEFORE | OWNER | OTHER | AFTER | RUNNING
};

struct row {
    const char *text;
    int (*call)(const struct row *row);
    int expected, situations;
    long long number; /* a signal, or a descriptor */
    size_t size;
    uint32_t flags;
    const char *name;
    void *out;
};

static int handler(const sig_event *event, void *user)
{
    return (void)event, (void)user, 0;
}
static void foreign(int signum) { (void)signum; }
static int job_call(void *unused) { return (void)unused, 0; }

/* Out-parameters lie in here, with a pattern all around. */
enum { OUT = 16384, PATTERN = 0xA5 };
static _Alignas(64) unsigned char out[OUT], expected_out[OUT];

/* --- the calls --- */
#define CALL(name, expression)                                                 \
    static int name(const struct row *row) { return (void)row, (expression); }
CALL(init, sig_init(row->flags))
CALL(finish, sig_fini())
CALL(adopt, sig_adopt())
CALL(install, sig_install((int)row->number, handler, NULL, row->flags))
CALL(install_null, sig_install((int)row->number, NULL, NULL, row->flags))
CALL(ignore, sig_ignore((int)row->number))
CALL(set_default, sig_default((int)row->number))
CALL(restore, sig_restore((int)row->number))
CALL(query, sig_query((int)row->number, row->out, row->size))
CALL(next, sig_next(row->out, row->size))
CALL(hold, sig_hold())
CALL(release, sig_release())
CALL(add_call, sig_add_pending_call(NULL, NULL))
CALL(post, sig_post(row->out))
CALL(trip, sig_trip((int)row->number))
CALL(interrupt, sig_interrupt((int)row->number))
CALL(wakeup_fd, sig_set_wakeup_fd((int)row->number, row->flags, (int *)out))
CALL(event_fd, sig_event_fd())
CALL(wakeup_fn, sig_set_wakeup_fn(NULL, NULL))
CALL(number, sig_number(row->name))
CALL(stats, sig_stats(row->out, row->size))
CALL(set_kick, sig_set_kick((int)row->number))
CALL(set_restart, sig_set_restart((int)row->number, 1))
CALL(verify, sig_verify((int)row->number))
CALL(escalate, sig_set_escalation((int)row->number, 2, row->size))
CALL(call_after, sig_call_after(row->size, row->size, NULL, NULL, (uint64_t *)out))
CALL(cancel, sig_cancel((uint64_t)row->number))
CALL(latch_set, sig_latch_set(NULL))
CALL(latch_is_set, sig_latch_is_set(NULL))
CALL(latch_wait, sig_latch_wait(NULL, row->size))
CALL(free_main, sig_context_free(sig_main()))
CALL(send_raise, sig_raise((int)row->number))
CALL(send_kill, sig_kill(getpid(), (int)row->number))
CALL(send_to_thread, sig_kill_thread((uintptr_t)pthread_self(), (int)row->number))
CALL(send_to_no_thread, sig_kill_thread(0, (int)row->number))
CALL(send_queue, sig_queue(getpid(), (int)row->number, 1))
CALL(send_pidfd, sig_pidfd_send(-1, (int)row->number))
CALL(mask, sig_mask((int)row->number, 0, (uint64_t *)out))
CALL(pending, sig_pending(NULL))
CALL(wait_for_none, sig_wait((uint64_t)row->number, 0, NULL, 0))
CALL(wait_for_one, sig_wait(1, 0, row->out, row->size))
CALL(blocking_begin, sig_blocking_begin())
CALL(blocking_end, sig_blocking_end())
CALL(do_pause, sig_pause())
CALL(sem_wait_, sig_sem_wait(NULL))
CALL(setitimer_null, sig_setitimer(0, NULL, NULL))
CALL(getitimer_null, sig_getitimer(0, NULL))
CALL(read_, (int)sig_read((int)row->number, out, 1))
CALL(poll_, (int)sig_poll(NULL, 1, 0))
CALL(waitpid_, (int)sig_waitpid(INT_MAX, (int *)out, 0))
CALL(futex_, (int)sig_futex_wait(NULL, 0, 0))
CALL(no_call, (int)sig_syscall(100000, 0, 0, 0, 0, 0, 0))
CALL(name_is_null, -(sig_name((int)row->number) == NULL) * EINVAL)
CALL(describe_is_null, -(sig_describe((int)row->number) == NULL) * EINVAL)

/* --- the table: much of it is every this by every that --- */
static struct row rows[1000];
static int row_count;

#define ADD(call_, expected_, situations_, ...)                                \
    (rows[row_count++] =                                                       \
         (struct row){.text = #call_, .call = call_, .expected = expected_,    \
                      .situations = situations_, __VA_ARGS__})

static void add_signals(void)
{
    static const int none[] = {0, -1, 65, 64 + 32, 1000, INT_MIN, INT_MAX};
    static const int never[] = {SIGKILL, SIGSTOP};
    static const uint32_t flags[] = {0, SAFEPOINT_CHAIN, 63};
    int bad[64], bads = 0, nones = 0;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        bad[bads++] = none[i];
    for (int signum = 32; signum < SIGRTMIN; signum++)
        bad[bads++] = signum; /* the C library's own */
    nones = bads;
    for (size_t i = 0; i < 2; i++)
        bad[bads++] = never[i];
    for (int i = 0; i < bads; i++) {
        for (size_t f = 0; f < 3; f++)
            ADD(install, -EINVAL, ALWAYS, .number = bad[i], .flags = flags[f]);
        ADD(ignore, -EINVAL, ALWAYS, .number = bad[i]);
        ADD(set_default, -EINVAL, ALWAYS, .number = bad[i]);
        ADD(restore, -EINVAL, ALWAYS, .number = bad[i]);
        ADD(trip, -EINVAL, ALWAYS, .number = bad[i]);
    }
    static const int harmless[] = {SIGCHLD, SIGCONT, SIGURG, SIGWINCH};
    for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++)
        ADD(escalate, -EINVAL, ALWAYS, .number = harmless[i], .size = i);
    for (int i = 0; i < nones; i++)
        ADD(verify, -EINVAL, ALWAYS, .number = bad[i]);
    for (int i = 0; i < bads; i++) {
        ADD(set_kick, -EINVAL, ALWAYS, .number = bad[i]);
        ADD(set_restart, -EINVAL, ALWAYS, .number = bad[i]);
        ADD(escalate, -EINVAL, ALWAYS, .number = bad[i], .size = 1000);
    }
    static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS};
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        ADD(set_kick, -EINVAL, ALWAYS, .number = faults[i]);
    for (int i = 1; i < nones; i++) { /* but for 0 */
        ADD(send_raise, -EINVAL, ALWAYS, .number = bad[i]);
        ADD(send_kill, -EINVAL, ALWAYS, .number = bad[i]);
        ADD(send_to_thread, -EINVAL, ALWAYS, .number = bad[i]);
        ADD(send_queue, -EINVAL, ALWAYS, .number = bad[i]);
        ADD(send_pidfd, -EINVAL, ALWAYS, .number = bad[i]);
    }
    ADD(send_raise, -EINVAL, ALWAYS, .number = 0);
    ADD(send_to_no_thread, -ESRCH, ALWAYS, .number = SIGUSR1);
    if (!on_valgrind()) /* which does not know it */
        ADD(send_pidfd, -EBADF, ALWAYS, .number = SIGUSR1);
    for (int how = 3; how < 8; how++)
        ADD(mask, -EINVAL, ALWAYS, .number = how);
    ADD(mask, -EINVAL, ALWAYS, .number = -1);
    ADD(pending, -EINVAL, ALWAYS);
    ADD(wait_for_none, -EINVAL, ALWAYS, .number = 0);
    ADD(wait_for_none, -EINVAL, ALWAYS, .number = 1 << (SIGKILL - 1));
    for (int i = 0; i < nones; i++) {
        ADD(query, -EINVAL, ALWAYS, .number = bad[i],
            .size = sizeof(sig_disposition), .out = out);
        ADD(name_is_null, -EINVAL, ALWAYS, .number = bad[i]);
        ADD(describe_is_null, -EINVAL, ALWAYS, .number = bad[i]);
    }
    ADD(install_null, -EINVAL, ALWAYS, .number = SIGUSR1);
    ADD(install_null, -EINVAL, ALWAYS, .number = SIGRTMIN,
        .flags = SAFEPOINT_QUEUE);
    for (int bit = 6; bit < 32; bit++) {
        ADD(install, -EINVAL, ALWAYS, .number = SIGUSR1, .flags = 1u << bit);
        ADD(install, -EINVAL, ALWAYS, .number = SIGUSR1,
            .flags = 1u << bit | 63);
    }
    ADD(install, -EEXIST, BEFORE | OWNER | AFTER | RUNNING, .number = SIGALRM,
        .flags = SAFEPOINT_IF_DEFAULT);
    for (int bit = 1; bit < 32; bit++)
        ADD(init, -EINVAL, ALWAYS, .flags = 1u << bit);
    ADD(interrupt, -EINVAL, ALWAYS, .number = 0);
}

/* What only the owner may, and what needs an owner. */
static void add_threads(void)
{
    ADD(init, -EPERM, OTHER);
    ADD(init, -EPERM, OTHER, .flags = SAFEPOINT_INTERPRETER_DEFAULTS);
    ADD(finish, -EPERM, OTHER);
    ADD(install, -EPERM, OTHER, .number = SIGUSR1);
    ADD(ignore, -EPERM, OTHER, .number = SIGUSR1);
    ADD(set_default, -EPERM, OTHER, .number = SIGUSR1);
    ADD(restore, -EPERM, OTHER, .number = SIGUSR1);
    ADD(query, -EPERM, OTHER, .number = SIGUSR1,
        .size = sizeof(sig_disposition), .out = out);
    ADD(next, -EPERM, OTHER | NOBODY, .size = sizeof(sig_event), .out = out);
    ADD(hold, -EPERM, OTHER | NOBODY);
    ADD(release, -EPERM, OTHER | NOBODY);
    ADD(release, -EINVAL, OWNER | RUNNING);
    ADD(wakeup_fd, -EPERM, OTHER | NOBODY, .number = -1);
    ADD(event_fd, -EPERM, OTHER | NOBODY);
    ADD(wakeup_fn, -EPERM, OTHER | NOBODY);
    ADD(set_kick, -EPERM, OTHER, .number = SIGUSR1);
    ADD(set_restart, -EPERM, OTHER, .number = SIGUSR1);
    ADD(verify, -EPERM, OTHER, .number = SIGUSR1);
    ADD(escalate, -EPERM, OTHER, .number = SIGUSR1, .size = 1000);
    ADD(escalate, -EPERM, OTHER, .number = SIGUSR1);
    ADD(call_after, -EINVAL, ALWAYS);
    ADD(call_after, -EINVAL, ALWAYS, .size = 1000);
    for (int id = -1; id < 2; id++)
        ADD(cancel, -ENOENT, ALWAYS, .number = id);
    ADD(latch_set, -EINVAL, ALWAYS);
    ADD(latch_is_set, -EINVAL, ALWAYS);
    ADD(latch_wait, -EINVAL, ALWAYS);
    ADD(latch_wait, -EINVAL, ALWAYS, .size = SIZE_MAX);
    ADD(free_main, -EINVAL, ALWAYS);
    ADD(blocking_begin, -EPERM, OTHER | NOBODY);
    ADD(blocking_end, -EPERM, OTHER | NOBODY);
    ADD(blocking_end, -EINVAL, OWNER | RUNNING);
    ADD(do_pause, -EPERM, OTHER | NOBODY);
    ADD(sem_wait_, -EINVAL, ALWAYS);
    ADD(setitimer_null, -EINVAL, ALWAYS);
    ADD(getitimer_null, -EINVAL, ALWAYS);
    /* The owner's first wait puts the handler for kicks in place. */
    ADD(read_, -EBADF, OTHER | NOBODY, .number = -1);
    ADD(waitpid_, -ECHILD, OTHER | NOBODY);
    if (!on_valgrind()) { /* which complains of them */
        ADD(poll_, -EFAULT, OTHER | NOBODY);
        ADD(futex_, -EFAULT, OTHER | NOBODY);
        ADD(no_call, -ENOSYS, OTHER | NOBODY);
    }
    ADD(adopt, -EBUSY, RUNNING | OTHER_RUNNING);
}

/* Functions that fill a struct. */
static void add_sizes(int (*call)(const struct row *), size_t known)
{
    const size_t small[] = {0, 1, 4, known - 1};
    const size_t large[] = {4097, 8192, (size_t)INT_MAX + 1, SIZE_MAX};
    const size_t any[] = {0, known, 4097, SIZE_MAX};
    for (size_t i = 0; i < 4; i++) {
        ADD(call, -EINVAL, ALWAYS, .number = SIGUSR1, .size = small[i],
            .out = out);
        ADD(call, -E2BIG, ALWAYS, .number = SIGUSR1, .size = large[i],
            .out = out);
        /* sig_wait() takes no event at all, too. */
        if (call != wait_for_one || any[i] != 0)
            ADD(call, -EINVAL, ALWAYS, .number = SIGUSR1, .size = any[i],
                .out = NULL);
    }
}

/* Jobs lie one behind the other in `out`. */
enum { JOBS = 10, RESERVED = 5, TOO_LARGE = 6, JOB_ROOM = 128 };

static void add_jobs(void)
{
    ADD(add_call, -EINVAL, ALWAYS);
    ADD(post, -EINVAL, ALWAYS, .out = NULL);
    for (int job = 0; job < JOBS; job++)
        ADD(post, job < TOO_LARGE ? -EINVAL : -E2BIG, ALWAYS, .number = job,
            .out = out + job * JOB_ROOM);
}

static void fill_out(void)
{
    const uint32_t known = sizeof(sig_job);
    const uint32_t sizes[JOBS] = {0,     1,         4,          known - 1, known,
                                  known, known + 1, known + 64, 4097, UINT32_MAX};
    memset(out, PATTERN, sizeof out);
    for (int i = 0; i < JOBS; i++) {
        sig_job job = {sizes[i], 0, job_call, NULL, {0, 0}};
        if (i == RESERVED)
            job.reserved = 7;
        else if (sizes[i] == known)
            job.fn = NULL;
        memcpy(out + i * JOB_ROOM, &job, sizeof job);
    }
    /* A tail whose last byte alone is not zero. */
    memset(out + (TOO_LARGE + 1) * JOB_ROOM + known, 0, 63);
    memcpy(expected_out, out, sizeof out);
}

static void add_descriptors(void)
{
    static int ends[2], blocking[2];
    sigset_t none;
    sigemptyset(&none);
    MUST(pipe2(ends, O_NONBLOCK | O_CLOEXEC));
    MUST(pipe2(blocking, O_CLOEXEC));
    ASSERT_GE(ends[0], 3);
    FILE *file = tmpfile();
    ASSERT_NE(file, NULL);
    int regular = fileno(file);
    MUST(fcntl(regular, F_SETFL, O_RDWR | O_NONBLOCK));
    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    int epoll = epoll_create1(0);
    MUST(fcntl(epoll, F_SETFL, O_RDWR | O_NONBLOCK));
    const int closed = 999;
    const int unfit[] = {blocking[0], blocking[1], /* they would block */
                        ends[0],                  /* nothing to write to */
                        regular, timer, epoll,
                        signalfd(-1, &none, SFD_NONBLOCK),
                        eventfd(0, EFD_CLOEXEC),
                        socket(AF_UNIX, SOCK_STREAM, 0),
                        inotify_init1(IN_NONBLOCK),
                        open("/dev/null", O_RDWR | O_NONBLOCK),
                        open("/", O_RDONLY | O_NONBLOCK | O_DIRECTORY),
                        open("/", O_PATH)};
    const int not_open[] = {closed, INT_MAX, -2, -1000, INT_MIN};
    int both = OWNER | RUNNING;
    for (size_t i = 0; i < sizeof unfit / sizeof *unfit; i++) {
        ASSERT_GE(unfit[i], 0);
        ADD(wakeup_fd, -EINVAL, both, .number = unfit[i]);
        ADD(wakeup_fd, -EINVAL, both, .number = unfit[i],
            .flags = SAFEPOINT_WAKE_CALLS);
        ADD(wakeup_fd, -EPERM, OTHER | NOBODY, .number = unfit[i]);
    }
    for (size_t i = 0; i < sizeof not_open / sizeof *not_open; i++) {
        ADD(wakeup_fd, -EBADF, both, .number = not_open[i]);
        ADD(wakeup_fd, -EPERM, OTHER | NOBODY, .number = not_open[i]);
    }
    for (int bit = 1; bit < 32; bit++) {
        ADD(wakeup_fd, -EINVAL, both, .number = ends[1], .flags = 1u << bit);
        ADD(wakeup_fd, -EINVAL, both, .number = -1, .flags = 1u << bit | 1);
    }
    ADD(wakeup_fd, -EMFILE, FULL, .number = ends[1]);
    ADD(wakeup_fd, -EMFILE, FULL, .number = ends[1],
        .flags = SAFEPOINT_WAKE_CALLS);
    ADD(event_fd, -EMFILE, FULL);
}

static void add_names(void)
{
    static const char *const bad[] = {
        NULL, "", " ", "0", "-1", "65", "32", "33", "+2", "2 ", " 2", "0x2",
        "1000", "99999999999999999999", "4294967298", "SIG", "SIGSIGINT", "IN",
        "SIGINTX", "INT ", "sig_int", "RTMIN+", "RTMIN-1", "RTMIN+31",
        "RTMIN+4294967296", "RTMIN++1", "RTMIN+ 1", "RTMAX+1", "RTMAX-31",
        "RTMAX-", "RTMAX--1", "SIGRTMIN+1x", "RT", "KILLSTOP", "\xff", "ınt"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ADD(number, -EINVAL, ALWAYS, .name = bad[i]);
}

/* --- what must not change --- */
struct snapshot {
    unsigned char actions[64][32], mask[8];
    sig_disposition dispositions[64];
    sig_counters counters;
    int owner, breaker, fds[64];
    char files[64][64];
};

/* How far two things are the same. */
static size_t differ(const void *left, const void *right, size_t size)
{
    size_t at = 0;
    while (at < size && ((const char *)left)[at] == ((const char *)right)[at])
        at++;
    return at;
}

static struct snapshot look(void)
{
    struct snapshot now;
    memset(&now, 0, sizeof now);
    MUST(syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, now.mask, 8));
    for (int signum = 1; signum <= 64; signum++) {
        unsigned char *action = now.actions[signum - 1];
        MUST(syscall(SYS_rt_sigaction, signum, NULL, action, 8));
        if (sig_valid() >> (signum - 1) & 1)
            ASSERT_EQ(sig_query(signum, &now.dispositions[signum - 1],
                                sizeof(sig_disposition)), 0);
    }
    now.counters = counters();
    now.owner = sig_is_owner();
    now.breaker = (int)*sig_breaker();
    for (int fd = 0; fd < 64; fd++) {
        char path[32];
        now.fds[fd] = fcntl(fd, F_GETFD);
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        if (now.fds[fd] >= 0)
            MUST(readlink(path, now.files[fd], sizeof now.files[fd] - 1));
    }
    return now;
}

static int situation, result, tried;
static const struct row *current;

static void *call_it(void *unused)
{
    result = current->call(current);
    return unused;
}

static void try_row(const struct row *row)
{
    pthread_t thread;
    struct rlimit limit, none;
    fill_out();
    current = row;
    struct snapshot before = look();
    if (situation & (OTHER | OTHER_RUNNING)) {
        MUST(-pthread_create(&thread, NULL, call_it, NULL));
        MUST(-pthread_join(thread, NULL));
    } else {
        if (situation == FULL) {
            MUST(getrlimit(RLIMIT_NOFILE, &limit));
            none = limit;
            none.rlim_cur = 4; /* 0 to 3 are in use */
            MUST(setrlimit(RLIMIT_NOFILE, &none));
        }
        call_it(NULL);
        if (situation == FULL)
            MUST(setrlimit(RLIMIT_NOFILE, &limit));
    }
    struct snapshot after = look();
    size_t at = differ(&before, &after, sizeof before);
    size_t at_out = differ(out, expected_out, sizeof out);
    tried++;
    if (result == row->expected && at == sizeof before && at_out == sizeof out)
        return;
    fprintf(stderr,
            "%s(%lld, size %zu, flags 0x%x, name %s, out %p) in situation %d "
            "is %d, not %d; the same are %zu of %zu bytes of the state, %zu of "
            "%zu of what is passed\n",
            row->text, row->number, row->size, row->flags,
            row->name ? row->name : "NULL", row->out, situation, result,
            row->expected, at, sizeof before, at_out, sizeof out);
    _exit(1);
}

static void try_all(int now)
{
    situation = now;
    for (int i = 0; i < row_count; i++)
        if (rows[i].situations & now)
            try_row(&rows[i]);
}

static int try_inside(const sig_event *event, void *unused)
{
    (void)event, (void)unused;
    try_all(RUNNING);
    try_all(OTHER_RUNNING);
    return 0;
}

int main(void)
{
    watchdog(240);
    struct sigaction somebodys = {.sa_handler = foreign};
    MUST(sigaction(SIGALRM, &somebodys, NULL));
    add_signals();
    add_threads();
    add_sizes(query, sizeof(sig_disposition));
    add_sizes(next, sizeof(sig_event));
    add_sizes(stats, sizeof(sig_counters));
    add_sizes(wait_for_one, sizeof(sig_event));
    add_jobs();
    add_descriptors();
    add_names();
    ASSERT_LT(row_count, (int)(sizeof rows / sizeof *rows));

    try_all(BEFORE);
    ASSERT_EQ(sig_init(0), 0);
    try_all(FULL);
    ASSERT_EQ(sig_install(SIGUSR1, handler, &tried, SAFEPOINT_QUEUE), 0);
    ASSERT_EQ(sig_install(SIGTERM, try_inside, NULL, 0), 0);
    try_all(OWNER);
    try_all(OTHER);

    /* With a wake-up and with something pending, and inside its handler. */
    int wake[2], old = 0;
    char woken[3];
    make_wake(WAKE_PIPE, wake);
    ASSERT_EQ(sig_set_wakeup_fd(wake[1], SAFEPOINT_WAKE_CALLS, NULL), 0);
    ASSERT_GE(sig_event_fd(), 0);
    MUST(raise(SIGTERM));
    ASSERT_EQ(sig_add_pending_call(job_call, NULL), 0);
    ASSERT_EQ(read(wake[0], woken, sizeof woken), 2);
    try_all(OWNER);
    try_all(OTHER);
    ASSERT_EQ(is_readable(wake[0]), 0);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(counters().handled, 1);
    ASSERT_EQ(counters().calls_run, 1);
    MUST(raise(SIGUSR1)); /* the wake-up fd is still the one that was set */
    ASSERT_EQ(take_wakes(WAKE_PIPE, wake[0], SIGUSR1), 1);
    ASSERT_EQ(sig_set_wakeup_fd(-1, 0, &old), 0);
    ASSERT_EQ(old, wake[1]);
    ASSERT_EQ(sig_check(), 0);

    ASSERT_EQ(sig_fini(), 0);
    try_all(AFTER);
    printf("%d rows, %d calls\n", row_count, tried);
    return 0;
}
