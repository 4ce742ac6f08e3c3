/* The process that is traced: a scenario, once, and what came of it. */
#include "faults.h"

#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

/* No function of the library's sets this one. */
#define SENTINEL 4242

atomic_long handled, ran;
const struct scenario *current;

int on_signal(const sig_event *event, void *user)
{
    (void)user;
    handled += (long)event->count;
    return 0;
}

int on_call(void *arg)
{
    (void)arg;
    ran++;
    return 0;
}

void init(void)
{
    ASSERT_EQ(sig_init(0), 0);
}

void install(void)
{
    init();
    ASSERT_EQ(sig_install(SIGUSR1, on_signal, NULL, 0), 0);
}

void mark(void)
{
    __asm__ volatile("int3" ::: "memory");
}

/* What the library does not put back, or not to what it was. */
#define CHANGES "fd maps counters wakeups forwards calls" KICKING

static struct snapshot first;

void is_first(void)
{
    take_snapshot(&first);
}

/* Everything works, and what the process had at first is put back. */
static void assert_works(void)
{
    static struct snapshot last;
    /* A timer that was not deleted is still there. */
    bool left = strcmp(call_name(shared->fault.number) ?: "", "timer_delete") == 0;
    long before;
    ASSERT_EQ(sig_adopt(), 0);
    ASSERT_EQ(sig_fini(), 0);
    ASSERT_EQ(sig_init(0), 0);
    before = handled;
    ASSERT_EQ(sig_install(SIGUSR1, on_signal, NULL, 0), 0);
    ASSERT_EQ(raise(SIGUSR1), 0);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(handled, before + 1);
    ASSERT_EQ(sig_trip(SIGUSR1), 0);
    ASSERT_EQ(sig_pause(), 0);
    ASSERT_EQ(handled, before + 2);
    ASSERT_EQ(sig_fini(), 0);
    for (int i = 0; i < 1000 && living_threads() > 1 + (*KICKING != 0); i++)
        usleep(1000); /* where pthread_join() has failed */
    take_snapshot(&last);
    if (!same(&first, &last, CHANGES, left ? "timers" : NULL)) {
        fprintf(stderr, "    at the end\n");
        _exit(1);
    }
}

/* What was to come of it. */
static void judge(const struct scenario *scenario)
{
    const struct absorbed *row = shared->row;
    int error = row && row->gives ? row->gives : shared->fault.error;
    if (shared->fault.error == 0 || !shared->injected)
        return;
    bool failed = row && row->either && shared->result == -error;
    if (row && !row->gives && !failed) {
        if (shared->result != shared->plain) {
            fprintf(stderr, "    is to be absorbed, but the result is %ld, and"
                    " %ld without the fault\n", shared->result, shared->plain);
            _exit(1);
        }
        if (!same(&shared->success, &shared->after, row->may_differ,
                  scenario->varies))
            _exit(1);
        return;
    }
    if (row && row->or_gives && shared->result == -row->or_gives)
        error = row->or_gives;
    if (shared->result != -error) {
        fprintf(stderr, "    the result is %ld, not %d (%s), and %ld without"
                " the fault\n", shared->result, -error, strerror(error),
                shared->plain);
        _exit(1);
    }
    if (!is_documented(scenario, error)) {
        fprintf(stderr, "    the header does not name %s\n", strerror(error));
        _exit(1);
    }
    if (!same(&shared->before, &shared->after, scenario->may_differ, NULL))
        _exit(1);
    if (scenario->unchanged)
        scenario->unchanged();
    if (scenario->act() != shared->plain) {
        fprintf(stderr, "    fails without a fault, too, after that\n");
        _exit(1);
    }
}

void repair_mask(void)
{
    sigset_t now, began;
    sigemptyset(&began);
    sigaddset(&began, SIGTTOU);
    MUST(sigprocmask(SIG_BLOCK, NULL, &now));
    ASSERT_EQ(sigismember(&now, SIGTTOU), 1);
    MUST(sigprocmask(SIG_SETMASK, &began, NULL));
}

_Noreturn void scenario_process(const struct scenario *scenario)
{
    current = scenario;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    is_first();
    if (scenario->setup)
        scenario->setup();
    take_snapshot(&shared->before);
    MUST(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
    errno = SENTINEL;
    mark();
    long result = scenario->act();
    int left = errno;
    mark();
    shared->result = result;
    ASSERT_EQ(left, SENTINEL);
    take_snapshot(&shared->after);
    judge(scenario);
    repair_mask();
    if (scenario->check)
        scenario->check();
    assert_works();
    _exit(0);
}
