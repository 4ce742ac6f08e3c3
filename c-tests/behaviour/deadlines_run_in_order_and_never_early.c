/* A call falls due at its time or later, in the order of the times, and of
 * being armed where those are the same; among pending calls in the order in
 * which they became so. A wait ends for it. It repeats, is cancelled, also in
 * itself and when it is due, and raises. Time stands still for nobody. */
#include "test.h"

#include <dirent.h>
#include <sys/time.h>

/* When each is due: at the earliest and at the latest, by when it was armed. */
static uint64_t earliest[100], latest[100], ran[100];
static int order[100], n;
static uint64_t self;

static atomic_int woken;

static void wake(int signum, void *arg)
{
    (void)signum, (void)arg;
    woken++;
}

static int note(void *arg)
{
    int i = (int)(intptr_t)arg;
    ran[i] = now_ns();
    order[n++] = i;
    return 0;
}

static int raises(void *arg)
{
    return (int)(intptr_t)arg;
}

static int cancels_itself(void *arg)
{
    ++*(int *)arg;
    ASSERT_EQ(sig_cancel(self), 0);
    ASSERT_EQ(sig_cancel(self), -ENOENT);
    return 0;
}

static int count(void *arg)
{
    ++*(int *)arg;
    return 0;
}

static void arm(int i, uint64_t ns)
{
    earliest[i] = now_ns() + ns;
    ASSERT_EQ(sig_call_after(ns, 0, note, (void *)(intptr_t)i, NULL), 0);
    latest[i] = now_ns() + ns;
}

#ifndef _WIN32
/* How many this process has: the first deadline starts one more. */
static int threads(void)
{
    int count = 0;
    DIR *tasks = opendir("/proc/self/task");
    ASSERT_NE(tasks, NULL);
    for (struct dirent *task; (task = readdir(tasks));)
        count += task->d_name[0] != '.';
    closedir(tasks);
    return count;
}
#endif

static void wait_until_due(void)
{
    while (*sig_breaker() == 0)
        usleep(100);
}

#ifndef _WIN32
/* One that falls due while the process is stopped runs when it goes on. */
static void run_when_it_goes_on(void)
{
    pid_t pid = (pid_t)MUST(fork());
    int status, counted = 0;
    if (pid == 0) {
        uint64_t due = now_ns() + 20000000;
        ASSERT_EQ(sig_call_after(20000000, 0, count, &counted, NULL), 0);
        MUST(raise(SIGSTOP));
        while (counted == 0)
            ASSERT_GE(sig_sleep(1000000), 0);
        ASSERT_GE(now_ns(), due);
        _exit(counted == 1 ? 0 : 1);
    }
    ASSERT_EQ(waitpid(pid, &status, WUNTRACED), pid);
    ASSERT_TRUE(WIFSTOPPED(status));
    usleep(40000);
    MUST(kill(pid, SIGCONT));
    ASSERT_CHILD_PASSED(pid);
}
#endif

int main(void)
{
    sig_event event;
    uint64_t id, ids[3];
    int counted = 0;
    watchdog(100);
    ASSERT_EQ(sig_init(0), 0);
#ifndef _WIN32
    ASSERT_EQ(sig_poll(NULL, 0, 0), 0); /* may start a thread for kicks */
    int before_any = threads();
#endif

    /* Armed in a muddle: 7 i % 100 runs through all once. */
    for (int i = 0; i < 100; i++)
        arm(7 * i % 100, (uint64_t)(7 * i % 100) * 200000);
#ifndef _WIN32
    struct itimerval itimer;
    MUST(getitimer(ITIMER_REAL, &itimer));
    ASSERT_EQ(itimer.it_value.tv_sec | itimer.it_value.tv_usec, 0);
    ASSERT_EQ(threads(), before_any + 1);
#endif
    while (n < 100)
        ASSERT_EQ(sig_sleep(1000000), 0); /* handlers run in here */
    for (int i = 0; i < 100; i++) {
        ASSERT_GE(ran[i], earliest[i]);
        for (int later = i + 1; later < 100; later++)
            ASSERT_LE(earliest[order[i]], latest[order[later]]);
    }

    /* A deadline ends a wait that nothing else ends. */
    ASSERT_EQ(sig_call_after(1000000, 0, raises, (void *)5, NULL), 0);
    ASSERT_EQ(sig_sleep(SAFEPOINT_FOREVER), -EINTR);
    ASSERT_EQ(sig_raised(), 5);

    /* In the order in which they became pending. */
    n = 0;
    ASSERT_EQ(sig_set_wakeup_fn(wake, NULL), 0);
    ASSERT_EQ(sig_add_pending_call(note, (void *)0), 0);
    ASSERT_EQ(atomic_load(&woken), 1);
    arm(1, 0);
    while (atomic_load(&woken) < 2)
        usleep(100);
    ASSERT_EQ(sig_add_pending_call(note, (void *)2), 0);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(n, 3);
    ASSERT_TRUE(order[0] == 0 && order[1] == 1 && order[2] == 2);
    ASSERT_EQ(sig_set_wakeup_fn(NULL, NULL), 0);

    /* Pulled: what it is, and how often it has fallen due. */
    uint64_t before = now_ns();
    ASSERT_EQ(sig_call_after(2000000, 1000000, count, &counted, &id), 0);
    memset(&event, 0, sizeof event);
    usleep(20000);
    while (sig_next(&event, sizeof event) == 0)
        usleep(100);
    ASSERT_EQ(event.kind, SAFEPOINT_EVENT_TIMER);
    ASSERT_TRUE(event.fn == count && event.arg == &counted);
    ASSERT_GE(event.time, before + 2000000);
    ASSERT_GE(event.count, 1);
    ASSERT_LE(event.time + (event.count - 1) * 1000000, now_ns());
    uint64_t first = event.time, seen = event.count;
    do { /* no period is counted twice, and none is left out */
        while (sig_next(&event, sizeof event) == 0)
            usleep(100);
        ASSERT_EQ(event.time, first + seen * 1000000);
        seen += event.count;
    } while (seen < 30);
    ASSERT_EQ(sig_cancel(id), 0);
    ASSERT_EQ(sig_cancel(id), -ENOENT);
    ASSERT_EQ(counted, 0);

    /* Cancelled when it is due, from the middle of those that are. */
    for (int i = 0; i < 3; i++)
        ASSERT_EQ(sig_call_after(0, 0, count, &counted, &ids[i]), 0);
    usleep(20000);
    wait_until_due();
    ASSERT_EQ(sig_cancel(ids[1]), 0);
    for (uint64_t end = now_ns() + 20000000; now_ns() < end;)
        ASSERT_EQ(sig_check(), 0);
    while (counted < 2)
        ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(counted, 2);
    ASSERT_EQ(sig_cancel(ids[0]), -ENOENT);

    /* In itself. */
    counted = 0;
    ASSERT_EQ(sig_call_after(0, 1, cancels_itself, &counted, &self), 0);
    while (counted == 0)
        ASSERT_EQ(sig_check(), 0);
    for (uint64_t end = now_ns() + 20000000; now_ns() < end;)
        ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(counted, 1);

    /* Never, and what is no time, function or timer. */
    ASSERT_EQ(sig_call_after(SAFEPOINT_FOREVER, 0, count, &counted, &id), 0);
    ASSERT_EQ(sig_cancel(id), 0);
    id = 77;
    ASSERT_EQ(sig_call_after(0, 0, NULL, NULL, &id), -EINVAL);
    ASSERT_EQ(id, 77);
    ASSERT_EQ(sig_cancel(0), -ENOENT);
    ASSERT_EQ(sig_cancel(UINT64_MAX), -ENOENT);

#ifndef _WIN32
    run_when_it_goes_on();
#endif

    /* What is due, and what is armed, is dropped at the end. */
    ASSERT_EQ(sig_call_after(0, 0, count, &counted, NULL), 0);
    ASSERT_EQ(sig_call_after(1000000000, 0, count, &counted, &id), 0);
    wait_until_due();
    ASSERT_EQ(sig_fini(), 0);
#if !defined sig_fini && !defined _WIN32 /* sig_context_free() leaves that to it */
    /* It has been joined: the kernel may be about to take it off the list. */
    for (int i = 0; i < 1000 && threads() != before_any; i++)
        usleep(1000);
    ASSERT_EQ(threads(), before_any);
#endif
    ASSERT_EQ(sig_cancel(id), -ENOENT);
    ASSERT_EQ(sig_init(0), 0);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(counted, 1);
    return 0;
}
