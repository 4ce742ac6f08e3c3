# safepoint_wait(breaker, number, arguments): the system call, unless the
# breaker is set. Its result, or -EINTR.
#
# Where an arrival finds the program counter from `begin` to before `end`, it
# moves it to `out`: the call was not made, or the kernel has put the counter
# back to make it once more. From `end` on its result is in x0, and stands.

    .section .text.safepoint_wait,"ax",@progbits
    .p2align 4
    .globl safepoint_wait
    .hidden safepoint_wait
    .type safepoint_wait, %function
    .globl safepoint_wait_begin
    .hidden safepoint_wait_begin
    .globl safepoint_wait_end
    .hidden safepoint_wait_end
    .globl safepoint_wait_out
    .hidden safepoint_wait_out
safepoint_wait:
    .cfi_startproc
    hint 34 // bti c
    mov x9, x0
    mov x8, x1
    mov x10, x2
    ldp x0, x1, [x10]
    ldp x2, x3, [x10, 16]
    ldp x4, x5, [x10, 32]
safepoint_wait_begin:
    ldr w11, [x9]
    cbnz w11, safepoint_wait_out
    svc 0
safepoint_wait_end:
    ret
safepoint_wait_out:
    mov x0, -4 // -EINTR
    ret
    .cfi_endproc
    .size safepoint_wait, . - safepoint_wait
    .text
