/* The sig_context_x() of each kind, and some of the waits, which all go one way,
 * with NULL is -EINVAL, and with a context that was freed
 * -ESTALE, also when its room has another; with what never was one it is
 * refused, too. Nothing is changed, and nothing crashes. */
#include "test.h"

#ifndef _WIN32
#include <poll.h>
#include <sys/syscall.h>
#endif

static int handler(const sig_event *event, void *user)
{
    (void)event, (void)user;
    return 0;
}

static int call(void *arg)
{
    (void)arg;
    return 0;
}

static void expect_refused(sig_context *c, long error)
{
    sig_event event;
    sig_disposition disposition;
    sig_counters counters_;
    sig_latch latch = SAFEPOINT_LATCH;
    sig_job job = SAFEPOINT_JOB(call, NULL);
    uint64_t set = 77, id = 77;
    int old = 77;
    char byte = 0;
    struct pollfd fds = {0, POLLIN, 0};
    memset(&event, 0, sizeof event);
    memset(&disposition, 0, sizeof disposition);
    memset(&counters_, 0, sizeof counters_);
#define REFUSED(of, ...) ASSERT_EQ(sig_context_##of(c __VA_OPT__(,) __VA_ARGS__), error)
    REFUSED(free);
    REFUSED(is_owner);
    REFUSED(adopt);
    REFUSED(install, SIGUSR1, handler, NULL, 0);
    REFUSED(ignore, SIGUSR1);
    REFUSED(default, SIGUSR1);
    REFUSED(restore, SIGUSR1);
    REFUSED(query, SIGUSR1, &disposition, sizeof disposition);
    REFUSED(verify, SIGUSR1);
    REFUSED(set_escalation, SIGUSR1, 2, 0);
    REFUSED(check);
    REFUSED(check_frame, NULL);
    REFUSED(next, &event, sizeof event);
    ASSERT_EQ(sig_context_breaker(c) == NULL, 1);
    REFUSED(hold);
    REFUSED(release);
    REFUSED(add_pending_call, call, NULL);
    REFUSED(post, &job);
    REFUSED(trip, SIGUSR1);
    REFUSED(interrupt, 1);
    REFUSED(set_wakeup_fd, -1, 0, &old);
    REFUSED(set_wakeup_fn, NULL, NULL);
    REFUSED(wakeup_failures, &old);
    REFUSED(blocking_begin);
    REFUSED(blocking_end);
    REFUSED(raised);
    REFUSED(retry);
    REFUSED(call_after, 0, 0, call, NULL, &id);
#ifndef _WIN32
    REFUSED(mask, SIG_BLOCK, 0, &set);
    REFUSED(event_fd);
    REFUSED(set_restart, SIGUSR1, 1);
    REFUSED(syscall, SYS_getpid, 0, 0, 0, 0, 0, 0);
    REFUSED(read, 0, &byte, 1);
    REFUSED(write, 1, &byte, 1);
    REFUSED(connect, 0, NULL, 0);
    REFUSED(sem_wait, &byte);
    REFUSED(waitpid, -1, NULL, 0);
#else
    (void)byte;
#endif
    REFUSED(pending, &set);
    REFUSED(wait, 1 << (SIGINT - 1), 0, &event, sizeof event);
    REFUSED(latch_wait, &latch, 0);
    sig_latch_set(&latch);
    REFUSED(latch_wait, &latch, 0);
    REFUSED(stats, &counters_, sizeof counters_);
    REFUSED(sleep, 0);
    REFUSED(pause);
    REFUSED(poll, &fds, 1, 0);
    ASSERT_EQ(event.size | disposition.size | counters_.arrivals, 0);
    ASSERT_TRUE(set == 77 && id == 77 && old == 77);
    ASSERT_EQ(job.link[0] | job.link[1], 0);
}

int main(void)
{
    sig_context *freed[100];
    watchdog(100);
    expect_refused(NULL, -EINVAL);
    for (int i = 0; i < 100; i++) {
        freed[i] = sig_context_new();
        ASSERT_EQ(sig_context_free(freed[i]), 0);
        for (int j = 0; j < i; j++)
            ASSERT_NE(freed[j], freed[i]);
    }
    sig_context *other = sig_context_new(); /* in the same room */
    for (int i = 0; i < 100; i++)
        expect_refused(freed[i], -ESTALE);
    expect_refused((sig_context *)(uintptr_t)77, -ESTALE);
    expect_refused((sig_context *)&other, -ESTALE);
    expect_refused((sig_context *)UINTPTR_MAX, -ESTALE);
    ASSERT_EQ(sig_context_check(other), 0);
    ASSERT_EQ(*sig_context_breaker(other), 0);
    ASSERT_EQ(sig_context_free(sig_main()), -EINVAL);
    ASSERT_EQ(sig_context_free(other), 0);

    /* As many as there can be. */
    static sig_context *all[4096];
    for (int i = 0; i < 4096; i++) {
        all[i] = sig_context_new();
        ASSERT_NE(all[i], NULL);
    }
    ASSERT_EQ(sig_context_new() == NULL, 1);
    for (int i = 0; i < 4096; i++)
        ASSERT_EQ(sig_context_free(all[i]), 0);
    return 0;
}
