/* sig_event_handle(): for WaitForMultipleObjects(), set while something is
 * pending. And a socket is written to. */
#include "itself.h"

static int quiet(const sig_event *event, void *user)
{
    (void)event;
    ++*(int *)user;
    return 0;
}

static int call(void *argument)
{
    ++*(int *)argument;
    return 0;
}

static bool is_set(HANDLE handle)
{
    return WaitForSingleObject(handle, 0) == WAIT_OBJECT_0;
}

int main(void)
{
    int calls = 0, old = 0;
    void *handle = NULL, *again = NULL;
    unsigned char bytes[64];
    watchdog(120);
    ASSERT_EQ(sig_event_handle(&handle), -EPERM);
    ASSERT_EQ(sig_install(SIGBREAK, quiet, &calls, 0), 0);
    ASSERT_EQ(sig_event_handle(NULL), -EINVAL);
    ASSERT_EQ(sig_event_fd(), -ENOTSUP);
    ASSERT_EQ(sig_event_handle(&handle), 0);
    ASSERT_EQ(sig_event_handle(&again), 0);
    ASSERT_EQ(handle, again);
    ASSERT_TRUE(!is_set(handle));
    HANDLE never = CreateEventA(NULL, TRUE, FALSE, NULL);
    for (int i = 0; i < 50; i++) {
        struct later later = {CTRL_BREAK_EVENT, (DWORD)i % 3};
        HANDLE thread = send_later(&later), both[] = {never, handle};
        ASSERT_EQ(WaitForMultipleObjects(2, both, FALSE, 60000), WAIT_OBJECT_0 + 1);
        ASSERT_EQ(sig_check(), 0);
        ASSERT_EQ(calls, i + 1);
        ended(thread);
        ASSERT_EQ(sig_check(), 0); /* a write may come late */
        ASSERT_TRUE(!is_set(handle));
    }
    ASSERT_EQ(sig_add_pending_call(call, &calls), 0);
    ASSERT_TRUE(is_set(handle));
    ASSERT_EQ(sig_check(), 0);
    ASSERT_TRUE(!is_set(handle));

    /* The wake-up descriptor: a socket, of which we have a duplicate. */
    SOCKET fd = to_itself(), other = to_itself();
    ASSERT_EQ(sig_set_wakeup_fd(1 << 20, 0, NULL), -EBADF);
    ASSERT_EQ(sig_set_wakeup_fd(0, 0, NULL), -EINVAL); /* a file */
    ASSERT_EQ(sig_set_wakeup_fd((int)fd, SAFEPOINT_WAKE_CALLS, &old), 0);
    ASSERT_EQ(old, -1);
    ASSERT_EQ(raise(SIGBREAK), 0);
    ASSERT_EQ(recv(fd, (char *)bytes, sizeof bytes, 0), 1);
    ASSERT_EQ(bytes[0], SIGBREAK);
    ASSERT_EQ(sig_add_pending_call(call, &calls), 0);
    ASSERT_EQ(recv(fd, (char *)bytes, sizeof bytes, 0), 1);
    ASSERT_EQ(bytes[0], 0);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(sig_set_wakeup_fd((int)other, 0, &old), 0);
    ASSERT_EQ(old, (int)fd);
    ASSERT_EQ(raise(SIGBREAK), 0);
    ASSERT_EQ(recv(fd, (char *)bytes, sizeof bytes, 0), -1);
    ASSERT_EQ(recv(other, (char *)bytes, sizeof bytes, 0), 1);
    ASSERT_EQ(sig_set_wakeup_fd(-1, 0, &old), 0);
    ASSERT_EQ(old, (int)other);
    ASSERT_EQ(raise(SIGBREAK), 0);
    ASSERT_EQ(recv(other, (char *)bytes, sizeof bytes, 0), -1);
    ASSERT_EQ(sig_wakeup_failures(NULL), 0);
    return 0;
}
