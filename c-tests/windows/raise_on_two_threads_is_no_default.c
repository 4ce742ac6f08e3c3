/* The C runtime puts the default back before it calls a handler. Whoever looks
 * what stands there meanwhile, or brings the same signal by another way, does
 * not do that default. */
#include "events.h"

static atomic_bool stop;
static atomic_long raised;

static int quiet(const sig_event *event, void *user)
{
    (void)event, (void)user;
    return 0;
}

static DWORD WINAPI storm(void *signum)
{
    while (!stop) {
        raise((int)(intptr_t)signum);
        raised++;
    }
    return 0;
}

enum how { VERIFY, QUERY, RAISE, CONSOLE, HOWS };

static void meanwhile(enum how how, int signum)
{
    sig_disposition at = {.size = sizeof at};
    switch (how) {
    case VERIFY: /* not always 1: the default may stand there */
        ASSERT_GE(sig_verify(signum), 0);
        break;
    case QUERY:
        ASSERT_EQ(sig_query(signum, &at, sizeof at), 0);
        break;
    case RAISE:
        ASSERT_EQ(sig_raise(signum), 0);
        break;
    default:
        ended(send_event(signum == SIGINT ? CTRL_C_EVENT : CTRL_BREAK_EVENT));
    }
    ASSERT_EQ(sig_check(), 0);
}

enum { TO_THE_END = 42 }; /* no default's status: one is 0 */

static int child(void)
{
    static const int SIGNUMS[] = {SIGINT, SIGBREAK};
    long brought = 0;
    watchdog(240);
    for (int i = 0; i < 2; i++) {
        int signum = SIGNUMS[i];
        ASSERT_EQ(sig_install(signum, quiet, NULL, 0), 0);
        HANDLE thread = CreateThread(NULL, 0, storm, (void *)(intptr_t)signum, 0, NULL);
        for (enum how how = VERIFY; how < HOWS; how++) {
            long rounds = scaled(how == CONSOLE ? 2000 : 300000), n = 0;
            long before = raised, others = scaled(60000);
            for (; n < rounds || raised - before < others; n++)
                meanwhile(how, signum);
            brought += how == RAISE || how == CONSOLE ? n : 0;
            printf("%s: way %d, %ld times, %ld raised\n", sig_name(signum), how, n,
                   (long)raised - before);
            fflush(stdout);
        }
        stop = true;
        ended(thread);
        stop = false;
        ASSERT_EQ(sig_check(), 0);
        ASSERT_EQ(sig_verify(signum), 1);
        ASSERT_EQ(sig_restore(signum), 0);
    }
    print_counters();
    ASSERT_EQ(counters().arrivals, raised + brought);
    return TO_THE_END;
}

int main(int argc, char **argv)
{
    (void)argv;
    if (argc > 1)
        return child();
    ASSERT_EQ(run_again("child"), TO_THE_END);
    return 0;
}
