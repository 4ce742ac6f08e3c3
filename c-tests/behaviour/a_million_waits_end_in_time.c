/* A signal that comes at a random time around the beginning of a wait of
 * 20 ms (420 in a machine of qemu's), a million times: taken by the owner
 * itself, or by another thread. A wait is late if it went on to its end though
 * the signal was there half of its time before: whoever was kept from running
 * meanwhile, so that no slow machine is taken for a slow library. */
#include "test.h"

static atomic_long round_begun;
static pthread_t owner;
static uint64_t arrived;           /* by the library's record */
static _Atomic uint64_t was_there; /* sent, and recorded if by another thread */
static long rounds;

static int handler(const sig_event *event, void *user)
{
    (void)user;
    arrived = event->time;
    return 1;
}

/* For some time: up to some microseconds. */
static void spin(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    for (uint64_t n = *state % 8192; n > 0; n--)
        __asm__ volatile("" ::: "memory");
}

static void *send(void *unused)
{
    uint64_t state = 88172645463325252u;
    (void)unused;
    for (long i = 1; i <= rounds; i++) {
        for (long spins = 0; atomic_load(&round_begun) < i; spins++)
            if (spins > 1000)
                sched_yield();
        spin(&state);
#ifndef _WIN32
        if (i % 2)
            ASSERT_EQ(pthread_kill(owner, SIGUSR1), 0);
        else
#endif
            ASSERT_EQ(raise(SIGUSR2), 0);
        atomic_store(&was_there, now_ns());
    }
    return NULL;
}

int main(void)
{
    pthread_t thread;
    uint64_t state = 1234567890123456789u;
    long late = 0, before = 0, inside = 0;
    watchdog(280);
    rounds = scaled(1000000);
    int wait_ms = 20 * (int)slower();
    uint64_t wait = (uint64_t)wait_ms * 1000000;
    owner = pthread_self();
    ASSERT_EQ(sig_install(SIGUSR1, handler, NULL, 0), 0);
    ASSERT_EQ(sig_install(SIGUSR2, handler, NULL, 0), 0);
    ASSERT_EQ(pthread_create(&thread, NULL, send, NULL), 0);
#ifndef _WIN32
    sigset_t usr2;
    sigemptyset(&usr2);
    sigaddset(&usr2, SIGUSR2);
    ASSERT_EQ(pthread_sigmask(SIG_BLOCK, &usr2, NULL), 0);
#endif
    for (long i = 1; i <= rounds; i++) {
        arrived = 0;
        atomic_store(&was_there, 0);
        atomic_store(&round_begun, i);
        spin(&state);
        uint64_t begun = now_ns();
        long result = sig_poll(NULL, 0, wait_ms);
        uint64_t ended = now_ns();
        while (!arrived) { /* the sender was kept from it for so long */
            ASSERT_EQ(result, 0);
            sig_sleep(wait);
        }
        while (!atomic_load(&was_there))
            sched_yield();
        if (result == 0 && was_there < begun + wait / 2)
            late++;
        before += arrived < begun;
        inside += arrived >= begun && arrived <= ended;
    }
    ASSERT_EQ(pthread_join(thread, NULL), 0);
    printf("%ld rounds, %ld late; arrived before the wait %ld, in it %ld\n",
           rounds, late, before, inside);
    print_counters();
    ASSERT_EQ(late, 0);
    ASSERT_GT(inside, 0);
    return 0;
}
