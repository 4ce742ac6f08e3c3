/* Trying every position of a scenario, and saying how it went. */
#include "trace.h"

#include <sys/ptrace.h>

#define OFTEN 8    /* turns of a loop */
#define FAILURES 3 /* so many, and a scenario is given up */

long positions_tried;

/* Where its threads are. */
static void print_threads(struct tracee *tracee)
{
    for (int i = 0; i < 2; i++) {
        pid_t id = i ? tracee->thread : tracee->process;
        int status;
        if (i && id == tracee->process)
            break;
        if (ptrace(PTRACE_SEIZE, id, NULL, NULL) == 0) {
            ptrace(PTRACE_INTERRUPT, id, NULL, NULL);
            waitpid(id, &status, __WALL);
        }
        struct tracee thread = {.thread = id};
        fprintf(stderr, "    thread %d is at %s\n", (int)id,
                symbol_at(get_pc(&thread)));
    }
}

static bool passed(struct tracee *tracee, const struct scenario *scenario)
{
    if (tracee->hung)
        return false;
    if (WIFSIGNALED(tracee->status)) {
        shared->outcome = -1;
        return scenario->may_die &&
               WTERMSIG(tracee->status) == scenario->may_die;
    }
    return WEXITSTATUS(tracee->status) == 0;
}

static void explain(struct tracee *tracee, const struct scenario *scenario,
                    int mode, long k)
{
    int status = tracee->status;
    fprintf(stderr, "%s %s: after instruction %ld, before %s: ",
            scenario->name, mode_name(mode), k,
            k <= path.length ? symbol_at(path.pc[k]) : "the end");
    if (tracee->hung) {
        fprintf(stderr, "hung\n");
        print_threads(tracee);
    } else if (WIFSIGNALED(status)) {
        fprintf(stderr, "died by %s\n", strsignal(WTERMSIG(status)));
    } else {
        fprintf(stderr, "see above\n");
    }
}

/* One position: true if all held. */
static bool attempt(const struct scenario *scenario, int mode, long k,
                    int *hangs)
{
    struct tracee tracee;
    bool well;
    limit_wait(scenario->is_broken ? 1 : 60);
    well = go_to(&tracee, scenario, mode, k);
    if (well)
        act(&tracee, scenario, mode, k);
    wait_for_end(&tracee);
    well = well && passed(&tracee, scenario);
    *hangs += tracee.hung;
    if (!well && !scenario->is_broken)
        explain(&tracee, scenario, mode, k);
    limit_wait(0);
    put_away(&tracee);
    return well;
}

/* The path, and that all is well when nothing happens on it. */
static bool prepare(const struct scenario *scenario, int mode)
{
    struct tracee tracee;
    bool well;
    limit_wait(60);
    well = start(&tracee, scenario, mode, true) && record(&tracee, scenario);
    if (!well && step_every() == 0 && shared->ended)
        path.length = path.blocks_at = -1; /* no assembly was on it */
    else if (!well)
        fprintf(stderr, "%s %s: does not come to its end\n", scenario->name,
                mode_name(mode));
    limit_wait(0);
    put_away(&tracee);
    return well || path.length < 0;
}

/* Whether position k is passed over. On a slow machine every which is tried, in
 * each scenario from another one on; but all inside the assembly, and all of
 * those that have to find something. */
static bool passed_over(const struct scenario *scenario, long k)
{
    static const struct scenario *last;
    static long first;
    long every = step_every();
    if (scenario->stride && k % scenario->stride &&
        (!in_own_text(path.pc[k]) || path.turn[k] > OFTEN))
        return true;
    if (every == 1 || scenario->is_broken || in_assembly(path.pc[k]))
        return false;
    first += scenario != last;
    last = scenario;
    return every == 0 || (k + first) % every != 0;
}

bool step_once(const struct scenario *scenario, int mode, long k)
{
    int hangs = 0;
    if (!prepare(scenario, mode) || !attempt(scenario, mode, k, &hangs))
        return false;
    printf("all is well after instruction %ld of %ld, before %s\n", k,
           path.length, k <= path.length ? symbol_at(path.pc[k]) : "the end");
    return true;
}

bool step_through(const struct scenario *scenario, int mode)
{
    int hangs = 0, failures = 0, changes = 0, last = 0;
    long tried = 0, first_change = -1;
    if (!prepare(scenario, mode))
        return false;
    for (long k = 0; k <= path.length && hangs == 0 && failures < FAILURES;
         k++) {
        if (passed_over(scenario, k))
            continue;
        bool well = attempt(scenario, mode, k, &hangs);
        failures += !well;
        if (well && tried > 0 && shared->outcome != last) {
            changes++;
            first_change = first_change < 0 ? k : first_change;
            if (changes > scenario->changes) {
                failures++;
                fprintf(stderr, "%s %s: outcome %d after instruction %ld, but"
                        " %d before; before %s\n", scenario->name,
                        mode_name(mode), shared->outcome, k, last,
                        k < path.length ? symbol_at(path.pc[k]) : "the end");
            }
        }
        last = well ? shared->outcome : last;
        tried++;
    }
    positions_tried += tried;
    printf("%s, %s: %ld positions, %d failures", scenario->name,
           mode_name(mode), tried, failures);
    if (scenario->blocks)
        printf(", %ld in front of the wait", path.blocks_at + 1);
    if (changes)
        printf(", another outcome from %ld on", first_change);
    printf("%s\n", scenario->is_broken ? " (it is broken, and has to)" : "");
    fflush(stdout);
    return scenario->is_broken ? failures > 0 : failures == 0;
}
