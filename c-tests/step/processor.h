/* What the tester has to know of the processor. */
#ifndef PROCESSOR_H
#define PROCESSOR_H

#include <sys/user.h>

#if defined(__x86_64__)
#define BREAKPOINT "int3"
#define BREAKPOINT_CODE 0xccL
#define BREAKPOINT_MASK 0xffL
#define BREAKPOINT_PASSED 1 /* so far behind it is the program counter, */
#define BREAKPOINT_LEFT 0   /* and so far it has to be moved to go on */
#define SYSTEM_CALL_CODE 0x050fL /* syscall */
#define SYSTEM_CALL_MASK 0xffffL
#define PROGRAM_COUNTER(registers) (registers).rip
#define SYSTEM_CALL_NUMBER(registers) (registers).rax
#elif defined(__aarch64__)
#define BREAKPOINT "brk 0"
#define BREAKPOINT_CODE 0xd4200000L
#define BREAKPOINT_MASK 0xffffffffL
#define BREAKPOINT_PASSED 0
#define BREAKPOINT_LEFT 4
#define SYSTEM_CALL_CODE 0xd4000001L /* svc 0 */
#define SYSTEM_CALL_MASK 0xffffffffL
#define PROGRAM_COUNTER(registers) (registers).pc
#define SYSTEM_CALL_NUMBER(registers) (registers).regs[8]
#define VDSO_CLOCK "__kernel_clock_gettime"
#define CLOCK_BY_SYSTEM_CALL /* bti c; mov w8, 113; svc 0; ret */ \
    {0xd503245f, 0x52800e28, 0xd4000001, 0xd65f03c0}
#endif

#endif /* PROCESSOR_H */
