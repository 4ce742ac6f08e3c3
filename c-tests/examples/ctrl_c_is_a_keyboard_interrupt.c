/* The interpreter on a terminal, in a script's `while true`: SIGUSR1 says
 * where the script is and lets it go on; Ctrl-C is raised there as
 * KeyboardInterrupt. A script that catches it goes on after its loop; where
 * nothing does, the program dies by SIGINT.
 *
 * usage: ctrl_c_is_a_keyboard_interrupt INTERPRETER */
#include "driver.h"

int main(int argc, char **argv)
{
    ASSERT_EQ(argc, 2);
    watchdog(60);
    struct program p = start_on_terminal((char *[]){argv[1], NULL});
    EXPECT(&p, "press Ctrl-C");
    MUST(kill(p.pid, SIGUSR1));
    EXPECT(&p, "script counting, line 3");
    say(&p, "\x03");
    ASSERT_GT(strtol(EXPECT(&p, "caught KeyboardInterrupt: n is "), NULL, 10), 0);
    EXPECT(&p, "and goes on: 1 + 1 is 2");
    ASSERT_EQ(wait_for(p.pid), 0);

    p = start_on_terminal((char *[]){argv[1], "uncaught", NULL});
    EXPECT(&p, "press Ctrl-C");
    say(&p, "\x03");
    EXPECT(&p, "script uncaught, line 1: KeyboardInterrupt");
    ASSERT_KILLED_BY(&p, SIGINT);
    return 0;
}
