/* A plugin that was linked with the static library: it has a copy of its own,
 * none of whose names are seen outside. */
#include <safepoint.h>

static long seen[65];

static int count(const sig_event *event, void *user)
{
    (void)user;
    seen[event->signum] += (long)event->count;
    return 0;
}

int plugin_install(int signum, uint32_t flags)
{
    return sig_install(signum, count, 0, flags);
}

/* Run what is pending: how often this signal has come since the last time. */
long plugin_take(int signum)
{
    if (sig_check() != 0)
        return -1;
    long taken = seen[signum];
    seen[signum] = 0;
    return taken;
}

int plugin_restore(int signum)
{
    return sig_restore(signum);
}

int plugin_fini(int signum)
{
    (void)signum;
    return sig_fini();
}
