//! Waiting for signals: those that were recorded here, and those that are
//! blocked and wait in the kernel.
#![allow(unsafe_code)] // the kernel's siginfo

use core::ffi::c_long;
use core::mem::MaybeUninit;

use super::{Call, INTERRUPTED, attempt, begin, run};
use crate::context::{Context, Event, SAFEPOINT_EVENT_SIGNAL};
use crate::safepoint;
use crate::sys::zone::{SigInfo, SignalSet, is_kick, read_siginfo};
use crate::sys::{self, Errno};
use crate::zone::{self, Details};

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
    loop {
        let mut event = Event::of(SAFEPOINT_EVENT_SIGNAL);
        if context.is_owned_by(me) && safepoint::take_signal(context, set, &mut event) {
            return Ok(event);
        }
        call.set_what_is_left();
        // SAFETY: a valid set and place, and a timespec or null.
        match unsafe { attempt(context, me, &call) } {
            INTERRUPTED => {
                if context.is_owned_by(me)
                    && safepoint::take_signal(context, set, &mut event)
                {
                    return Ok(event);
                }
                if run(context) != 0 {
                    return Err(sys::EINTR);
                }
            }
            error if error < 0 => {
                let error = -error as Errno;
                return Err(if error == sys::EAGAIN { sys::ETIMEDOUT } else { error });
            }
            // SAFETY: the kernel has filled it.
            signum => match unsafe { taken(signum, place) } {
                Some(event) => return Ok(event),
                None => context.inbox().kicked(me),
            },
        }
    }
}

/// What the kernel gave out: nothing, if that was a kick of ours.
///
/// # Safety
/// `info` is what the kernel filled.
unsafe fn taken(signum: c_long, info: *const SigInfo) -> Option<Event> {
    // SAFETY: the caller's word.
    let read = unsafe {
        if is_kick(info) {
            return None;
        }
        read_siginfo(signum as i32, info)
    };
    let mut event = Event::of(SAFEPOINT_EVENT_SIGNAL);
    let details = Details {
        code: read.code,
        pid: read.pid,
        uid: read.uid,
        status: read.status,
        value: read.value,
        time: zone::now(),
    };
    event.put(signum as u32, &details);
    Some(event)
}
