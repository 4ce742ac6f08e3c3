/* A handler installs others and replaces itself. A new handler for a signal
 * that is pending already gets what is pending, in this same check; what the
 * old one had taken stays taken. */
#include "parts/queue.h"

#ifdef _WIN32
enum { NEW = SIGWINCH, QUEUED = SIGRTMIN };
#else
#define NEW SIGRTMIN
#define QUEUED (SIGRTMIN + 1)
#endif
static int first_ran, second_ran, new_ran;

static int newcomer(const sig_event *event, void *user)
{
    ASSERT_EQ(user, &new_ran);
    ASSERT_EQ(event->signum, NEW);
    new_ran++;
    return 0;
}

static int second(const sig_event *event, void *user)
{
    ASSERT_EQ(user, &second_ran);
    ASSERT_EQ(event->value, VALUE(2 + second_ran));
    second_ran++;
    return 0;
}

/* Of three queued, takes the first. */
static int first(const sig_event *event, void *user)
{
    ASSERT_EQ(user, &first_ran);
    ASSERT_EQ(event->value, VALUE(1));
    first_ran++;
    ASSERT_EQ(sig_install(event->signum, second, &second_ran, REAL_TIME), 0);
    ASSERT_EQ(sig_install(NEW, newcomer, &new_ran, 0), 0);
    MUST(kill(getpid(), NEW));
    return 0;
}

int main(void)
{
    sig_disposition is;
    watchdog(120);
    ASSERT_EQ(sig_install(QUEUED, first, &first_ran, REAL_TIME), 0);
    for (long value = 1; value <= 3; value++)
        queue(QUEUED, value);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(first_ran, 1);
    ASSERT_EQ(second_ran, 2);
    ASSERT_EQ(new_ran, 0); /* came during the check */
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(new_ran, 1);
    queue(QUEUED, 4);
    ASSERT_EQ(sig_check(), 0);
    ASSERT_EQ(second_ran, 3);
    ASSERT_EQ(sig_query(QUEUED, &is, sizeof is), 0);
    ASSERT_EQ(is.kind, SAFEPOINT_KIND_HANDLER);
    ASSERT_EQ(is.handler, second);
    ASSERT_EQ(is.user, &second_ran);
    ASSERT_EQ(counters().dropped, 0);
    ASSERT_EQ(counters().handled, 5);
    return 0;
}
