/* sig_wait(): what is blocked, what is recorded, what comes from elsewhere;
 * others are handled meanwhile, and when time is up it is -ETIMEDOUT, with
 * nothing written, however long a handler took. */
#include "test.h"

#define SET(signum) (UINT64_C(1) << ((signum) - 1))
#define MS UINT64_C(1000000)

static atomic_int handled_;

static int counts(const sig_event *event, void *user)
{
    (void)event, (void)user;
    handled_++;
    return 0;
}

static int takes_long(const sig_event *event, void *user)
{
    struct timespec time = {0, 60 * MS};
    counts(event, user);
    nanosleep(&time, NULL);
    return 0;
}

static int raises(const sig_event *event, void *user)
{
    counts(event, user);
    return 8;
}

static void *send_it(void *signum)
{
    struct timespec time = {0, 10 * MS};
    sigset_t all;
    sigfillset(&all);
    ASSERT_EQ(pthread_sigmask(SIG_SETMASK, &all, NULL), 0);
    nanosleep(&time, NULL);
    ASSERT_EQ(sig_kill(getpid(), (int)(intptr_t)signum), 0);
    return NULL;
}

static pthread_t sending(int signum)
{
    pthread_t thread;
    ASSERT_EQ(pthread_create(&thread, NULL, send_it, (void *)(intptr_t)signum), 0);
    return thread;
}

static void *wait_elsewhere(void *unused)
{
    (void)unused;
    ASSERT_EQ(sig_wait(SET(SIGHUP), SAFEPOINT_FOREVER, NULL, 0), SIGHUP);
    return NULL;
}

int main(void)
{
    sig_event event, untouched;
    pthread_t thread;
    uint64_t begun;
    int signum = SIGRTMIN + 1;
    watchdog(60);
    memset(&untouched, 0x5a, sizeof untouched);

    /* Blocked, and no owner anywhere. */
    ASSERT_EQ(sig_mask(SIG_BLOCK, SET(SIGHUP) | SET(signum), NULL), 0);
    ASSERT_EQ(sig_queue(getpid(), signum, -77), 0);
    memset(&event, 0x5a, sizeof event);
    ASSERT_EQ(sig_wait(SET(signum), 0, &event, sizeof event), signum);
    ASSERT_EQ(event.kind, SAFEPOINT_EVENT_SIGNAL);
    ASSERT_EQ(event.signum, signum);
    ASSERT_EQ(event.code, SI_QUEUE);
    ASSERT_EQ(event.pid, getpid());
    ASSERT_EQ(event.uid, getuid());
    ASSERT_EQ(event.value, -77);
    ASSERT_EQ(event.count, 1);
    ASSERT_GT(event.time, 0);
    ASSERT_TRUE(event.context == sig_main());
    ASSERT_EQ(sig_wait(SET(signum), 0, NULL, 0), -ETIMEDOUT);

    /* The owner: recorded already, unblocked, or still blocked. */
    ASSERT_EQ(sig_install(SIGUSR1, counts, NULL, 0), 0);
    ASSERT_EQ(sig_install(SIGUSR2, counts, NULL, 0), 0);
    MUST(raise(SIGUSR1));
    MUST(raise(SIGUSR1));
    ASSERT_EQ(sig_wait(SET(SIGUSR1), 0, &event, sizeof event), SIGUSR1);
    ASSERT_EQ(event.count, 2);
    ASSERT_TRUE(event.context == sig_main());
    ASSERT_EQ(handled_, 0);
    ASSERT_EQ(*sig_breaker(), 0);
    thread = sending(SIGUSR1);
    ASSERT_EQ(sig_wait(SET(SIGUSR1) | SET(SIGHUP), SAFEPOINT_FOREVER, &event,
                       sizeof event), SIGUSR1);
    ASSERT_EQ(event.pid, getpid());
    ASSERT_EQ(handled_, 0);
    ASSERT_EQ(pthread_join(thread, NULL), 0);
    thread = sending(SIGHUP);
    ASSERT_EQ(sig_wait(SET(SIGUSR1) | SET(SIGHUP), SAFEPOINT_FOREVER, NULL, 0),
              SIGHUP);
    ASSERT_EQ(pthread_join(thread, NULL), 0);

    /* Another is handled meanwhile, or ends it. */
    MUST(raise(SIGUSR2));
    thread = sending(SIGHUP);
    ASSERT_EQ(sig_wait(SET(SIGHUP), SAFEPOINT_FOREVER, NULL, 0), SIGHUP);
    ASSERT_EQ(handled_, 1);
    ASSERT_EQ(pthread_join(thread, NULL), 0);
    ASSERT_EQ(sig_install(SIGUSR2, raises, NULL, 0), 0);
    thread = sending(SIGUSR2);
    memcpy(&event, &untouched, sizeof event);
    ASSERT_EQ(sig_wait(SET(SIGHUP), SAFEPOINT_FOREVER, &event, sizeof event), -EINTR);
    ASSERT_EQ(sig_raised(), 8);
    ASSERT_EQ(memcmp(&event, &untouched, sizeof event), 0);
    ASSERT_EQ(pthread_join(thread, NULL), 0);

    /* Time is up, also while a handler runs. */
    begun = now_ns();
    ASSERT_EQ(sig_wait(SET(SIGHUP), 20 * MS, &event, sizeof event), -ETIMEDOUT);
    ASSERT_GE(now_ns() - begun, 20 * MS);
    ASSERT_EQ(sig_install(SIGUSR2, takes_long, NULL, 0), 0);
    thread = sending(SIGUSR2);
    ASSERT_EQ(sig_wait(SET(SIGHUP), 30 * MS, &event, sizeof event), -ETIMEDOUT);
    ASSERT_EQ(sig_raised(), 0);
    ASSERT_EQ(memcmp(&event, &untouched, sizeof event), 0);
    ASSERT_EQ(pthread_join(thread, NULL), 0);
    ASSERT_EQ(sig_check(), 0); /* where the sender was late */

    /* "All" is what can be waited for; a kick is not among it. */
    thread = sending(SIGHUP);
    ASSERT_EQ(sig_wait(UINT64_MAX, SAFEPOINT_FOREVER, NULL, 0), SIGHUP);
    ASSERT_EQ(pthread_join(thread, NULL), 0);

    /* Held: what is recorded is not to be had. */
    ASSERT_EQ(sig_hold(), 0);
    MUST(raise(SIGUSR1));
    ASSERT_EQ(sig_wait(SET(SIGUSR1), 5 * MS, NULL, 0), -ETIMEDOUT);
    ASSERT_EQ(sig_release(), 0);
    ASSERT_EQ(sig_wait(SET(SIGUSR1), 5 * MS, NULL, 0), SIGUSR1);

    /* But what is blocked is, and a ONESHOT handler has had its event then. */
    sig_disposition stands;
    ASSERT_EQ(sig_install(SIGUSR2, raises, NULL, SAFEPOINT_ONESHOT), 0);
    ASSERT_EQ(sig_mask(SIG_BLOCK, SET(SIGUSR2), NULL), 0);
    ASSERT_EQ(sig_hold(), 0);
    MUST(raise(SIGUSR2));
    ASSERT_EQ(sig_wait(SET(SIGUSR2), SAFEPOINT_FOREVER, NULL, 0), SIGUSR2);
    ASSERT_EQ(sig_query(SIGUSR2, &stands, sizeof stands), 0);
    ASSERT_NE(stands.kind, SAFEPOINT_KIND_HANDLER);
    ASSERT_EQ(sig_release(), 0);
    ASSERT_EQ(sig_mask(SIG_UNBLOCK, SET(SIGUSR2), NULL), 0);

    /* Any thread. */
    ASSERT_EQ(pthread_create(&thread, NULL, wait_elsewhere, NULL), 0);
    ASSERT_EQ(pthread_kill(thread, SIGHUP), 0);
    ASSERT_EQ(pthread_join(thread, NULL), 0);

    /* Arguments. */
    ASSERT_EQ(sig_wait(0, 0, NULL, 0), -EINVAL);
    ASSERT_EQ(sig_wait(SET(SIGKILL) | SET(33), 0, NULL, 0), -EINVAL);
    ASSERT_EQ(sig_wait(SET(SIGHUP), 0, NULL, sizeof event), -EINVAL);
    ASSERT_EQ(sig_wait(SET(SIGHUP), 0, &event, 0), -EINVAL);
    ASSERT_EQ(sig_wait(SET(SIGHUP), 0, &event, 8), -EINVAL);
    ASSERT_EQ(sig_wait(SET(SIGHUP), 0, &event, 1 << 20), -E2BIG);
    ASSERT_EQ(sig_fini(), 0);
    return 0;
}
