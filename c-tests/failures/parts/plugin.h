/* What a test knows of a plugin: see plugin.c. */
#ifndef PLUGIN_H
#define PLUGIN_H

#include "faults.h"

#include <dlfcn.h>

struct plugin {
    void *handle;
    int (*install)(int signum, uint32_t flags);
    long (*take)(int signum);
    int (*restore)(int signum);
    int (*fini)(int signum);
};

static inline void *symbol(void *handle, const char *name)
{
    void *found = dlsym(handle, name);
    if (!found)
        fprintf(stderr, "%s\n", dlerror());
    ASSERT_NE(found, NULL);
    return found;
}

static inline struct plugin open_plugin(const char *path)
{
    struct plugin plugin = {.handle = dlopen(path, RTLD_NOW | RTLD_LOCAL)};
    if (!plugin.handle)
        fprintf(stderr, "%s\n", dlerror());
    ASSERT_NE(plugin.handle, NULL);
    /* The library inside is its own affair. */
    ASSERT_EQ(dlsym(plugin.handle, "sig_check"), NULL);
    *(void **)&plugin.install = symbol(plugin.handle, "plugin_install");
    *(void **)&plugin.take = symbol(plugin.handle, "plugin_take");
    *(void **)&plugin.restore = symbol(plugin.handle, "plugin_restore");
    *(void **)&plugin.fini = symbol(plugin.handle, "plugin_fini");
    return plugin;
}

#endif /* PLUGIN_H */
