//! 9 Time
//!
//! Timers of the process, which send SIGALRM, SIGVTALRM or SIGPROF: install a
//! handler first. ITIMER_REAL and so on are sys/time.h's.

use core::ffi::{c_int, c_uint};
use core::mem::offset_of;

use super::{LARGEST, status};
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

const FIRST_SIZE: usize = offset_of!(Itimer, interval) + size_of::<u64>();

/// SIGALRM in so many seconds, 0 for not at all; the seconds that were left
/// of the last one. It shares its timer with ITIMER_REAL.
///
/// Thread: any · In a signal handler: yes · Errors: none
#[unsafe(no_mangle)]
pub extern "C" fn sig_alarm(seconds: c_uint) -> c_uint {
    sys::alarm(seconds)
}

/// Set ITIMER_REAL, ITIMER_VIRTUAL or ITIMER_PROF; what it was goes to `old`,
/// whose size is set, or which is NULL.
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
    status(unsafe {
        let new = read(value);
        let fits = if old.is_null() { Ok(0) } else { said_size(old) };
        new.and_then(|new| fits.map(|size| (new, size))).and_then(|(new, size)| {
            let was = sys::interval_timer(which, Some(new))?;
            if size != 0 {
                write(old, size, was);
            }
            Ok(())
        })
    })
}

/// What a timer has left; `value`, whose size is set, gets it.
///
/// Thread: any · In a signal handler: no · Errors: EINVAL no such timer, NULL,
/// size too small; E2BIG
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_getitimer(which: c_int, value: *mut Itimer) -> c_int {
    // SAFETY: the caller's word.
    status(unsafe {
        said_size(value).and_then(|size| {
            write(value, size, sys::interval_timer(which, None)?);
            Ok(())
        })
    })
}

/// The size that a timer says it has.
unsafe fn said_size(timer: *const Itimer) -> Result<usize, Errno> {
    // SAFETY: the caller's word.
    let size = unsafe { timer.as_ref() }.map_or(0, |timer| timer.size as usize);
    match size {
        _ if size < FIRST_SIZE => Err(sys::EINVAL),
        _ if size > LARGEST => Err(sys::E2BIG),
        _ => Ok(size),
    }
}

/// What is to be set, in microseconds, if it can be.
unsafe fn read(timer: *const Itimer) -> Result<Interval, Errno> {
    // SAFETY: the caller's word; `timer` is not null from here on.
    unsafe {
        let size = said_size(timer)?;
        let beyond = size_of::<Itimer>()..size;
        if beyond.into_iter().any(|at| *timer.cast::<u8>().add(at) != 0) {
            return Err(sys::E2BIG);
        }
        // The kernel's seconds are signed, and its own times shorter still.
        let longest = i64::MAX as u64;
        match *timer {
            Itimer { reserved: 0, value, interval, .. }
                if value <= longest && interval <= longest =>
            {
                Ok(Interval { value: value.div_ceil(1000), every: interval.div_ceil(1000) })
            }
            _ => Err(sys::EINVAL),
        }
    }
}

/// # Safety
/// `to` has this size.
unsafe fn write(to: *mut Itimer, size: usize, was: Interval) {
    let value = Itimer {
        size: size as u32,
        reserved: 0,
        value: was.value.saturating_mul(1000),
        interval: was.every.saturating_mul(1000),
    };
    // SAFETY: the caller's word.
    unsafe {
        to.write(value);
        let known = size_of::<Itimer>();
        to.cast::<u8>().add(known).write_bytes(0, size - known);
    }
}
