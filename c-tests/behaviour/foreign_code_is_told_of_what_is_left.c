/* Something was pending already, collected and not handled, when code that is
 * not ours begins, or a part of it is left over, or it was held: its system
 * call ends all the same, and sig_sem_wait() does. */
#include "waits.h"

static int handled_, raise_first = 1;

static int raises_first(const sig_event *event, void *user)
{
    (void)event, (void)user;
    handled_++;
    return raise_first;
}

static int counts(const sig_event *event, void *user)
{
    (void)event, (void)user;
    handled_++;
    return 0;
}

static void assert_read_is_interrupted(void)
{
    char byte;
    ASSERT_EQ(read(wait_fds[0], &byte, 1), -1);
    ASSERT_EQ(errno, EINTR);
}

static void raise_both(void)
{
    MUST(raise(SIGUSR1));
    MUST(raise(SIGUSR2));
}

int main(void)
{
    sig_event event;
    watchdog(60);
    wait_pipe();
    wait_new_semaphore();
    ASSERT_EQ(sig_install(SIGUSR1, raises_first, NULL, SAFEPOINT_RESTART), 0);
    ASSERT_EQ(sig_install(SIGUSR2, counts, NULL, SAFEPOINT_RESTART), 0);

    raise_both();
    ASSERT_EQ(sig_check(), 1); /* USR2 is left */
    ASSERT_EQ(sig_blocking_begin(), 1);
    assert_read_is_interrupted();
    ASSERT_EQ(sig_blocking_end(), 0);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(handled_, 2);

    raise_both();
    ASSERT_EQ(sig_check(), 1);
    raise_first = 5;
    MUST(raise(SIGUSR1));
    ASSERT_EQ(sig_sem_wait(&wait_semaphore), -EINTR);
    ASSERT_EQ(sig_raised(), 5);
    ASSERT_EQ(sig_check(), 0);

    ASSERT_EQ(sig_blocking_begin(), 0);
    raise_both();
    ASSERT_EQ(sig_next(&event, sizeof event), 1);
    ASSERT_EQ(event.signum, SIGUSR1);
    assert_read_is_interrupted();
    ASSERT_EQ(sig_blocking_end(), 0);
    ASSERT_EQ(sig_check(), 0);

    ASSERT_EQ(sig_hold(), 0);
    MUST(raise(SIGUSR2));
    ASSERT_EQ(sig_blocking_begin(), 0);
    ASSERT_EQ(sig_release(), 0);
    assert_read_is_interrupted();
    ASSERT_EQ(sig_blocking_end(), 0);
    ASSERT_EQ(sig_check(), 0);
    return 0;
}
