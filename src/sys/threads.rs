//! The calling thread: its number and its mask.
#![allow(unsafe_code)] // the boundary to the C library

use core::ffi::c_int;

use super::Errno;
use super::zone::{SignalSet, last_error, swap_mask};

/// The calling thread as the kernel numbers it.
pub fn thread_number() -> c_int {
    // SAFETY: no preconditions.
    unsafe { libc::syscall(libc::SYS_gettid) as c_int }
}

/// Have the calling thread take this signal.
pub fn unblock(signum: u32) {
    swap_mask(libc::SIG_UNBLOCK, &SignalSet::from_bits(1 << (signum - 1)));
}

/// How `sig_mask` changes the mask.
pub use libc::{SIG_BLOCK, SIG_SETMASK, SIG_UNBLOCK};

/// Signals that wait because they are blocked, of the thread and the process.
pub fn blocked_and_sent() -> Result<u64, Errno> {
    let mut set = SignalSet::from_bits(0);
    // SAFETY: a valid set.
    match unsafe { libc::sigpending(&mut set.0) } {
        0 => Ok(set.to_bits()),
        _ => Err(last_error()),
    }
}
