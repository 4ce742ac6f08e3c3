/* Two DLLs, each with a copy of the static library: with SAFEPOINT_CHAIN both
 * get each signal, once; and one that is unloaded stays mapped, so that what
 * arrives then is recorded, and found when it is opened again.
 *
 *     plugins_share_a_process PLUGIN.DLL PLUGIN.DLL */
#include "events.h"

struct plugin {
    HMODULE module;
    int (*install)(int signum, uint32_t flags);
    long (*take)(int signum);
    int (*restore)(int signum);
};

static struct plugin open_plugin(const char *path)
{
    struct plugin plugin = {.module = LoadLibraryA(path)};
    ASSERT_NE(plugin.module, NULL);
    plugin.install = (void *)GetProcAddress(plugin.module, "plugin_install");
    plugin.take = (void *)GetProcAddress(plugin.module, "plugin_take");
    plugin.restore = (void *)GetProcAddress(plugin.module, "plugin_restore");
    ASSERT_TRUE(plugin.install && plugin.take && plugin.restore);
    return plugin;
}

/* Raised, and of the console: what each has seen of it. */
static void expect(struct plugin one, struct plugin other, long by_one, long by_other)
{
    ASSERT_EQ(raise(SIGBREAK), 0);
    ASSERT_EQ(one.take(SIGBREAK), by_one);
    ASSERT_EQ(other.take(SIGBREAK), by_other);
    ended(send_event(CTRL_BREAK_EVENT));
    ASSERT_EQ(one.take(SIGBREAK), by_one);
    ASSERT_EQ(other.take(SIGBREAK), by_other);
}

int main(int argc, char **argv)
{
    watchdog(120);
    ASSERT_EQ(argc, 3);
    struct plugin one = open_plugin(argv[1]), other = open_plugin(argv[2]);
    ASSERT_NE(one.module, other.module);
    ASSERT_EQ(one.install(SIGBREAK, 0), 0);
    expect(one, other, 1, 0);
    for (int i = 0; i < 5; i++) {
        ASSERT_EQ(other.install(SIGBREAK, SAFEPOINT_CHAIN), 0);
        expect(one, other, 1, 1);
        ASSERT_EQ(other.restore(SIGBREAK), 0);
        expect(one, other, 1, 0);
    }
    ASSERT_EQ(one.restore(SIGBREAK), 0);

    ASSERT_EQ(other.install(SIGBREAK, 0), 0);
    for (int i = 0; i < 5; i++) {
        ASSERT_TRUE(FreeLibrary(other.module));
        ASSERT_EQ(raise(SIGBREAK), 0);
        ended(send_event(CTRL_BREAK_EVENT));
        other = open_plugin(argv[2]);
        ASSERT_EQ(other.take(SIGBREAK), 2);
    }
    return 0;
}
