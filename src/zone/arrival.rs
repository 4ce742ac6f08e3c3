//! The low-level handler: the one function that the kernel calls.
//!
//! It records and returns. Three things make it more than that: a fault of
//! the processor's own is never recorded, since to return from it is to fault
//! again; a process that is not the one which installed touches nothing; and
//! where a handler stood before us and asked to be kept, it runs as it would
//! have run.
#![allow(unsafe_code)] // the kernel's pointers, and a link section

use core::ffi::{c_int, c_void};

use super::atomic::null_mut;
use super::chain::{
    behind, beneath, call_next, came_back, default, fault, is_at_the_top, is_sibling,
    pass_on,
};
use super::deliveries::Details;
use super::inbox::Inbox;
use super::process::{MAIN, PROCESS, When, known_inbox};
use super::subscribers::Subscribers;
use crate::sys::zone::{self as sys, SavedErrno, SigInfo};

/// Every signal is blocked in an arrival, but for the faults: one of those in
/// here must kill the process, not hang it. The C library's own two are
/// blocked as well: nobody else's mask has them (sigfillset leaves them out),
/// which is how one copy of safepoint knows another.
pub const ACTION_MASK: u64 = sys::ALL & !(sys::FAULTS | sys::UNBLOCKABLE);

/// SA_ONSTACK always: a Go program aborts where a handler runs elsewhere.
pub const ACTION_FLAGS: u32 = sys::SA_SIGINFO | sys::SA_ONSTACK;

/// What `sigaction` is given.
///
/// # Safety
/// Called by the kernel, or by a handler that stands over ours and passes on
/// what the kernel passed to it.
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
pub unsafe extern "C" fn arrival(signum: c_int, info: *mut SigInfo, context: *mut c_void) {
    let _errno = SavedErrno::new(); // put back last of all
    // SAFETY: what the kernel passed.
    unsafe {
        if sys::is_fault(signum, info) {
            return fault(signum, info, context);
        }
        let led_out = sys::leave_wait(context);
        let mut when = When::Never;
        if PROCESS.is_chained(signum as u32) {
            match came_back(signum, info) {
                0 => when = PROCESS.next(signum as u32).when,
                1 => return beneath(signum, info, context),
                _ => return,
            }
        }
        if let Some(sent) = sys::sent(info, || PROCESS.is_kicked_by(signum)) {
            return sent_by_us(sent, signum, info, context, led_out);
        }
        let read = sys::read_siginfo(signum, info);
        let here = is_here();
        let recorded = here && record_or_default(signum, info, &read, led_out);
        match when {
            When::Behind => behind(signum, info, context, here),
            When::Never if !here => {}
            _ if recorded => {}
            _ => unrecorded(signum, info, context, &read, here),
        }
    }
}

/// What an arrival would say of a signal that this process sends to itself.
#[inline(always)]
fn from_here() -> sys::Siginfo {
    let (pid, uid) = (sys::process_id(), sys::user_id());
    sys::Siginfo { code: sys::SI_USER, pid, uid, status: 0, value: 0 }
}

/// As if the signal had arrived. Any thread, and in a signal handler.
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
pub fn trip(signum: u32) {
    if record(signum, &from_here(), false) == Recorded::TooOften {
        // SAFETY: no siginfo: as if raise() had sent it.
        unsafe { default(signum as c_int, null_mut()) };
    }
}

/// The same for one context, which has a handler for it.
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
pub fn trip_one(inbox: &Inbox, signum: u32) {
    if deliver(inbox, signum, &details(&from_here()), false) {
        // SAFETY: as above.
        unsafe { default(signum as c_int, null_mut()) };
    }
}

#[inline(never)]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
fn deliver(inbox: &Inbox, signum: u32, details: &Details, led_out: bool) -> bool {
    inbox.deliver(signum, details, led_out)
}

/// What a delivery says of itself, now.
#[inline(always)]
pub fn details(read: &sys::Siginfo) -> Details {
    Details {
        code: read.code,
        pid: read.pid,
        uid: read.uid,
        status: read.status,
        value: read.value,
        time: sys::now(),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Recorded {
    /// No context has a handler.
    Nowhere,
    Yes,
    /// And it has come to one of them too often.
    TooOften,
}

#[inline(never)]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
fn record(signum: u32, read: &sys::Siginfo, led_out: bool) -> Recorded {
    let details = details(read);
    let (main, others) = PROCESS.subscribers(signum);
    let (mut to_one, mut too_often) = (main, false);
    if main {
        too_often = deliver(&MAIN.0, signum, &details, led_out);
    }
    for index in others.into_iter().flat_map(Subscribers::iter) {
        if let Some(inbox) = known_inbox(index + 1) {
            to_one = true;
            too_often |= deliver(inbox, signum, &details, led_out);
        }
    }
    match (to_one, too_often) {
        (_, true) => Recorded::TooOften,
        (true, _) => Recorded::Yes,
        _ => Recorded::Nowhere,
    }
}

/// False where no context has a handler.
#[inline(never)]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
unsafe fn record_or_default(
    signum: c_int,
    info: *mut SigInfo,
    read: &sys::Siginfo,
    led_out: bool,
) -> bool {
    let recorded = record(signum as u32, read, led_out);
    if recorded == Recorded::TooOften {
        // SAFETY: what the kernel passed.
        unsafe { default(signum, info) };
    }
    recorded != Recorded::Nowhere
}

/// A signal of our own: a kick, to an owner that waits (see `waiting`), or that
/// a safe point is overdue. Another copy of the library may have one on its way
/// by the same signal.
#[inline(never)]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
unsafe fn sent_by_us(
    sent: sys::Sent,
    signum: c_int,
    info: *mut SigInfo,
    context: *mut c_void,
    led_out: bool,
) {
    let me = sys::this_thread();
    let kicked = |inbox: &Inbox| inbox.waiting.kicked(me, led_out);
    // SAFETY: what the kernel passed.
    unsafe {
        match sent {
            sys::Sent::Kick(number) => {
                if let Some(inbox) = known_inbox(number) {
                    kicked(inbox);
                }
            }
            sys::Sent::Overdue(number, signum) => overdue(number, signum, info),
            sys::Sent::Nameless => {
                let mut number = 0;
                while let Some(inbox) = known_inbox(number) {
                    kicked(inbox);
                    let mut on = inbox.escalations.on();
                    while on != 0 {
                        overdue(number, on.trailing_zeros() + 1, info);
                        on &= on - 1;
                    }
                    number += 1;
                }
            }
        }
        let next = PROCESS.next(signum as u32).action;
        if is_sibling(&next) {
            call_next(&next, signum, info, context, false);
        }
    }
}

/// A safe point was to be reached by now: if it was not, do the default.
#[inline(always)]
unsafe fn overdue(number: usize, signum: u32, info: *mut SigInfo) {
    let Some(inbox) = known_inbox(number) else { return };
    let has_handler = PROCESS.has_subscribed(number, signum);
    if has_handler && is_here() && inbox.escalations.is_overdue(signum, sys::now()) {
        // SAFETY: what the kernel passed.
        unsafe { default(signum as c_int, info) };
    }
}

/// A vfork or clone child runs our handler on our memory, and nothing in user
/// space tells it from its parent: the kernel has to be asked.
#[inline(always)]
pub fn is_here() -> bool {
    sys::process_id() == PROCESS.id()
}

/// No context had a handler: ours was removed after the kernel had called it,
/// or while another's stood over it, which passes on to us. Where none was
/// installed since, do what is to be done instead. The default is not for us
/// to do, unless we have come to the top again, or those over us have been
/// removed as well.
#[inline(never)]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
unsafe fn unrecorded(
    signum: c_int,
    info: *mut SigInfo,
    context: *mut c_void,
    read: &sys::Siginfo,
    here: bool,
) {
    // Goes round only when another thread has installed or removed meanwhile:
    // that there is a handler is said after it can be found, and until it goes.
    loop {
        let next = PROCESS.next(signum as u32);
        // SAFETY: what the kernel passed.
        unsafe {
            if next.when != When::Instead {
                let recorded = here && record_or_default(signum, info, read, false);
                if here && !recorded {
                    continue;
                }
                return if next.when == When::Behind {
                    behind(signum, info, context, here);
                };
            }
            let unhandled = is_at_the_top(signum) || sys::is_passed_unhandled(info);
            if PROCESS.is_still(signum as u32, &next) {
                return pass_on(&next, signum, info, context, here, unhandled);
            }
        }
    }
}
