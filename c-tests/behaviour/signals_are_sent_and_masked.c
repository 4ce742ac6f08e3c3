/* Sending by every way, masks as 64 bits, what is pending, siginterrupt. */
#include "test.h"

#include <sys/time.h>
#include <sys/syscall.h>

#define SET(signum) (UINT64_C(1) << ((signum) - 1))

static sig_event last;
static int handled_, raise_with;

static int keeps(const sig_event *event, void *user)
{
    (void)user;
    last = *event;
    handled_++;
    return raise_with;
}

static void assert_handled(int signum, int code)
{
    int before = handled_;
    while (!*sig_breaker()) /* valgrind delivers some later */
        sched_yield();
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(handled_, before + 1);
    ASSERT_EQ(last.signum, signum);
    ASSERT_EQ(last.code, code);
    ASSERT_EQ(last.pid, getpid());
}

/* Where valgrind knows them. */
static void sends_by_pidfd(void)
{
    int pidfd = (int)syscall(SYS_pidfd_open, getpid(), 0);
    if (pidfd < 0) {
        ASSERT_EQ(errno, ENOSYS);
        return;
    }
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0)
        _exit(0);
    int gone = (int)MUST(syscall(SYS_pidfd_open, pid, 0));
    ASSERT_EQ(wait_for(pid), 0);
    ASSERT_EQ(sig_pidfd_send(pidfd, SIGUSR1), 0);
    assert_handled(SIGUSR1, SI_USER);
    ASSERT_EQ(sig_pidfd_send(pidfd, 0), 0);
    ASSERT_EQ(sig_pidfd_send(pidfd, 33), -EINVAL);
    ASSERT_EQ(sig_pidfd_send(gone, 0), -ESRCH);
    ASSERT_EQ(sig_pidfd_send(-1, 0), -EBADF);
}

static void sends(void)
{
    int signum = SIGRTMIN;
    ASSERT_EQ(sig_raise(SIGUSR1), 0);
    assert_handled(SIGUSR1, SI_TKILL);
    ASSERT_EQ(sig_kill(getpid(), SIGUSR1), 0);
    assert_handled(SIGUSR1, SI_USER);
    ASSERT_EQ(sig_kill_thread((uintptr_t)pthread_self(), SIGUSR1), 0);
    assert_handled(SIGUSR1, SI_TKILL);
    ASSERT_EQ(sig_queue(getpid(), signum, INTPTR_MIN), 0);
    assert_handled(signum, SI_QUEUE);
    ASSERT_EQ(last.value, INTPTR_MIN);

    /* 0 asks. */
    ASSERT_EQ(sig_kill(getpid(), 0), 0);
    ASSERT_EQ(sig_kill_thread((uintptr_t)pthread_self(), 0), 0);
    ASSERT_EQ(sig_raise(0), -EINVAL);
    const int bad[] = {-1, 32, 33, 65, 1000};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        ASSERT_EQ(sig_raise(bad[i]), -EINVAL);
        ASSERT_EQ(sig_kill(getpid(), bad[i]), -EINVAL);
        ASSERT_EQ(sig_kill_thread((uintptr_t)pthread_self(), bad[i]), -EINVAL);
        ASSERT_EQ(sig_queue(getpid(), bad[i], 0), -EINVAL);
    }
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0)
        _exit(0);
    ASSERT_EQ(wait_for(pid), 0);
    ASSERT_EQ(sig_kill(pid, 0), -ESRCH);
    ASSERT_EQ(sig_queue(pid, SIGUSR1, 0), -ESRCH);
    ASSERT_EQ(sig_kill_thread(0, 0), -ESRCH);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(handled_, 4);
}

static void masks(void)
{
    uint64_t old = 1234, pending = 0;
    sigset_t now;
    ASSERT_EQ(sig_mask(SIG_BLOCK, SET(SIGUSR1) | SET(SIGRTMAX), &old), 0);
    ASSERT_EQ(old, 0);
    ASSERT_EQ(sig_mask(SIG_BLOCK, 0, &old), 0);
    ASSERT_EQ(old, SET(SIGUSR1) | SET(SIGRTMAX));
    ASSERT_EQ(sig_mask(99, 0, &old), -EINVAL);
    ASSERT_EQ(old, SET(SIGUSR1) | SET(SIGRTMAX));

    ASSERT_EQ(sig_raise(SIGUSR1), 0);
    ASSERT_EQ(sig_raise(SIGUSR2), 0);
    ASSERT_EQ(sig_pending(&pending), 0);
    ASSERT_EQ(pending, SET(SIGUSR1) | SET(SIGUSR2));
    ASSERT_EQ(sig_pending(NULL), -EINVAL);
    int before = handled_;
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(handled_, before + 1);
    ASSERT_EQ(last.signum, SIGUSR2);

    /* Unblocked: handled in there, and a raise takes nothing away. */
    ASSERT_EQ(sig_mask(SIG_UNBLOCK, SET(SIGUSR1), &old), 0);
    ASSERT_EQ(handled_, before + 2);
    ASSERT_EQ(sig_pending(&pending), 0);
    ASSERT_EQ(pending, 0);
    ASSERT_EQ(sig_mask(SIG_SETMASK, SET(SIGUSR1), NULL), 0);
    ASSERT_EQ(sig_raise(SIGUSR1), 0);
    raise_with = 6;
    old = 0;
    ASSERT_EQ(sig_mask(SIG_SETMASK, SET(SIGHUP), &old), -EINTR);
    ASSERT_EQ(sig_raised(), 6);
    ASSERT_EQ(old, SET(SIGUSR1));
    raise_with = 0;
    ASSERT_EQ(pthread_sigmask(SIG_BLOCK, NULL, &now), 0);
    ASSERT_EQ(sigismember(&now, SIGHUP), 1);
    ASSERT_EQ(sigismember(&now, SIGUSR1), 0);

    /* "All" is what sigfillset() gives, but for what ends our waits. */
    ASSERT_EQ(sig_mask(SIG_SETMASK, UINT64_MAX, NULL), 0);
    ASSERT_EQ(sig_mask(SIG_SETMASK, 0, &old), 0);
    ASSERT_EQ(old, sig_valid() & ~(SET(SIGKILL) | SET(SIGSTOP) | SET(SIGURG)));
}

static bool restarts(int signum)
{
    struct sigaction action;
    MUST(sigaction(signum, NULL, &action));
    return action.sa_flags & SA_RESTART;
}

static void on_raw(int signum)
{
    (void)signum;
}

static void interrupts(void)
{
    sig_disposition found;
    ASSERT_TRUE(!restarts(SIGUSR1));
    ASSERT_EQ(sig_set_restart(SIGUSR1, 1), 0);
    ASSERT_TRUE(restarts(SIGUSR1));
    ASSERT_EQ(sig_query(SIGUSR1, &found, sizeof found), 0);
    ASSERT_EQ(found.kind, SAFEPOINT_KIND_HANDLER);
    ASSERT_EQ(found.flags, SAFEPOINT_RESTART);
    ASSERT_EQ(sig_set_restart(SIGUSR1, 0), 0);
    ASSERT_TRUE(!restarts(SIGUSR1));
    ASSERT_EQ(sig_query(SIGUSR1, &found, sizeof found), 0);
    ASSERT_EQ(found.flags, 0);
    signal(SIGHUP, on_raw);
    ASSERT_TRUE(restarts(SIGHUP));
    ASSERT_EQ(sig_set_restart(SIGHUP, 0), 0);
    ASSERT_TRUE(!restarts(SIGHUP));
    struct sigaction action;
    MUST(sigaction(SIGHUP, NULL, &action));
    ASSERT_TRUE(action.sa_handler == on_raw);
    ASSERT_EQ(sig_set_restart(SIGKILL, 1), -EINVAL);
    ASSERT_EQ(sig_set_restart(0, 1), -EINVAL);
    ASSERT_EQ(sig_raise(SIGUSR1), 0);
    assert_handled(SIGUSR1, SI_TKILL);
}

static void timers(void)
{
    sig_itimer timer = {sizeof timer, 0, 0, 0}, old;
    memset(&old, 0x5a, sizeof old);
    old.size = sizeof old;
    ASSERT_EQ(sig_alarm(100), 0);
    ASSERT_GE(sig_alarm(0), 99);
    timer.value = UINT64_C(3600000000001);
    timer.interval = 1;
    ASSERT_EQ(sig_setitimer(ITIMER_VIRTUAL, &timer, &old), 0);
    ASSERT_EQ(old.size, sizeof old);
    ASSERT_EQ(old.reserved + old.value + old.interval, 0);
    ASSERT_EQ(sig_getitimer(ITIMER_VIRTUAL, &old), 0);
    ASSERT_EQ(old.interval, 1000); /* rounded up */
    ASSERT_GT(old.value, UINT64_C(3590000000000));
    timer.value = timer.interval = 0;
    ASSERT_EQ(sig_setitimer(ITIMER_VIRTUAL, &timer, NULL), 0);
    ASSERT_EQ(sig_getitimer(ITIMER_VIRTUAL, &old), 0);
    ASSERT_EQ(old.value, 0);

    ASSERT_EQ(sig_setitimer(77, &timer, NULL), -EINVAL);
    ASSERT_EQ(sig_setitimer(ITIMER_REAL, NULL, NULL), -EINVAL);
    ASSERT_EQ(sig_getitimer(77, &old), -EINVAL);
    ASSERT_EQ(sig_getitimer(ITIMER_REAL, NULL), -EINVAL);
    timer.value = UINT64_MAX;
    ASSERT_EQ(sig_setitimer(ITIMER_REAL, &timer, NULL), -EINVAL);
    timer = (sig_itimer){sizeof timer, 1, 0, 0};
    ASSERT_EQ(sig_setitimer(ITIMER_REAL, &timer, NULL), -EINVAL);
    timer = (sig_itimer){8, 0, 0, 0};
    ASSERT_EQ(sig_setitimer(ITIMER_REAL, &timer, NULL), -EINVAL);
    ASSERT_EQ(sig_getitimer(ITIMER_REAL, &timer), -EINVAL);
    struct {
        sig_itimer timer;
        uint64_t more;
    } longer = {{sizeof longer, 0, 0, 0}, 1};
    ASSERT_EQ(sig_setitimer(ITIMER_REAL, &longer.timer, NULL), -E2BIG);
    ASSERT_EQ(sig_getitimer(ITIMER_REAL, &longer.timer), 0);
    ASSERT_EQ(longer.more, 0);
    ASSERT_EQ(sig_setitimer(ITIMER_REAL, &longer.timer, NULL), 0);
}

int main(void)
{
    sigset_t none;
    watchdog(60);
    sigemptyset(&none);
    ASSERT_EQ(pthread_sigmask(SIG_SETMASK, &none, NULL), 0);
    ASSERT_EQ(sig_install(SIGUSR1, keeps, NULL, 0), 0);
    ASSERT_EQ(sig_install(SIGUSR2, keeps, NULL, 0), 0);
    ASSERT_EQ(sig_install(SIGRTMIN, keeps, NULL, 0), 0);
    sends();
    sends_by_pidfd();
    masks();
    interrupts();
    timers();
    return 0;
}
