/* WSAPoll() says POLLNVAL of what is no socket, and does not count it; a wait
 * for it would have no end. sig_poll() counts it, as POSIX has it, and passes
 * over what is below 0. */
#include "itself.h"

int main(void)
{
    static const int TIMEOUTS[] = {0, 50, -1};
    SOCKET fd = to_itself();
    watchdog(60);
    for (int i = 0; i < 3; i++) {
        struct pollfd none = {.fd = 12345, .events = POLLIN};
        ASSERT_EQ(sig_poll(&none, 1, TIMEOUTS[i]), 1);
        ASSERT_EQ(none.revents, POLLNVAL);
        struct pollfd both[] = {{.fd = fd, .events = POLLIN, .revents = 1},
                                {.fd = 12345, .events = POLLIN}};
        ASSERT_EQ(sig_poll(both, 2, TIMEOUTS[i]), 1);
        ASSERT_EQ(both[0].revents, 0);
        ASSERT_EQ(both[1].revents, POLLNVAL);
    }
    /* Below 0: passed over, so time goes by, and others are seen. */
    struct pollfd some[] = {{.fd = INVALID_SOCKET, .events = POLLIN, .revents = 1},
                            {.fd = fd, .events = POLLIN}};
    uint64_t before = now_ns();
    ASSERT_EQ(sig_poll(some, 2, 50), 0);
    ASSERT_GE(now_ns() - before, 50000000);
    ASSERT_EQ(some[0].revents, 0);
    ASSERT_EQ(send(fd, "x", 1, 0), 1);
    ASSERT_EQ(sig_poll(some, 2, -1), 1);
    ASSERT_EQ(some[0].revents, 0);
    ASSERT_TRUE(some[1].revents & POLLRDNORM);
    struct pollfd all[] = {some[1], {.fd = 12345, .events = POLLIN}};
    ASSERT_EQ(sig_poll(all, 2, -1), 2);
    ASSERT_EQ(all[1].revents, POLLNVAL);
    return 0;
}
