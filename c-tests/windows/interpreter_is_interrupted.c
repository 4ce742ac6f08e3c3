/* examples/interpreter.c: Ctrl-Break says where the script is, as SIGUSR1 does
 * on Linux, and Ctrl-C is an exception in it, caught or not.
 *
 *     interpreter_is_interrupted INTERPRETER.EXE */
#include "running.h"

int main(int argc, char **argv)
{
    long long number = 0;
    char rest = 0;
    ASSERT_EQ(argc, 2);
    worker = argv[1];
    watchdog(240);
    begin("caught");
    ASSERT_STR(line, "running a script that never ends: press Ctrl-C");
    for (int i = 0; i < 5; i++) {
        send(&run, CTRL_BREAK);
        expect_line();
        ASSERT_EQ(sscanf(line, "script counting, line %lld%c", &number, &rest), 1);
        ASSERT_EQ(number, 3); /* its only safe point, the jump */
    }
    send(&run, CTRL_C);
    expect_line();
    ASSERT_EQ(sscanf(line, "caught KeyboardInterrupt: n is %lld%c", &number, &rest), 1);
    ASSERT_GT(number, 0);
    expect_line();
    ASSERT_STR(line, "and goes on: 1 + 1 is 2");
    ASSERT_EQ(next_line(), 0);
    end();
    ASSERT_STR(line, "ended with 0x0");

    begin("uncaught");
    send(&run, CTRL_C);
    expect_line();
    ASSERT_STR(line, "script uncaught, line 1: KeyboardInterrupt");
    ASSERT_EQ(next_line(), 0);
    end();
    ASSERT_STR(line, "ended with 0x3"); /* by default, as raise() does it */
    return 0;
}
