/* A host that is not linked with the library opens it and polls the word that
 * sig_breaker() names, as an interpreter's extension would:
 *
 *   dlopen_library libsafepoint.so.0 */
#define SAFEPOINT_NO_INLINE
#include "../test.h"

#include <dlfcn.h>

static int stop(const sig_event *event, void *user)
{
    ASSERT_EQ(event->signum, SIGUSR1);
    ASSERT_EQ(event->pid, *(pid_t *)user);
    return 7;
}

static void *symbol(void *library, const char *name)
{
    void *found = dlsym(library, name);
    if (!found) {
        fprintf(stderr, "dlsym: %s\n", dlerror());
        exit(1);
    }
    return found;
}

int main(int argc, char **argv)
{
    watchdog(60);
    ASSERT_EQ(argc, 2);
    void *library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        fprintf(stderr, "dlopen: %s\n", dlerror());
        return 1;
    }
    int (*install)(int, sig_handler, void *, uint32_t) =
        symbol(library, "sig_install");
    int (*check)(void) = symbol(library, "sig_check");
    const volatile uint32_t *(*breaker)(void) = symbol(library, "sig_breaker");
    const volatile uint32_t *word = breaker();
    /* What the inline check reads leads to the same word. */
    ASSERT_TRUE(word == *(const volatile uint32_t *const *)symbol(
                            library, "safepoint_breaker"));

    pid_t sender = 0;
    ASSERT_EQ(install(SIGUSR1, stop, &sender, 0), 0);
    ASSERT_EQ(check(), 0);
    int looping[2];
    MUST(pipe(looping));
    sender = MUST(fork());
    if (sender == 0) {
        char turned;
        MUST(read(looping[0], &turned, 1));
        MUST(kill(getppid(), SIGUSR1));
        _exit(0);
    }
    for (unsigned turns = 0; *word == 0; turns++)
        if (turns == 1000)
            MUST(write(looping[1], "", 1));
    ASSERT_EQ(check(), 7);
    ASSERT_EQ(*word, 0);
    ASSERT_CHILD_PASSED(sender);
    return 0;
}
