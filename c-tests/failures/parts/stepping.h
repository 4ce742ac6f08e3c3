/* A thread that steps: the processor's trap flag raises SIGTRAP behind each of
 * its instructions, and there it can stop until another thread lets it go on.
 * SKIP_STEPS says where that is not to be had. */
#ifndef STEPPING_H
#define STEPPING_H

#include "failures.h"

#include <dlfcn.h>
#include <semaphore.h>
#include <ucontext.h>

#define TRAP_FLAG "0x100"
#if defined(__x86_64__)
#define BEGIN_STEPS() \
    __asm__ volatile("pushfq; orq $" TRAP_FLAG ", (%%rsp); popfq" ::: "memory", "cc")
#define END_STEPS() \
    __asm__ volatile("pushfq; andq $~" TRAP_FLAG ", (%%rsp); popfq" ::: "memory", "cc")
#elif defined(__i386__)
#define BEGIN_STEPS() \
    __asm__ volatile("pushfl; orl $" TRAP_FLAG ", (%%esp); popfl" ::: "memory", "cc")
#define END_STEPS() \
    __asm__ volatile("pushfl; andl $~" TRAP_FLAG ", (%%esp); popfl" ::: "memory", "cc")
#else
#define SKIP_STEPS "it single-steps with the x86 trap flag"
#endif

#ifndef SKIP_STEPS

static sem_t stopped, go_on;
static bool finished; /* the thread is through */

/* Inside the thread that steps: until the other lets it go on. */
static void stop_here(void)
{
    sem_post(&stopped);
    while (sem_wait(&go_on) != 0) {
    }
}

/* Whether it is an instruction of the library's, and not of the C library or
 * the kernel's clock: half a megabyte is the library. */
static bool is_in_the_library(const siginfo_t *info)
{
    static uintptr_t library; /* where it begins */
    Dl_info found;
    if (!library) {
        ASSERT_NE(dladdr((void *)sig_check_frame, &found), 0);
        library = (uintptr_t)found.dli_fbase;
    }
    return (uintptr_t)info->si_addr - library < 1 << 19;
}

/* What is called behind each instruction. */
static void step_with(void (*step)(int, siginfo_t *, void *))
{
    struct sigaction trap = {.sa_sigaction = step, .sa_flags = SA_SIGINFO};
    siginfo_t info = {0};
    is_in_the_library(&info); /* dladdr() is for no handler */
    MUST(sem_init(&stopped, 0, 0));
    MUST(sem_init(&go_on, 0, 0));
    MUST(sigaction(SIGTRAP, &trap, NULL));
}

/* Start a thread, and do this wherever it stops. */
static void at_each_stop(void *(*run)(void *), const void *arg,
                         void (*there)(const void *))
{
    pthread_t thread;
    finished = false;
    MUST(-pthread_create(&thread, NULL, run, (void *)arg));
    while (sem_wait(&stopped) == 0 && !finished) {
        there(arg);
        MUST(sem_post(&go_on));
    }
    MUST(-pthread_join(thread, NULL));
}

/* The thread is through. */
static void *finish(void)
{
    finished = true;
    sem_post(&stopped);
    return NULL;
}

#endif
#endif /* STEPPING_H */
