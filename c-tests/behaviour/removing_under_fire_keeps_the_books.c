/* Other threads raise and trip while the owner installs, replaces, ignores,
 * defaults and restores: arrivals = handled + coalesced + lost + dropped, the
 * events' counts are what was handled, and no handler runs that is not the
 * one that stands there. */
#include "test.h"

#define THREADS 3
#ifdef _WIN32
#define FIRST SIGTERM
#else
#define FIRST SIGURG
#endif

static atomic_bool done;
static char *standing[65]; /* the user pointer that was installed */
static uint64_t counted, lost, events;

static int handler(const sig_event *event, void *user)
{
    ASSERT_EQ(user, standing[event->signum]);
    ASSERT_NE(user, NULL);
    ASSERT_GE(event->count, 1);
    counted += event->count;
    lost += event->lost;
    events++;
    return 0;
}

static void *send(void *arg)
{
    while (!atomic_load(&done)) {
#ifndef _WIN32 /* where every default ends the process */
        if ((intptr_t)arg == 0) {
            raise(SIGURG); /* by default nothing happens */
            raise(SIGWINCH);
        } else
#endif
        {
            ASSERT_EQ(sig_trip((intptr_t)arg == 1 ? FIRST : SIGUSR1), 0);
        }
    }
    return NULL;
}

static void change(int signum, uint32_t random)
{
    static char users[4];
    static const uint32_t flags[] = {0, SAFEPOINT_QUEUE, SAFEPOINT_CHAIN,
                                     SAFEPOINT_RESTART};
    ASSERT_EQ(sig_trip(signum), 0); /* something to drop, or to hand on */
    standing[signum] = NULL;
    switch (random % 8) {
    case 0:
        ASSERT_EQ(sig_ignore(signum), 0);
        break;
    case 1:
        ASSERT_EQ(sig_default(signum), 0);
        break;
    case 2:
        ASSERT_EQ(sig_restore(signum), 0);
        break;
    default:
        standing[signum] = &users[random / 8 % 4];
        ASSERT_EQ(sig_install(signum, handler, standing[signum],
                              flags[random / 32 % 4]), 0);
    }
}

int main(void)
{
    static const int signums[] = {FIRST, SIGWINCH, SIGUSR1};
    pthread_t threads[THREADS];
    uint32_t random = 17;
    watchdog(250);
    ASSERT_EQ(sig_init(0), 0);
    for (intptr_t i = 0; i < THREADS; i++)
        ASSERT_EQ(pthread_create(&threads[i], NULL, send, (void *)i), 0);
    for (long i = scaled(30000); i > 0; i--) {
        random = random * 1664525 + 1013904223;
        uint32_t high = random >> 8;
        if (high % 4 == 0)
            change(signums[high / 4 % 3], high / 16);
        ASSERT_EQ(sig_check(), 0);
    }
    atomic_store(&done, true);
    for (int i = 0; i < THREADS; i++)
        ASSERT_EQ(pthread_join(threads[i], NULL), 0);
    while (*sig_breaker())
        ASSERT_EQ(sig_check(), 0);
    sig_counters now = counters();
    ASSERT_GT(now.handled, 0);
    ASSERT_GT(now.dropped, 0);
    ASSERT_EQ(now.handled, events);
    ASSERT_EQ(now.handled + now.coalesced, counted);
    ASSERT_EQ(now.lost, lost);
    ASSERT_EQ(now.arrivals,
              now.handled + now.coalesced + now.lost + now.dropped);
    return 0;
}
