//! Linux as other systems are: what they have in the place of signals that say
//! what they are, and of eventfds.
#![allow(unsafe_code)] // system calls

use core::ffi::c_int;

pub use libc::SYS_read;

use super::{SI_TKILL, SI_USER, SigInfo, process_id};

/// Send a signal to a thread of this process; it says nothing.
#[inline(always)]
pub fn send_to_thread(thread: c_int, signum: c_int) {
    // SAFETY: no pointers. A thread that has ended is refused.
    unsafe { libc::syscall(libc::SYS_tgkill, process_id(), thread, signum) };
}

/// Whether this process has sent it, to itself or one of its threads; or may
/// have: with too many signals pending, one comes as from process 0.
#[inline(always)]
pub fn is_sent_from_here(info: &SigInfo) -> bool {
    let is_sent = matches!(info.si_code, SI_USER | SI_TKILL);
    // SAFETY: a plain number.
    is_sent && [0, process_id()].contains(&unsafe { info.si_pid() })
}

/// A pipe, non-blocking and close-on-exec.
pub fn pipe(ends: &mut [c_int; 2]) -> c_int {
    // SAFETY: room for two.
    unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_NONBLOCK | libc::O_CLOEXEC) }
}
