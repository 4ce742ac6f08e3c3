/* Calls that never wait here: offsets, flags and results in their places; what
 * select(2) accepts; masks of ppoll; errno left alone; waits while held; what
 * ends a wait is not told to the next. */
#include "waits.h"

#include <sys/time.h>

static atomic_int handled_;
static int raise_with;

static int counts(const sig_event *event, void *user)
{
    (void)event, (void)user;
    handled_++;
    return raise_with;
}

static void files(void)
{
    char got[8] = {0};
    int64_t from = 2, to = 1;
    wait_two_files();
    ASSERT_EQ(sig_pwrite(wait_fds[0], "abcdef", 6, 10), 6);
    ASSERT_EQ(sig_pread(wait_fds[1], got, 3, 12), 3);
    ASSERT_STR(got, "cde");
    int copy = (int)MUST(open("/tmp", O_TMPFILE | O_RDWR, 0600));
    from = 11;
    ASSERT_EQ(sig_copy_file_range(wait_fds[0], &from, copy, &to, 4, 0), 4);
    ASSERT_EQ(from, 15);
    ASSERT_EQ(to, 5);
    memset(got, 0, sizeof got);
    ASSERT_EQ(pread(copy, got, 4, 1), 4);
    ASSERT_STR(got, "bcde");
    char many[64] = {0}, zeros[64] = {0};
    ASSERT_EQ(sig_getrandom(many, sizeof many, 0), (long)sizeof many);
    ASSERT_NE(memcmp(many, zeros, sizeof many), 0);
}

static void limits(void)
{
    struct timeval long_ = {0, 1500}, odd = {0, 1000000}, bad = {0, -1};
    uint64_t begun = now_ns();
    ASSERT_EQ(sig_select(0, NULL, NULL, NULL, &long_), 0);
    ASSERT_GE(now_ns() - begun, 1500000);
    begun = now_ns();
    ASSERT_EQ(sig_select(0, NULL, NULL, NULL, &odd), 0);
    ASSERT_GE(now_ns() - begun, 1000000000);
    ASSERT_EQ(sig_select(0, NULL, NULL, NULL, &bad), -EINVAL);
    struct timespec wrong = {0, 1000000000}, left = {7, 7};
    ASSERT_EQ(sig_ppoll(NULL, 0, &wrong, NULL), -EINVAL);
    ASSERT_EQ(sig_nanosleep(&wrong, &left), -EINVAL);
    ASSERT_EQ(sig_clock_nanosleep(999, 0, &left, NULL), -EINVAL);
    struct timespec longest = {sizeof(time_t) == 8 ? INT64_MAX : INT32_MAX, 999999999};
    struct timespec same = longest;
    raise_with = 3;
    MUST(raise(SIGUSR1));
    ASSERT_EQ(sig_ppoll(NULL, 0, &longest, NULL), -EINTR);
    ASSERT_EQ(memcmp(&longest, &same, sizeof same), 0);
    MUST(raise(SIGUSR1));
    ASSERT_EQ(sig_nanosleep(&longest, &left), -EINTR);
    ASSERT_GT(left.tv_sec, 1000000000);
    raise_with = 0;
}

static void masks(void)
{
    uint64_t all = UINT64_MAX, none = 0;
    struct timespec now = {0, 0};
    ASSERT_EQ(sig_mask(SIG_BLOCK, UINT64_C(1) << (SIGUSR1 - 1), NULL), 0);
    handled_ = 0;
    MUST(raise(SIGUSR1));
    ASSERT_EQ(sig_ppoll(NULL, 0, &now, &all), 0);
    ASSERT_EQ(handled_, 0);
    struct timespec forever = {1000, 0};
    raise_with = 5;
    ASSERT_EQ(sig_ppoll(NULL, 0, &forever, &none), -EINTR);
    ASSERT_EQ(sig_raised(), 5);
    MUST(raise(SIGUSR1));
    ASSERT_EQ(sig_pselect(0, NULL, NULL, NULL, NULL, &none), -EINTR);
    raise_with = 0;
    ASSERT_EQ(handled_, 2);
    ASSERT_EQ(sig_mask(SIG_SETMASK, 0, NULL), 0);
}

static int call_raises(void *unused)
{
    (void)unused;
    return 6;
}

static void *add_call(void *unused)
{
    struct timespec time = {0, 5000000};
    (void)unused;
    nanosleep(&time, NULL);
    ASSERT_EQ(sig_add_pending_call(call_raises, NULL), 0);
    return NULL;
}

/* Even where the mask would block the kick. */
static void kicked_through_a_mask(void)
{
    uint64_t all = UINT64_MAX;
    pthread_t thread;
    for (int i = 0; i < 2; i++) {
        ASSERT_EQ(pthread_create(&thread, NULL, add_call, NULL), 0);
        if (i == 0)
            ASSERT_EQ(sig_ppoll(NULL, 0, NULL, &all), -EINTR);
        else
            ASSERT_EQ(sig_pselect(0, NULL, NULL, NULL, NULL, &all), -EINTR);
        ASSERT_EQ(pthread_join(thread, NULL), 0);
    }
}

static void held_(void)
{
    handled_ = 0;
    ASSERT_EQ(sig_hold(), 0);
    MUST(raise(SIGUSR1));
    ASSERT_EQ(sig_poll(NULL, 0, 20), 0);
    ASSERT_EQ(handled_, 0);
    ASSERT_EQ(sig_release(), 0);
    ASSERT_EQ(sig_poll(NULL, 0, 1), 0);
    ASSERT_EQ(handled_, 1);
}

static void leaves_errno_alone(void)
{
    struct timespec time = {0, 1};
    errno = 4242;
    sig_read(-1, NULL, 1);
    sig_clock_nanosleep(999, 0, &time, NULL);
    sig_kill(INT32_MAX, SIGUSR1);
    sig_queue(INT32_MAX, SIGUSR1, 0);
    sig_pidfd_send(-1, 0);
    sig_getitimer(77, &(sig_itimer){.size = sizeof(sig_itimer)});
    sig_wait(UINT64_C(1) << (SIGHUP - 1), 0, NULL, 0);
    sig_blocking_begin();
    sig_blocking_end();
    ASSERT_EQ(errno, 4242);
    MUST(sem_init(&wait_semaphore, 0, 0));
    raise_with = 1;
    MUST(raise(SIGUSR1));
    errno = 4242;
    ASSERT_EQ(sig_sem_wait(&wait_semaphore), -EINTR);
    ASSERT_EQ(errno, 4242);
    raise_with = 0;
}

/* Before the owner's first wait. */
static void raised_is_of_the_last(void)
{
    raise_with = 7;
    MUST(raise(SIGUSR1));
    ASSERT_EQ(sig_mask(SIG_BLOCK, 0, NULL), -EINTR);
    ASSERT_EQ(sig_raised(), 7);
    ASSERT_EQ(sig_mask(SIG_BLOCK, 0, NULL), 0);
    ASSERT_EQ(sig_raised(), 0);
    raise_with = 0;
}

/* A handler of ONESHOT is removed with the event that sig_wait() takes. */
static void waits_for_one(void)
{
    sig_disposition found;
    sig_counters before = counters();
    ASSERT_EQ(sig_install(SIGHUP, counts, NULL, SAFEPOINT_ONESHOT), 0);
    ASSERT_EQ(sig_mask(SIG_BLOCK, UINT64_C(1) << (SIGHUP - 1), NULL), 0);
    MUST(raise(SIGHUP));
    ASSERT_EQ(sig_wait(UINT64_C(1) << (SIGHUP - 1), 0, NULL, 0), SIGHUP);
    ASSERT_EQ(counters().handled, before.handled + 1);
    ASSERT_EQ(counters().arrivals, before.arrivals + 1);
    ASSERT_EQ(sig_query(SIGHUP, &found, sizeof found), 0);
    ASSERT_EQ(found.kind, SAFEPOINT_KIND_DEFAULT);
    ASSERT_EQ(sig_mask(SIG_SETMASK, 0, NULL), 0);
}

static void alarms(void)
{
    handled_ = 0;
    ASSERT_EQ(sig_install(SIGALRM, counts, NULL, 0), 0);
    ASSERT_EQ(sig_alarm(1), 0);
    ASSERT_EQ(sig_pause(), 0);
    ASSERT_EQ(handled_, 1);
}

int main(void)
{
    watchdog(60);
    ASSERT_EQ(sig_install(SIGUSR1, counts, NULL, 0), 0);
    raised_is_of_the_last();
    files();
    limits();
    masks();
    kicked_through_a_mask();
    held_();
    leaves_errno_alone();
    waits_for_one();
    alarms();
    return 0;
}
