/* A C program that owns its signals, and has a Go part.
 *
 *     host                  linked with the c-archive; the Go runtime is first
 *     host PART.so          the Go runtime comes by dlopen, after our handlers
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <safepoint.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { TIMES = 5000, RAISED = 7, PATIENCE = 60 };

#ifdef ARCHIVE
void PartStart(void);
int PartSum(int n);
int PartOwn(void);
int PartMain(void);
long PartHandled(void);
void PartHup(void);
#else
static void (*PartStart)(void), (*PartHup)(void);
static int (*PartSum)(int), (*PartOwn)(void), (*PartMain)(void);
static long (*PartHandled)(void);
#endif

static void must(int is, const char *what)
{
    if (!is) {
        printf("host: not so: %s\n", what);
        exit(1);
    }
}
#define MUST(expression) must(expression, #expression)

static uint64_t usr1, usr2;

static int add_count(const sig_event *event, void *user)
{
    *(uint64_t *)user += event->count;
    return 0;
}

static int raise_seven(void *arg)
{
    (void)arg;
    return RAISED;
}

/* A storm from a thread of C's, and then a call, which ends a wait by a kick. */
static void *storm(void *arg)
{
    (void)arg;
    for (int i = 0; i < TIMES; i++) {
        kill(getpid(), SIGUSR1);
        kill(getpid(), SIGUSR2);
        kill(getpid(), SIGURG); /* what the Go runtime preempts with */
    }
    MUST(sig_add_pending_call(raise_seven, NULL) == 0);
    return NULL;
}

static void install(void)
{
    MUST(sig_init(0) == 0);
    MUST(sig_set_kick(SIGWINCH) == SIGURG);
    MUST(sig_install(SIGUSR1, add_count, &usr1, 0) == 0);
    MUST(sig_install(SIGUSR2, add_count, &usr2, 0) == 0);
}

static void stand(int signum)
{
    struct sigaction action;
    MUST(sig_verify(signum) == 1);
    MUST(sigaction(signum, NULL, &action) == 0);
    MUST(action.sa_flags & SA_ONSTACK);
}

/* The Go part, whose runtime starts before our handlers stand, or after. */
static void begin(int argc, char **argv)
{
#ifdef ARCHIVE
    (void)argc, (void)argv;
    MUST(PartSum(10) == 55);
    install();
#else
    install();
    MUST(sig_sleep(1) == 0); /* what ends waits stands, too */
    void *part = argc == 2 ? dlopen(argv[1], RTLD_NOW) : NULL;
    MUST(part != NULL);
    *(void **)&PartStart = dlsym(part, "PartStart");
    *(void **)&PartSum = dlsym(part, "PartSum");
    *(void **)&PartOwn = dlsym(part, "PartOwn");
    *(void **)&PartHandled = dlsym(part, "PartHandled");
    *(void **)&PartHup = dlsym(part, "PartHup");
    *(void **)&PartMain = dlsym(part, "PartMain");
    MUST(PartStart && PartSum && PartOwn && PartMain && PartHandled && PartHup);
    MUST(PartSum(10) == 55);
#endif
}

/* Two storms: while we call into Go, and in one read, which Go's handlers would
 * restart. */
static int weather(void)
{
    int rounds = 0, pipes[2];
    char byte;
    pthread_t thread;
    MUST(pthread_create(&thread, NULL, storm, NULL) == 0);
    while (sig_sleep(1000000) == 0) {
        MUST(PartSum(100) == 5050);
        rounds++;
    }
    MUST(sig_raised() == RAISED);
    pthread_join(thread, NULL);
    MUST(pthread_create(&thread, NULL, storm, NULL) == 0);
    MUST(pipe(pipes) == 0);
    MUST(sig_read(pipes[0], &byte, 1) == -EINTR && sig_raised() == RAISED);
    pthread_join(thread, NULL);
    while (sig_check() != 0)
        ;
    return rounds;
}

int main(int argc, char **argv)
{
    sig_counters n = {0};
    alarm(PATIENCE); /* SIGALRM's default ends what hangs */
    begin(argc, argv);
    stand(SIGUSR1);
    PartStart();
    MUST(PartMain() == EBUSY && sig_is_owner()); /* the context is ours */
    stand(SIGUSR1);
    MUST(PartOwn() == 0);
    stand(SIGUSR2);
    int rounds = weather();
    MUST(sig_stats(&n, sizeof n) == 0);
    MUST(n.arrivals == n.handled + n.coalesced + n.lost + n.dropped);
    MUST(usr1 + usr2 == n.arrivals && usr1 > 0);
    while ((uint64_t)PartHandled() < usr2)
        usleep(1000);
    MUST((uint64_t)PartHandled() == usr2); /* the same deliveries */
    kill(getpid(), SIGHUP);
    PartHup();
    printf("%" PRIu64 " arrivals = %" PRIu64 " handled + %" PRIu64
           " coalesced, %d rounds\n",
           n.arrivals, n.handled, n.coalesced, rounds);
    MUST(sig_fini() == 0);
    return 0;
}
