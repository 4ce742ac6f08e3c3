/* With SAFEPOINT_RESTART a blocking read goes on when the signal comes;
 * without it, it ends with EINTR and so reaches its safe point. */
#include "test.h"

static atomic_int arrived, reading;
static int pipe_fds[2];
static pthread_t owner;
static char owner_stat[64];

static int handler(const sig_event *event, void *user)
{
    (void)event, (void)user;
    return 0;
}

static void count(int signum, void *arg)
{
    (void)signum, (void)arg;
    atomic_fetch_add(&arrived, 1);
}

/* The owner sleeps, and there is only one place where it does. */
static void wait_until_it_reads(void)
{
    char text[512], state = 0;
    while (state != 'S') {
        int fd = (int)MUST(open(owner_stat, O_RDONLY));
        ssize_t size = MUST(read(fd, text, sizeof text - 1));
        close(fd);
        text[size] = 0;
        state = strrchr(text, ')')[2];
        sched_yield();
    }
}

static void *send(void *arg)
{
    int times = (int)(intptr_t)arg;
    while (!atomic_load(&reading))
        sched_yield();
    for (int i = 0; i < times; i++) {
        wait_until_it_reads();
        int before = atomic_load(&arrived);
        pthread_kill(owner, SIGUSR1);
        while (atomic_load(&arrived) == before)
            sched_yield();
    }
    if (times > 1)
        MUST(write(pipe_fds[1], "x", 1));
    return NULL;
}

/* One read, that many signals; what read returned. */
static ssize_t read_under_signals(int times)
{
    pthread_t thread;
    char byte;
    atomic_store(&reading, 0);
    ASSERT_EQ(pthread_create(&thread, NULL, send, (void *)(intptr_t)times), 0);
    atomic_store(&reading, 1);
    ssize_t result = read(pipe_fds[0], &byte, 1);
    int error = errno;
    ASSERT_EQ(pthread_join(thread, NULL), 0);
    errno = error;
    return result;
}

int main(void)
{
    watchdog(120);
    owner = pthread_self();
    snprintf(owner_stat, sizeof owner_stat, "/proc/self/task/%d/stat",
             getpid());
    MUST(pipe(pipe_fds));
    ASSERT_EQ(sig_install(SIGUSR1, handler, NULL, SAFEPOINT_RESTART), 0);
    ASSERT_EQ(sig_set_wakeup_fn(count, NULL), 0);
    for (int i = 0; i < 20; i++)
        ASSERT_EQ(read_under_signals(10), 1);
    ASSERT_EQ(sig_install(SIGUSR1, handler, NULL, 0), 0);
    for (int i = 0; i < 20; i++) {
        ASSERT_EQ(read_under_signals(1), -1);
        ASSERT_EQ(errno, EINTR);
    }
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(counters().arrivals, 220);
    return 0;
}
