/* A loop around sig_check() is stopped by a signal that comes while it loops.
 *
 * The one program that is built in every way a program can be: the check has
 * to load the breaker on each turn, from where the library writes it. A
 * compiler that hoists the load, or a linker that gives the program a copy of
 * the breaker, makes the loop endless.
 *
 * No line here may be newer than C89 or not be C++. */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS, under -std=c89 too */
#endif
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <safepoint.h>

#ifdef __cplusplus
extern "C" {
#endif
int sees_the_breaker(void);
#ifdef __cplusplus
}
#endif

enum { FROM_PROCESS = 7, FROM_THREAD = 8 };

/* Turns of the loop: the sender waits for some before it sends. */
static volatile unsigned long *turns;
static pid_t sender;
static pthread_t looping;

static void expect(int holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "not so: %s\n", what);
        exit(1);
    }
}

static void hung(int signum)
{
    static const char text[] = "hung: the loop never saw the breaker\n";
    (void)signum;
    (void)!write(2, text, sizeof text - 1);
    _exit(1);
}

static int stop(const sig_event *event, void *user)
{
    expect(event->signum == SIGUSR1, "the event is SIGUSR1");
    expect(event->count == 1, "it came once");
    expect(event->pid == (int)sender, "it came from the sender");
    return *(int *)user;
}

/* The loop. Nothing in it but the check keeps the compiler honest: a volatile
 * store forbids it nothing about other objects. */
static int loop_until_raised(void)
{
    int raised;
    while ((raised = sig_check()) == 0)
        *turns = *turns + 1;
    return raised;
}

static void wait_until_it_loops(void)
{
    while (*turns < 1000)
        sched_yield();
}

static void *send_from_thread(void *unused)
{
    wait_until_it_loops();
    expect(pthread_kill(looping, SIGUSR1) == 0, "pthread_kill");
    return unused;
}

static int from_process(void)
{
    int raised, status;
    *turns = 0;
    sender = fork();
    expect(sender >= 0, "fork");
    if (sender == 0) {
        wait_until_it_loops();
        _exit(kill(getppid(), SIGUSR1) != 0);
    }
    raised = loop_until_raised();
    expect(waitpid(sender, &status, 0) == sender && status == 0, "kill");
    return raised;
}

static int from_thread(void)
{
    int raised;
    pthread_t thread;
    *turns = 0;
    sender = getpid();
    looping = pthread_self();
    expect(pthread_create(&thread, NULL, send_from_thread, NULL) == 0,
           "pthread_create");
    raised = loop_until_raised();
    expect(pthread_join(thread, NULL) == 0, "pthread_join");
    return raised;
}

int sees_the_breaker(void)
{
    static int value;
    int (*volatile pointer)(void) = &sig_check;
    void *memory = mmap(NULL, sizeof *turns, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    expect(memory != MAP_FAILED, "mmap");
    turns = (volatile unsigned long *)memory;
    signal(SIGALRM, hung);
    alarm(60);

    expect(sig_install(SIGUSR1, stop, &value, 0) == 0, "sig_install");
    expect(sig_check() == 0, "nothing is pending yet");
    value = FROM_PROCESS;
    expect(from_process() == FROM_PROCESS, "stopped by a process");
    value = FROM_THREAD;
    expect(from_thread() == FROM_THREAD, "stopped by a thread");

    /* &sig_check is a real function, and another safe point. */
    expect(sig_trip(SIGUSR1) == 0, "sig_trip");
    value = 9;
    expect(pointer() == 9, "stopped through a pointer");
    expect(sig_check() == 0, "nothing is left");
    expect(sig_fini() == 0, "sig_fini");
    alarm(0);
    return 0;
}

#ifndef PLUGIN
int main(void)
{
    return sees_the_breaker();
}
#endif
