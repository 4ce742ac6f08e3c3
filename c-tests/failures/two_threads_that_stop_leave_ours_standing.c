/* Two threads take SIGTSTP at once, chained to its default: both are about to
 * put the default there for a moment when either does. Ours stands there
 * afterwards. */
#include "parts/failures.h"

#include <dlfcn.h>

enum { ROUNDS = 50 };
static int (*next_sigaction)(int, const struct sigaction *, struct sigaction *);
static pthread_barrier_t both;
static _Thread_local bool meets;
static long seen[65];

/* The library's calls of the C library come here first. */
int sigaction(int signum, const struct sigaction *new, struct sigaction *old)
{
    if (!next_sigaction)
        *(void **)&next_sigaction = dlsym(RTLD_NEXT, "sigaction");
    if (meets && signum == SIGTSTP && new && new->sa_handler == SIG_DFL) {
        meets = false; /* once */
        pthread_barrier_wait(&both);
    }
    return next_sigaction(signum, new, old);
}

static void *stop(void *unused)
{
    for (int i = 0; i < ROUNDS; i++) {
        pthread_barrier_wait(&both);
        meets = true;
        raise(SIGTSTP);
        pthread_barrier_wait(&both);
        sig_disposition found;
        if (unused) { /* the owner */
            ASSERT_EQ(sig_query(SIGTSTP, &found, sizeof found), 0);
            ASSERT_EQ(found.kind, SAFEPOINT_KIND_HANDLER);
            ASSERT_EQ(found.overwritten, 0);
        }
    }
    return NULL;
}

static void in_the_child(void)
{
    pthread_t thread;
    watchdog(120);
    signal(SIGTSTP, SIG_DFL);
    MUST(-pthread_barrier_init(&both, NULL, 2));
    ASSERT_EQ(sig_install(SIGTSTP, count_signal, seen, SAFEPOINT_CHAIN), 0);
    MUST(-pthread_create(&thread, NULL, stop, NULL));
    stop(&thread);
    MUST(-pthread_join(thread, NULL));
    ASSERT_EQ(sig_check(), 0);
    ASSERT_GE(seen[SIGTSTP], 2 * ROUNDS);
    _exit(0);
}

int main(void)
{
    int status;
    watchdog(240);
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0)
        in_the_child();
    /* It may stop, and goes on. */
    while (MUST(waitpid(pid, &status, WUNTRACED)) == pid && WIFSTOPPED(status))
        MUST(kill(pid, SIGCONT));
    ASSERT_EQ(status, 0);
    return 0;
}
