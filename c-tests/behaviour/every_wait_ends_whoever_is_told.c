/* In each wait of the library's, which nothing else would end: a signal that
 * the owner has blocked and another thread takes; one that the owner takes
 * itself; a call, a job, an interrupt. The handler raises, so the wait ends
 * with -EINTR: it would hang otherwise. What was waited for is not lost: the
 * same call, made again, gets it. */
#include "waits.h"

static const char *const kinds[] = {
    "another thread's signal", "its own signal", "a call", "a job", "an interrupt",
};

static uint64_t told, run;
static pthread_t owner;

static int raises(const sig_event *event, void *user)
{
    (void)event, (void)user;
    run = now_ns();
    return 7;
}

static int call_raises(void *unused)
{
    (void)unused;
    run = now_ns();
    return 7;
}

/* Told by a thread that alone can take SIGUSR1, some while after the owner
 * has begun to wait, or at the same time. */
static void *tell(void *kind)
{
    static sig_job job = SAFEPOINT_JOB(call_raises, NULL);
    struct timespec while_ = {0, 2000000};
    sigset_t usr1;
    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    ASSERT_EQ(pthread_sigmask(SIG_UNBLOCK, &usr1, NULL), 0);
    nanosleep(&while_, NULL);
    told = now_ns();
    switch ((intptr_t)kind) {
    case 0:
        MUST(kill(getpid(), SIGUSR1));
        break;
    case 1:
        ASSERT_EQ(pthread_kill(owner, SIGUSR2), 0);
        break;
    case 2:
        ASSERT_EQ(sig_add_pending_call(call_raises, NULL), 0);
        break;
    case 3:
        ASSERT_EQ(sig_post(&job), 0);
        break;
    case 4:
        run = 0;
        ASSERT_EQ(sig_interrupt(7), 0);
    }
    return NULL;
}

/* How long after it was told, in nanoseconds. */
static uint64_t ends(const struct wait *wait, intptr_t kind)
{
    sigset_t usr1;
    pthread_t thread;
    owner = pthread_self();
    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    ASSERT_EQ(pthread_sigmask(SIG_BLOCK, &usr1, NULL), 0);
    ASSERT_EQ(sig_install(SIGUSR1, raises, NULL, SAFEPOINT_RESTART), 0);
    ASSERT_EQ(sig_install(SIGUSR2, raises, NULL, SAFEPOINT_RESTART), 0);
    wait->prepare();
    ASSERT_EQ(pthread_create(&thread, NULL, tell, (void *)kind), 0);
    ASSERT_EQ(wait->call(), -EINTR);
    uint64_t late = (run ? run : now_ns()) - told;
    ASSERT_EQ(sig_raised(), 7);
    ASSERT_EQ(pthread_join(thread, NULL), 0);
    if (wait->feed) {
        wait->feed();
        wait->expect(wait->call());
        ASSERT_EQ(sig_raised(), 0);
    }
    wait_clean();
    return late;
}

int main(void)
{
    /* Each child has a watchdog; a thread here could hold a lock of the
     * sanitizer's when they are forked. */
    printf("%-16s", "");
    for (int kind = 0; kind < 5; kind++)
        printf("  %s%s", kinds[kind], kind < 4 ? "," : "\n");
    for (size_t i = 0; i < WAITS; i++) {
        if (!can_wait(&waits[i]))
            continue;
        printf("%-16s", waits[i].name);
        for (intptr_t kind = 0; kind < 5; kind++) {
            int pipes[2];
            uint64_t late = 0;
            MUST(pipe(pipes));
            fflush(stdout);
            pid_t pid = (pid_t)MUST(fork());
            if (pid == 0) {
                watchdog(100);
                late = ends(&waits[i], kind);
                _exit(write(pipes[1], &late, sizeof late) != sizeof late);
            }
            int status = wait_for(pid);
            if (status != 0)
                fprintf(stderr, "sig_%s, %s\n", waits[i].name, kinds[kind]);
            ASSERT_EQ(status, 0);
            ASSERT_EQ(read(pipes[0], &late, sizeof late), (long)sizeof late);
            printf(" %7.3f", (double)late / 1e6);
            close(pipes[0]);
            close(pipes[1]);
        }
        printf(" ms\n");
    }
    return 0;
}
