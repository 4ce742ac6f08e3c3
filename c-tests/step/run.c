/* The stepped process: what it runs, and on which thread. */
#include "step.h"

#include "processor.h"

#include <sys/prctl.h>
#include <sys/ptrace.h>

/* No function of the library sets this one. */
#define SENTINEL 4242

const struct scenario *scenario;
int mode;

void step_begin(void)
{
    MUST(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
    __asm__ volatile(BREAKPOINT ::: "memory"); /* the tester takes over */
}

void step_end(void)
{
    shared->ended = 1;
    if (shared->stepped == gettid())
        __asm__ volatile(BREAKPOINT ::: "memory"); /* it came here too early */
}

static void step_body(void)
{
    errno = SENTINEL;
    step_begin();
    scenario->body();
    int left = errno;
    if (!scenario->in_child)
        step_end();
    if (!(mode & scenario->sets_errno))
        ASSERT_EQ(left, SENTINEL);
}

static void wait_for_go(void)
{
    char byte;
    ASSERT_EQ(MUST(read(shared->go[0], &byte, 1)), 1);
}

static void done(void)
{
    char byte = 0;
    MUST(write(shared->done[1], &byte, 1));
}

static void raise_it(void)
{
    send_signal(signal_of(scenario));
}

static void meanwhile(void)
{
    wait_for_go();
    if (mode & THREAD)
        raise_it();
    else if (mode & FORKS)
        fork_here();
    else
        scenario->meanwhile();
    done();
}

static void *on_thread(void *unused)
{
    (void)unused;
    if (scenario->on_producer)
        step_body();
    else
        meanwhile();
    return NULL;
}

/* The C handler of CALLS: it may have interrupted the very same functions. */
static void add_calls(int signum)
{
    static sig_job another = SAFEPOINT_JOB(on_call, NULL);
    (void)signum;
    add_from(6);
    post(&another);
    add_from(6);
}

static void wake_up(void)
{
    ASSERT_EQ(sig_init(0), 0);
    event_fd = sig_event_fd();
    ASSERT_GT(event_fd, 2);
    ASSERT_EQ(sig_set_wakeup_fd(full_pipe, SAFEPOINT_WAKE_CALLS, NULL), 0);
    ASSERT_EQ(sig_set_wakeup_fn(on_wakeup, &woken), 0);
}

_Noreturn void step_process(const struct scenario *which, int how)
{
    pthread_t thread = 0;
    bool two = how & (THREAD | FORKS | ACTS);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (which->is_broken) /* its assertions are meant to fail */
        MUST(dup2(MUST(open("/dev/null", O_WRONLY)), STDERR_FILENO));
    scenario = which;
    mode = how;
    if (mode & WOKEN)
        wake_up();
    if (scenario->setup)
        scenario->setup();
    if (mode & CALLS)
        set_raw(SIGUSR2, add_calls);
    if (two)
        ASSERT_EQ(pthread_create(&thread, NULL, on_thread, NULL), 0);
    if (scenario->on_producer)
        meanwhile();
    else
        step_body();
    if (two)
        ASSERT_EQ(pthread_join(thread, NULL), 0);
    assert_announced();
    sent += mode & SIGNAL ? 1 : 0;
    scenario->check();
    _exit(0);
}
