/* sig_stats() counts from sig_init(), so a library that was ended and begun
 * anew starts at zero; the owner's later calls of sig_init() change nothing. */
#include "test.h"

static int handler(const sig_event *event, void *user)
{
    (void)event, (void)user;
    return 0;
}

static int call(void *arg)
{
    (void)arg;
    return 0;
}

static void expect(uint64_t arrivals, uint64_t calls)
{
    sig_counters now = counters();
    uint64_t sum = 0;
    for (int i = 0; i < SAFEPOINT_LATENCY_BUCKETS; i++)
        sum += now.latency[i];
    ASSERT_EQ(now.arrivals, arrivals);
    ASSERT_EQ(now.handled, arrivals);
    ASSERT_EQ(now.calls_run, calls);
    ASSERT_EQ(sum, arrivals);
}

int main(void)
{
    watchdog(120);
    for (int round = 0; round < 3; round++) {
        ASSERT_EQ(sig_init(0), 0);
        expect(0, 0);
        ASSERT_EQ(sig_install(SIGUSR1, handler, NULL, 0), 0);
        for (uint64_t i = 1; i <= 10; i++) {
            MUST(kill(getpid(), SIGUSR1));
            ASSERT_EQ(sig_add_pending_call(call, NULL), 0);
            ASSERT_EQ(sig_check(), 0);
            expect(i, i);
            ASSERT_EQ(sig_init(0), 0);
            expect(i, i);
        }
        ASSERT_EQ(sig_fini(), 0);
        expect(10, 10); /* still to be read */
    }
    return 0;
}
