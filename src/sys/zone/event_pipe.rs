//! What is readable while something is pending: a pipe, where there may be no
//! eventfd. Its bytes count nothing, so a full one is as good as any.
#![allow(unsafe_code)] // the boundary to the C library

use core::ffi::c_int;

use super::system::{self, SYS_read, call};
use super::wakeup::write_pipe;
use super::{SavedErrno, last_error};

/// A new one: non-blocking, close-on-exec, nothing in it. What is read, and
/// what is written to. Owner.
pub fn new_event() -> Result<[c_int; 2], c_int> {
    let mut ends = [-1; 2];
    if system::pipe(&mut ends) == 0 { Ok(ends) } else { Err(last_error()) }
}

/// Make it readable.
#[inline(never)]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
pub fn write_event(fd: c_int) -> Result<(), c_int> {
    match write_pipe(fd, 0) {
        Err(libc::EAGAIN) => Ok(()), // full
        result => result,
    }
}

/// Make it unreadable; the owner's half, here with its other one. Whoever
/// writes all the while sets the breaker behind each write, and the owner
/// comes back: so no more is read than a pipe holds.
pub fn drain_event(fd: c_int) {
    let _errno = SavedErrno::new(); // an empty one is no error of the caller's
    let mut bytes = [0u8; 1024];
    let of = [fd as usize, &raw mut bytes as usize, bytes.len(), 0, 0, 0];
    for _ in 0..64 {
        // SAFETY: so many writable bytes. It does not block: EAGAIN.
        if unsafe { call(SYS_read, &of) } < bytes.len() as _ {
            return;
        }
    }
}
