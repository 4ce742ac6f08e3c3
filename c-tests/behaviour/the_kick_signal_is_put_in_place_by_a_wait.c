/* The signal that ends waits: nothing is installed before the first wait, or
 * for another thread's; whoever stood there before still gets his own; it can
 * be another, can have a handler, be ignored, and goes with sig_fini(). */
#include "waits.h"

static atomic_int raw_, handled_;

static void on_raw(int signum)
{
    (void)signum;
    raw_++;
}

static int counts(const sig_event *event, void *user)
{
    (void)user;
    handled_ += (int)event->count;
    return 0;
}

static int call(void *unused)
{
    (void)unused;
    return 2;
}

static void *add(void *unused)
{
    struct timespec time = {0, 3000000};
    (void)unused;
    nanosleep(&time, NULL);
    ASSERT_EQ(sig_add_pending_call(call, NULL), 0);
    return NULL;
}

static void *wait_elsewhere(void *unused)
{
    (void)unused;
    ASSERT_EQ(sig_poll(NULL, 0, 1), 0);
    return NULL;
}

static void with_thread(void *(*function)(void *))
{
    pthread_t thread;
    ASSERT_EQ(pthread_create(&thread, NULL, function, NULL), 0);
    if (function == add) {
        ASSERT_EQ(sig_sleep(SAFEPOINT_FOREVER), -EINTR);
        ASSERT_EQ(sig_raised(), 2);
    }
    ASSERT_EQ(pthread_join(thread, NULL), 0);
}

static void (*stands(int signum))(int)
{
    struct sigaction action;
    MUST(sigaction(signum, NULL, &action));
    return action.sa_handler;
}

static uint32_t kind(int signum)
{
    sig_disposition found;
    ASSERT_EQ(sig_query(signum, &found, sizeof found), 0);
    ASSERT_EQ(found.overwritten, 0);
    return found.kind;
}

static void is_default_until_a_wait(void)
{
    ASSERT_EQ(sig_init(0), 0);
    ASSERT_EQ(sig_install(SIGUSR1, counts, NULL, 0), 0);
    ASSERT_EQ(sig_check(), 0);
    with_thread(wait_elsewhere);
    ASSERT_TRUE(stands(SIGURG) == SIG_DFL);
    with_thread(add);
    ASSERT_TRUE(stands(SIGURG) != SIG_DFL);
    ASSERT_EQ(kind(SIGURG), SAFEPOINT_KIND_DEFAULT);
    MUST(raise(SIGURG)); /* its default is to do nothing */
    ASSERT_EQ(sig_fini(), 0);
    ASSERT_TRUE(stands(SIGURG) == SIG_DFL);
}

/* From another process: where a kick cannot say that it is one, what this one
 * sends to itself by that signal is taken for one. */
static void somebody_sends(int signum)
{
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0)
        _exit(kill(getppid(), signum) != 0);
    ASSERT_CHILD_PASSED(pid);
}

static void passes_on_what_is_no_kick(void)
{
    signal(SIGURG, on_raw);
    ASSERT_EQ(sig_init(0), 0);
    with_thread(add);
    ASSERT_EQ(raw_, 0);
    ASSERT_EQ(kind(SIGURG), SAFEPOINT_KIND_FOREIGN);
    ASSERT_EQ(sig_install(SIGURG, counts, NULL, SAFEPOINT_IF_DEFAULT), -EEXIST);
    somebody_sends(SIGURG);
    ASSERT_EQ(raw_, 1);

    /* A handler of ours there gets the rest, and no kick. */
    ASSERT_EQ(sig_install(SIGURG, counts, NULL, SAFEPOINT_RESTART), 0);
    ASSERT_EQ(kind(SIGURG), SAFEPOINT_KIND_HANDLER);
    with_thread(add);
    ASSERT_EQ(handled_, 0);
    somebody_sends(SIGURG);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(handled_, 1);
    ASSERT_EQ(raw_, 1);
    ASSERT_EQ(sig_set_restart(SIGURG, 1), -EBUSY);

    ASSERT_EQ(sig_ignore(SIGURG), 0);
    ASSERT_EQ(kind(SIGURG), SAFEPOINT_KIND_IGNORED);
    with_thread(add);
    somebody_sends(SIGURG);
    ASSERT_EQ(sig_default(SIGURG), 0);
    ASSERT_EQ(kind(SIGURG), SAFEPOINT_KIND_DEFAULT);
    with_thread(add);
    somebody_sends(SIGURG);
    ASSERT_EQ(raw_, 1);
    ASSERT_EQ(sig_restore(SIGURG), 0);
    ASSERT_EQ(kind(SIGURG), SAFEPOINT_KIND_FOREIGN);
    with_thread(add);
    somebody_sends(SIGURG);
    ASSERT_EQ(raw_, 2);
    ASSERT_EQ(handled_, 1);
    ASSERT_EQ(sig_fini(), 0);
    ASSERT_TRUE(stands(SIGURG) == on_raw);
    signal(SIGURG, SIG_DFL);
}

static void can_be_another(void)
{
    int other = SIGWINCH;
    ASSERT_EQ(sig_init(0), 0);
    const int bad[] = {-1, 0, SIGKILL, SIGSTOP, SIGSEGV, SIGFPE, SIGCHLD,
                       SIGRTMIN, 32, 65};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ASSERT_EQ(sig_set_kick(bad[i]), -EINVAL);
    with_thread(add);
    ASSERT_EQ(sig_blocking_begin(), 0);
    ASSERT_EQ(sig_set_kick(other), -EBUSY);
    ASSERT_EQ(sig_blocking_end(), 0);
    ASSERT_EQ(sig_set_kick(other), SIGURG);
    ASSERT_TRUE(stands(SIGURG) == SIG_DFL);
    ASSERT_TRUE(stands(other) == SIG_DFL);
    with_thread(add);
    ASSERT_TRUE(stands(SIGURG) == SIG_DFL);
    ASSERT_TRUE(stands(other) != SIG_DFL);
    ASSERT_EQ(sig_blocking_begin(), 0);
    ASSERT_EQ(sig_blocking_end(), 0);
    with_thread(add);
    ASSERT_EQ(sig_fini(), 0);
    ASSERT_TRUE(stands(other) == SIG_DFL);
    ASSERT_EQ(sig_init(0), 0);
    with_thread(add);
    ASSERT_EQ(sig_set_kick(SIGURG), other);
    ASSERT_TRUE(stands(other) == SIG_DFL);
    ASSERT_EQ(sig_fini(), 0);
}

/* One whose default would end the process: ours stays, and does that. */
static void stays_where_it_would_kill(void)
{
    ASSERT_EQ(sig_init(0), 0);
    ASSERT_EQ(sig_set_kick(SIGUSR2), SIGURG);
    with_thread(add);
    ASSERT_EQ(sig_set_kick(SIGURG), SIGUSR2);
    ASSERT_TRUE(stands(SIGUSR2) != SIG_DFL);
    ASSERT_EQ(kind(SIGUSR2), SAFEPOINT_KIND_DEFAULT);
    ASSERT_EQ(sig_install(SIGUSR2, counts, NULL, SAFEPOINT_IF_DEFAULT), 0);
    ASSERT_EQ(kind(SIGUSR2), SAFEPOINT_KIND_HANDLER);
    handled_ = 0;
    somebody_sends(SIGUSR2);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(handled_, 1);
    ASSERT_EQ(sig_restore(SIGUSR2), 0);
    ASSERT_EQ(kind(SIGUSR2), SAFEPOINT_KIND_DEFAULT);
    ASSERT_EQ(sig_fini(), 0);
}

/* It may have been blocked when the first wait came, and sig_mask() leaves it
 * alone. */
static void is_not_blocked(void)
{
    sigset_t all, now;
    sigfillset(&all);
    ASSERT_EQ(pthread_sigmask(SIG_BLOCK, &all, NULL), 0);
    ASSERT_EQ(sig_init(0), 0);
    with_thread(add);
    ASSERT_EQ(sig_mask(SIG_SETMASK, 0, NULL), 0);
    ASSERT_EQ(sig_mask(SIG_BLOCK, UINT64_MAX, NULL), 0);
    with_thread(add);
    ASSERT_EQ(sig_mask(SIG_SETMASK, UINT64_MAX, NULL), 0);
    with_thread(add);
    ASSERT_EQ(pthread_sigmask(SIG_BLOCK, NULL, &now), 0);
    ASSERT_EQ(sigismember(&now, SIGURG), 0);
    ASSERT_EQ(sigismember(&now, SIGUSR1), 1);
    ASSERT_EQ(sig_mask(SIG_SETMASK, 0, NULL), 0);
    ASSERT_EQ(sig_fini(), 0);
}

int main(void)
{
    watchdog(60);
    signal(SIGURG, SIG_DFL);
    is_default_until_a_wait();
    passes_on_what_is_no_kick();
    can_be_another();
    stays_where_it_would_kill();
    is_not_blocked();
    return 0;
}
