/* Handlers that run inside a wait: with SA_RESTART and without, one that
 * waits itself and is interrupted there, one that longjmps out, one that
 * forks. After each the waits end as before. */
#include "waits.h"

#include <setjmp.h>

static pid_t owner;
static atomic_int handled_, nested;
static sigjmp_buf out;
static pid_t child;

static int counts(const sig_event *event, void *user)
{
    (void)event, (void)user;
    handled_++;
    return 0;
}

static int raises(const sig_event *event, void *user)
{
    counts(event, user);
    return 9;
}

/* Waits for SIGUSR2, and then for a byte that comes with SIGHUP. */
static int waits_itself(const sig_event *event, void *user)
{
    counts(event, user);
    ASSERT_EQ(sig_sleep(SAFEPOINT_FOREVER), -EINTR);
    ASSERT_EQ(sig_raised(), 9);
    nested++;
    return 0;
}

static int jumps(const sig_event *event, void *user)
{
    counts(event, user);
    siglongjmp(out, 1);
}

static int forks(const sig_event *event, void *user)
{
    counts(event, user);
    child = (pid_t)MUST(fork());
    return child == 0 ? 4 : 0;
}

static void sleep_ms(long ms)
{
    struct timespec time = {0, ms * 1000000};
    while (nanosleep(&time, &time) != 0)
        ASSERT_EQ(errno, EINTR);
}

/* Signals to the owner, each when the one before is being handled, and then a
 * byte. */
static void *send_them(void *signums)
{
    for (const int *signum = signums; *signum; signum++) {
        int before = handled_;
        sleep_ms(10);
        /* pthread_kill() takes a lock, which a fork by the owner would leave
         * taken in the child. */
        MUST(syscall(SYS_tgkill, getpid(), owner, *signum));
        while (handled_ == before)
            sleep_ms(1);
    }
    sleep_ms(10);
    wait_feed_byte();
    return NULL;
}

static pthread_t sending(int *signums)
{
    pthread_t thread;
    ASSERT_EQ(pthread_create(&thread, NULL, send_them, signums), 0);
    return thread;
}

static int call_raises(void *unused)
{
    (void)unused;
    return 6;
}

static void *add_call(void *unused)
{
    (void)unused;
    sleep_ms(5);
    ASSERT_EQ(sig_add_pending_call(call_raises, NULL), 0);
    return NULL;
}

/* Another thread's call ends a wait, that of a pipe in which nothing is. */
static void assert_waits_end(void)
{
    pthread_t thread;
    ASSERT_EQ(pthread_create(&thread, NULL, add_call, NULL), 0);
    ASSERT_EQ(wait_read(), -EINTR);
    ASSERT_EQ(sig_raised(), 6);
    ASSERT_EQ(pthread_join(thread, NULL), 0);
    ASSERT_EQ(sig_check(), 0);
}

static void goes_on(uint32_t flags)
{
    int signums[] = {SIGUSR1, SIGUSR1, SIGUSR1, 0};
    handled_ = 0; /* before anybody counts */
    ASSERT_EQ(sig_install(SIGUSR1, counts, NULL, flags), 0);
    pthread_t thread = sending(signums);
    wait_expect_byte(wait_read());
    ASSERT_EQ(pthread_join(thread, NULL), 0);
    sig_check();
    ASSERT_EQ(handled_, 3);
    assert_waits_end();
}

static void waits_inside(void)
{
    int signums[] = {SIGUSR1, SIGUSR2, 0};
    ASSERT_EQ(sig_install(SIGUSR1, waits_itself, NULL, 0), 0);
    ASSERT_EQ(sig_install(SIGUSR2, raises, NULL, 0), 0);
    pthread_t thread = sending(signums);
    wait_expect_byte(wait_read());
    ASSERT_EQ(nested, 1);
    ASSERT_EQ(pthread_join(thread, NULL), 0);
    assert_waits_end();
}

static void jumps_out(void)
{
    int signums[] = {SIGUSR1, 0};
    ASSERT_EQ(sig_install(SIGUSR1, jumps, NULL, 0), 0);
    for (volatile int i = 0; i < 3; i++) {
        pthread_t thread = sending(signums);
        if (sigsetjmp(out, 1) == 0)
            ASSERT_EQ(wait_read(), -4242); /* never returns */
        ASSERT_EQ(pthread_join(thread, NULL), 0);
        wait_expect_byte(wait_read());
        assert_waits_end();
    }
}

static void forks_inside(void)
{
    int signums[] = {SIGUSR1, 0};
    ASSERT_EQ(sig_install(SIGUSR1, forks, NULL, 0), 0);
    pthread_t thread = sending(signums);
    long result = wait_read();
    if (child == 0) {
        ASSERT_EQ(result, -EINTR);
        ASSERT_EQ(sig_raised(), 4);
        watchdog(60);
        wait_pipe();
        owner = gettid();
        assert_waits_end();
        goes_on(0);
        _exit(0);
    }
    wait_expect_byte(result);
    ASSERT_EQ(pthread_join(thread, NULL), 0);
    ASSERT_CHILD_PASSED(child);
    assert_waits_end();
}

int main(void)
{
    watchdog(100);
    owner = gettid();
    wait_pipe();
    goes_on(0);
    goes_on(SAFEPOINT_RESTART);
    waits_inside();
    jumps_out();
    forks_inside();
    return 0;
}
