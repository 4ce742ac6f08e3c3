/* glibc takes what is thread-local out of a thread's stack. The thread that
 * deadlines have is started also where a program has much of it. */
#include "test.h"

static __thread char large[1024 * 1024];

static int raise_seven(void *arg)
{
    (void)arg;
    return 7;
}

int main(void)
{
    watchdog(60);
    large[sizeof large - 1] = 1;
    ASSERT_EQ(sig_init(0), 0);
    ASSERT_EQ(sig_call_after(1000000, 0, raise_seven, NULL, NULL), 0);
    ASSERT_EQ(sig_sleep(SAFEPOINT_FOREVER), -EINTR);
    ASSERT_EQ(sig_raised(), 7);
    ASSERT_EQ(large[sizeof large - 1], 1);
    ASSERT_EQ(sig_fini(), 0);
    return 0;
}
