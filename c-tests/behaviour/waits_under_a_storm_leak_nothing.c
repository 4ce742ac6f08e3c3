/* 10,000 waits while signals, calls and interrupts rain on the owner from two
 * threads: each wait gets what it waited for, once; no descriptor, timer or
 * child is left over, and everything adds up. */
#include "waits.h"

#include <dirent.h>

static atomic_int working = 2;
static atomic_long sent_, taken, added_, ran_;
static atomic_bool over;
static pthread_t owner;

static int handler(const sig_event *event, void *user)
{
    if (user)
        taken += (long)event->count;
    return event->count % 3 == 0; /* some raise */
}

static int run(void *unused)
{
    (void)unused;
    ran_++;
    return 0;
}

static void *storm(void *direct)
{
    while (!over) {
        /* The kernel joins those to the owner that it cannot deliver yet. */
        ASSERT_EQ(pthread_kill(owner, SIGUSR1), 0);
        if (!direct) {
            ASSERT_EQ(raise(SIGUSR2), 0);
            sent_++;
        }
        if (sig_add_pending_call(run, NULL) == 0)
            added_++;
        sig_interrupt(3);
        struct timespec time = {0, 20000};
        nanosleep(&time, NULL);
    }
    working--;
    return NULL;
}

static int open_fds(void)
{
    int count = 0;
    DIR *folder = opendir("/proc/self/fd");
    ASSERT_TRUE(folder != NULL);
    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

static bool has_timers(void)
{
    char text[1] = {0};
    int fd = open("/proc/self/timers", O_RDONLY);
    bool some = fd >= 0 && read(fd, text, 1) > 0;
    if (fd >= 0)
        close(fd);
    return some;
}

/* Again, where a handler raised. */
#define UNTIL_DONE(call)                                                       \
    ({                                                                         \
        long done_;                                                            \
        while ((done_ = (call)) == -EINTR) {                                   \
        }                                                                      \
        done_;                                                                 \
    })

static void wait_once(long i)
{
    int fd, status;
    pid_t pid;
    wait_byte = 0;
    switch (i % 5) {
    case 0:
        wait_feed_byte();
        wait_expect_byte(UNTIL_DONE(wait_read()));
        break;
    case 1:
        wait_feed_byte();
        ASSERT_EQ(UNTIL_DONE(wait_poll()), 1);
        wait_expect_byte(UNTIL_DONE(wait_read()));
        break;
    case 2:
        fd = (int)MUST(socket(AF_UNIX, SOCK_STREAM, 0));
        ASSERT_EQ(UNTIL_DONE(sig_connect(fd, (struct sockaddr *)&wait_address,
                                         sizeof wait_address)), 0);
        int got = (int)UNTIL_DONE(wait_accept());
        ASSERT_GT(got, 2);
        close(fd);
        close(got);
        break;
    case 3:
        ASSERT_TRUE(sig_poll(NULL, 0, 1) <= 0);
        break;
    case 4:
        if (i % 100 != 4)
            break;
        pid = (pid_t)MUST(fork());
        if (pid == 0)
            _exit(5);
        ASSERT_EQ(UNTIL_DONE(sig_waitpid(pid, &status, 0)), pid);
        ASSERT_EQ(WEXITSTATUS(status), 5);
        ASSERT_EQ(UNTIL_DONE(sig_waitpid(pid, &status, 0)), -ECHILD);
    }
}

int main(void)
{
    pthread_t threads[2];
    watchdog(250);
    owner = pthread_self();
    ASSERT_EQ(sig_install(SIGUSR1, handler, NULL, 0), 0);
    ASSERT_EQ(sig_install(SIGUSR2, handler, &taken, SAFEPOINT_RESTART), 0);
    wait_listener();
    wait_pipe();
    ASSERT_EQ(sig_blocking_begin(), 0);
    ASSERT_EQ(sig_blocking_end(), 0);
    int before = open_fds();
    for (intptr_t i = 0; i < 2; i++)
        ASSERT_EQ(pthread_create(&threads[i], NULL, storm, (void *)i), 0);
    for (long i = 0; i < scaled(10000); i++)
        wait_once(i);
    over = true;
    for (int i = 0; i < 2; i++)
        ASSERT_EQ(pthread_join(threads[i], NULL), 0);
    while (*sig_breaker())
        sig_check();
    print_counters();
    ASSERT_EQ(taken, sent_);
    ASSERT_EQ(counters().handled + counters().coalesced, counters().arrivals);
    ASSERT_EQ(ran_, added_);
    ASSERT_EQ(open_fds(), before);
    ASSERT_EQ(sig_fini(), 0);
    ASSERT_TRUE(!has_timers());
    return 0;
}
