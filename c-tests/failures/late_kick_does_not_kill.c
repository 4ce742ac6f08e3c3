/* Kicks by a signal whose default ends the process, which come when the owner
 * has put everything back: they do no harm, and a signal of somebody else's
 * still does its default. */
#include "test.h"

static atomic_bool over;

static void *interrupt(void *unused)
{
    (void)unused;
    while (!over)
        sig_interrupt(1);
    return NULL;
}

int main(void)
{
    pthread_t thread;
    watchdog(100);
    ASSERT_EQ(pthread_create(&thread, NULL, interrupt, NULL), 0);
    for (long i = 0; i < scaled(5000); i++) {
        ASSERT_EQ(sig_init(0), 0);
        ASSERT_GT(sig_set_kick(SIGUSR1), 0);
        sig_poll(NULL, 0, 0);
        ASSERT_EQ(sig_fini(), 0);
    }
    over = true;
    ASSERT_EQ(pthread_join(thread, NULL), 0);
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        for (;;)
            pause();
    }
    MUST(kill(pid, SIGUSR1));
    int status = wait_for(pid);
    ASSERT_TRUE(WIFSIGNALED(status));
    ASSERT_EQ(WTERMSIG(status), SIGUSR1);
    return 0;
}
