/* A program that ours starts gets the default where we had a handler, finds
 * ignored what was ignored, has no descriptor of the library's, and the mask
 * is what it was: as if the library had not been there. */
#include "parts/failures.h"

#include <spawn.h>

static long seen[65];

/* Say what was inherited: one line. */
static int report(void)
{
    static const int signums[] = {SIGUSR1, SIGALRM, SIGUSR2, SIGHUP, SIGTERM};
    sigset_t mask;
    struct sigaction now;
    for (size_t i = 0; i < sizeof signums / sizeof *signums; i++) {
        MUST(sigaction(signums[i], NULL, &now));
        printf("%s %s, ", sig_name(signums[i]),
               now.sa_handler == SIG_DFL   ? "default"
               : now.sa_handler == SIG_IGN ? "ignored"
                                           : "handled");
    }
    MUST(sigprocmask(SIG_BLOCK, NULL, &mask));
    for (int signum = 1; signum <= 64; signum++)
        if (sigismember(&mask, signum) == 1)
            printf("%s blocked, ", sig_name(signum));
    printf("open:");
    for (int fd = 0; fd < 100; fd++)
        if (fcntl(fd, F_GETFD) >= 0)
            printf(" %d", fd);
    return 0;
}

/* What a child that becomes this program says. fork tells the library of the
 * child, posix_spawn does not. */
static void run(char *program, bool spawn, char *answer, size_t size)
{
    char *arguments[] = {program, "report", NULL};
    posix_spawn_file_actions_t actions;
    pid_t child;
    int said[2];
    size_t length = 0;
    MUST(pipe2(said, O_CLOEXEC));
    if (spawn) {
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, said[1], 1);
        MUST(-posix_spawn(&child, program, &actions, NULL, arguments, environ));
        posix_spawn_file_actions_destroy(&actions);
    } else if ((child = (pid_t)MUST(fork())) == 0) {
        MUST(dup2(said[1], 1));
        MUST(execv(program, arguments));
    }
    MUST(close(said[1]));
    ssize_t n;
    while ((n = read(said[0], answer + length, size - length - 1)) > 0)
        length += (size_t)n;
    answer[length] = 0;
    MUST(close(said[0]));
    ASSERT_CHILD_PASSED(child);
}

int main(int count, char **arguments)
{
    char without[500], with[500];
    int pair[2];
    sigset_t mask;
    if (count > 1)
        return report();
    watchdog(240);
    sigemptyset(&mask);
    sigaddset(&mask, SIGWINCH);
    MUST(sigprocmask(SIG_BLOCK, &mask, NULL));
    signal(SIGUSR2, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    run(arguments[0], false, without, sizeof without);

    signal(SIGUSR2, SIG_DFL);
    ASSERT_EQ(sig_install(SIGUSR1, count_signal, seen, 0), 0);
    ASSERT_EQ(sig_install(SIGALRM, count_signal, seen, SAFEPOINT_CHAIN), 0);
    ASSERT_EQ(sig_ignore(SIGUSR2), 0);
    ASSERT_EQ(sig_default(SIGTERM), 0);
    /* As under nohup: it stays ignored. */
    ASSERT_EQ(sig_install(SIGHUP, count_signal, seen, SAFEPOINT_KEEP_IGNORED),
              1);
    make_wake(WAKE_PIPE, pair);
    ASSERT_EQ(sig_set_wakeup_fd(pair[1], 0, NULL), 0);
    ASSERT_GE(sig_event_fd(), 0);
    for (int spawn = 0; spawn < 2; spawn++) {
        run(arguments[0], spawn, with, sizeof with);
        puts(with);
        ASSERT_STR(with, without);
    }
    ASSERT_NE(strstr(with, "SIGUSR1 default, SIGALRM default, SIGUSR2 ignored, "
                           "SIGHUP ignored, SIGTERM default, SIGWINCH blocked"),
              NULL);

    /* One that was handled although it had been ignored is not ignored. */
    ASSERT_EQ(sig_install(SIGHUP, count_signal, seen, 0), 0);
    run(arguments[0], true, with, sizeof with);
    ASSERT_NE(strstr(with, "SIGHUP default"), NULL);
    return 0;
}
