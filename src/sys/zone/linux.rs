//! Linux: what other systems have under other names.
#![allow(unsafe_code)] // system calls

use core::ffi::{CStr, c_int, c_long, c_void};
use core::ptr::null_mut;
use core::sync::atomic::AtomicU32;

use libc::syscall;

#[cfg(safepoint_portable)]
use super::{SigInfo, process_id};

#[cfg(safepoint_portable)]
#[path = "linux_plain.rs"]
mod plain;

pub use libc::MSG_NOSIGNAL as NO_SIGPIPE;
pub use libc::{SYS_ppoll, SYS_rt_sigtimedwait, SYS_sendto, SYS_write};
#[cfg(safepoint_portable)]
pub use plain::*;

// Its own numbers, the same on all its processors.
/// Sent by a timer of timer_create.
pub const SI_TIMER: c_int = -2;
/// Sent by sigqueue.
#[cfg_attr(safepoint_portable, allow(dead_code))]
pub const SI_QUEUE: c_int = -1;
/// Sent by tgkill or raise.
pub const SI_TKILL: c_int = -6;
/// Sent by kill.
pub const SI_USER: c_int = 0;

/// Whether it says what the processor, or a child, has done.
#[inline(always)]
pub fn is_of_an_event(code: c_int) -> bool {
    code > 0
}

/// Whether it names a sender.
#[inline(always)]
pub fn has_sender(code: c_int) -> bool {
    code <= 0 && code != SI_TIMER
}

/// Whether it carries a value.
#[inline(always)]
pub fn has_value(code: c_int) -> bool {
    code < 0 && code != SI_TKILL
}

/// A siginfo is 128 bytes, of which the kernel fills 48 and clears the rest.
pub const MARKS: usize = 8;
pub const MARKS_AT: usize = 128 - size_of::<[usize; MARKS]>();
const _: () = assert!(size_of::<libc::siginfo_t>() == 128);

/// A system call of this number: its result, or -1 and errno.
///
/// # Safety
/// It may be made with these arguments.
#[inline(always)]
pub unsafe fn call(number: c_long, of: &[usize; 6]) -> c_long {
    let [a, b, c, d, e, f] = *of;
    // SAFETY: the caller's word.
    unsafe { syscall(number, a, b, c, d, e, f) }
}

/// The calling thread as the kernel numbers it.
pub fn thread_number() -> c_int {
    // SAFETY: no preconditions.
    unsafe { syscall(libc::SYS_gettid) as c_int }
}

/// Wake all threads that wait on this word, also those of other processes:
/// whether that could be done.
#[inline(always)]
pub fn wake_all(word: &AtomicU32) -> bool {
    // SAFETY: the kernel looks at the address only.
    unsafe { syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAKE, c_int::MAX) >= 0 }
}

/// Sleep until the word is no longer `seen`, or it is `until`, by
/// CLOCK_MONOTONIC in nanoseconds; or for any other reason.
pub fn wait_for_futex(word: &AtomicU32, seen: u32, until: u64) {
    let time = libc::timespec {
        tv_sec: (until / 1_000_000_000).min(i32::MAX as u64) as _,
        tv_nsec: (until % 1_000_000_000) as _,
    };
    let operation = libc::FUTEX_WAIT_BITSET;
    let any = libc::FUTEX_BITSET_MATCH_ANY;
    let unused = null_mut::<c_void>();
    // SAFETY: a word and a time that outlive the call.
    unsafe {
        let word = word.as_ptr();
        syscall(libc::SYS_futex, word, operation, seen, &raw const time, unused, any);
    }
}

/// Name the calling thread, for whoever lists threads; and have the kernel
/// wake it no later than it is asked to.
pub fn name_thread(name: &CStr) {
    // SAFETY: a string that ends in zero; a number.
    unsafe {
        libc::prctl(libc::PR_SET_NAME, name.as_ptr());
        libc::prctl(libc::PR_SET_TIMERSLACK, 1 as libc::c_ulong);
    }
}
