/* A host that knows nothing of the library opens a plugin that was linked
 * with it, and the plugin's loop sees its breaker:
 *
 *   dlopen_plugin plugin.so */
#include <dlfcn.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    void *plugin = argc == 2 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
    int (*run)(void) = NULL;
    if (plugin)
        *(void **)&run = dlsym(plugin, "sees_the_breaker");
    if (!run) {
        fprintf(stderr, "%s\n", dlerror());
        return 1;
    }
    return run();
}
