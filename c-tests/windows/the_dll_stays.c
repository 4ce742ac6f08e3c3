/* FreeLibrary() does not unmap the library once it is called when threads end:
 * not even where it has only been waited in, on a thread that owns nothing. */
#include "events.h"

static int (*nap)(uint64_t);

static HMODULE mapped(void)
{
    return GetModuleHandleA("safepoint.dll");
}

struct thread {
    HANDLE waited, go;
};

static DWORD WINAPI wait_once(void *argument)
{
    struct thread *thread = argument;
    ASSERT_EQ(nap(1000000), 0);
    ASSERT_TRUE(SetEvent(thread->waited));
    ASSERT_EQ(WaitForSingleObject(thread->go, 60000), WAIT_OBJECT_0);
    return 0;
}

int main(void)
{
    struct thread thread = {CreateEventA(NULL, TRUE, FALSE, NULL),
                            CreateEventA(NULL, TRUE, FALSE, NULL)};
    watchdog(120);
    ASSERT_EQ(mapped(), NULL); /* nothing here has it loaded at the start */
    HMODULE library = LoadLibraryA("safepoint.dll");
    ASSERT_NE(library, NULL);
    ASSERT_TRUE(FreeLibrary(library));
    ASSERT_EQ(mapped(), NULL); /* loading it changes nothing */
    library = LoadLibraryA("safepoint.dll");
    nap = (int (*)(uint64_t))(void *)GetProcAddress(library, "sig_sleep");
    ASSERT_NE(nap, NULL);
    HANDLE handle = CreateThread(NULL, 0, wait_once, &thread, 0, NULL);
    ASSERT_EQ(WaitForSingleObject(thread.waited, 60000), WAIT_OBJECT_0);
    ASSERT_TRUE(FreeLibrary(library));
    ASSERT_NE(mapped(), NULL);
    ASSERT_TRUE(SetEvent(thread.go));
    ended(handle);
    return 0;
}
