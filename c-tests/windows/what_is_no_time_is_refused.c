/* Waits refuse what they cannot do, as the kernel does on Unix: none of them
 * waits for a time that is none. */
#include <winsock2.h>

#include "events.h"

int main(void)
{
    static const struct timespec NONE[] = {{-1, 0}, {0, -1}, {0, 1000000000}, {0, 2000000000}, {INT64_MIN, 0}};
    struct timespec left = {7, 7}, at;
    watchdog(120);
    for (size_t i = 0; i < sizeof NONE / sizeof *NONE; i++) {
        ASSERT_EQ(sig_nanosleep(&NONE[i], &left), -EINVAL);
        ASSERT_EQ(sig_clock_nanosleep(CLOCK_MONOTONIC, 0, &NONE[i], &left), -EINVAL);
        ASSERT_EQ(sig_clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &NONE[i], &left), -EINVAL);
        ASSERT_EQ(sig_ppoll(NULL, 0, &NONE[i], NULL), -EINVAL);
    }
    ASSERT_EQ(left.tv_sec, 7);
    ASSERT_EQ(left.tv_nsec, 7);
    ASSERT_EQ(sig_nanosleep(NULL, NULL), -EFAULT);
    ASSERT_EQ(sig_clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, NULL, NULL), -EFAULT);
    at = (struct timespec){0, 1};
    for (int flags = 2; flags < 9; flags++)
        ASSERT_EQ(sig_clock_nanosleep(CLOCK_MONOTONIC, flags, &at, NULL), -EINVAL);
    for (int clock = 2; clock < 12; clock++) {
        ASSERT_EQ(sig_clock_nanosleep(clock, 0, &at, NULL), -EINVAL);
        ASSERT_EQ(sig_clock_nanosleep(clock, TIMER_ABSTIME, &at, NULL), -EINVAL);
    }
    ASSERT_EQ(sig_poll(NULL, 1, 0), -EFAULT);
    ASSERT_EQ(sig_ppoll(NULL, 1, &at, NULL), -EFAULT);
    /* And what is a time goes by. */
    ASSERT_EQ(sig_nanosleep(&at, NULL), 0);
    ASSERT_EQ(sig_clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &at, NULL), 0);
    ASSERT_EQ(sig_ppoll(NULL, 0, &at, NULL), 0);
    uint64_t begin = now_ns();
    at = (struct timespec){(time_t)(begin / 1000000000), (long)(begin % 1000000000)};
    at.tv_sec++;
    ASSERT_EQ(sig_clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL), 0);
    ASSERT_GE(now_ns(), begin + 1000000000);
    return 0;
}
