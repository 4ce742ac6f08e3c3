//! 4 Safe points
//!
//! A check runs what was pending when it began: signals by rising number,
//! each real-time one in the order sent (where several threads do not block
//! it, two that take it at once record it in either order), then calls in the
//! order added and timers in the order due, then posted jobs. What a handler
//! makes pending waits for the next check. Each thing is taken out before its
//! handler is called, so a handler may call sig_check(), may be re-entered,
//! and may longjmp out.
//!
//! In C and C++ sig_check() is inlined: one load and one predicted branch,
//! and a call only where something is pending. Put it where a loop of yours
//! could be left or re-entered. There is a function of that name too, for
//! pointers and for other languages; under SAFEPOINT_NO_INLINE this header
//! only declares it.

use core::ffi::{c_int, c_void};
use core::ptr::null_mut;
use core::sync::atomic::Ordering::Relaxed;

use super::{Of, fill, fits, number, status};
use crate::context::{Event, MAIN};
use crate::safepoint;
use crate::zone::Breaker;

/// A safe point: handle what is pending. 0, or what a handler raised;
/// whatever had not run then stays pending. Does nothing and returns 0 on
/// any thread but the owner, and while held.
///
/// Thread: owner (any) · In a signal handler: no · Errors: none
#[unsafe(no_mangle)]
pub extern "C" fn sig_check() -> c_int {
    if MAIN.inbox().breaker.0.load(Relaxed) == 0 {
        return 0;
    }
    safepoint::check(&MAIN, null_mut())
}

/// sig_check() with the interpreter's current frame, which handlers find as
/// event->frame.
///
/// Thread: owner (any) · In a signal handler: no · Errors: none
#[unsafe(no_mangle)]
pub extern "C" fn sig_check_frame(frame: *mut c_void) -> c_int {
    safepoint::check(&MAIN, frame)
}

/// Take the next pending event, for a caller that dispatches it: 1 where one
/// was taken, 0 where nothing is pending or the context is held. Signals are
/// those that have a handler, which is not called. `size` is sizeof *event.
///
/// Thread: owner · In a signal handler: no · Errors: EINVAL NULL or size too
/// small, E2BIG, EPERM
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_next(event: *mut Event, size: usize) -> c_int {
    // SAFETY: the caller's word.
    unsafe { next(Ok(&MAIN), event, size) }
}

/// # Safety
/// As sig_next().
pub(super) unsafe fn next(of: Of, event: *mut Event, size: usize) -> c_int {
    let mut taken = Event::of(0);
    let next = fits(event, size).and_then(|()| safepoint::next(of?, &mut taken));
    number(next.map(|next| {
        if next {
            // SAFETY: checked with `fits`; the caller's word for `size`.
            unsafe { fill(event, size, taken) };
        }
        c_int::from(next)
    }))
}

/// The breaker: non-zero while anything is pending and not held; what comes
/// while held sets it until the next check. For an interpreter's own loop or a
/// JIT, which tests the word at this address and calls sig_check() where it is
/// not zero. The address never changes.
///
/// Thread: any · In a signal handler: yes · Errors: none
#[unsafe(no_mangle)]
pub extern "C" fn sig_breaker() -> *const u32 {
    MAIN.inbox().breaker.0.as_ptr()
}

/// No handler runs until sig_release(), and no wait ends for what arrives.
/// Nests. Costs no system call, and sig_check() stays as cheap as when idle.
/// Signals are recorded meanwhile.
///
/// Thread: owner · In a signal handler: no · Errors: EPERM, EAGAIN at 2^32
#[unsafe(no_mangle)]
pub extern "C" fn sig_hold() -> c_int {
    status(MAIN.owned().and_then(|()| MAIN.hold()))
}

/// Undo one sig_hold(). At the last, the next sig_check() runs what came.
///
/// Thread: owner · In a signal handler: no · Errors: EPERM, EINVAL not held
#[unsafe(no_mangle)]
pub extern "C" fn sig_release() -> c_int {
    status(MAIN.owned().and_then(|()| MAIN.release()))
}

/// The breaker's address as a constant. A program that is linked with
/// -Bsymbolic libraries gets a copy of a library's *data*: a copy of this
/// pointer still leads to the one breaker, where a copy of the breaker would
/// be stale for ever.
#[repr(transparent)]
pub struct BreakerAddress(*const Breaker);

// SAFETY: an address that never changes, of an atomic.
unsafe impl Sync for BreakerAddress {}

#[unsafe(no_mangle)]
#[allow(non_upper_case_globals, missing_docs)] // a C name; see its type
pub static safepoint_breaker: BreakerAddress =
    BreakerAddress(&raw const crate::zone::MAIN.0.breaker);
