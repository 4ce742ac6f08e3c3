//! Safe points: where the owner handles what has arrived.
//!
//! A check runs what was pending when it began: signals by rising number,
//! each queued one in the order it came, then calls in the order they were
//! added and timers in the order they fell due, then posted jobs. It first
//! fixes its limits, and then takes one thing at a time out of the context,
//! brings the breaker to what is left, and only then calls. So a handler may
//! check, raise, longjmp or never come back: whatever had not run is still
//! pending. No frame here has anything to drop.

mod dispatch;

use core::ffi::{c_int, c_void};
use core::sync::atomic::Ordering::Relaxed;

pub use dispatch::spend;

use crate::context::{
    Context, Due, Event, SAFEPOINT_EVENT_CALL, SAFEPOINT_EVENT_INTERRUPT,
    SAFEPOINT_EVENT_SIGNAL, SAFEPOINT_EVENT_TIMER,
};
use crate::sys::{self, Errno};
use crate::zone;

/// How far a check goes.
struct Limits {
    round: u64,
    timers: u64,
    calls: u64,
    jobs: u64,
}

/// Fix the limits, and collect what lies in front of them.
#[inline(always)]
fn begin(context: &Context) -> Limits {
    let round = context.ready.collect(context.inbox());
    context.inbox().escalations.forget(); // after that: see there
    Limits {
        round,
        timers: context.timers.limit(),
        // Before any look at late calls: see zone::ring.
        calls: context.inbox().calls.limit(),
        jobs: context.jobs.collect(context.inbox()),
    }
}

/// Handle what is pending: 0, or what a handler raised.
#[inline(never)]
pub fn check(context: &Context, frame: *mut c_void) -> c_int {
    let me = sys::this_thread();
    if context.inbox().breaker.0.load(Relaxed) == 0 || !context.is_owned_by(me) {
        return 0;
    }
    let here = 0u8;
    let Some(outermost) = context.enter(me, &raw const here as usize) else { return 0 };
    let raised = if context.is_held() {
        context.settle();
        0
    } else {
        run(context, me, frame)
    };
    if outermost {
        context.leave(me);
    }
    raised
}

fn run(context: &Context, me: usize, frame: *mut c_void) -> c_int {
    let limits = begin(context);
    if let Some(value) = context.inbox().take_interrupt() {
        context.settle();
        return value;
    }
    let mut ran = false;
    let mut event = Event::of(SAFEPOINT_EVENT_SIGNAL);
    event.frame = frame;
    event.context = context.handle();
    while context.ready.take(context.inbox(), limits.round, &mut event) {
        let Some(ready) = dispatch::signal(context, &event) else { continue };
        ran = true;
        commit(context, &limits);
        let raised = ready.call(&event);
        if raised != 0 || context.is_over(me) {
            return raised;
        }
    }
    while let Some((call, _)) = take_call(context, &limits) {
        ran = true;
        context.tally.runs_call();
        commit(context, &limits);
        let raised = dispatch::call(call);
        if raised != 0 || context.is_over(me) {
            return raised;
        }
    }
    while let Some((function, argument)) = context.jobs.take(limits.jobs) {
        ran = true;
        context.tally.runs_call();
        commit(context, &limits);
        let raised = dispatch::job(function, argument);
        if raised != 0 || context.is_over(me) {
            return raised;
        }
    }
    if !ran {
        context.settle();
    }
    0
}

/// The next call, or the next timer that fell due before it was added.
#[inline(always)]
fn take_call(context: &Context, limits: &Limits) -> Option<(zone::Call, Option<Due>)> {
    let calls = &context.inbox().calls;
    if let Some(call) = calls.take_late() {
        return Some((call, None));
    }
    let timer = |position| {
        let due = context.take_timer(limits.timers, position)?;
        let call = zone::Call { function: due.function, argument: due.argument };
        Some((call, Some(due)))
    };
    timer(calls.head())
        .or_else(|| calls.take(limits.calls).map(|call| (call, None)))
        .or_else(|| timer(u64::MAX))
}

/// Before a handler is called: the breaker says whether anything is left. It
/// is set while a check runs, so there is something to do only at the end.
#[inline(always)]
fn commit(context: &Context, limits: &Limits) {
    let more = !context.ready.is_empty()
        || !context.inbox().calls.is_drained(limits.calls)
        || context.inbox().has_due()
        || !context.jobs.is_empty();
    if !more {
        context.settle();
    }
}

/// Take one thing out, for a caller who dispatches it. False if nothing is
/// pending, or the context is held.
pub fn next(context: &Context, event: &mut Event) -> Result<bool, Errno> {
    context.owned()?;
    if context.is_held() {
        return Ok(false);
    }
    let limits = begin(context);
    let taken = take_one(context, &limits, event);
    event.context = context.handle();
    context.settle();
    Ok(taken)
}

fn take_one(context: &Context, limits: &Limits, event: &mut Event) -> bool {
    if let Some(value) = context.inbox().take_interrupt() {
        *event = Event::of(SAFEPOINT_EVENT_INTERRUPT);
        event.status = value;
        return true;
    }
    *event = Event::of(SAFEPOINT_EVENT_SIGNAL);
    while context.ready.take(context.inbox(), limits.round, event) {
        if dispatch::signal(context, event).is_some() {
            return true;
        }
    }
    let taken = take_call(context, limits);
    let (kind, time, count) = match taken.as_ref().and_then(|(_, due)| due.as_ref()) {
        Some(due) => (SAFEPOINT_EVENT_TIMER, due.time, due.count),
        None => (SAFEPOINT_EVENT_CALL, 0, 1),
    };
    let taken = match taken {
        Some((call, _)) => Some(dispatch::call_parts(call)),
        None => context.jobs.take(limits.jobs),
    };
    let Some((function, argument)) = taken else { return false };
    *event = Event::of(kind);
    (event.time, event.count) = (time, count);
    (event.r#fn, event.arg) = (function, argument);
    context.tally.runs_call();
    true
}

/// Take one of these signals out, for a caller who was waiting for it.
pub fn take_signal(context: &Context, set: u64, event: &mut Event) -> bool {
    if set & context.pending() == 0 || context.is_held() {
        return false;
    }
    context.ready.collect(context.inbox());
    context.inbox().escalations.forget();
    let mut taken = false;
    let mut wanted = set & context.ready.bits();
    while wanted != 0 && !taken {
        let signum = wanted.trailing_zeros() + 1;
        wanted &= wanted - 1;
        taken = context.ready.take_from(context.inbox(), signum, u64::MAX, event)
            && dispatch::signal(context, event).is_some();
    }
    context.settle();
    taken
}

/// Queue a call. Any thread, and in a signal handler.
#[inline(always)]
pub fn add_call(context: &Context, function: usize, argument: usize) -> Result<(), Errno> {
    let call = zone::Call { function, argument };
    context.inbox().add_call(call).map_err(|zone::Full| sys::EAGAIN)
}
