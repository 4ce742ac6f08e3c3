# safepoint_wait(breaker, number, arguments): the system call, unless the
# breaker is set. Its result, or -EINTR.
#
# Where an arrival finds the program counter from `begin` to before `end`, it
# moves it to `out`: the call was not made, or the kernel has put the counter
# back to make it once more. From `end` on its result is in rax, and stands.

    .section .text.safepoint_wait,"ax",@progbits
    .p2align 4
    .globl safepoint_wait
    .hidden safepoint_wait
    .type safepoint_wait, @function
    .globl safepoint_wait_begin
    .hidden safepoint_wait_begin
    .globl safepoint_wait_end
    .hidden safepoint_wait_end
    .globl safepoint_wait_out
    .hidden safepoint_wait_out
safepoint_wait:
    .cfi_startproc
    mov rcx, rdi
    mov rax, rsi
    mov r11, rdx
    mov rdi, [r11]
    mov rsi, [r11 + 8]
    mov rdx, [r11 + 16]
    mov r10, [r11 + 24]
    mov r8, [r11 + 32]
    mov r9, [r11 + 40]
safepoint_wait_begin:
    cmp dword ptr [rcx], 0
    jne safepoint_wait_out
    syscall
safepoint_wait_end:
    ret
safepoint_wait_out:
    mov rax, -4 # -EINTR
    ret
    .cfi_endproc
    .size safepoint_wait, . - safepoint_wait
    .text
