//! 12 Contexts
//!
//! A context has an owner thread, handlers, a breaker, pending calls, timers,
//! wake-ups, holds and counters of its own: one for each interpreter state,
//! say. All that stands above is about the main context. Any thread can own
//! more, one or several; each function above that acts on a context has a
//! sig_context_ twin, which takes the context first, does the same for it, and
//! may be called where the other may: by this one's owner, on any thread, in a
//! signal handler. sig_main() is a context for them, too. NULL is -EINVAL, one
//! that was freed -ESTALE.
//!
//! A signal goes to every context that has a handler for it. A disposition
//! belongs to the process: our handler stands there as long as any context has
//! one; else the signal is ignored as long as any wants that, or is at its
//! default. System calls restart where every handler has SAFEPOINT_RESTART;
//! what stood before is called if any has SAFEPOINT_CHAIN. sig_trip() is for
//! all, as a signal is, and sig_context_trip() for one. A wait ends, and a
//! check runs, for its own context alone.
//!
//! A forked child has all contexts. Those of the thread that forked are still
//! its own; the others have lost their owner, and can be adopted or freed.

use core::ffi::c_int;
use core::ptr::null_mut;

use crate::api::status;
use crate::context::{self, Handle, MAIN};

/// The main context.
///
/// Thread: any · In a signal handler: yes · Errors: none
#[unsafe(no_mangle)]
pub extern "C" fn sig_main() -> *mut Handle {
    MAIN.handle()
}

/// A new context, which the caller owns; NULL where there are 4,096 besides
/// the main one, or no memory. It has nothing set, and nothing pending. Signals
/// may arrive meanwhile.
///
/// Thread: any · In a signal handler: no · Errors: NULL
#[unsafe(no_mangle)]
pub extern "C" fn sig_context_new() -> *mut Handle {
    context::new().map_or(null_mut(), |context| context.handle())
}

/// Give a context back, with its handlers, timers and wake-ups, and drop what
/// is pending for it. Its memory is kept for the next one. Whoever still has
/// the handle gets -ESTALE; a job that is posted in this very moment may be
/// dropped a little later.
///
/// Thread: owner (any, where its thread has ended) · In a signal handler: no ·
/// Errors: EINVAL NULL or the main context, ESTALE, EPERM, EBUSY a handler of
/// its own is running, or somebody has been in its wake-up function for a
/// second
#[unsafe(no_mangle)]
pub extern "C" fn sig_context_free(context: *mut Handle) -> c_int {
    status(context::free(context))
}
