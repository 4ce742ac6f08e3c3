//! 16 What happened

use core::ffi::c_int;

use super::{fill, fits, status};
use crate::context::{Counters, MAIN};

/// Copy the counters; `size` is sizeof *out. On another thread than the
/// owner's they may be a moment apart from each other.
///
/// Thread: any · In a signal handler: no · Errors: EINVAL NULL or size too
/// small, E2BIG
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_stats(out: *mut Counters, size: usize) -> c_int {
    status(fits(out, size).map(|()| {
        // SAFETY: checked with `fits`; the caller's word for `size`.
        unsafe { fill(out, size, MAIN.counters()) }
    }))
}
