/* CTRL_CLOSE, LOGOFF and SHUTDOWN are SIGTERM, and the system ends the process
 * when their thread returns: it is held until the owner has put SIGTERM back. */
#include "events.h"

static int cleaned;

static int on_signal(const sig_event *event, void *user)
{
    (void)user;
    ASSERT_EQ(event->signum, SIGTERM);
    cleaned++;
    return 15;
}

int main(void)
{
    static const DWORD EVENTS[] = {CTRL_CLOSE_EVENT, CTRL_LOGOFF_EVENT, CTRL_SHUTDOWN_EVENT};
    watchdog(120);
    for (int i = 0; i < 3; i++) {
        ASSERT_EQ(sig_install(SIGTERM, on_signal, NULL, 0), 0);
        HANDLE thread = send_event(EVENTS[i]);
        ASSERT_EQ(sig_sleep(SAFEPOINT_FOREVER), -EINTR);
        ASSERT_EQ(cleaned, i + 1);
        ASSERT_EQ(WaitForSingleObject(thread, 200), WAIT_TIMEOUT);
        if (i == 0)
            ASSERT_EQ(sig_fini(), 0);
        else if (i == 1)
            ASSERT_EQ(sig_restore(SIGTERM), 0);
        else
            ASSERT_EQ(sig_ignore(SIGTERM), 0);
        ended(thread);
    }
    return 0;
}
