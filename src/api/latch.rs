//! 13 Stop latch
//!
//! What workers look at to see that they are to stop: Python's
//! threading.Event, in four bytes. Anybody sets it, also a signal handler, and
//! any number of threads wait for it, also in other processes that share the
//! memory. It begins as zeros, and once it is set it stays so.

use core::ffi::c_int;
use core::sync::atomic::AtomicU32;
use core::sync::atomic::Ordering::{Acquire, SeqCst};

use super::{blocking, main};
use crate::blocking::{Call, FOREVER, deadline, to_timespec};
use crate::context::{Handle, resolve};
use crate::sys;

/// A latch: SAFEPOINT_LATCH, or zeros. Do not copy it.
#[repr(C)]
pub struct Latch {
    /// The library's own.
    pub word: u32,
}

/// Not set: nobody waits. The kernel is asked to wake only from the second.
const UNSET: u32 = 0;
const AWAITED: u32 = 2;
const SET: u32 = 1;

/// The word of a latch.
///
/// # Safety
/// `latch` is null, or points to a latch for as long as it is used.
#[inline(always)]
unsafe fn word<'a>(latch: *const Latch) -> Option<&'a AtomicU32> {
    // SAFETY: the caller's word; an atomic is as large and aligned as its
    // number, and a latch is read and written in no other way.
    (!latch.is_null())
        .then(|| unsafe { AtomicU32::from_ptr((&raw const (*latch).word).cast_mut()) })
}

#[inline(always)]
fn is_set(word: &AtomicU32) -> bool {
    word.load(Acquire) == SET
}

/// Say that somebody waits: false if it is set.
fn await_it(word: &AtomicU32) -> bool {
    word.compare_exchange(UNSET, AWAITED, SeqCst, Acquire) != Err(SET)
}

/// Set it, and wake all who wait for it. Returns 0, or 1 where it was set
/// already. What was written before is seen by whoever sees it set.
///
/// Thread: any · In a signal handler: yes · Errors: EINVAL NULL
#[unsafe(no_mangle)]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
pub unsafe extern "C" fn sig_latch_set(latch: *mut Latch) -> c_int {
    // SAFETY: the caller's word.
    let Some(word) = (unsafe { word(latch) }) else { return -sys::EINVAL };
    match word.swap(SET, SeqCst) {
        SET => 1,
        AWAITED => {
            sys::zone::wake_all(word);
            0
        }
        _ => 0,
    }
}

/// 1 where it is set, otherwise 0: one load.
///
/// Thread: any · In a signal handler: yes · Errors: EINVAL NULL
#[unsafe(no_mangle)]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
pub unsafe extern "C" fn sig_latch_is_set(latch: *const Latch) -> c_int {
    // SAFETY: the caller's word.
    unsafe { word(latch) }.map_or(-sys::EINVAL, |word| c_int::from(is_set(word)))
}

/// Wait until it is set, for `ns` nanoseconds, or SAFEPOINT_FOREVER: 1 where
/// it is set, 0 where time is up. A wait like those of section 8: on the
/// owner's thread handlers run meanwhile.
/// Windows: for threads of this process.
///
/// Thread: any · In a signal handler: no · Errors: EINVAL NULL, EINTR a handler
/// raised
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_latch_wait(latch: *mut Latch, ns: u64) -> c_int {
    // SAFETY: the caller's word.
    unsafe { sig_context_latch_wait(main(), latch, ns) }
}

/// sig_latch_wait() for this context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_latch_wait(
    context: *mut Handle,
    latch: *mut Latch,
    ns: u64,
) -> c_int {
    // SAFETY: the caller's word.
    let Some(word) = (unsafe { word(latch) }) else { return -sys::EINVAL };
    if let Err(error) = resolve(context) {
        return -error; // also where it is set already
    }
    let until = to_timespec(deadline(ns));
    let until = if ns == FOREVER { 0 } else { &raw const until as usize };
    let operation = sys::FUTEX_WAIT_BITSET as usize;
    let any = sys::FUTEX_BITSET_MATCH_ANY as u32 as usize;
    let of = word.as_ptr() as usize;
    let arguments = [of, operation, AWAITED as usize, until, 0, any];
    let mut wait = Call::new(sys::SYS_futex, arguments);
    while await_it(word) {
        // SAFETY: the latch's word, and a time that is absolute.
        let result = unsafe { blocking::wait(context, &mut wait) } as c_int;
        match -result {
            sys::ETIMEDOUT => return c_int::from(is_set(word)),
            0 | sys::EAGAIN => {}
            _ => return result,
        }
    }
    1
}
