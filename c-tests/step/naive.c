/* Recorders as one writes them: the tester has to find the instruction at
 * which each of them breaks, or it proves nothing about the library. */
#include "step.h"

#include <sys/syscall.h>

static volatile sig_atomic_t flag, count, handled_here;
static atomic_flag lock = ATOMIC_FLAG_INIT;

/* Counts, and forgets after it has looked. */

static void note(int signum)
{
    (void)signum;
    count++;
    flag = 1;
}

static void note_one(void)
{
    set_raw(SIGUSR1, note);
    MUST(raise(SIGUSR1));
}

static void look_then_clear(void)
{
    if (flag) {
        while (count > 0) {
            count--;
            handled_here++;
        }
        flag = 0;
    }
}

static void assert_both_handled(void)
{
    look_then_clear();
    ASSERT_EQ(handled_here, 2);
}

/* Clears first, but counts with an addition that is not one step. */

static void clear_then_look(void)
{
    if (flag) {
        flag = 0;
        int taken = count;
        count = 0;
        handled_here += taken;
    }
}

static void assert_both_taken(void)
{
    clear_then_look();
    ASSERT_EQ(handled_here, 2);
}

/* Takes a lock that the interrupted code may hold. */

static void note_locked(int signum)
{
    (void)signum;
    while (atomic_flag_test_and_set(&lock)) {
    }
    count++;
    atomic_flag_clear(&lock);
}

static void lock_stands(void)
{
    set_raw(SIGUSR1, note_locked);
}

static void look_locked(void)
{
    while (atomic_flag_test_and_set(&lock)) {
    }
    handled_here += count;
    count = 0;
    atomic_flag_clear(&lock);
}

static void assert_one_handled(void)
{
    look_locked();
    ASSERT_EQ(handled_here, 1);
}

/* Changes errno, where a handler should put it back. */

static void spoil_errno(int signum)
{
    (void)signum;
    errno = EBADF;
}

static void spoiler_stands(void)
{
    set_raw(SIGUSR1, spoil_errno);
}

static void do_nothing(void)
{
}

/* The classic bug: looks, and then waits. */

static int fds[2];

static void note_flag(int signum)
{
    (void)signum;
    flag = 1;
}

static void pipe_stands(void)
{
    set_raw(SIGUSR1, note_flag);
    MUST(pipe(fds));
    if (shared->fed)
        ASSERT_EQ(write(fds[1], "x", 1), 1);
}

static void look_then_read(void)
{
    char byte;
    if (!flag)
        (void)!read(fds[0], &byte, 1);
}

const struct scenario naive[] = {
    {"naive: looks, then waits", pipe_stands, look_then_read, do_nothing,
     .modes = SIGNAL | THREAD, .blocks = true, .blocks_in = SYS_read,
     .is_broken = true},
    {"naive: clears after it looked", note_one, look_then_clear,
     assert_both_handled, .modes = SIGNAL | THREAD, .is_broken = true},
    {"naive: takes in two steps", note_one, clear_then_look,
     assert_both_taken, .modes = SIGNAL | THREAD, .is_broken = true},
    {"naive: locks", lock_stands, look_locked, assert_one_handled,
     .modes = SIGNAL | THREAD, .is_broken = true},
    {"naive: spoils errno", spoiler_stands, do_nothing, do_nothing,
     .modes = SIGNAL, .is_broken = true},
    {0},
};
