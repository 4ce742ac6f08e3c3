/* SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP and SIGSYS that somebody sent, in
 * whatever way, are signals like any other: recorded, and handled at the next
 * safe point. */
#include "parts/failures.h"

static long seen[65];
static int expected_code, expected_value;
static pid_t expected_pid;
static bool again;

static int handler(const sig_event *event, void *user)
{
    if (event->code == SI_USER && event->pid == 0) {
        /* The kernel had no room for who and why: another process can have
         * used it up. */
        again = true;
        return 0;
    }
    ASSERT_EQ(event->code, expected_code);
    ASSERT_EQ(event->pid, expected_pid);
    ASSERT_EQ(event->value, expected_value);
    return count_signal(event, user);
}

static void by_kill(int signum) { MUST(kill(getpid(), signum)); }
static void by_raise(int signum) { MUST(raise(signum)); }
#ifndef _WIN32
static void by_pthread_kill(int signum)
{
    MUST(-pthread_kill(pthread_self(), signum));
}
static void by_sigqueue(int signum)
{
    queue_value(getpid(), signum, 4711);
}
static void by_child(int signum)
{
    pid_t parent = getpid(), child = (pid_t)MUST(fork());
    if (child == 0) {
        MUST(kill(parent, signum));
        _exit(0);
    }
    expected_pid = child;
    ASSERT_CHILD_PASSED(child);
}
#endif
static void *kill_by_thread(void *signum)
{
    by_kill((int)(intptr_t)signum);
    return NULL;
}
static void by_other_thread(int signum)
{
    pthread_t thread;
    MUST(-pthread_create(&thread, NULL, kill_by_thread,
                         (void *)(intptr_t)signum));
    MUST(-pthread_join(thread, NULL));
}

int main(void)
{
    watchdog(240);
    if (on_valgrind())
        return skip("valgrind asserts where such a signal is sent by kill()");
#ifdef _WIN32
    static const int signums[] = {SIGSEGV, SIGFPE, SIGILL};
#else
    static const int signums[] = {SIGSEGV, SIGBUS,  SIGFPE,
                                  SIGILL,  SIGTRAP, SIGSYS};
#endif
    static const struct {
        void (*send)(int);
        int code, value;
    } ways[] = {{by_kill, SI_USER, 0},          {by_raise, SI_TKILL, 0},
#ifndef _WIN32
                {by_pthread_kill, SI_TKILL, 0}, {by_sigqueue, SI_QUEUE, 4711},
                {by_child, SI_USER, 0},
#endif
                {by_other_thread, SI_USER, 0}};
    for (size_t s = 0; s < sizeof signums / sizeof *signums; s++) {
        int signum = signums[s];
        signal(signum, SIG_DFL);
        ASSERT_EQ(sig_install(signum, handler, seen, 0), 0);
        for (size_t way = 0; way < sizeof ways / sizeof *ways; way++) {
            expected_code = ways[way].code;
            expected_value = ways[way].value;
            expected_pid = getpid();
            seen[signum] = 0;
            do {
                again = false;
                ways[way].send(signum);
                ASSERT_EQ(seen[signum], 0);
                ASSERT_NE(*sig_breaker(), 0);
                ASSERT_EQ(sig_check(), 0);
            } while (again);
            ASSERT_EQ(seen[signum], 1);
        }
    }
    ASSERT_GE(counters().arrivals,
              sizeof signums / sizeof *signums * (sizeof ways / sizeof *ways));
    return 0;
}
