//! 16 What happened

use core::ffi::c_int;

use super::{fill, fits, status};
use crate::context::{Context, Counters, Handle, MAIN, pinned};
use crate::sys::Errno;

/// Copy the counters; `size` is sizeof *out. On another thread than the
/// owner's they may be a moment apart from each other.
///
/// Thread: any · In a signal handler: no · Errors: EINVAL NULL or size too
/// small, E2BIG
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_stats(out: *mut Counters, size: usize) -> c_int {
    // SAFETY: the caller's word.
    status(unsafe { copy(&MAIN, out, size) })
}

/// # Safety
/// As sig_stats().
unsafe fn copy(context: &Context, out: *mut Counters, size: usize) -> Result<(), Errno> {
    fits(out, size)?;
    // SAFETY: checked with `fits`; the caller's word for `size`.
    unsafe { fill(out, size, context.counters()) };
    Ok(())
}

/// sig_stats() for this context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_stats(
    context: *mut Handle,
    out: *mut Counters,
    size: usize,
) -> c_int {
    // SAFETY: the caller's word.
    status(pinned(context, |context| unsafe { copy(context, out, size) }))
}
