//! Ownership, handlers, blocking sections, timers and masks of any context.

use core::ffi::{c_int, c_long, c_void};

use crate::api::handlers::{self, Disposition};
use crate::api::{blocking, fill, number, sending, status, time};
use crate::context::{Call, Event, Handle, Handler, adopt, pinned, resolve};
use crate::sys;

/// sig_is_owner() for this context.
#[unsafe(no_mangle)]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
pub extern "C" fn sig_context_is_owner(context: *mut Handle) -> c_int {
    number(resolve(context).map(|context| c_int::from(context.is_owner())))
}

/// sig_adopt() for this context.
#[unsafe(no_mangle)]
pub extern "C" fn sig_context_adopt(context: *mut Handle) -> c_int {
    status(adopt(context))
}

/// sig_install() for this context.
#[unsafe(no_mangle)]
pub extern "C" fn sig_context_install(
    context: *mut Handle,
    signum: c_int,
    handler: Handler,
    user: *mut c_void,
    flags: u32,
) -> c_int {
    number(handlers::install(resolve(context), signum, handler, user, flags))
}

/// sig_ignore() for this context.
#[unsafe(no_mangle)]
pub extern "C" fn sig_context_ignore(context: *mut Handle, signum: c_int) -> c_int {
    number(handlers::set_plain(resolve(context), signum, true))
}

/// sig_default() for this context.
#[unsafe(no_mangle)]
pub extern "C" fn sig_context_default(context: *mut Handle, signum: c_int) -> c_int {
    number(handlers::set_plain(resolve(context), signum, false))
}

/// sig_restore() for this context.
#[unsafe(no_mangle)]
pub extern "C" fn sig_context_restore(context: *mut Handle, signum: c_int) -> c_int {
    number(handlers::restore(resolve(context), signum))
}

/// sig_query() for this context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_query(
    context: *mut Handle,
    signum: c_int,
    out: *mut Disposition,
    size: usize,
) -> c_int {
    status(handlers::query(resolve(context), signum, out, size).map(|found| {
        // SAFETY: checked with `fits`; the caller's word for `size`.
        unsafe { fill(out, size, found) }
    }))
}

/// sig_verify() for this context.
#[unsafe(no_mangle)]
pub extern "C" fn sig_context_verify(context: *mut Handle, signum: c_int) -> c_int {
    number(handlers::verify(resolve(context), signum))
}

/// sig_set_escalation() for this context.
#[unsafe(no_mangle)]
pub extern "C" fn sig_context_set_escalation(
    context: *mut Handle,
    signum: c_int,
    deliveries: u32,
    ns: u64,
) -> c_int {
    status(handlers::escalate(resolve(context), signum, deliveries, ns))
}

/// sig_syscall() for this context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_syscall(
    context: *mut Handle,
    number: c_long,
    a: c_long,
    b: c_long,
    c: c_long,
    d: c_long,
    e: c_long,
    f: c_long,
) -> c_long {
    let arguments = [a, b, c, d, e, f].map(|word| word as usize);
    // SAFETY: the caller's word.
    unsafe { blocking::plain(context, sys::by_number(number), arguments) }
}

/// sig_blocking_begin() for this context.
#[unsafe(no_mangle)]
pub extern "C" fn sig_context_blocking_begin(context: *mut Handle) -> c_int {
    blocking::begin(resolve(context))
}

/// sig_blocking_end() for this context.
#[unsafe(no_mangle)]
pub extern "C" fn sig_context_blocking_end(context: *mut Handle) -> c_int {
    blocking::end(resolve(context))
}

/// sig_raised() for this context.
#[unsafe(no_mangle)]
pub extern "C" fn sig_context_raised(context: *mut Handle) -> c_int {
    blocking::raised(resolve(context))
}

/// sig_retry() for this context.
#[unsafe(no_mangle)]
pub extern "C" fn sig_context_retry(context: *mut Handle) -> c_int {
    blocking::retry(resolve(context))
}

/// sig_call_after() for this context. sig_cancel() is for all.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_call_after(
    context: *mut Handle,
    ns: u64,
    every_ns: u64,
    r#fn: Call,
    arg: *mut c_void,
    id: *mut u64,
) -> c_int {
    status(pinned(context, |context| {
        // SAFETY: the caller's word.
        unsafe { time::call_after(Ok(context), ns, every_ns, r#fn, arg, id) }
    }))
}

/// sig_mask() for this context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_mask(
    context: *mut Handle,
    how: c_int,
    set: u64,
    old: *mut u64,
) -> c_int {
    // SAFETY: the caller's word.
    unsafe { sending::mask(resolve(context), how, set, old) }
}

/// sig_pending() for this context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_pending(context: *mut Handle, set: *mut u64) -> c_int {
    // SAFETY: the caller's word.
    status(unsafe { sending::pending(resolve(context), set) })
}

/// sig_wait() for this context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_wait(
    context: *mut Handle,
    set: u64,
    timeout: u64,
    event: *mut Event,
    size: usize,
) -> c_int {
    // SAFETY: the caller's word.
    unsafe { sending::wait(resolve(context), set, timeout, event, size) }
}

/// sig_set_restart() for this context.
#[unsafe(no_mangle)]
pub extern "C" fn sig_context_set_restart(
    context: *mut Handle,
    signum: c_int,
    on: c_int,
) -> c_int {
    status(sending::set_restart(resolve(context), signum, on))
}
