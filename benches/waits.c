/* Waits: a read that need not wait, and from another thread's kill() to the
 * handler of an owner that waits in poll. */
#include "bench.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <safepoint.h>
#include <stdatomic.h>

enum { OURS = SIGUSR1, RAW = SIGUSR2, READS = 200, BATCH = 8 };

static int fds[2];
static char bytes[READS];

static double read_ours(void)
{
    MUST(write(fds[1], bytes, READS) == READS);
    uint64_t begin = ticks();
    for (int i = 0; i < READS; i++)
        MUST(sig_read(fds[0], bytes, 1) == 1);
    return (double)(ticks() - begin) * tick_ns() / READS;
}

static double read_raw(void)
{
    MUST(write(fds[1], bytes, READS) == READS);
    uint64_t begin = ticks();
    for (int i = 0; i < READS; i++)
        MUST(read(fds[0], bytes, 1) == 1);
    return (double)(ticks() - begin) * tick_ns() / READS;
}

/* The sender waits for a while, so that the owner does: spinning, or asleep,
 * so that both processors have come to rest. */

static atomic_int asked, halted;
static atomic_uint_fast64_t sent;
static uint64_t took;

static void *sender(void *unused)
{
    int signum;
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, NULL);
    pin(1);
    while ((signum = atomic_load(&asked)) >= 0) {
        if (signum == 0) {
            relax();
            continue;
        }
        atomic_store(&asked, 0);
        struct timespec time = {0, 1000000};
        if (atomic_load(&halted))
            nanosleep(&time, NULL);
        else
            for (uint64_t until = now_ns() + 30000; now_ns() < until;)
                relax();
        atomic_store(&sent, ticks());
        kill(getpid(), signum);
    }
    return unused;
}

static int handler(const sig_event *event, void *user)
{
    (void)event, (void)user;
    took += ticks() - atomic_load(&sent);
    return 1;
}

static void raw_handler(int signum)
{
    (void)signum;
    took += ticks() - atomic_load(&sent);
}

static double wake_ours(void)
{
    took = 0;
    for (int i = 0; i < BATCH; i++) {
        atomic_store(&asked, OURS);
        MUST(sig_poll(NULL, 0, -1) < 0);
    }
    return (double)took * tick_ns() / BATCH;
}

static double wake_raw(void)
{
    took = 0;
    for (int i = 0; i < BATCH; i++) {
        atomic_store(&asked, RAW);
        /* Not for ever: a signal that comes before the call does not end it. */
        poll(NULL, 0, 100);
    }
    return (double)took * tick_ns() / BATCH;
}

int main(void)
{
    pthread_t thread;
    pin(0);
    MUST(pipe(fds) == 0);
    MUST(sig_install(OURS, handler, NULL, 0) == 0);
    struct sigaction action = {.sa_handler = raw_handler};
    MUST(sigaction(RAW, &action, NULL) == 0);
    MUST(sig_poll(NULL, 0, 0) == 0); /* the first wait prepares */
    row("read a byte that is there", "ns", compare(read_ours, read_raw, 1000),
        "read(2)", AT_MOST, 1.05, "a full fence and two pages");
    MUST(pthread_create(&thread, NULL, sender, NULL) == 0);
    row("kill to handler, owner in poll", "ns", compare(wake_ours, wake_raw, 600),
        "raw handler in poll", AT_MOST, 1.04, "it is the way back from the kernel");
    atomic_store(&halted, 1);
    row("the same, both processors halted", "ns",
        compare(wake_ours, wake_raw, 250), "raw handler in poll", AT_MOST, 1.04,
        "it is the way back from the kernel");
    atomic_store(&asked, -1);
    pthread_join(thread, NULL);
    return 0;
}
