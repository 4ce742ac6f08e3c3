//! Writing wake-ups: never waits, never raises SIGPIPE, and is no cancellation
//! point, as the C library's write() and read() are: a thread that was
//! cancelled would end inside an arrival, wherever that has interrupted it,
//! and with nobody woken. Hence bare system calls.
#![allow(unsafe_code)] // the boundary to the C library

use core::ffi::{c_int, c_void};
use core::mem::transmute;

#[cfg(target_os = "macos")]
pub(super) use super::system::write_pipe;
use super::system::{NO_SIGPIPE, SYS_sendto, SYS_write, call};
#[cfg(not(target_os = "macos"))]
use super::system::{SYS_ppoll, SYS_rt_sigtimedwait};
#[cfg(not(target_os = "macos"))]
use super::{SignalSet, set, swap_mask};
use super::{WakeKind, last_error};

/// Write one wake-up; never waits, and never raises SIGPIPE.
#[inline(always)]
pub fn write_wakeup(kind: WakeKind, fd: c_int, byte: u8) -> Result<(), c_int> {
    match kind {
        WakeKind::Event => write_eight(fd, 1),
        // SAFETY: one readable byte, to nobody by name.
        WakeKind::Socket => written(unsafe {
            let flags = (libc::MSG_DONTWAIT | NO_SIGPIPE) as usize;
            call(SYS_sendto, &[fd as usize, &raw const byte as usize, 1, flags, 0, 0])
        }),
        WakeKind::Pipe => write_pipe(fd, byte),
    }
}

/// A write into a pipe without a reader raises SIGPIPE at the writer, and no
/// flag stops that. So the pipe is asked first; a reader that goes away in
/// between leaves a SIGPIPE, which is kept blocked and taken back. Not even an
/// arrival can rely on its mask: a handler that stands over ours may call it.
#[cfg(not(target_os = "macos"))]
#[inline(never)]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
pub(super) fn write_pipe(fd: c_int, byte: u8) -> Result<(), c_int> {
    let mut asked = libc::pollfd { fd, events: 0, revents: 0 };
    let now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    let at = &raw const now as usize;
    let size = size_of::<u64>(); // of a mask, as the kernel sees it
    // SAFETY: one pollfd, no mask; time 0 does not wait.
    unsafe { call(SYS_ppoll, &[&raw mut asked as usize, 1, at, 0, size, 0]) };
    if asked.revents & (libc::POLLERR | libc::POLLHUP) != 0 {
        return Err(libc::EPIPE);
    }
    let blocked = set(&[libc::SIGPIPE]);
    let before = swap_mask(libc::SIG_BLOCK, blocked);
    // SAFETY: one readable byte.
    let result =
        unsafe { call(SYS_write, &[fd as usize, &raw const byte as usize, 1, 0, 0, 0]) };
    let result = written(result);
    if result == Err(libc::EPIPE) {
        let sigpipe = SignalSet::from_bits(blocked);
        let sigpipe = &raw const sigpipe.0 as usize;
        // SAFETY: a valid set and time; the siginfo is not wanted.
        unsafe { call(SYS_rt_sigtimedwait, &[sigpipe, 0, at, size, 0, 0]) };
    }
    match before {
        Ok(before) if before & blocked == 0 => {
            let _ = swap_mask(libc::SIG_SETMASK, before);
        }
        _ => {}
    }
    result
}

/// Add to an eventfd.
#[inline(always)]
pub(super) fn write_eight(fd: c_int, value: u64) -> Result<(), c_int> {
    let of = [fd as usize, &raw const value as usize, 8, 0, 0, 0];
    // SAFETY: eight readable bytes.
    written(unsafe { call(SYS_write, &of) })
}

#[inline(always)]
pub(super) fn written(result: libc::c_long) -> Result<(), c_int> {
    if result < 0 { Err(last_error()) } else { Ok(()) }
}

/// Call the user's wake-up function.
#[inline(always)]
pub fn call_wakeup(function: usize, signum: c_int, argument: usize) {
    if function != 0 {
        // SAFETY: stored from a function of this type by `sig_set_wakeup_fn`.
        let function: extern "C" fn(c_int, *mut c_void) = unsafe { transmute(function) };
        function(signum, argument as *mut c_void);
    }
}
