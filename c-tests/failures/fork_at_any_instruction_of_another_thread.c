/* A thread is stopped after each single instruction of sig_post(),
 * sig_add_pending_call(), sig_trip(), sig_interrupt(), and of the owner's
 * sig_check() and sig_next(), and there another thread forks. Nothing of what
 * was half-way is pending in the child, and all of it works there, with the
 * same job; the parent goes on undisturbed. */
#include "parts/stepping.h"

#ifdef SKIP_STEPS
int main(void) { return skip(SKIP_STEPS); }
#else

static long steps, stride, bad, seen[65], calls, jobs;
static sig_job job = SAFEPOINT_JOB(count_call, &jobs);
static sig_job job_too = SAFEPOINT_JOB(count_call, &jobs);

static void nothing(void) {}
static void do_post(void) { sig_post(&job); }
static void do_call(void) { sig_add_pending_call(count_call, &calls); }
static void do_trip(void) { sig_trip(SIGUSR1); }
static void do_interrupt(void) { sig_interrupt(6); }
static void do_check(void) { sig_check_frame(NULL); }
static void do_next(void)
{
    sig_event event;
    if (sig_next(&event, sizeof event) == 1)
        seen[SIGUSR1]++;
}

/* Something of everything. */
static void fill(void)
{
    ASSERT_EQ(sig_adopt(), 0);
    do_call();
    sig_trip(SIGUSR2);
    do_trip();
    sig_post(&job);
    sig_post(&job_too);
}

static const struct work {
    const char *name;
    void (*before)(void), (*work)(void);
    long leaves; /* how much of it there is to handle */
} works[] = {{"sig_post", nothing, do_post, 1},
             {"sig_add_pending_call", nothing, do_call, 1},
             {"sig_trip", nothing, do_trip, 1},
             {"sig_interrupt", nothing, do_interrupt, 1},
             {"sig_check", fill, do_check, 5},
             {"sig_next", fill, do_next, 5}};
enum { WORKS = sizeof works / sizeof *works };

static long handled(void)
{
    int raised = sig_check();
    ASSERT_TRUE(raised == 0 || raised == 6);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(*sig_breaker(), 0);
    long all = seen[SIGUSR1] + seen[SIGUSR2] + calls + jobs + (raised == 6);
    seen[SIGUSR1] = seen[SIGUSR2] = calls = jobs = 0;
    return all;
}

static void step(int signum, siginfo_t *info, void *context)
{
    (void)signum, (void)context;
    if (is_in_the_library(info) && steps++ % stride == 0)
        stop_here();
}

static void *run_stepping(void *arg)
{
    const struct work *work = arg;
    work->before();
    BEGIN_STEPS();
    work->work();
    END_STEPS();
    return finish();
}

static void in_the_child(const struct work *work)
{
    alarm(120); /* the watchdog stays behind */
    seen[SIGUSR1] = seen[SIGUSR2] = calls = jobs = 0;
    ASSERT_EQ(*sig_breaker(), 0);
    ASSERT_EQ(handled(), 0);
    for (int i = 0; i < 3; i++) {
        work->before();
        work->work();
        ASSERT_EQ(handled(), work->leaves);
        fill();
        ASSERT_EQ(handled(), 5);
    }
    for (int i = 0; i < 1023; i++)
        ASSERT_EQ(sig_add_pending_call(count_call, &calls), 0);
    ASSERT_EQ(handled(), 1023);
    _exit(0);
}

static void fork_there(const void *work)
{
    pid_t child = (pid_t)MUST(fork());
    if (child == 0)
        in_the_child(work);
    bad += wait_for(child) != 0;
}

int main(void)
{
    stride = 100 / scaled(100);
    watchdog(240);
    if (on_valgrind())
        return skip("valgrind has no trap flag");
    step_with(step);
    ASSERT_EQ(sig_install(SIGUSR1, count_signal, seen, 0), 0);
    ASSERT_EQ(sig_install(SIGUSR2, count_signal, seen, SAFEPOINT_QUEUE), 0);
    for (const struct work *work = works; work < works + WORKS; work++) {
        work->before();
        work->work(); /* the dynamic linker's part of the first call */
        ASSERT_EQ(handled(), work->leaves);
        long bad_before = bad;
        steps = 0;
        at_each_stop(run_stepping, work, fork_there);
        ASSERT_EQ(sig_adopt(), 0);
        ASSERT_EQ(handled(), work->leaves);
        printf("%s: %ld of %ld places are bad\n", work->name, bad - bad_before,
               steps);
    }
    fflush(stdout);
    ASSERT_EQ(bad, 0);
    return 0;
}
#endif
