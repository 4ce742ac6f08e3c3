/* A handler that was left by longjmp is over for its own thread: it may adopt,
 * and end; and the next owner's checks are not taken for checks inside it.
 * One that is still running is not. */
#include "test.h"

#include <setjmp.h>

static jmp_buf out;
static int ran, inside = 1;

static int jumping(const sig_event *event, void *user)
{
    (void)event, (void)user;
    ran++;
    longjmp(out, 1);
}

static int adopting(const sig_event *event, void *user)
{
    (void)event, (void)user;
    inside = sig_adopt();
    return 0;
}

static void jump(void)
{
    MUST(raise(SIGUSR1));
    if (setjmp(out) == 0) {
        sig_check();
        ASSERT_TRUE(false);
    }
}

static void *be_owner(void *unused)
{
    ASSERT_EQ(sig_install(SIGUSR2, adopting, NULL, 0), 0);
    MUST(raise(SIGUSR2));
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(inside, -EBUSY);
    return unused;
}

int main(void)
{
    pthread_t thread;
    watchdog(120);
    for (int round = 1; round <= 3; round++) {
        ASSERT_EQ(sig_install(SIGUSR1, jumping, NULL, 0), 0);
        jump();
        ASSERT_EQ(ran, 2 * round - 1);
        ASSERT_EQ(sig_check(), 0); /* idle: it finds nothing to tidy up */
        ASSERT_EQ(sig_adopt(), 0);
        jump();
        ASSERT_EQ(sig_fini(), 0);
        inside = 1;
        MUST(-pthread_create(&thread, NULL, be_owner, NULL));
        MUST(-pthread_join(thread, NULL));
        ASSERT_EQ(sig_adopt(), 0);
        ASSERT_EQ(sig_fini(), 0);
    }
    return 0;
}
