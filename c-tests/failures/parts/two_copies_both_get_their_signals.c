/* Two plugins of one process, each with a copy of the static library: both
 * get every signal, each once, whichever installs first, whichever installs
 * once more over the other, whichever goes first; and once both are gone the
 * signal does what it did before them.
 *
 *   two_copies_both_get_their_signals plugin.so plugin.so */
#include "plugin.h"

static char **paths;
static struct plugin first, second;
static volatile sig_atomic_t host_calls;
static int (*remove_from)(const struct plugin *, int);

static int by_restore(const struct plugin *p, int signum)
{
    return p->restore(signum);
}
static int by_fini(const struct plugin *p, int signum)
{
    return p->fini(signum);
}

static void host(int signum)
{
    (void)signum;
    host_calls++;
}

static void assert_seen(int signum, long by_first, long by_second)
{
    for (int i = 0; i < 3; i++) {
        MUST(i % 2 ? kill(getpid(), signum) : raise(signum));
        ASSERT_EQ(first.take(signum), by_first);
        ASSERT_EQ(second.take(signum), by_second);
    }
}

/* The one that installed last is removed last, or first. */
static void remove_both(bool last_first)
{
    const struct plugin *one = last_first ? &second : &first;
    const struct plugin *other = last_first ? &first : &second;
    ASSERT_GE(remove_from(one, SIGTERM), 0);
    assert_seen(SIGTERM, last_first, !last_first);
    ASSERT_GE(remove_from(other, SIGTERM), 0);
}

static void install_both(uint32_t flags)
{
    ASSERT_EQ(first.install(SIGTERM, flags), 0);
    assert_seen(SIGTERM, 1, 0);
    ASSERT_EQ(second.install(SIGTERM, flags), 0);
    assert_seen(SIGTERM, 1, 1);
}

/* The ways; each ends with nothing installed. */
static void last_goes_first(void)
{
    install_both(0);
    remove_both(true);
}
static void last_goes_last(void)
{
    install_both(0);
    remove_both(false);
}
static void one_installs_again(void)
{
    install_both(0);
    ASSERT_EQ(first.install(SIGTERM, SAFEPOINT_QUEUE), 0);
    assert_seen(SIGTERM, 1, 1);
    remove_both(true);
}
static void one_installs_again_and_goes_first(void)
{
    install_both(0);
    ASSERT_EQ(first.install(SIGTERM, 0), 0);
    assert_seen(SIGTERM, 1, 1);
    remove_both(false);
}
static void both_install_again(void)
{
    install_both(0);
    for (int i = 0; i < 3; i++) {
        ASSERT_EQ(first.install(SIGTERM, 0), 0);
        assert_seen(SIGTERM, 1, 1);
        ASSERT_EQ(second.install(SIGTERM, 0), 0);
        assert_seen(SIGTERM, 1, 1);
    }
    remove_both(false);
}
static void one_comes_back(void)
{
    install_both(0);
    ASSERT_GE(remove_from(&first, SIGTERM), 0);
    assert_seen(SIGTERM, 0, 1);
    ASSERT_EQ(first.install(SIGTERM, 0), 0);
    assert_seen(SIGTERM, 1, 1);
    remove_both(true);
}

static void (*const ways[])(void) = {
    last_goes_first,    last_goes_last, one_installs_again,
    one_installs_again_and_goes_first, both_install_again, one_comes_back};
enum { WAYS = sizeof ways / sizeof *ways };

/* Everything that two copies share begins anew in each child. */
static int in_a_child(void (*before)(int), void (*way)(void), int swap)
{
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        alarm(120);
        signal(SIGTERM, before);
        first = open_plugin(paths[1 + swap]);
        second = open_plugin(paths[2 - swap]);
        way();
        host_calls = 0;
        MUST(raise(SIGTERM));
        MUST(raise(SIGTERM));
        ASSERT_EQ(first.take(SIGTERM), 0);
        ASSERT_EQ(second.take(SIGTERM), 0);
        _exit(host_calls);
    }
    return wait_for(child);
}

int main(int count, char **arguments)
{
    watchdog(240);
    ASSERT_EQ(count, 3);
    paths = arguments;
    for (int swap = 0; swap < 2; swap++) {
        for (int way = 0; way < 2 * WAYS; way++) {
            remove_from = way < WAYS ? by_restore : by_fini;
            void (*run)(void) = ways[way % WAYS];
            printf("way %d\n", way);
            fflush(stdout);
            /* By default SIGTERM kills; ignored, it does nothing; the host's
             * handler sees both. */
            ASSERT_EQ(in_a_child(SIG_DFL, run, swap), SIGTERM);
            ASSERT_EQ(in_a_child(SIG_IGN, run, swap), 0);
            ASSERT_EQ(in_a_child(host, run, swap), 2 << 8);
        }
    }
    return 0;
}
