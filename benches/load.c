/* dlopen() and dlclose() of a shared library, each in a process of its own:
 * load OURS TRIVIAL compares, load LIBRARY prints the nanoseconds of one. */
#include "bench.h"

#include <dlfcn.h>

static const char *self, *paths[2];

static int load(const char *path)
{
    uint64_t begin = now_ns();
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    MUST(library != NULL);
    MUST(dlclose(library) == 0);
    printf("%llu\n", (unsigned long long)(now_ns() - begin));
    return 0;
}

static double in_a_process(const char *path)
{
    int ends[2], status;
    char text[32] = "";
    MUST(pipe(ends) == 0);
    pid_t child = vfork();
    MUST(child >= 0);
    if (child == 0) {
        dup2(ends[1], 1);
        execl(self, self, path, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    MUST(read(ends[0], text, sizeof text - 1) > 0);
    close(ends[0]);
    MUST(waitpid(child, &status, 0) == child && status == 0);
    return strtod(text, NULL) / 1000;
}

static double ours(void) { return in_a_process(paths[0]); }
static double trivial(void) { return in_a_process(paths[1]); }

int main(int argc, char **argv)
{
    if (argc == 2)
        return load(argv[1]);
    MUST(argc == 3);
    self = argv[0], paths[0] = argv[1], paths[1] = argv[2];
    pin(0);
    row("dlopen and dlclose", "us", compare(ours, trivial, 400),
        "a trivial C library", AT_MOST, 1.3, "see docs/speed.md");
    return 0;
}
