/* Sending, masks, pending sets. */
#include "faults.h"

#include <sys/syscall.h>

static int pidfd;

static void receiving(void)
{
    install();
    pidfd = (int)MUST(syscall(SYS_pidfd_open, getpid(), 0));
}

static long act_raise(void)
{
    return sig_raise(SIGUSR1);
}

static long act_kill(void)
{
    return sig_kill(getpid(), SIGUSR1);
}

static long act_kill_thread(void)
{
    return sig_kill_thread((uintptr_t)pthread_self(), SIGUSR1);
}

static long act_queue(void)
{
    return sig_queue(getpid(), SIGUSR1, 7);
}

static long act_pidfd(void)
{
    return sig_pidfd_send(pidfd, SIGUSR1);
}

static void check_sent(void)
{
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(handled, 1);
}

static long act_mask(void)
{
    uint64_t old = 0;
    return sig_mask(SIG_BLOCK, 1u << (SIGUSR2 - 1), &old);
}

static void check_mask(void)
{
    ASSERT_EQ(sig_mask(SIG_UNBLOCK, 1u << (SIGUSR2 - 1), NULL), 0);
}

static long act_pending(void)
{
    uint64_t set;
    return sig_pending(&set);
}

const struct scenario sending[] = {
    {.name = "raise", .setup = receiving, .act = act_raise, .check = check_sent},
    {.name = "kill", .setup = receiving, .act = act_kill, .check = check_sent},
    {.name = "kill_thread", .setup = receiving, .act = act_kill_thread,
     .check = check_sent},
    {.name = "queue", .setup = receiving, .act = act_queue, .check = check_sent},
    {.name = "pidfd_send", .setup = receiving, .act = act_pidfd,
     .check = check_sent},
    {.name = "mask", .setup = install, .act = act_mask, .check = check_mask,
     .own = "rt_sigprocmask"},
    {.name = "pending", .setup = install, .act = act_pending},
    {0},
};
