/* A library or a plugin is unloaded with its handlers still installed. Its
 * code stays mapped: what arrives then, in the process, in a forked child or
 * on another thread, is recorded as ever, and found when it is opened again.
 *
 *   dlclose_then_a_signal_is_harmless libsafepoint.so plugin.so */
#include "plugin.h"

static long seen[65];

static void *arrive(void *unused)
{
    for (int i = 0; i < 10; i++) {
        MUST(raise(SIGUSR1));
        MUST(kill(getpid(), SIGTERM));
    }
    return unused;
}

static void all_arrive(void)
{
    pthread_t thread;
    arrive(NULL);
    MUST(-pthread_create(&thread, NULL, arrive, NULL));
    MUST(-pthread_join(thread, NULL));
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        arrive(NULL);
        _exit(0);
    }
    ASSERT_CHILD_PASSED(child);
}

static void library(const char *path)
{
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!handle)
        fprintf(stderr, "%s\n", dlerror());
    ASSERT_NE(handle, NULL);
    int (*install)(int, sig_handler, void *, uint32_t);
    int (*check)(void), (*fini)(void);
    *(void **)&install = symbol(handle, "sig_install");
    ASSERT_EQ(install(SIGUSR1, count_signal, seen, 0), 0);
    ASSERT_EQ(install(SIGTERM, count_signal, seen, SAFEPOINT_QUEUE), 0);
    ASSERT_EQ(dlclose(handle), 0);
    all_arrive();
    ASSERT_NE(dlopen(path, RTLD_NOW | RTLD_NOLOAD), NULL);
    handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    *(void **)&check = symbol(handle, "sig_check");
    *(void **)&fini = symbol(handle, "sig_fini");
    ASSERT_EQ(check(), 0);
    ASSERT_EQ(seen[SIGUSR1], 20);
    /* The two threads' kill() may have met in the kernel, which merges. */
    ASSERT_LE(seen[SIGTERM], 20);
    ASSERT_GE(seen[SIGTERM], 10);
    ASSERT_EQ(fini(), 0);
    ASSERT_EQ(dlclose(handle), 0);
}

static void plugin(const char *path)
{
    struct plugin plugin = open_plugin(path);
    ASSERT_EQ(plugin.install(SIGUSR1, 0), 0);
    ASSERT_EQ(plugin.install(SIGTERM, 0), 0);
    ASSERT_EQ(dlclose(plugin.handle), 0);
    all_arrive();
    plugin = open_plugin(path);
    ASSERT_EQ(plugin.take(SIGUSR1), 20);
    ASSERT_EQ(plugin.fini(0), 0);
    ASSERT_EQ(dlclose(plugin.handle), 0);
}

int main(int count, char **paths)
{
    watchdog(240);
    ASSERT_EQ(count, 3);
    library(paths[1]);
    plugin(paths[2]);
    return 0;
}
