/* Ctrl-C and Ctrl-Break, on the console's thread, end each wait of the owner's,
 * whether they come before it or inside: the handler runs, on the owner. */
#include <winsock2.h>

#include "events.h"

enum { RAISED = 7 };
static int calls;
static DWORD owner;

static int on_signal(const sig_event *event, void *user)
{
    ASSERT_EQ(event->signum, (int)(intptr_t)user);
    ASSERT_EQ(GetCurrentThreadId(), owner);
    calls++;
    return RAISED;
}

static SOCKET quiet_socket(void)
{
    WSADATA data;
    struct sockaddr_in at = {.sin_family = AF_INET};
    ASSERT_EQ(WSAStartup(0x202, &data), 0);
    SOCKET fd = socket(AF_INET, SOCK_DGRAM, 0);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_EQ(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    return fd;
}

enum wait { SLEEP, POLL_NOTHING, POLL_SOCKET, SIGNALS, LATCH, PAUSE, FOREIGN, WAITS };
static const char *const names[] = {"sleep", "poll, nothing", "poll, a socket", "wait",
                                    "latch", "pause", "foreign code"};

/* A wait without end: what the handler raised. */
static int wait_by(enum wait wait, SOCKET fd)
{
    static sig_latch latch = SAFEPOINT_LATCH;
    struct pollfd polled = {.fd = fd, .events = POLLIN};
    uint64_t others = 1ull << (SIGTERM - 1);
    long result = 0;
    switch (wait) {
    case SLEEP:
        result = sig_sleep(SAFEPOINT_FOREVER);
        break;
    case POLL_NOTHING:
        result = sig_poll(NULL, 0, -1);
        break;
    case POLL_SOCKET:
        result = sig_poll(&polled, 1, -1);
        break;
    case SIGNALS:
        result = sig_wait(others, SAFEPOINT_FOREVER, NULL, 0);
        break;
    case LATCH:
        result = sig_latch_wait(&latch, SAFEPOINT_FOREVER);
        break;
    case PAUSE:
        result = sig_pause();
        break;
    default: {
        HANDLE read, write;
        char byte;
        DWORD n = 0;
        ASSERT_TRUE(CreatePipe(&read, &write, NULL, 0));
        int raised = 0;
        /* A late kick of the round before may end it for nothing. */
        for (int times = 0; raised == 0; times++) {
            ASSERT_LT(times, 100);
            int come = sig_blocking_begin();
            ASSERT_GE(come, 0);
            if (!come) {
                ASSERT_EQ(ReadFile(read, &byte, 1, &n, NULL), 0);
                ASSERT_EQ(GetLastError(), ERROR_OPERATION_ABORTED);
            }
            ASSERT_EQ(sig_blocking_end(), 0);
            raised = sig_check();
        }
        CloseHandle(read);
        CloseHandle(write);
        return raised;
    }
    }
    ASSERT_EQ(result, -EINTR);
    return sig_raised();
}

int main(void)
{
    static const DWORD EVENTS[] = {CTRL_C_EVENT, CTRL_BREAK_EVENT};
    static const int SIGNUMS[] = {SIGINT, SIGBREAK};
    static const DWORD DELAYS[] = {0, 1, 30};
    SOCKET fd = quiet_socket();
    watchdog(240);
    owner = GetCurrentThreadId();
    for (int i = 0; i < 2; i++)
        ASSERT_EQ(sig_install(SIGNUMS[i], on_signal, (void *)(intptr_t)SIGNUMS[i], 0), 0);
    int expected = 0;
    for (enum wait wait = SLEEP; wait < WAITS; wait++) {
        printf("%s\n", names[wait]);
        fflush(stdout); /* where it hangs, if it does */
        for (int i = 0; i < 2; i++) {
            for (int delay = 0; delay < 3; delay++) {
                struct later later = {EVENTS[i], DELAYS[delay]};
                HANDLE thread = send_later(&later);
                ASSERT_EQ(wait_by(wait, fd), RAISED);
                ASSERT_EQ(calls, ++expected);
                ended(thread);
            }
        }
    }
    printf("%d waits ended\n", calls);
    /* And where there is nothing: time goes by, and what is ready is found. */
    uint64_t before = now_ns();
    ASSERT_EQ(sig_sleep(20000000), 0);
    ASSERT_GE(now_ns() - before, 20000000);
    struct pollfd polled = {.fd = fd, .events = POLLIN, .revents = 1};
    before = now_ns();
    ASSERT_EQ(sig_poll(&polled, 1, 20), 0);
    ASSERT_GE(now_ns() - before, 20000000);
    ASSERT_EQ(polled.revents, 0);
    struct sockaddr_in at;
    int size = sizeof at;
    ASSERT_EQ(getsockname(fd, (struct sockaddr *)&at, &size), 0);
    ASSERT_EQ(sendto(fd, "x", 1, 0, (struct sockaddr *)&at, size), 1);
    ASSERT_EQ(sig_poll(&polled, 1, -1), 1);
    ASSERT_TRUE(polled.revents & POLLRDNORM);
    ASSERT_EQ(sig_wait(1, 1000000, NULL, 0), -EINVAL);
    ASSERT_EQ(sig_wait(1ull << (SIGTERM - 1), 1000000, NULL, 0), -ETIMEDOUT);
    return 0;
}
