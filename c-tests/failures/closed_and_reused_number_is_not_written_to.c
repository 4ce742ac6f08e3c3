/* The wake-up fd is closed and its number comes to mean somebody else's file.
 * Nothing is written to the stranger; the wake-up still works, since the
 * library keeps a duplicate. */
#include "parts/failures.h"

static long seen[65];

static void wake_up(enum wake_kind kind, int pair[2], int stranger_reads)
{
    long before = seen[SIGUSR1];
    for (int i = 1; i <= 3; i++) {
        MUST(raise(SIGUSR1));
        ASSERT_EQ(sig_trip(SIGUSR1), 0);
        ASSERT_EQ(take_wakes(kind, pair[0], SIGUSR1), 2);
        ASSERT_EQ(sig_check(), 0);
        ASSERT_EQ(seen[SIGUSR1], before + 2 * i);
    }
    if (stranger_reads >= 0)
        ASSERT_EQ(is_readable(stranger_reads), 0);
}

int main(void)
{
    watchdog(240);
    ASSERT_EQ(sig_install(SIGUSR1, count_signal, seen, 0), 0);
    for (enum wake_kind kind = 0; kind < WAKE_KINDS; kind++) {
        int pair[2], stranger[2][2], old = -1;
        char byte;
        FILE *file = tmpfile();
        ASSERT_NE(file, NULL);
        make_wake(WAKE_PIPE, stranger[WAKE_PIPE]);
        make_wake(WAKE_SOCKET, stranger[WAKE_SOCKET]);
        make_wake(kind, pair);
        ASSERT_EQ(sig_set_wakeup_fd(pair[1], 0, NULL), 0);
        MUST(close(pair[1]));
        wake_up(kind, pair, -1);

        /* A regular file under the number. */
        ASSERT_EQ(MUST(dup2(fileno(file), pair[1])), pair[1]);
        wake_up(kind, pair, -1);
        ASSERT_EQ(lseek(pair[1], 0, SEEK_END), 0);
        MUST(close(pair[1]));
        fclose(file);

        /* Another pipe, and another socket. */
        for (enum wake_kind other = WAKE_PIPE; other <= WAKE_SOCKET; other++) {
            MUST(dup2(stranger[other][1], pair[1]));
            MUST(close(stranger[other][1]));
            wake_up(kind, pair, stranger[other][0]);
            MUST(close(pair[1]));
            /* Nobody else holds the other end. */
            ASSERT_EQ(read(stranger[other][0], &byte, 1), 0);
            MUST(close(stranger[other][0]));
        }
        /* The number that it was set by is still what is told. */
        ASSERT_EQ(sig_set_wakeup_fd(-1, 0, &old), 0);
        ASSERT_EQ(old, pair[1]);
        MUST(raise(SIGUSR1));
        ASSERT_EQ(sig_check(), 0);
        if (kind != WAKE_EVENTFD)
            ASSERT_EQ(read(pair[0], &byte, 1), 0); /* ours is closed as well */
        else
            ASSERT_EQ(is_readable(pair[0]), 0);
        MUST(close(pair[0]));
    }
    return 0;
}
