//! The calls into users' code.
#![allow(unsafe_code)] // users' functions

use core::ffi::{c_int, c_void};
use core::mem::transmute;

use crate::context::{Call, Context, Event, Handler, SAFEPOINT_ONESHOT, add};
use crate::sys::zone::now;
use crate::zone;

/// A handler, taken out of the context.
pub struct Ready {
    handler: unsafe extern "C" fn(event: *const Event, user: *mut c_void) -> c_int,
    user: *mut c_void,
}

/// The handler of an event that was taken out, which is counted; a signal
/// whose handler has gone meanwhile is dropped. A ONESHOT handler is removed
/// here, before it runs.
#[inline(always)]
pub fn signal(context: &Context, event: &Event) -> Option<Ready> {
    let entry = context.handlers.get(event.signum as u32);
    let tally = &context.tally;
    // SAFETY: 0, or stored from a `Handler` by `sig_install`.
    let Some(handler) = (unsafe { transmute::<usize, Handler>(entry.handler) }) else {
        add(&tally.dropped, event.count + event.lost);
        return None;
    };
    add(&tally.handled, 1);
    add(&tally.ever, 1);
    add(&tally.coalesced, event.count - 1);
    add(&tally.lost, event.lost);
    if event.time != 0 {
        tally.waited(now().saturating_sub(event.time));
    }
    spend(context, event.signum as u32, entry.flags);
    Some(Ready { handler, user: entry.user as *mut c_void })
}

/// An event of this signal was taken out: a ONESHOT handler is removed.
#[inline(always)]
pub fn spend(context: &Context, signum: u32, flags: u32) {
    if flags & SAFEPOINT_ONESHOT != 0 {
        context.spend(signum);
    }
}

impl Ready {
    #[inline(always)]
    pub fn call(&self, event: &Event) -> c_int {
        // SAFETY: the user's word at `sig_install`.
        unsafe { (self.handler)(event, self.user) }
    }
}

/// What a queued call runs.
#[inline(always)]
pub fn call_parts(call: zone::Call) -> (Call, *mut c_void) {
    // SAFETY: stored from a `Call` by `sig_add_pending_call`.
    let function = unsafe { transmute::<usize, Call>(call.function) };
    (function, call.argument as *mut c_void)
}

#[inline(always)]
pub fn call(call: zone::Call) -> c_int {
    let (function, argument) = call_parts(call);
    job(function, argument)
}

#[inline(always)]
pub fn job(function: Call, argument: *mut c_void) -> c_int {
    // SAFETY: the user's word when it was queued.
    function.map_or(0, |function| unsafe { function(argument) })
}
