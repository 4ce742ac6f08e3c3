/* Faults that the processor raises, and how a child that has one ends. */
#ifndef FAULTS_H
#define FAULTS_H

#include "failures.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

/* What the sanitizers would report is what is meant to happen here. */
#define ON_PURPOSE                                                             \
    __attribute__((noinline, no_sanitize("address", "undefined")))

ON_PURPOSE static int read_from(const volatile char *address)
{
    return *address;
}

static void fault_null(void)
{
    read_from(NULL);
}

static void fault_beyond_the_end(void)
{
    char name[] = "empty-XXXXXX";
    int fd = (int)MUST(mkstemp(name));
    MUST(unlink(name));
    void *map = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
    ASSERT_NE(map, MAP_FAILED);
    read_from(map);
}

#if defined(__x86_64__) || defined(__i386__)
static void fault_divide(void)
{
    __asm__ volatile("xorl %%ecx, %%ecx; movl $1, %%eax; xorl %%edx, %%edx;"
                     "idivl %%ecx" ::: "eax", "ecx", "edx", "cc");
}
static void fault_instruction(void) { __asm__ volatile("ud2"); }
static void fault_trap(void) { __asm__ volatile("int3"); }
#define HAVE_DIVIDE 1
#elif defined(__aarch64__)
static void fault_instruction(void) { __asm__ volatile(".inst 0"); }
static void fault_trap(void) { __asm__ volatile("brk #0"); }
#elif defined(__arm__)
static void fault_instruction(void) { __asm__ volatile("udf #0"); }
static void fault_trap(void) { __asm__ volatile("bkpt #0"); }
#elif defined(__riscv)
static void fault_instruction(void) { __asm__ volatile("unimp"); }
static void fault_trap(void) { __asm__ volatile("ebreak"); }
#endif
#if defined(__x86_64__)
/* No address at all: the kernel says SI_KERNEL. */
static void fault_not_canonical(void)
{
    read_from((const char *)0x8000000000000000u);
}
#endif

/* A filter that has the kernel answer getppid() with SIGSYS. */
static void fault_system_call(void)
{
    struct sock_filter lines[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {4, lines};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0)
        getppid();
}

static const struct fault {
    const char *name;
    void (*have)(void);
    int signum;
} faults[] = {
    {"a read from NULL", fault_null, SIGSEGV},
#ifdef __x86_64__
    {"a read from no address", fault_not_canonical, SIGSEGV},
#endif
    {"a read beyond the end of a file", fault_beyond_the_end, SIGBUS},
#ifdef HAVE_DIVIDE
    {"a division by zero", fault_divide, SIGFPE},
#endif
    {"an instruction that is none", fault_instruction, SIGILL},
    {"a breakpoint", fault_trap, SIGTRAP},
    {"a system call that is filtered", fault_system_call, SIGSYS},
};
enum { FAULTS = sizeof faults / sizeof *faults };

static void by_default(int signum)
{
    signal(signum, SIG_DFL);
}

/* Fork a child that prepares and then has the fault: its wait status. The
 * core, where the machine keeps any, goes to a folder that is removed, in the
 * one that the test runs in. */
static inline int die_of(const struct fault *fault, void (*prepare)(int))
{
    char folder[] = "cores-XXXXXX";
    ASSERT_NE(mkdtemp(folder), NULL);
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        struct rlimit limit;
        MUST(chdir(folder));
        MUST(getrlimit(RLIMIT_CORE, &limit));
#ifndef __SANITIZE_ADDRESS__ /* whose core would be terabytes, of zeros */
        limit.rlim_cur = limit.rlim_max;
#endif
        MUST(setrlimit(RLIMIT_CORE, &limit));
        alarm(120);
        prepare(fault->signum);
        fault->have();
        _exit(0);
    }
    int status = wait_for(child);
    DIR *dir = opendir(folder);
    ASSERT_NE(dir, NULL);
    for (struct dirent *entry; (entry = readdir(dir));)
        unlinkat(dirfd(dir), entry->d_name, 0);
    closedir(dir);
    MUST(rmdir(folder));
    return status;
}

/* How it ends without the library; 0 where this system has no such fault,
 * since it allows no filters. */
static inline int die_without_us(const struct fault *fault)
{
    int status = die_of(fault, by_default);
    printf("%s: %s%s\n", fault->name,
           WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "not to be had",
           WCOREDUMP(status) ? ", with a core" : "");
    fflush(stdout);
    if (fault->signum != SIGSYS || status != 0)
        ASSERT_EQ(WTERMSIG(status), fault->signum);
    return status;
}

#endif /* FAULTS_H */
