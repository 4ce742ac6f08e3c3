//! What the signal-safe zone may ask of the operating system: functions that
//! POSIX or Linux lists as async-signal-safe, and nothing else.
#![allow(unsafe_code)] // the boundary to the C library

mod action;
mod common;
mod siginfo;
mod wait;
mod wakeup;

#[cfg(not(target_os = "linux"))]
mod bsd;
#[cfg_attr(target_os = "linux", path = "linux.rs")]
#[cfg_attr(target_os = "freebsd", path = "freebsd.rs")]
#[cfg_attr(target_os = "macos", path = "macos.rs")]
pub mod system;

// Signals that say what they are, timers and eventfds are Linux's.
#[cfg_attr(all(target_os = "linux", not(safepoint_portable)), path = "event_fd.rs")]
#[cfg_attr(not(all(target_os = "linux", not(safepoint_portable))), path = "event_pipe.rs")]
mod event;
#[cfg_attr(all(target_os = "linux", not(safepoint_portable)), path = "kicks_queued.rs")]
#[cfg_attr(not(all(target_os = "linux", not(safepoint_portable))), path = "kicks_plain.rs")]
mod kicks;

#[cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64"),
    target_pointer_width = "64",
    not(safepoint_portable)
))]
#[path = "direct.rs"]
mod way;
#[cfg(not(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64"),
    target_pointer_width = "64",
    not(safepoint_portable)
)))]
#[path = "portable.rs"]
mod way;

use core::ffi::c_int;
use core::mem::MaybeUninit;
use core::sync::atomic::AtomicU32;

pub use action::*;
pub use common::*;
pub use event::*;
pub use kicks::*;
pub use siginfo::*;
pub use wait::*;
pub use wakeup::*;

/// Signals that the processor raises: never blocked in an arrival, and never
/// recorded when they are faults.
pub const FAULTS: u64 = set(&[
    libc::SIGSEGV,
    libc::SIGBUS,
    libc::SIGFPE,
    libc::SIGILL,
    libc::SIGTRAP,
    libc::SIGSYS,
]);

/// errno as it was, put back when this goes out of scope. `errno` is a
/// thread-local of the C library's own, reached without a call that can
/// allocate: signal-safety(7) asks every handler to do this.
pub struct SavedErrno {
    place: *mut c_int,
    value: c_int,
}

impl SavedErrno {
    #[inline(always)]
    pub fn new() -> Self {
        let place = errno();
        // SAFETY: the address of errno is valid for the calling thread.
        SavedErrno { place, value: unsafe { *place } }
    }
}

impl Drop for SavedErrno {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: as above; it is not sent to another thread.
        unsafe { *self.place = self.value }
    }
}

#[inline(always)]
fn errno() -> *mut c_int {
    #[cfg(any(target_os = "linux", target_os = "emscripten"))]
    // SAFETY: no preconditions.
    unsafe {
        libc::__errno_location()
    }
    #[cfg(any(target_vendor = "apple", target_os = "freebsd"))]
    // SAFETY: no preconditions.
    unsafe {
        libc::__error()
    }
}

/// The error of the call that just failed, as a positive errno.
#[inline(always)]
pub fn last_error() -> c_int {
    // SAFETY: the address of errno is valid for the calling thread.
    unsafe { *errno() }
}

/// Put errno to this.
pub fn set_errno(error: c_int) {
    // SAFETY: the address of errno is valid for the calling thread.
    unsafe { *errno() = error }
}

/// Wake all threads that wait on this word, also those of other processes.
#[inline(never)]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
pub fn wake_all(word: &AtomicU32) {
    let _errno = SavedErrno::new();
    // Again, if it fails: nobody is to sleep for ever for an error that goes by.
    for _ in 0..3 {
        if system::wake_all(word) {
            break;
        }
    }
}

/// The calling thread, as a number that no other living thread has; not 0.
#[inline(always)]
pub fn this_thread() -> usize {
    // SAFETY: no preconditions. No system call: it is a register and a load.
    unsafe { libc::pthread_self() as usize }
}

/// The calling process.
#[inline(always)]
pub fn process_id() -> i32 {
    // SAFETY: no preconditions.
    unsafe { libc::getpid() }
}

/// The calling process's real user.
#[inline(always)]
pub fn user_id() -> u32 {
    // SAFETY: no preconditions.
    unsafe { libc::getuid() }
}

/// CLOCK_MONOTONIC in nanoseconds: that clock is always there.
#[inline(always)]
pub fn now() -> u64 {
    clock(libc::CLOCK_MONOTONIC as c_int).unwrap_or(0)
}

/// A clock in nanoseconds; `None` for one that does not exist.
#[inline(always)]
pub fn clock(clock: c_int) -> Option<u64> {
    let mut time = MaybeUninit::<libc::timespec>::zeroed();
    // SAFETY: a valid place to write to; zeroed is a valid timespec.
    let time = unsafe {
        if libc::clock_gettime(clock as libc::clockid_t, time.as_mut_ptr()) != 0 {
            return None;
        }
        time.assume_init()
    };
    Some((time.tv_sec as u64).wrapping_mul(1_000_000_000).wrapping_add(time.tv_nsec as u64))
}
