//! Safe points, calls and wake-ups of any context.

use core::ffi::{c_int, c_void};
use core::ptr::{null, null_mut};
use core::sync::atomic::Ordering::Relaxed;

use crate::api::wakeup::Wakeup;
use crate::api::{calls, catchable, number, owned, points, status, wakeup};
use crate::context::{Call, Event, Handle, Job, pinned, resolve};
use crate::{safepoint, sys, zone};

/// sig_check() for this context. No handler ought to return -EINVAL or -ESTALE:
/// they are this function's own. In a hot loop test the word at
/// sig_context_breaker() first.
#[unsafe(no_mangle)]
pub extern "C" fn sig_context_check(context: *mut Handle) -> c_int {
    check(context, null_mut())
}

/// sig_check_frame() for this context.
#[unsafe(no_mangle)]
pub extern "C" fn sig_context_check_frame(
    context: *mut Handle,
    frame: *mut c_void,
) -> c_int {
    check(context, frame)
}

#[inline(always)]
fn check(context: *mut Handle, frame: *mut c_void) -> c_int {
    match resolve(context) {
        Ok(context) if context.inbox().breaker.0.load(Relaxed) == 0 => 0,
        Ok(context) => safepoint::check(context, frame),
        Err(error) => -error,
    }
}

/// sig_next() for this context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_next(
    context: *mut Handle,
    event: *mut Event,
    size: usize,
) -> c_int {
    // SAFETY: the caller's word.
    unsafe { points::next(resolve(context), event, size) }
}

/// sig_breaker() for this context; NULL where there is none. The word can be
/// read for ever, but says nothing when the context was freed.
#[unsafe(no_mangle)]
pub extern "C" fn sig_context_breaker(context: *mut Handle) -> *const u32 {
    resolve(context).map_or(null(), |context| context.inbox().breaker.0.as_ptr())
}

/// sig_hold() for this context.
#[unsafe(no_mangle)]
pub extern "C" fn sig_context_hold(context: *mut Handle) -> c_int {
    status(owned(resolve(context)).and_then(|context| context.hold()))
}

/// sig_release() for this context.
#[unsafe(no_mangle)]
pub extern "C" fn sig_context_release(context: *mut Handle) -> c_int {
    status(owned(resolve(context)).and_then(|context| context.release()))
}

/// sig_add_pending_call() for this context.
#[unsafe(no_mangle)]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
pub extern "C" fn sig_context_add_pending_call(
    context: *mut Handle,
    r#fn: Call,
    arg: *mut c_void,
) -> c_int {
    status(pinned(context, |context| calls::add(context, r#fn, arg)))
}

/// sig_post() for this context. A job is queued in one context at a time.
#[unsafe(no_mangle)]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
pub unsafe extern "C" fn sig_context_post(context: *mut Handle, job: *mut Job) -> c_int {
    let handle = context;
    number(pinned(context, |context| {
        // SAFETY: the caller's word.
        let posted = unsafe { calls::post(context, job) }?;
        if context.is_no_more(handle) {
            context.abandon_jobs();
        }
        Ok(posted)
    }))
}

/// sig_trip() for this context alone.
#[unsafe(no_mangle)]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
pub extern "C" fn sig_context_trip(context: *mut Handle, signum: c_int) -> c_int {
    status(pinned(context, |context| {
        let signum = catchable(signum)?;
        if context.handlers.get(signum).is_handler() {
            zone::trip_one(context.inbox(), signum);
        }
        Ok(())
    }))
}

/// sig_interrupt() for this context: how one thread cancels the script that
/// another runs.
#[unsafe(no_mangle)]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
pub extern "C" fn sig_context_interrupt(context: *mut Handle, value: c_int) -> c_int {
    status(pinned(context, |context| {
        if value == 0 {
            return Err(sys::EINVAL);
        }
        context.inbox().interrupt(value);
        Ok(())
    }))
}

/// sig_set_wakeup_fd() for this context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_set_wakeup_fd(
    context: *mut Handle,
    fd: c_int,
    flags: u32,
    old_fd: *mut c_int,
) -> c_int {
    // SAFETY: the caller's word.
    unsafe { wakeup::set(resolve(context), fd, flags, old_fd) }
}

/// sig_event_fd() for this context.
#[unsafe(no_mangle)]
pub extern "C" fn sig_context_event_fd(context: *mut Handle) -> c_int {
    wakeup::event_fd(resolve(context))
}

/// sig_event_handle() for this context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_event_handle(
    context: *mut Handle,
    handle: *mut *mut c_void,
) -> c_int {
    // SAFETY: the caller's word.
    unsafe { wakeup::event_handle(resolve(context), handle) }
}

/// sig_set_wakeup_fn() for this context.
#[unsafe(no_mangle)]
pub extern "C" fn sig_context_set_wakeup_fn(
    context: *mut Handle,
    r#fn: Wakeup,
    arg: *mut c_void,
) -> c_int {
    wakeup::set_function(resolve(context), r#fn, arg)
}

/// sig_wakeup_failures() for this context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_wakeup_failures(
    context: *mut Handle,
    last_error: *mut c_int,
) -> c_int {
    // SAFETY: the caller's word.
    number(pinned(context, |context| Ok(unsafe { wakeup::failures(context, last_error) })))
}
