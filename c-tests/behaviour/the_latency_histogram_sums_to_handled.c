/* latency[n] counts the events that waited from 2^n to 2^(n+1) ns: all of
 * them sum up to `handled`, and an event that waited a known while lies in no
 * lower bucket. Another thread can read the counters; a larger struct gets
 * zeros behind. */
#include "test.h"

static int handler(const sig_event *event, void *user)
{
    (void)event, (void)user;
    return 0;
}

static uint64_t sum(const sig_counters *of, int from)
{
    uint64_t all = 0;
    for (int i = from; i < SAFEPOINT_LATENCY_BUCKETS; i++)
        all += of->latency[i];
    return all;
}

static void *read_elsewhere(void *arg)
{
    struct { sig_counters known; unsigned char beyond[32]; } now;
    memset(&now, 0xaa, sizeof now);
    ASSERT_EQ(sig_stats(&now.known, sizeof now), 0);
    ASSERT_EQ(memcmp(&now.known, arg, sizeof now.known), 0);
    for (unsigned i = 0; i < sizeof now.beyond; i++)
        ASSERT_EQ(now.beyond[i], 0);
    return NULL;
}

int main(void)
{
    sig_event event;
    pthread_t thread;
    watchdog(120);
    ASSERT_EQ(sig_install(SIGUSR1, handler, NULL, 0), 0);
    ASSERT_EQ(sig_install(SIGRTMIN, handler, NULL, REAL_TIME), 0);
    for (int bit = 10; bit <= 24; bit++) { /* up to 16 ms */
        sig_counters before = counters();
        MUST(kill(getpid(), SIGUSR1));
        for (uint64_t until = now_ns() + (1u << bit); now_ns() < until;) {
        }
        ASSERT_EQ(sig_check(), 0);
        sig_counters after = counters();
        ASSERT_EQ(sum(&after, bit), sum(&before, bit) + 1);
        ASSERT_EQ(sum(&after, 0), sum(&before, 0) + 1);
    }
    for (int i = 0; i < 1000; i++) {
        MUST(kill(getpid(), SIGUSR1));
        MUST(kill(getpid(), SIGUSR1));
        MUST(kill(getpid(), SIGRTMIN));
        ASSERT_EQ(sig_trip(SIGRTMIN), 0);
        if (i % 2)
            ASSERT_EQ(sig_check(), 0);
        while (sig_next(&event, sizeof event) == 1) {
        }
    }
    sig_counters now = counters();
    ASSERT_EQ(now.handled, 15 + 3000);
    ASSERT_EQ(now.coalesced, 1000);
    ASSERT_EQ(sum(&now, 0), now.handled);
    ASSERT_EQ(now.latency[SAFEPOINT_LATENCY_BUCKETS - 1], 0); /* 9 minutes */
    ASSERT_EQ(pthread_create(&thread, NULL, read_elsewhere, &now), 0);
    ASSERT_EQ(pthread_join(thread, NULL), 0);
    return 0;
}
