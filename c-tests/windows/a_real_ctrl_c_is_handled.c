/* Ctrl-C from the console itself, as the system sends it to all programs in
 * it. */
#include "events.h"

static int on_signal(const sig_event *event, void *user)
{
    (void)user;
    ASSERT_EQ(event->signum, SIGINT);
    ASSERT_EQ(event->pid, 0);
    return 9;
}

int main(void)
{
    watchdog(120);
    FreeConsole();
    ASSERT_TRUE(AllocConsole());
    ASSERT_EQ(sig_install(SIGINT, on_signal, NULL, 0), 0);
    for (int i = 0; i < 3; i++) {
        ASSERT_TRUE(GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0));
        ASSERT_EQ(sig_sleep(SAFEPOINT_FOREVER), -EINTR);
        ASSERT_EQ(sig_raised(), 9);
    }
    return 0;
}
