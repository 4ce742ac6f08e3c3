/* The worker on a terminal: the first Ctrl-C ends its work, and it cleans up;
 * the second, while it does, kills it at once.
 *
 * usage: second_ctrl_c_kills_the_worker WORKER */
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
    configure(config, "name typed\ncleanup 3600\n"); /* longer than we live */
    struct program p = start_on_terminal((char *[]){argv[1], config, NULL});
    EXPECT(&p, ": typed");
    say(&p, "two words\n");
    do { /* the terminal is no pipe: nobody can tell when it has been read */
        MUST(kill(p.pid, SIGUSR1));
    } while (strncmp(EXPECT(&p, "typed: "), "1 lines, 2 words", 16) != 0);

    say(&p, "\x03");
    EXPECT(&p, "SIGINT after line 1, cleaning up");
    say(&p, "\x03");
    ASSERT_KILLED_BY(&p, SIGINT);
    while (fgets(p.line, sizeof p.line, p.output)) /* and no report */
        ASSERT_TRUE(strstr(p.line, "arrived") == NULL);
    return 0;
}
