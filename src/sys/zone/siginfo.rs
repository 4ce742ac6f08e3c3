//! What the kernel says of a delivery.
#![allow(unsafe_code)] // the kernel's pointers

use core::ffi::c_int;
use core::mem::size_of;

use super::system::{MARKS, MARKS_AT, has_sender, has_value, is_of_an_event};
use super::{FAULTS, Siginfo};

pub use super::system::SI_USER;
pub use libc::siginfo_t as SigInfo;

/// The parts of a siginfo that its `si_code` says are there (sigaction(2)).
///
/// # Safety
/// `info` is null or what the kernel passed to a handler.
#[inline(always)]
pub unsafe fn read_siginfo(signum: c_int, info: *const SigInfo) -> Siginfo {
    let mut read = Siginfo { code: 0, pid: 0, uid: 0, status: 0, value: 0 };
    // SAFETY: the caller's word; a null pointer reads as nothing known.
    let Some(info) = (unsafe { info.as_ref() }) else { return read };
    read.code = info.si_code;
    let child = signum == libc::SIGCHLD && is_of_an_event(info.si_code);
    // SAFETY: all members of the union are plain numbers, so each is valid
    // to read; the conditions only choose those that mean something.
    unsafe {
        if child || has_sender(info.si_code) {
            read.pid = info.si_pid();
            read.uid = info.si_uid();
        }
        if child {
            read.status = info.si_status();
        } else if has_value(info.si_code) {
            read.value = info.si_value().sival_ptr as usize;
        }
    }
    read
}

/// Whether this is a fault of the processor's own, not sent by anybody.
///
/// # Safety
/// As [`read_siginfo`].
#[inline(always)]
pub unsafe fn is_fault(signum: c_int, info: *const SigInfo) -> bool {
    // SAFETY: the caller's word.
    let code = unsafe { info.as_ref() }.map_or(0, |info| info.si_code);
    is_of_an_event(code) && FAULTS & 1u64.wrapping_shl(signum as u32 - 1) != 0
}

// The end of a siginfo, which nothing uses, carries the marks of those who are
// passing it on right now: addresses, whose lowest bit says that nobody up to
// there has handled it.
const UNHANDLED: usize = 1;

#[inline(always)]
fn marks(info: *mut SigInfo) -> *mut [usize; MARKS] {
    const { assert!(MARKS_AT + size_of::<[usize; MARKS]>() <= size_of::<SigInfo>()) };
    info.cast::<u8>().wrapping_add(MARKS_AT).cast()
}

/// How often `mark` is on this siginfo.
///
/// # Safety
/// As [`read_siginfo`].
#[inline(always)]
pub unsafe fn times_marked(info: *mut SigInfo, mark: usize) -> usize {
    if info.is_null() {
        return 0;
    }
    let mut times = 0;
    // SAFETY: inside the siginfo.
    for found in unsafe { *marks(info) } {
        times += usize::from(found & !UNHANDLED == mark);
    }
    times
}

/// Whether it was passed on to us, unhandled.
///
/// # Safety
/// As [`read_siginfo`].
#[inline(always)]
pub unsafe fn is_passed_unhandled(info: *mut SigInfo) -> bool {
    // SAFETY: inside the siginfo; null is checked.
    let last =
        (!info.is_null()).then(|| unsafe { *marks(info) }.into_iter().rfind(|m| *m != 0));
    last.flatten().is_some_and(|mark| mark & UNHANDLED != 0)
}

/// Put `mark` on it, for as long as it is passed on: where it is now.
///
/// # Safety
/// As [`read_siginfo`].
#[inline(always)]
pub unsafe fn mark(info: *mut SigInfo, mark: usize, unhandled: bool) -> Option<usize> {
    if info.is_null() {
        return None;
    }
    // SAFETY: inside the siginfo, which is the handler's own.
    let marks = unsafe { &mut *marks(info) };
    let (index, free) = marks.iter_mut().enumerate().find(|(_, slot)| **slot == 0)?;
    *free = if unhandled { mark | UNHANDLED } else { mark };
    Some(index)
}

/// Take the mark away that [`mark`] has put there.
///
/// # Safety
/// As [`read_siginfo`].
#[inline(always)]
pub unsafe fn unmark(info: *mut SigInfo, index: usize) {
    // SAFETY: marked, so not null, and inside the siginfo.
    if let Some(slot) = unsafe { &mut *marks(info) }.get_mut(index) {
        *slot = 0;
    }
}
