/* What sig_check_frame() is given is event->frame of each handler that it
 * runs, also where checks are nested; sig_check() gives NULL. */
#include "test.h"

static void *frames[8];
static int count;

static int inner(const sig_event *event, void *user)
{
    ASSERT_EQ(user, &count);
    frames[count++] = event->frame;
    return 0;
}

static int outer(const sig_event *event, void *user)
{
    (void)user;
    frames[count++] = event->frame;
    MUST(kill(getpid(), SIGTERM));
    ASSERT_EQ(sig_check_frame(&frames[7]), 0);
    ASSERT_EQ(event->frame, frames[count - 2]); /* still its own */
    return 0;
}

int main(void)
{
    int here;
    watchdog(120);
    ASSERT_EQ(sig_install(SIGUSR1, outer, NULL, 0), 0);
    ASSERT_EQ(sig_install(SIGTERM, inner, &count, 0), 0);
    MUST(kill(getpid(), SIGUSR1));
    ASSERT_EQ(sig_check_frame(&here), 0);
    ASSERT_EQ(count, 2);
    ASSERT_EQ(frames[0], &here);
    ASSERT_EQ(frames[1], &frames[7]);
    MUST(kill(getpid(), SIGTERM));
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(frames[2], NULL);
    MUST(kill(getpid(), SIGTERM));
    ASSERT_EQ((sig_check)(), 0); /* the function, not the inline one */
    ASSERT_EQ(frames[3], NULL);
    ASSERT_EQ(sig_check_frame(&here), 0);
    ASSERT_EQ(count, 4);
    return 0;
}
