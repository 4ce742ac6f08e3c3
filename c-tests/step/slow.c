/* For SAFEPOINT_STEP_EVERY: what a slow machine, one of qemu's, needs to come
 * through a path in time. */
#include "step.h"

#include "processor.h"

#include <dlfcn.h>
#include <sched.h>
#include <sys/mman.h>

long step_every(void)
{
    const char *set = getenv("SAFEPOINT_STEP_EVERY");
    return set ? atol(set) : 1;
}

/* Waking a thread on another processor costs qemu ten times as much as
 * switching to it on this one, and a step is two switches. */
static void stay_on_this_processor(void)
{
    cpu_set_t here;
    CPU_ZERO(&here);
    CPU_SET((size_t)MUST(sched_getcpu()), &here);
    MUST(sched_setaffinity(0, sizeof here, &here));
}

/* The kernel's vdso begins to read the clock anew whenever that has moved on
 * meanwhile, at each tick. Steps that are slower than that go round in there
 * ten thousand times and more. Our own copy of it makes the system call. */
static void read_clock_by_system_call(void)
{
#ifdef VDSO_CLOCK
    static const uint32_t code[] = CLOCK_BY_SYSTEM_CALL;
    void *vdso = dlopen("linux-vdso.so.1", RTLD_NOW | RTLD_NOLOAD);
    char *clock = vdso ? dlsym(vdso, VDSO_CLOCK) : NULL;
    size_t page = (size_t)MUST(sysconf(_SC_PAGESIZE));
    ASSERT_TRUE(clock != NULL);
    char *from = clock - (uintptr_t)clock % page;
    MUST(mprotect(from, 2 * page, PROT_READ | PROT_WRITE | PROT_EXEC));
    memcpy(clock, code, sizeof code);
    __builtin___clear_cache(clock, clock + sizeof code);
    MUST(mprotect(from, 2 * page, PROT_READ | PROT_EXEC));
#endif
}

void suit_slow_machine(void)
{
    stay_on_this_processor();
    read_clock_by_system_call();
}
