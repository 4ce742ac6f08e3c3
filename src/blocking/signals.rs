//! Waiting for signals: those that were recorded here, and those that are
//! blocked and wait in the kernel.
#![allow(unsafe_code)] // the kernel's siginfo

use core::mem::MaybeUninit;

use super::{Call, attempt, begin, ends_early, run};
use crate::context::{Context, Event, SAFEPOINT_EVENT_SIGNAL};
use crate::safepoint;
use crate::sys::zone::{SigInfo, SignalSet, read_siginfo, sent};
use crate::sys::{self, Errno};
use crate::zone;

/// Take one of these signals: what is recorded first, without its handler, or
/// what is blocked. Others are handled meanwhile. ETIMEDOUT when time is up,
/// EINTR where a handler raised.
pub fn wait_for_signals(context: &Context, set: u64, wait: u64) -> Result<Event, Errno> {
    let me = begin(context);
    let mut info = MaybeUninit::<SigInfo>::zeroed();
    let kernels = SignalSet::from_bits(set);
    let place = info.as_mut_ptr();
    let arguments =
        [&raw const kernels as usize, place as usize, 0, size_of::<u64>(), 0, 0];
    let mut call = Call::timed(sys::SYS_rt_sigtimedwait, arguments, 2, wait);
    let mut event = Event::of(SAFEPOINT_EVENT_SIGNAL);
    event.context = context.handle();
    let mut is_taken =
        || context.is_owned_by(me) && safepoint::take_signal(context, set, &mut event);
    loop {
        if is_taken() {
            return Ok(event);
        }
        call.set_what_is_left();
        // SAFETY: a valid set and place, and a timespec or null.
        let result = unsafe { attempt(context, me, &call) };
        if ends_early(result) {
            // What was waited for is taken before the rest is handled.
            if is_taken() {
                return Ok(event);
            }
            if run(context) != 0 {
                return Err(sys::EINTR);
            }
            continue;
        }
        match -result as Errno {
            sys::EAGAIN => return Err(sys::ETIMEDOUT),
            error @ 1.. => return Err(error),
            // SAFETY: a signal, whose siginfo the kernel has filled.
            _ => unsafe {
                let kicks = || zone::PROCESS.is_kicked_by(result as i32);
                if sent(place, kicks).is_some() {
                    continue;
                }
                if let Some(event) = taken(context, me, result as u32, place) {
                    return Ok(event);
                }
            },
        }
    }
}

/// What the kernel gave out; one that has a handler here has arrived, and
/// is to be taken like any other.
///
/// # Safety
/// `info` is what the kernel filled.
unsafe fn taken(
    context: &Context,
    me: usize,
    signum: u32,
    info: *const SigInfo,
) -> Option<Event> {
    // SAFETY: the caller's word.
    let read = unsafe { read_siginfo(signum as i32, info) };
    let details = zone::details(&read);
    let entry = context.handlers.get(signum);
    if entry.handler != 0 && context.is_owned_by(me) {
        if !context.is_held() {
            context.inbox().deliver(signum, &details, true);
            return None;
        }
        safepoint::spend(context, signum, entry.flags);
    }
    let mut event = Event::of(SAFEPOINT_EVENT_SIGNAL);
    event.context = context.handle();
    event.put(signum, &details);
    Some(event)
}
