/* Signals arrive on every thread; handlers run on the owner, whose sig_check()
 * is the only one that does anything. Another thread that adopts takes over
 * with all that is pending, also where the owner has ended. */
#include "test.h"

static pthread_t runner;
static int ran;

static int handler(const sig_event *event, void *user)
{
    (void)user;
    ASSERT_TRUE(pthread_equal(pthread_self(), runner));
    ran += (int)event->count;
    return 0;
}

static void *arrive(void *arg)
{
    sig_event event;
    ASSERT_EQ(raise(SIGUSR1), 0);
    ASSERT_NE(*sig_breaker(), 0);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(sig_check_frame(arg), 0);
    ASSERT_EQ(sig_next(&event, sizeof event), -EPERM);
    ASSERT_EQ(sig_install(SIGUSR2, handler, NULL, 0), -EPERM);
    ASSERT_NE(*sig_breaker(), 0);
    return NULL;
}

static void *adopt(void *arg)
{
    ASSERT_EQ(sig_is_owner(), 0);
    ASSERT_EQ(sig_adopt(), 0);
    ASSERT_EQ(sig_is_owner(), 1);
    ASSERT_EQ(sig_adopt(), 0); /* it is already */
    runner = pthread_self();
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(sig_install(SIGUSR2, handler, NULL, 0), 0);
    return arg;
}

static void on_thread(void *(*run)(void *))
{
    pthread_t thread;
    ASSERT_EQ(pthread_create(&thread, NULL, run, &ran), 0);
    ASSERT_EQ(pthread_join(thread, NULL), 0);
}

int main(void)
{
    watchdog(120);
    runner = pthread_self();
    ASSERT_EQ(sig_install(SIGUSR1, handler, NULL, 0), 0);
    for (int round = 1; round <= 20; round++) {
        on_thread(arrive);
        on_thread(arrive);
        ASSERT_EQ(ran, 4 * round - 4);
        ASSERT_EQ(sig_check(), 0);
        ASSERT_EQ(ran, 4 * round - 2);
        on_thread(arrive);
        MUST(kill(getpid(), SIGUSR1));
        on_thread(adopt); /* and ends as the owner */
        ASSERT_EQ(ran, 4 * round);
        ASSERT_EQ(sig_is_owner(), 0);
        ASSERT_EQ(sig_check(), 0);
        ASSERT_EQ(sig_adopt(), 0);
        runner = pthread_self();
    }
    return 0;
}
