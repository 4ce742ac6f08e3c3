/* sig_connect() where something arrives before it, or in it: what is connected
 * already, or connecting without blocking, is said as the kernel says it; a
 * TCP connection that has to wait is made, also by a second call after a
 * raise; one that is refused is refused. */
#include "waits.h"

static int raise_with;
static atomic_int handled_;

static int counts(const sig_event *event, void *user)
{
    (void)event, (void)user;
    handled_++;
    return raise_with;
}

static void *send_three(void *owner)
{
    struct timespec time = {0, 20000000};
    for (int i = 0; i < 3; i++) {
        nanosleep(&time, NULL);
        ASSERT_EQ(pthread_kill(*(pthread_t *)owner, SIGUSR1), 0);
    }
    return NULL;
}

int main(void)
{
    pthread_t owner = pthread_self(), thread;
    watchdog(100);
    ASSERT_EQ(sig_install(SIGUSR1, counts, NULL, 0), 0);

    wait_full_tcp_listener();
    wait_fds[0] = wait_fds[1]; /* connected */
    ASSERT_EQ(wait_connect_tcp(), -EISCONN);
    MUST(raise(SIGUSR1));
    ASSERT_EQ(wait_connect_tcp(), -EISCONN);
    ASSERT_EQ(handled_, 1);

    wait_fds[0] = (int)MUST(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    ASSERT_EQ(wait_connect_tcp(), -EINPROGRESS);
    MUST(raise(SIGUSR1));
    ASSERT_EQ(wait_connect_tcp(), -EALREADY);

    /* Interrupted thrice, then one that raises; and made again. */
    handled_ = 0;
    wait_fds[0] = (int)MUST(socket(AF_INET, SOCK_STREAM, 0));
    raise_with = 0;
    ASSERT_EQ(pthread_create(&thread, NULL, send_three, &owner), 0);
    struct timespec time = {0, 100000000};
    struct timeval limit = {2, 0};
    MUST(setsockopt(wait_fds[0], SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit));
    long result = wait_connect_tcp();
    ASSERT_EQ(result, -EINPROGRESS); /* the socket's own limit */
    ASSERT_EQ(handled_, 3);
    ASSERT_EQ(pthread_join(thread, NULL), 0);
    limit.tv_sec = 0;
    MUST(setsockopt(wait_fds[0], SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit));
    raise_with = 4;
    ASSERT_EQ(pthread_create(&thread, NULL, send_three, &owner), 0);
    ASSERT_EQ(wait_connect_tcp(), -EINTR);
    ASSERT_EQ(sig_raised(), 4);
    ASSERT_EQ(pthread_join(thread, NULL), 0);
    sig_check();
    nanosleep(&time, NULL);
    while (sig_check() != 0) {
    }
    MUST(accept(wait_other, NULL, NULL));
    MUST(accept(wait_other, NULL, NULL)); /* the one that did not block */
    ASSERT_EQ(wait_connect_tcp(), 0);

    close(wait_other);
    wait_fds[0] = (int)MUST(socket(AF_INET, SOCK_STREAM, 0));
    raise_with = 0;
    MUST(raise(SIGUSR1));
    ASSERT_EQ(wait_connect_tcp(), -ECONNREFUSED);
    return 0;
}
