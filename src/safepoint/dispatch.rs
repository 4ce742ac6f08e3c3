//! The calls into users' code.
#![allow(unsafe_code)] // users' functions

use core::ffi::{c_int, c_void};
use core::mem::transmute;

use crate::context::{
    Call, Context, Event, Handler, Item, SAFEPOINT_EVENT_SIGNAL, SAFEPOINT_ONESHOT, add,
};
use crate::sys::zone::now;
use crate::zone;

/// A handler and what it is told, taken out of the context.
pub struct Ready {
    handler: Handler,
    user: *mut c_void,
    pub event: Event,
}

/// Make an event of an item, and count it; a signal whose handler has gone
/// meanwhile is dropped. A ONESHOT handler is removed here, before it runs.
pub fn signal(context: &Context, item: &Item, frame: *mut c_void) -> Option<Ready> {
    let entry = context.handlers.get(item.signum);
    let tally = &context.tally;
    if entry.handler == 0 {
        add(&tally.dropped, item.count + item.lost);
        return None;
    }
    add(&tally.handled, 1);
    add(&tally.coalesced, item.count - 1);
    add(&tally.lost, item.lost);
    if item.details.time != 0 {
        tally.waited(now().saturating_sub(item.details.time));
    }
    if entry.flags & SAFEPOINT_ONESHOT != 0 {
        // It fails for no signal that could be installed.
        let _ = context.restore(item.signum);
    }
    let mut event = Event::of(SAFEPOINT_EVENT_SIGNAL);
    event.signum = item.signum as i32;
    event.code = item.details.code;
    event.pid = item.details.pid;
    event.uid = item.details.uid;
    event.status = item.details.status;
    event.value = item.details.value as isize;
    event.count = item.count;
    event.lost = item.lost;
    event.time = item.details.time;
    event.frame = frame;
    // SAFETY: stored from a `Handler` that was not null by `sig_install`.
    let handler = unsafe { transmute::<usize, Handler>(entry.handler) };
    Some(Ready { handler, user: entry.user as *mut c_void, event })
}

impl Ready {
    #[inline(always)]
    pub fn call(&self) -> c_int {
        // SAFETY: the user's word at `sig_install`.
        self.handler.map_or(0, |handler| unsafe { handler(&self.event, self.user) })
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
