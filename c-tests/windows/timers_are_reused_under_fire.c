/* An arrival on another thread may be about to set a timer that the owner
 * gives back at that moment: of an escalation, and of code that is not ours. */
#include "events.h"

static atomic_bool stop;

static int quiet(const sig_event *event, void *user)
{
    (void)event, (void)user;
    return 0;
}

static DWORD WINAPI storm(void *argument)
{
    (void)argument;
    while (!stop)
        ASSERT_EQ(sig_trip(SIGINT), 0);
    return 0;
}

/* Owns the context, waits, and ends: its timers end with it. */
static DWORD WINAPI short_life(void *argument)
{
    (void)argument;
    ASSERT_EQ(sig_adopt(), 0);
    ASSERT_EQ(sig_set_escalation(SIGINT, 0, 1000000000000), 0);
    ASSERT_GE(sig_blocking_begin(), 0);
    return 0;
}

int main(void)
{
    const long rounds = scaled(200000);
    HANDLE threads[2];
    watchdog(240);
    ASSERT_EQ(sig_install(SIGINT, quiet, NULL, 0), 0);
    for (int i = 0; i < 2; i++)
        threads[i] = CreateThread(NULL, 0, storm, NULL, 0, NULL);
    for (long i = 0; i < rounds; i++) {
        ASSERT_EQ(sig_set_escalation(SIGINT, 0, 1000000000000), 0);
        ASSERT_EQ(sig_check(), 0);
        ASSERT_EQ(sig_set_escalation(SIGINT, 0, 0), 0);
        ASSERT_EQ(sig_check(), 0);
        if (i % 500 == 0) {
            ended(CreateThread(NULL, 0, short_life, NULL, 0, NULL));
            ASSERT_EQ(sig_adopt(), 0);
        }
    }
    stop = true;
    for (int i = 0; i < 2; i++)
        ended(threads[i]);
    ASSERT_EQ(sig_check(), 0);
    print_counters();
    sig_counters now = counters();
    ASSERT_EQ(now.arrivals, now.handled + now.coalesced + now.lost + now.dropped);
    return 0;
}
