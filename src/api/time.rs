//! 9 Time
//!
//! sig_alarm() and the itimers are the process's, and send SIGALRM, SIGVTALRM
//! or SIGPROF: install a handler first. ITIMER_REAL and so on are sys/time.h's.
//!
//! sig_call_after() takes no signal and no itimer of the process's. Deadlines,
//! 65,536 of all contexts, have one thread of the library's own: it is started
//! with the first, takes no signals, and is ended by sig_fini() when none is
//! left. It sleeps until the next is due, and then makes it pending as any
//! thread might, so a wait ends for it, and an idle check has nothing more to
//! look at. None runs early; how late is up to the owner's next safe point,
//! and the scheduler. A forked child begins with none.
//!
//! Time that a machine sleeps does not count on Linux, as CLOCK_MONOTONIC has
//! it. On Windows and macOS that clock counts it, but a wait that has begun
//! does not: a deadline may be late by as long as the machine has slept.

use core::ffi::{c_int, c_uint, c_void};

use super::{Of, address, fill, fits, is_known, maybe, said_size, status};
use crate::context::{Call, MAIN, cancel};
use crate::sys::{self, Errno, Interval};

/// A timer of the process. Times are nanoseconds, and are rounded up to
/// microseconds.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Itimer {
    /// sizeof(sig_itimer).
    pub size: u32,
    /// Zero.
    pub reserved: u32,
    /// Until it falls due; 0 is not at all.
    pub value: u64,
    /// And then every so often; 0 is only once.
    pub interval: u64,
}

/// SIGALRM in so many seconds, 0 for not at all; the seconds that were left
/// of the last one. It shares its timer with ITIMER_REAL.
/// Windows: nothing, and 0.
///
/// Thread: any · In a signal handler: yes · Errors: none
#[unsafe(no_mangle)]
pub extern "C" fn sig_alarm(seconds: c_uint) -> c_uint {
    sys::alarm(seconds)
}

/// Set ITIMER_REAL, ITIMER_VIRTUAL or ITIMER_PROF; what it was goes to `old`,
/// whose size is set, or which is NULL.
/// Windows: -ENOTSUP.
///
/// Thread: any · In a signal handler: no · Errors: EINVAL no such timer, NULL,
/// size too small, reserved not 0, a time of 2^63 or more; E2BIG
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_setitimer(
    which: c_int,
    value: *const Itimer,
    old: *mut Itimer,
) -> c_int {
    // SAFETY: the caller's word.
    status(unsafe { set(which, value, old) })
}

unsafe fn set(which: c_int, value: *const Itimer, old: *mut Itimer) -> Result<(), Errno> {
    // SAFETY: the caller's word.
    unsafe {
        let new = read(value)?;
        if !old.is_null() {
            fits(old, said_size(old))?;
        }
        let was = sys::interval_timer(which, Some(new))?;
        if !old.is_null() {
            write(old, was);
        }
    }
    Ok(())
}

/// What a timer has left; `value`, whose size is set, gets it.
/// Windows: -ENOTSUP.
///
/// Thread: any · In a signal handler: no · Errors: EINVAL no such timer, NULL,
/// size too small; E2BIG
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_getitimer(which: c_int, value: *mut Itimer) -> c_int {
    // SAFETY: the caller's word.
    status(unsafe {
        fits(value, said_size(value)).and_then(|()| {
            write(value, sys::interval_timer(which, None)?);
            Ok(())
        })
    })
}

/// What is to be set, in microseconds, if it can be.
unsafe fn read(timer: *const Itimer) -> Result<Interval, Errno> {
    // SAFETY: the caller's word.
    let timer = unsafe {
        is_known(timer)?;
        timer.read()
    };
    // The kernel's seconds are signed, and its own times shorter still.
    let longest = i64::MAX as u64;
    if timer.reserved != 0 || timer.value > longest || timer.interval > longest {
        return Err(sys::EINVAL);
    }
    Ok(Interval { value: timer.value.div_ceil(1000), every: timer.interval.div_ceil(1000) })
}

/// # Safety
/// `to` has the size that it says it has, which [`fits`].
unsafe fn write(to: *mut Itimer, was: Interval) {
    // SAFETY: the caller's word.
    unsafe {
        let size = said_size(to);
        let value = Itimer {
            size: size as u32,
            reserved: 0,
            value: was.value.saturating_mul(1000),
            interval: was.every.saturating_mul(1000),
        };
        fill(to, size, value);
    }
}

/// Call fn(arg) at the owner's first safe point that is `ns` nanoseconds away
/// or more, and, where `every_ns` is not 0, again each `every_ns` after that:
/// once for all that have gone by without a safe point. Non-zero raises. `id`,
/// where not NULL, gets the number for sig_cancel(). It falls due on another
/// thread: even with 0 that may take a moment.
///
/// Thread: any · In a signal handler: no · Errors: EINVAL NULL function, EAGAIN
/// too many, or no thread to be had; ENOMEM
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_call_after(
    ns: u64,
    every_ns: u64,
    r#fn: Call,
    arg: *mut c_void,
    id: *mut u64,
) -> c_int {
    // SAFETY: the caller's word.
    status(unsafe { call_after(Ok(&MAIN), ns, every_ns, r#fn, arg, id) })
}

/// # Safety
/// As sig_call_after().
pub(super) unsafe fn call_after(
    of: Of,
    ns: u64,
    every_ns: u64,
    r#fn: Call,
    arg: *mut c_void,
    id: *mut u64,
) -> Result<(), Errno> {
    let function = address(r#fn.ok_or(sys::EINVAL)? as *const c_void);
    of?.call_after(ns, every_ns, function, arg as usize, |called| {
        // SAFETY: the caller's word.
        unsafe { maybe(id, called) }
    })
}

/// Cancel a call, of any context: when this returns 0, it is not run any more.
/// On another thread than its owner's it may be running just then.
///
/// Thread: any · In a signal handler: no · Errors: ENOENT no such call: it was
/// run, or cancelled, or armed before a fork
#[unsafe(no_mangle)]
pub extern "C" fn sig_cancel(id: u64) -> c_int {
    status(cancel(id))
}
