/* SAFEPOINT_ONESHOT puts SIGTERM back before the handler runs, or the event is
 * given out. The closed console is held all the same, until the owner says that
 * it is done. */
#include "events.h"

static HANDLE thread;
static int calls;

static void is_held(void)
{
    ASSERT_EQ(WaitForSingleObject(thread, 200), WAIT_TIMEOUT);
}

static int on_signal(const sig_event *event, void *user)
{
    (void)user;
    ASSERT_EQ(event->signum, SIGTERM);
    is_held();
    calls++;
    return 15;
}

int main(void)
{
    const uint64_t term = 1ull << (SIGTERM - 1);
    sig_event event;
    watchdog(120);
    for (int way = 0; way < 4; way++) {
        ASSERT_EQ(sig_install(SIGTERM, on_signal, NULL, SAFEPOINT_ONESHOT), 0);
        thread = send_event(CTRL_CLOSE_EVENT);
        switch (way) {
        case 0:
            ASSERT_EQ(sig_sleep(SAFEPOINT_FOREVER), -EINTR);
            ASSERT_EQ(calls, 1);
            break;
        case 1:
            ASSERT_EQ(sig_wait(term, SAFEPOINT_FOREVER, &event, sizeof event), SIGTERM);
            break;
        default:
            while (sig_next(&event, sizeof event) == 0)
                Sleep(1);
            ASSERT_EQ(event.signum, SIGTERM);
        }
        is_held();
        ASSERT_EQ(sig_verify(SIGTERM), 0);
        ASSERT_EQ(sig_check(), 0); /* a safe point says nothing */
        is_held();
        if (way == 0)
            ASSERT_EQ(sig_restore(SIGTERM), 0);
        else if (way == 1)
            ASSERT_EQ(sig_ignore(SIGTERM), 0);
        else if (way == 2)
            ASSERT_EQ(sig_default(SIGTERM), 0);
        else
            ASSERT_EQ(sig_fini(), 0);
        ended(thread);
        ASSERT_EQ(sig_restore(SIGTERM), 0);
    }
    ASSERT_EQ(calls, 1);

    /* One context of two that handle it is done: the other is not. */
    sig_context *other = sig_context_new();
    ASSERT_NE(other, NULL);
    ASSERT_EQ(sig_install(SIGTERM, on_signal, NULL, SAFEPOINT_ONESHOT), 0);
    ASSERT_EQ(sig_context_install(other, SIGTERM, on_signal, NULL, 0), 0);
    thread = send_event(CTRL_CLOSE_EVENT);
    ASSERT_EQ(sig_sleep(SAFEPOINT_FOREVER), -EINTR);
    ASSERT_EQ(sig_restore(SIGTERM), 0);
    is_held();
    ASSERT_EQ(sig_context_check(other), 15);
    is_held();
    ASSERT_EQ(sig_context_free(other), 0);
    ended(thread);
    return 0;
}
