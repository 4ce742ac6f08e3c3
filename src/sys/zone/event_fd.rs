//! What is readable while something is pending: an eventfd.
#![allow(unsafe_code)] // the boundary to the C library

use core::ffi::c_int;
use core::ptr;

use libc::{SYS_read, syscall};

use super::wakeup::write_eight;
use super::{SavedErrno, last_error};

/// A new one: non-blocking, close-on-exec, nothing in it. What is read, and
/// what is written to: the same. Owner.
pub fn new_event() -> Result<[c_int; 2], c_int> {
    // SAFETY: no pointers.
    match unsafe { libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) } {
        -1 => Err(last_error()),
        fd => Ok([fd; 2]),
    }
}

/// Make it readable.
#[inline(never)]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
pub fn write_event(fd: c_int) -> Result<(), c_int> {
    write_eight(fd, 1)
}

/// Make it unreadable; the owner's half, here with its other one.
pub fn drain_event(fd: c_int) {
    let _errno = SavedErrno::new(); // an empty one is no error of the caller's
    let mut count = 0u64;
    // SAFETY: eight writable bytes. It does not block: an empty one is EAGAIN.
    unsafe { syscall(SYS_read, fd, ptr::from_mut(&mut count), 8usize) };
}
