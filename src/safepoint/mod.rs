//! Safe points: where the owner handles what has arrived.
//!
//! A check runs what was pending when it began: signals by rising number,
//! each queued one in the order it came, then calls in the order they were
//! added, then posted jobs. It first fixes its limits, and then takes one
//! thing at a time out of the context, brings the breaker to what is left, and
//! only then calls. So a handler may check, raise, longjmp or never come
//! back: whatever had not run is still pending. No frame here has anything to
//! drop.

mod dispatch;

use core::ffi::{c_int, c_void};
use core::sync::atomic::Ordering::Relaxed;

use crate::context::{
    Context, Event, SAFEPOINT_EVENT_CALL, SAFEPOINT_EVENT_INTERRUPT, add,
};
use crate::sys::{self, Errno};
use crate::zone;

/// How far a check goes.
struct Limits {
    round: u64,
    calls: u64,
    jobs: u64,
}

/// Fix the limits, and collect what lies in front of them.
#[inline(always)]
fn begin(context: &Context) -> Limits {
    Limits {
        round: context.ready.collect(context.inbox()),
        // Before any look at late calls: see zone::ring.
        calls: context.inbox().calls.limit(),
        jobs: context.jobs.collect(context.inbox()),
    }
}

/// Handle what is pending: 0, or what a handler raised.
#[inline(never)]
pub fn check(context: &Context, frame: *mut c_void) -> c_int {
    if context.inbox().breaker.0.load(Relaxed) == 0 || !context.is_owner() {
        return 0;
    }
    if context.is_held() {
        context.settle();
        return 0;
    }
    let here = 0u8;
    let Some(outermost) = context.enter(&raw const here as usize) else { return 0 };
    let raised = run(context, frame);
    if outermost {
        context.leave();
    }
    raised
}

fn run(context: &Context, frame: *mut c_void) -> c_int {
    let limits = begin(context);
    if let Some(value) = context.inbox().take_interrupt() {
        context.settle();
        return value;
    }
    let mut ran = false;
    while let Some(item) = context.ready.take(context.inbox(), limits.round) {
        let Some(ready) = dispatch::signal(context, &item, frame) else { continue };
        ran = true;
        commit(context);
        let raised = ready.call();
        if raised != 0 || context.is_held() {
            return raised;
        }
    }
    let calls = &context.inbox().calls;
    while let Some(call) = calls.take_late().or_else(|| calls.take(limits.calls)) {
        ran = true;
        add(&context.tally.calls_run, 1);
        commit(context);
        let raised = dispatch::call(call);
        if raised != 0 || context.is_held() {
            return raised;
        }
    }
    while let Some((function, argument)) = context.jobs.take(limits.jobs) {
        ran = true;
        add(&context.tally.calls_run, 1);
        commit(context);
        let raised = dispatch::job(function, argument);
        if raised != 0 || context.is_held() {
            return raised;
        }
    }
    if !ran {
        context.settle();
    }
    0
}

/// Before a handler is called: the breaker says whether anything is left. It
/// is set while a check runs, so there is something to do only at the end.
#[inline(always)]
fn commit(context: &Context) {
    let more = !context.ready.is_empty()
        || !context.inbox().calls.is_drained()
        || !context.jobs.is_empty();
    if !more {
        context.settle();
    }
}

/// Take one thing out, for a caller who dispatches it: `None` if nothing is
/// pending, or the context is held.
pub fn next(context: &Context) -> Result<Option<Event>, Errno> {
    context.owned()?;
    if context.is_held() {
        return Ok(None);
    }
    let limits = begin(context);
    let event = take(context, &limits);
    context.settle();
    Ok(event)
}

fn take(context: &Context, limits: &Limits) -> Option<Event> {
    if let Some(value) = context.inbox().take_interrupt() {
        let mut event = Event::of(SAFEPOINT_EVENT_INTERRUPT);
        event.status = value;
        return Some(event);
    }
    while let Some(item) = context.ready.take(context.inbox(), limits.round) {
        if let Some(ready) = dispatch::signal(context, &item, core::ptr::null_mut()) {
            return Some(ready.event);
        }
    }
    let calls = &context.inbox().calls;
    let mut event = Event::of(SAFEPOINT_EVENT_CALL);
    (event.r#fn, event.arg) = match calls.take_late().or_else(|| calls.take(limits.calls)) {
        Some(call) => dispatch::call_parts(call),
        None => context.jobs.take(limits.jobs)?,
    };
    add(&context.tally.calls_run, 1);
    Some(event)
}

/// Queue a call. Any thread, and in a signal handler.
#[inline(always)]
pub fn add_call(context: &Context, function: usize, argument: usize) -> Result<(), Errno> {
    let call = zone::Call { function, argument };
    context.inbox().add_call(call).map_err(|zone::Full| sys::EAGAIN)
}
