/* The worker on a terminal: Ctrl-C ends it between two lines; it cleans up,
 * reports the Ctrl-C, which no process sent, and dies by SIGINT, so that a
 * shell that runs it in a script stops as well. At the end of its input it
 * exits with 0 instead, and one that was started with SIGINT ignored, as a
 * shell's `&` does, leaves it ignored.
 *
 * usage: ctrl_c_ends_the_worker WORKER */
#include "driver.h"

static char config[] = "/tmp/worker.XXXXXX";

static void remove_config(void)
{
    unlink(config);
}

int main(int argc, char **argv)
{
    ASSERT_EQ(argc, 2);
    watchdog(60);
    MUST(close((int)MUST(mkstemp(config))));
    atexit(remove_config);
    configure(config, "name typed\ncleanup 0\n");

    struct program p = start_on_terminal((char *[]){argv[1], config, NULL});
    EXPECT(&p, ": typed");
    say(&p, "\x03");
    EXPECT(&p, "SIGINT after line 0, cleaning up");
    int pid = -1;
    ASSERT_EQ(sscanf(EXPECT(&p, "SIGINT"), " 1 %d 0", &pid), 1);
    ASSERT_EQ(pid, 0);
    EXPECT(&p, "in all: 1 deliveries, 1 handled, 0 coalesced, 0 lost");
    ASSERT_KILLED_BY(&p, SIGINT);

    p = start_on_pipes((char *[]){argv[1], config, NULL});
    say(&p, "one two\nthree");
    close(p.input);
    EXPECT(&p, "finished after line 1, cleaning up");
    EXPECT(&p, "typed: 1 lines, 3 words");
    ASSERT_EQ(wait_for(p.pid), 0);

    p = start_on_pipes((char *[]){
        "/bin/sh", "-c", "trap '' INT; exec \"$0\" \"$1\"", argv[1], config, NULL});
    EXPECT(&p, ": typed");
    MUST(kill(p.pid, SIGINT));
    MUST(kill(p.pid, SIGUSR1));
    EXPECT(&p, "0 words so far");
    close(p.input);
    EXPECT(&p, "finished after line 0, cleaning up");
    EXPECT(&p, "in all: 1 deliveries");
    ASSERT_EQ(wait_for(p.pid), 0);
    return 0;
}
