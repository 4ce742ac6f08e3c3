/* The worker, under signals from other processes: each is answered between
 * two lines, a thousand that come in the middle of a line are one event that
 * stands for a thousand, and SIGTERM waits for the end of the line. All that
 * was sent is in its report, with the sender, and it dies by SIGTERM.
 *
 * usage: worker_reports_what_arrived WORKER SEND */
#include "driver.h"

static char config[] = "/tmp/worker.XXXXXX";

static void remove_config(void)
{
    unlink(config);
}

/* Run send(1)'s like from examples/: its pid. */
static pid_t sender(char *send, pid_t to, char *signal, char *how, char *number)
{
    char pid[16];
    snprintf(pid, sizeof pid, "%d", to);
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        char *argv[] = {send, pid, signal, how, number, NULL};
        run_program(argv);
    }
    ASSERT_CHILD_PASSED(child);
    return child;
}

/* A row of the report: the signal, its deliveries, the sender. */
static void assert_row(struct program *p, const char *signal,
                       unsigned long long deliveries, pid_t from)
{
    unsigned long long n = 0;
    int pid = 0;
    unsigned uid = ~0u;
    double waited = -1;
    const char *row = EXPECT(p, signal);
    ASSERT_EQ(sscanf(row, "%llu %d %u %lf", &n, &pid, &uid, &waited), 4);
    ASSERT_EQ(n, deliveries);
    ASSERT_EQ(pid, from);
    ASSERT_EQ(uid, getuid());
    ASSERT_TRUE(waited > 0);
}

int main(int argc, char **argv)
{
    ASSERT_EQ(argc, 3);
    watchdog(120);
    MUST(close((int)MUST(mkstemp(config))));
    atexit(remove_config);
    configure(config, "name first\ncleanup 0\n");
    struct program p = start_on_pipes((char *[]){argv[1], config, NULL});
    EXPECT(&p, ": first");

    say(&p, "one two three\n");
    wait_until_read(&p);
    MUST(kill(p.pid, SIGUSR1));
    ASSERT_STR(EXPECT(&p, "first: "), "1 lines, 3 words so far\n");
    configure(config, "name second\n");
    MUST(kill(p.pid, SIGHUP));
    EXPECT(&p, "configuration read: second");
    pid_t one = sender(argv[2], p.pid, "RTMIN+1", "value", "42");
    ASSERT_STR(EXPECT(&p, "SIGRTMIN+1 brought "), "42\n");
    pid_t two = sender(argv[2], p.pid, "RTMIN+2", "value", "-7");
    ASSERT_STR(EXPECT(&p, "SIGRTMIN+2 brought "), "-7\n");

    say(&p, "a line that");
    wait_until_read(&p); /* it is in the middle of this line now */
    pid_t storm = sender(argv[2], p.pid, "USR1", "times", "1000");
    MUST(kill(p.pid, SIGTERM));
    say(&p, " ends here\nand one that nobody reads\n");
    EXPECT(&p, "second: 2 lines, 8 words so far");
    EXPECT(&p, "SIGTERM after line 2, cleaning up");

    EXPECT(&p, "second: 2 lines, 8 words");
    assert_row(&p, "SIGUSR1", 1, getpid());
    assert_row(&p, "SIGHUP", 1, getpid());
    assert_row(&p, "SIGRTMIN+1", 1, one);
    assert_row(&p, "SIGRTMIN+2", 1, two);
    assert_row(&p, "SIGUSR1", 1000, storm);
    assert_row(&p, "SIGTERM", 1, getpid());
    ASSERT_STR(EXPECT(&p, "in all: "),
               "1005 deliveries, 6 handled, 999 coalesced, 0 lost\n");
    ASSERT_KILLED_BY(&p, SIGTERM);
    return 0;
}
