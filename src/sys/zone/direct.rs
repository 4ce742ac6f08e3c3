//! Waits on processors whose instructions we have: see the assembly.
#![allow(unsafe_code)] // assembly

use core::ffi::{c_long, c_void};

#[cfg(target_arch = "x86_64")]
core::arch::global_asm!(include_str!("wait_x86_64.s"));
#[cfg(target_arch = "aarch64")]
core::arch::global_asm!(include_str!("wait_aarch64.s"));

unsafe extern "C" {
    static safepoint_wait_begin: u8;
    static safepoint_wait_end: u8;
    static safepoint_wait_out: u8;
}

pub const HAS_NO_WINDOW: bool = true;

#[inline(always)]
pub unsafe fn wait(breaker: *const u32, number: c_long, of: &[usize; 6]) -> c_long {
    let result;
    // Not as a function of Rust's, which would be looked up in a table: one
    // page more to touch behind each system call.
    // SAFETY: the caller's word; it is a function by C's rules.
    unsafe {
        #[cfg(target_arch = "x86_64")]
        core::arch::asm!(
            "call safepoint_wait",
            inlateout("rdi") breaker => _,
            inlateout("rsi") number => _,
            inlateout("rdx") of => _,
            lateout("rax") result,
            clobber_abi("C"),
        );
        #[cfg(target_arch = "aarch64")]
        core::arch::asm!(
            "bl safepoint_wait",
            inlateout("x0") breaker => result,
            in("x1") number,
            in("x2") of,
            clobber_abi("C"),
        );
    }
    result
}

#[inline(always)]
pub unsafe fn leave_wait(context: *mut c_void) -> bool {
    // SAFETY: the caller's word; null is nothing to do.
    let Some(context) = (unsafe { context.cast::<libc::ucontext_t>().as_mut() }) else {
        return false;
    };
    #[cfg(target_arch = "x86_64")]
    let [.., counter, _, _, _, _, _, _] = &mut context.uc_mcontext.gregs;
    #[cfg(target_arch = "aarch64")]
    let counter = &mut context.uc_mcontext.pc;
    let begin = &raw const safepoint_wait_begin as usize;
    let end = &raw const safepoint_wait_end as usize;
    let at = *counter as usize;
    if (begin..end).contains(&at) {
        *counter = &raw const safepoint_wait_out as usize as _;
    }
    (begin..=end).contains(&at)
}

#[cfg(target_arch = "x86_64")]
const _: () = assert!(libc::REG_RIP == 16); // of 23: the pattern above
