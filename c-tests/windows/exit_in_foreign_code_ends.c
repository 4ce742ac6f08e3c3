/* exit() between sig_blocking_begin() and its end, while other threads kick: the
 * system ends them wherever they are. */
#include "events.h"

static int quiet(const sig_event *event, void *user)
{
    (void)event, (void)user;
    return 0;
}

static DWORD WINAPI storm(void *argument)
{
    for (;;)
        sig_trip((int)(intptr_t)argument);
    return 0;
}

static void child(void)
{
    ASSERT_EQ(sig_install(SIGINT, quiet, NULL, 0), 0);
    ASSERT_EQ(sig_blocking_begin(), 0);
    for (int i = 0; i < 2; i++)
        CreateThread(NULL, 0, storm, (void *)(intptr_t)SIGINT, 0, NULL);
    Sleep(100);
    exit(7);
}

int main(int argc, char **argv)
{
    (void)argv;
    if (argc > 1)
        child();
    watchdog(280);
    for (int i = 0; i < 12; i++)
        ASSERT_EQ(run_again("exit"), 7);
    return 0;
}
