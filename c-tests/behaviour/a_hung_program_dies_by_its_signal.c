/* Escalation: the N-th delivery without a safe point, or one that waits too
 * long for one, does what the default would: the program dies by that very
 * signal, stops, or goes on. With safe points in between nothing happens. */
#include "test.h"

static volatile int handled;

static int handler(const sig_event *event, void *user)
{
    (void)user;
    handled += (int)event->count;
    return 0;
}

/* When an owner that goes on is due: more than a slow machine's pauses. */
static uint64_t due = 20000000;

static void spin(uint64_t ms)
{
    for (uint64_t end = now_ns() + ms * 1000000; now_ns() < end;) {
    }
}

static void hang(void)
{
    spin(60000); /* no safe point: only its signal ends it */
    _exit(3);
}

static void raise_twice(void)
{
    MUST(raise(SIGINT));
    MUST(raise(SIGINT));
}

/* Each in a process of its own. */

static void second_kills(void)
{
    ASSERT_EQ(sig_set_escalation(SIGINT, 2, 0), 0);
    raise_twice();
    hang();
}

static void third_kills(void)
{
    ASSERT_EQ(sig_set_escalation(SIGINT, 3, 0), 0);
    raise_twice();
    MUST(raise(SIGINT));
    hang();
}

static void late_kills(void)
{
    ASSERT_EQ(sig_set_escalation(SIGINT, 0, 30000000), 0);
    MUST(raise(SIGINT));
    hang();
}

static void late_in_a_handler_kills(void)
{
    ASSERT_EQ(sig_set_escalation(SIGINT, 0, 30000000), 0);
    MUST(raise(SIGINT));
    ASSERT_EQ(sig_check(), 0);
    MUST(raise(SIGINT)); /* and no other check */
    hang();
}

static void blocked_late_kills(void)
{
    sigset_t all;
    sigfillset(&all);
    sigdelset(&all, SIGINT);
    sigprocmask(SIG_SETMASK, &all, NULL); /* also what the timer sends */
    ASSERT_EQ(sig_set_escalation(SIGINT, 0, 30000000), 0);
    MUST(raise(SIGINT));
    sigaddset(&all, SIGINT);
    sigdelset(&all, SIGURG);
    sigprocmask(SIG_SETMASK, &all, NULL);
    hang();
}

static void forked_child_dies(void)
{
    ASSERT_EQ(sig_set_escalation(SIGINT, 2, 30000000), 0);
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        MUST(raise(SIGINT));
        hang();
    }
    int status = wait_for(child);
    ASSERT_TRUE(WIFSIGNALED(status));
    raise(WTERMSIG(status) == SIGINT ? SIGKILL : SIGTERM);
}

static void held_is_no_safe_point(void)
{
    ASSERT_EQ(sig_set_escalation(SIGINT, 2, 0), 0);
    ASSERT_EQ(sig_hold(), 0);
    MUST(raise(SIGINT));
    ASSERT_EQ(sig_check(), 0);
    MUST(raise(SIGINT));
    hang();
}

static void answered_goes_on(void)
{
    ASSERT_EQ(sig_set_escalation(SIGINT, 2, due), 0);
    for (int i = 0; i < 10; i++) {
        MUST(raise(SIGINT));
        ASSERT_EQ(sig_check(), 0);
    }
    MUST(raise(SIGINT));
    sig_event event;
    memset(&event, 0, sizeof event);
    ASSERT_EQ(sig_next(&event, sizeof event), 1);
    spin(3 * due / 1000000); /* the timer has come, and found that all is well */
    MUST(raise(SIGINT));
    ASSERT_EQ(sig_sleep(1), 0);
    ASSERT_EQ(handled, 11);
    _exit(0);
}

static void taken_back_goes_on(void)
{
    ASSERT_EQ(sig_set_escalation(SIGINT, 2, due), 0);
    MUST(raise(SIGINT));
    ASSERT_EQ(sig_set_escalation(SIGINT, 0, 0), 0);
    raise_twice();
    spin(3 * due / 1000000);
    ASSERT_EQ(sig_set_escalation(SIGINT, 2, due), 0);
    ASSERT_EQ(sig_fini(), 0);
    ASSERT_EQ(sig_install(SIGINT, handler, NULL, 0), 0);
    raise_twice();
    spin(3 * due / 1000000);
    _exit(0);
}

static void of_one_context_kills(void)
{
    sig_context *context = sig_context_new();
    ASSERT_EQ(sig_context_install(context, SIGINT, handler, NULL, 0), 0);
    ASSERT_EQ(sig_context_set_escalation(context, SIGINT, 2, 0), 0);
    MUST(raise(SIGINT));
    ASSERT_EQ(sig_check(), 0); /* not that one's */
    MUST(raise(SIGINT));
    hang();
}

static void trips_count(void)
{
    ASSERT_EQ(sig_set_escalation(SIGINT, 2, 0), 0);
    ASSERT_EQ(sig_trip(SIGINT), 0);
    ASSERT_EQ(sig_context_trip(sig_main(), SIGINT), 0);
    hang();
}

/* What a wait has taken was answered. */
static void waited_for_goes_on(void)
{
    uint64_t set = UINT64_C(1) << (SIGINT - 1);
    ASSERT_EQ(sig_set_escalation(SIGINT, 2, due), 0);
    for (int i = 0; i < 5; i++) {
        MUST(raise(SIGINT));
        ASSERT_EQ(sig_wait(set, 0, NULL, 0), SIGINT);
    }
    spin(3 * due / 1000000);
    _exit(0);
}

/* What is wanted no more has no time. */
static void dropped_goes_on(void)
{
    ASSERT_EQ(sig_set_escalation(SIGINT, 2, due), 0);
    MUST(raise(SIGINT));
    ASSERT_EQ(sig_ignore(SIGINT), 0);
    spin(3 * due / 1000000);
    ASSERT_EQ(sig_install(SIGINT, handler, NULL, 0), 0);
    MUST(raise(SIGINT));
    ASSERT_EQ(sig_check(), 0);
    MUST(raise(SIGINT));
    ASSERT_EQ(sig_restore(SIGINT), 0);
    ASSERT_EQ(sig_install(SIGINT, handler, NULL, 0), 0);
    MUST(raise(SIGINT));
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(handled, 2);
    _exit(0);
}

static void *own_one(void *unused)
{
    sig_context *mine = sig_context_new();
    ASSERT_EQ(sig_context_install(mine, SIGINT, handler, NULL, 0), 0);
    ASSERT_EQ(sig_context_set_escalation(mine, SIGINT, 2, due), 0);
    return unused;
}

/* A context without an owner has no safe points to come to. */
static void ownerless_goes_on(void)
{
    pthread_t thread;
    ASSERT_EQ(pthread_create(&thread, NULL, own_one, NULL), 0);
    ASSERT_EQ(pthread_join(thread, NULL), 0);
    for (int i = 0; i < 3; i++) {
        MUST(raise(SIGINT));
        ASSERT_EQ(sig_check(), 0);
    }
    spin(3 * due / 1000000);
    _exit(0);
}

static sig_latch forked;

static void *own_one_for_long(void *made)
{
    own_one(NULL);
    sig_latch_set(made);
    sig_latch_wait(&forked, SAFEPOINT_FOREVER);
    return NULL;
}

static void orphan_goes_on(void)
{
    pthread_t thread;
    sig_latch made = SAFEPOINT_LATCH;
    ASSERT_EQ(pthread_create(&thread, NULL, own_one_for_long, &made), 0);
    ASSERT_EQ(sig_latch_wait(&made, SAFEPOINT_FOREVER), 1);
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        for (int i = 0; i < 3; i++) {
            MUST(raise(SIGINT));
            ASSERT_EQ(sig_check(), 0);
        }
        spin(3 * due / 1000000);
        _exit(0);
    }
    int status = wait_for(child);
    sig_latch_set(&forked);
    ASSERT_EQ(pthread_join(thread, NULL), 0);
    _exit(status == 0 ? 0 : 1);
}

static void *stay(void *unused)
{
    for (;;)
        usleep(1000);
    return unused;
}

/* Each is handled before the next is sent, wherever it arrives: on another
 * thread, so that the owner can be quicker than the arrival. */
static void quick_owner_goes_on(void)
{
    pthread_t thread;
    int answer[2];
    char byte = 0;
    pid_t parent = getpid();
    sigset_t one;
    MUST(pipe(answer));
    ASSERT_EQ(pthread_create(&thread, NULL, stay, NULL), 0);
    sigemptyset(&one);
    sigaddset(&one, SIGINT);
    pthread_sigmask(SIG_BLOCK, &one, NULL);
    ASSERT_EQ(sig_set_escalation(SIGINT, 2, 0), 0);
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        for (long i = 0; i < scaled(5000); i++) {
            MUST(kill(parent, SIGINT));
            ASSERT_EQ(MUST(read(answer[0], &byte, 1)), 1);
        }
        _exit(0);
    }
    for (long i = 0; i < scaled(5000); i++) {
        ASSERT_EQ(sig_pause(), 0);
        MUST(write(answer[1], &byte, 1));
    }
    _exit(wait_for(child));
}

/* A timer that has nothing to say any more disturbs nobody. */
static void answered_disturbs_nobody(void)
{
    struct timespec wait = {0, (long)(3 * due)};
    ASSERT_EQ(sig_set_escalation(SIGINT, 0, due), 0);
    MUST(raise(SIGINT));
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(nanosleep(&wait, NULL), 0);
    _exit(0);
}

static void kick_signal_is_free_again(void)
{
    ASSERT_EQ(sig_set_escalation(SIGINT, 0, due), 0);
    ASSERT_EQ(sig_set_kick(SIGUSR2), -EBUSY);
    ASSERT_EQ(sig_set_escalation(SIGINT, 2, 0), 0);
    ASSERT_EQ(sig_set_kick(SIGUSR2), SIGURG);
    _exit(0);
}

static void refused_goes_on(void)
{
    ASSERT_EQ(sig_set_escalation(SIGKILL, 2, 0), -EINVAL);
    ASSERT_EQ(sig_set_escalation(SIGCHLD, 2, 0), -EINVAL);
    ASSERT_EQ(sig_set_escalation(0, 2, 0), -EINVAL);
    _exit(0);
}

static int ends(void (*how)(void))
{
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        alarm(90);
        ASSERT_EQ(sig_install(SIGINT, handler, NULL, 0), 0);
        how();
        _exit(2);
    }
    return wait_for(pid);
}

/* One whose default is to stop: it stops, and goes on when it is told to. */
static void stops_and_goes_on(void)
{
    pid_t pid = (pid_t)MUST(fork());
    int status;
    if (pid == 0) {
        alarm(90);
        ASSERT_EQ(sig_install(SIGTSTP, handler, NULL, 0), 0);
        ASSERT_EQ(sig_set_escalation(SIGTSTP, 2, 0), 0);
        setpgid(0, 0);
        MUST(raise(SIGTSTP));
        MUST(raise(SIGTSTP));
        ASSERT_EQ(sig_check(), 0);
        ASSERT_EQ(handled, 2);
        MUST(raise(SIGTSTP)); /* ours stands there again */
        ASSERT_EQ(sig_check(), 0);
        _exit(handled);
    }
    setpgid(pid, pid);
    ASSERT_EQ(waitpid(pid, &status, WUNTRACED), pid);
    if (WIFSTOPPED(status)) { /* not in an orphaned process group */
        ASSERT_EQ(WSTOPSIG(status), SIGTSTP);
        MUST(kill(pid, SIGCONT));
        status = wait_for(pid);
    }
    ASSERT_TRUE(WIFEXITED(status));
    ASSERT_EQ(WEXITSTATUS(status), 3);
}

int main(void)
{
    watchdog(250);
    due *= (uint64_t)(1 + 10 / scaled(100));
    ASSERT_EQ(ends(second_kills), SIGINT);
    ASSERT_EQ(ends(third_kills), SIGINT);
    ASSERT_EQ(ends(late_kills), SIGINT);
    ASSERT_EQ(ends(late_in_a_handler_kills), SIGINT);
    ASSERT_EQ(ends(blocked_late_kills), SIGINT);
    ASSERT_EQ(ends(forked_child_dies), SIGKILL);
    ASSERT_EQ(ends(held_is_no_safe_point), SIGINT);
    ASSERT_EQ(ends(of_one_context_kills), SIGINT);
    ASSERT_EQ(ends(trips_count), SIGINT);
    ASSERT_EQ(ends(answered_goes_on), 0);
    ASSERT_EQ(ends(waited_for_goes_on), 0);
    ASSERT_EQ(ends(dropped_goes_on), 0);
    ASSERT_EQ(ends(ownerless_goes_on), 0);
    ASSERT_EQ(ends(orphan_goes_on), 0);
    ASSERT_EQ(ends(quick_owner_goes_on), 0);
    ASSERT_EQ(ends(answered_disturbs_nobody), 0);
    ASSERT_EQ(ends(kick_signal_is_free_again), 0);
    ASSERT_EQ(ends(taken_back_goes_on), 0);
    ASSERT_EQ(ends(refused_goes_on), 0);
    stops_and_goes_on();
    return 0;
}
