/* A program that another project links with the library. */
#include <safepoint.h>
#include <signal.h>

static int quiet(const sig_event *event, void *user)
{
    (void)user;
    return event->signum;
}

#ifdef PLUGIN
__declspec(dllexport) int plugin(void);
int plugin(void)
#else
int main(void)
#endif
{
    if (sig_install(SIGTERM, quiet, NULL, 0) != 0 || sig_check() != 0)
        return 1;
    return raise(SIGTERM) == 0 && sig_check() == SIGTERM ? 0 : 2;
}
