//! 5 Pending calls
//!
//! Have the owner call a function at its next safe point. Both ways are
//! lock-free and allocate nothing: they may be called on any thread and in a
//! signal handler, also one that interrupted the very same function. Calls
//! that one thread adds are run in that order.

use core::ffi::{c_int, c_void};

use super::{address, is_known, number, status};
use crate::context::{Call, Context, Job, MAIN, link};
use crate::safepoint;
use crate::sys::{self, Errno};
use crate::zone;

/// Queue fn(arg). 1,024 can wait. One that is half-way, on a thread that was
/// stopped there, holds up no other; left half-way for good, by a longjmp out
/// of a signal handler, it costs its place.
///
/// Thread: any · In a signal handler: yes · Errors: EINVAL NULL function,
/// EAGAIN no room (counted in sig_stats)
#[unsafe(no_mangle)]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
pub extern "C" fn sig_add_pending_call(r#fn: Call, arg: *mut c_void) -> c_int {
    status(add(&MAIN, r#fn, arg))
}

#[inline(always)]
pub(super) fn add(context: &Context, r#fn: Call, arg: *mut c_void) -> Result<(), Errno> {
    let function = r#fn.ok_or(sys::EINVAL)?;
    let function = address(function as *const c_void);
    safepoint::add_call(context, function, arg as usize)
}

/// Queue a job whose memory is the caller's: it is never refused. Returns 0,
/// or 1 where it was queued already; then it is still run once, and sees what
/// the caller wrote before.
///
/// Thread: any · In a signal handler: yes · Errors: EINVAL NULL job or
/// function, size too small, or reserved not 0; E2BIG
#[unsafe(no_mangle)]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
pub unsafe extern "C" fn sig_post(job: *mut Job) -> c_int {
    // SAFETY: the caller's word.
    number(unsafe { post(&MAIN, job) })
}

/// # Safety
/// As sig_post().
#[inline(always)]
pub(super) unsafe fn post(context: &Context, job: *mut Job) -> Result<c_int, Errno> {
    // SAFETY: the caller's word, also that the job lives until it was run.
    let link = unsafe {
        check_job(job)?;
        link(job)
    };
    let posted = context.inbox().post(job as usize, link, zone::PROCESS.era());
    Ok(c_int::from(!posted))
}

/// # Safety
/// `job` is null, or points to a job of the size that it says.
#[inline(always)]
unsafe fn check_job(job: *const Job) -> Result<(), Errno> {
    // SAFETY: the caller's word; it is as long as a job from there on.
    unsafe {
        is_known(job)?;
        if (*job).reserved != 0 || (*job).r#fn.is_none() {
            return Err(sys::EINVAL);
        }
    }
    Ok(())
}
