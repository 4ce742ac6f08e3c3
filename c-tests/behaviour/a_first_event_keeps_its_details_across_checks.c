/* An event that has to wait, because handlers before it raise, goes on to
 * count what comes meanwhile, and keeps the details of the first delivery. */
#include "parts/queue.h"

#ifdef _WIN32 /* the first is of the console, the others are raised */
#include "../windows/events.h"
enum { SIGNUM = SIGTERM, CODE = 0x80 };
#else
enum { SIGNUM = SIGUSR1, CODE = SI_QUEUE };
#endif

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
    ASSERT_EQ(sig_install(SIGNUM, handler, NULL, 0), 0);
#ifdef _WIN32
    send_event(CTRL_CLOSE_EVENT);
    wait_for_arrivals(1);
#else
    queue(SIGNUM, 1);
#endif
    uint64_t after = now_ns();
    for (int i = 1; i <= 10; i++) {
        MUST(kill(getpid(), SIGHUP));
        MUST(kill(getpid(), SIGNUM));
        ASSERT_EQ(sig_check(), 9);
        ASSERT_EQ(raises, i);
        ASSERT_EQ(seen.count, 0);
    }
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(seen.count, 11);
    ASSERT_EQ(seen.code, CODE);
    ASSERT_EQ(seen.value, VALUE(1));
    ASSERT_LE(seen.time, after);
    ASSERT_EQ(counters().coalesced, 10);
    return 0;
}
