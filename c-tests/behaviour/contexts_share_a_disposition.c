/* A disposition is the process's: ours stands there as long as a context
 * handles the signal, then it is ignored as long as one wants that, then at
 * its default, and at last it is as it was. System calls restart where all
 * want that, and what stood before is called where one wants it. */
#include "test.h"

static volatile int hosted;

static void host(int signum)
{
    (void)signum;
    hosted++;
}

static int handler(const sig_event *event, void *user)
{
    (void)event;
    ++*(int *)user;
    return 0;
}

static struct sigaction now(void)
{
    struct sigaction action;
    MUST(sigaction(SIGTERM, NULL, &action));
    return action;
}

static uint32_t kind(sig_context *context)
{
    sig_disposition found;
    memset(&found, 0, sizeof found);
    ASSERT_EQ(sig_context_query(context, SIGTERM, &found, sizeof found), 0);
    ASSERT_EQ(found.overwritten, 0);
    return found.kind;
}

int main(void)
{
    int seen = 0;
    watchdog(100);
    sig_context *a = sig_context_new(), *b = sig_context_new();
    signal(SIGTERM, host);
    struct sigaction before = now();

    ASSERT_EQ(sig_context_install(a, SIGTERM, handler, &seen,
                                  SAFEPOINT_RESTART), 0);
    ASSERT_EQ(now().sa_flags & SA_RESTART, SA_RESTART);
    ASSERT_EQ(sig_context_install(b, SIGTERM, handler, &seen, 0), 0);
    ASSERT_TRUE(!(now().sa_flags & SA_RESTART));
#ifndef _WIN32
    ASSERT_EQ(sig_context_set_restart(b, SIGTERM, 1), 0);
    ASSERT_TRUE(now().sa_flags & SA_RESTART);
    ASSERT_EQ(sig_context_set_restart(b, SIGTERM, 0), 0);
    ASSERT_TRUE(!(now().sa_flags & SA_RESTART));
#endif
    MUST(raise(SIGTERM));
    ASSERT_EQ(hosted, 0);

    /* One chains, so it is called: once. */
    ASSERT_EQ(sig_context_install(b, SIGTERM, handler, &seen,
                                  SAFEPOINT_CHAIN | SAFEPOINT_RESTART), 0);
    MUST(raise(SIGTERM));
    ASSERT_EQ(hosted, 1);
    ASSERT_EQ(sig_context_check(a) | sig_context_check(b), 0);
    ASSERT_EQ(seen, 2);

    /* What a wants waits until b wants nothing any more. */
    ASSERT_EQ(sig_context_ignore(a, SIGTERM), 1);
    ASSERT_EQ(kind(a), SAFEPOINT_KIND_HANDLER);
    MUST(raise(SIGTERM));
    ASSERT_EQ(hosted, 2);
    ASSERT_EQ(sig_context_check(b), 0);
    ASSERT_EQ(seen, 3);
    ASSERT_EQ(sig_context_default(b, SIGTERM), 1);
    ASSERT_EQ(kind(a), SAFEPOINT_KIND_IGNORED);
    ASSERT_EQ(kind(b), SAFEPOINT_KIND_IGNORED);
    ASSERT_EQ(sig_context_restore(a, SIGTERM), 0);
    ASSERT_EQ(kind(b), SAFEPOINT_KIND_DEFAULT);
    ASSERT_EQ(sig_context_restore(b, SIGTERM), 0);
    ASSERT_TRUE(now().sa_handler == host);
    ASSERT_EQ(now().sa_flags, before.sa_flags);

    /* What one has ignored stays so when another comes and goes. */
    ASSERT_EQ(sig_ignore(SIGTERM), 0);
    ASSERT_EQ(sig_context_install(b, SIGTERM, handler, &seen,
                                  SAFEPOINT_ONESHOT), 0);
    ASSERT_EQ(sig_verify(SIGTERM), 0);
    ASSERT_EQ(sig_context_verify(b, SIGTERM), 1);
    MUST(raise(SIGTERM));
    ASSERT_EQ(sig_context_check(b), 0); /* the last */
    ASSERT_EQ(seen, 4);
    ASSERT_TRUE(now().sa_handler == SIG_IGN);
    MUST(raise(SIGTERM));

    /* Freed, or ended, is as restored. */
    ASSERT_EQ(sig_context_install(b, SIGTERM, handler, &seen, 0), 0);
    ASSERT_EQ(sig_context_free(b), 0);
    ASSERT_TRUE(now().sa_handler == SIG_IGN);
    ASSERT_EQ(sig_fini(), 0);
    ASSERT_TRUE(now().sa_handler == host);
    ASSERT_EQ(sig_context_free(a), 0);
    ASSERT_TRUE(now().sa_handler == host);
    ASSERT_EQ(hosted, 2);
    return 0;
}
