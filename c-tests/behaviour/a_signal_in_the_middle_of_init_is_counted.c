/* SIGINT arrives when sig_init() has installed its handler and is on its way
 * to ignore SIGPIPE: it is counted as any other, once. */
#include "test.h"

#include <dlfcn.h>

static int raised;

/* The library's calls of the C library come here first. */
int sigaction(int signum, const struct sigaction *new, struct sigaction *old)
{
    static int (*next)(int, const struct sigaction *, struct sigaction *);
    if (!next)
        *(void **)&next = dlsym(RTLD_NEXT, "sigaction");
    int result = next(signum, new, old);
    if (signum == SIGPIPE && raised == 0) {
        sigset_t none, before;
        sigemptyset(&none);
        raised++;
        pthread_sigmask(SIG_SETMASK, &none, &before);
        raise(SIGINT);
        pthread_sigmask(SIG_SETMASK, &before, NULL);
    }
    return result;
}

int main(void)
{
    watchdog(120);
    signal(SIGINT, SIG_DFL); /* whatever was inherited */
    ASSERT_EQ(sig_init(SAFEPOINT_INTERPRETER_DEFAULTS), 0);
    ASSERT_EQ(raised, 1);
    ASSERT_EQ(counters().arrivals, 1);
    ASSERT_EQ(sig_check(), SAFEPOINT_INTERRUPTED);
    ASSERT_EQ(counters().arrivals, 1);
    ASSERT_EQ(counters().handled, 1);
    ASSERT_EQ(counters().coalesced + counters().lost + counters().dropped, 0);
    return 0;
}
