/* fork calls the atfork handlers of others too. Those that were registered
 * before ours run while the library has its fork under way, on all three
 * sides, and may call what they like: to put signals back in a child is what
 * such handlers are for. */
#include "parts/failures.h"

static long seen[65];
static int before, after, in_child;

static void change(int *count)
{
    ++*count;
    ASSERT_EQ(sig_default(SIGUSR2), 0);
    ASSERT_EQ(sig_install(SIGUSR2, count_signal, seen, 0), 0);
    ASSERT_EQ(sig_hold(), 0);
    ASSERT_EQ(sig_release(), 0);
}

static void prepare(void)
{
    change(&before);
}
static void parent(void)
{
    change(&after);
}
static void child(void)
{
    change(&in_child);
    ASSERT_EQ(sig_default(SIGINT), 0);
}

int main(void)
{
    watchdog(120);
    MUST(-pthread_atfork(prepare, parent, child));
    for (int signum = SIGHUP; signum <= SIGINT; signum++)
        ASSERT_EQ(sig_install(signum, count_signal, seen, 0), 0);
    ASSERT_EQ(sig_install(SIGUSR2, count_signal, seen, 0), 0);
    for (int round = 1; round <= 3; round++) {
        pid_t pid = (pid_t)MUST(fork());
        if (pid == 0) {
            alarm(60);
            ASSERT_EQ(in_child, 1);
            sig_disposition found;
            ASSERT_EQ(sig_query(SIGINT, &found, sizeof found), 0);
            ASSERT_EQ(found.kind, SAFEPOINT_KIND_DEFAULT);
            MUST(raise(SIGHUP));
            MUST(raise(SIGUSR2));
            ASSERT_EQ(sig_check(), 0);
            ASSERT_EQ(seen[SIGHUP], round);
            ASSERT_EQ(seen[SIGUSR2], round);
            _exit(0);
        }
        ASSERT_CHILD_PASSED(pid);
        ASSERT_EQ(before, round);
        ASSERT_EQ(after, round);
        MUST(raise(SIGHUP)); /* the mask is as it was */
        MUST(raise(SIGUSR2));
        ASSERT_EQ(sig_check(), 0);
        ASSERT_EQ(seen[SIGHUP], round);
        ASSERT_EQ(seen[SIGUSR2], round);
    }
    return 0;
}
