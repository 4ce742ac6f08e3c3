/* An event that has to wait, because handlers before it raise, goes on to
 * count what comes meanwhile, and keeps the details of the first delivery. */
#include "parts/queue.h"

static int raises;
static sig_event seen;

static int raising(const sig_event *event, void *user)
{
    (void)event, (void)user;
    raises++;
    return 9;
}

static int handler(const sig_event *event, void *user)
{
    (void)user;
    seen = *event;
    return 0;
}

int main(void)
{
    watchdog(120);
    ASSERT_EQ(sig_install(SIGHUP, raising, NULL, 0), 0);
    ASSERT_EQ(sig_install(SIGUSR1, handler, NULL, 0), 0);
    queue(SIGUSR1, 1);
    uint64_t after = now_ns();
    for (int i = 1; i <= 10; i++) {
        MUST(kill(getpid(), SIGHUP));
        MUST(kill(getpid(), SIGUSR1));
        ASSERT_EQ(sig_check(), 9);
        ASSERT_EQ(raises, i);
        ASSERT_EQ(seen.count, 0);
    }
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(seen.count, 11);
    ASSERT_EQ(seen.code, SI_QUEUE);
    ASSERT_EQ(seen.value, 1);
    ASSERT_LE(seen.time, after);
    ASSERT_EQ(counters().coalesced, 10);
    return 0;
}
