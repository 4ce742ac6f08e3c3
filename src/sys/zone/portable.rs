//! Waits on other processors and systems: the C library's system call. Between
//! the look and the call there is an instant; the caller sees to it.
#![allow(unsafe_code)] // system calls

use core::ffi::{c_long, c_void};

use super::{SavedErrno, last_error, system};

pub const HAS_NO_WINDOW: bool = false;

#[inline(never)]
pub unsafe fn wait(breaker: *const u32, number: c_long, of: &[usize; 6]) -> c_long {
    let _errno = SavedErrno::new();
    // SAFETY: the caller's word; the breaker is only read.
    unsafe {
        if breaker.read_volatile() != 0 {
            return -c_long::from(libc::EINTR);
        }
        match system::call(number, of) {
            -1 => -c_long::from(last_error()),
            result => result,
        }
    }
}

#[inline(always)]
pub unsafe fn leave_wait(_: *mut c_void) -> bool {
    false
}
