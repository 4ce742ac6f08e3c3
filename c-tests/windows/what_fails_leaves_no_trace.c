/* What cannot be had is said, and nothing is left of the attempt: no handle,
 * and a socket blocks as it did. */
#include "itself.h"

enum { CONTEXTS = 4096, TIMES = 50 };

static int quiet(const sig_event *event, void *user)
{
    (void)event, (void)user;
    return 0;
}

/* Whether a read waits. */
static bool blocks(SOCKET fd)
{
    char byte;
    DWORD ms = 20;
    ASSERT_EQ(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, (char *)&ms, sizeof ms), 0);
    ASSERT_EQ(recv(fd, &byte, 1, 0), SOCKET_ERROR);
    return WSAGetLastError() == WSAETIMEDOUT;
}

/* Handles are numbered by the first that is free. */
static uintptr_t next_handle(void)
{
    HANDLE handle = CreateEventA(NULL, TRUE, FALSE, NULL);
    ASSERT_NE(handle, NULL);
    CloseHandle(handle);
    return (uintptr_t)handle;
}

/* No number is left for an event or a socket of ours. */
static void use_all_numbers(void)
{
    SOCKET fd = to_itself();
    void *handle;
    int result = 0;
    for (int i = 0; i < CONTEXTS; i++) {
        sig_context *context = sig_context_new();
        ASSERT_NE(context, NULL);
        ASSERT_EQ(sig_context_event_handle(context, &handle), 0);
        result = sig_context_set_wakeup_fd(context, (int)fd, 0, NULL);
        ASSERT_EQ(result, 0);
    }
}

int main(void)
{
    SOCKET fd = to_itself();
    void *handle = NULL;
    int old = 0;
    watchdog(240);
    ASSERT_EQ(sig_install(SIGTERM, quiet, NULL, 0), 0);

    /* The system has no more of what a thread's own value needs. */
    while (FlsAlloc(NULL) != FLS_OUT_OF_INDEXES) {
    }
    ASSERT_EQ(sig_blocking_begin(), -ENOMEM);
    ASSERT_EQ(sig_blocking_end(), -EINVAL); /* none has begun */

    use_all_numbers();
    ASSERT_TRUE(blocks(fd));
    uintptr_t next = next_handle();
    for (int i = 0; i < TIMES; i++) {
        ASSERT_EQ(sig_set_wakeup_fd((int)fd, 0, &old), -EMFILE);
        ASSERT_EQ(sig_event_handle(&handle), -EMFILE);
    }
    ASSERT_EQ(next_handle(), next);
    ASSERT_EQ(old, 0);
    ASSERT_EQ(handle, NULL);
    ASSERT_TRUE(blocks(fd));
    return 0;
}
