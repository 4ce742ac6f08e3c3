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
use super::deliveries::Details;
use super::inbox::{Inbox, bit};
use super::process::{MAIN, PROCESS, known_inbox};
use crate::sys::zone::{self as sys, SavedErrno, SigInfo};

/// Every signal is blocked in an arrival, but for the faults: one of those in
/// here must kill the process, not hang it. The C library's own two are
/// blocked as well: nobody else's mask has them (sigfillset leaves them out),
/// which is how one copy of safepoint knows another.
pub const ACTION_MASK: u64 = !(sys::FAULTS | sys::UNBLOCKABLE);

/// SA_ONSTACK always: a Go program aborts where a handler runs elsewhere.
pub const ACTION_FLAGS: u32 = sys::SA_SIGINFO | sys::SA_ONSTACK;

/// Whether this action is another copy of safepoint in the same process: two
/// plugins that were each linked with the static library. Copies always chain.
pub fn is_sibling(action: &sys::Action) -> bool {
    action.mask == ACTION_MASK && action.flags & ACTION_FLAGS == ACTION_FLAGS
}

/// What `sigaction` is given.
///
/// # Safety
/// Called by the kernel, or by a handler that stands over ours and passes on
/// what the kernel passed to it.
#[unsafe(link_section = ".text.safepoint_zone")]
pub unsafe extern "C" fn arrival(signum: c_int, info: *mut SigInfo, context: *mut c_void) {
    let _errno = SavedErrno::new(); // put back last of all
    // SAFETY: what the kernel passed.
    unsafe {
        if sys::is_fault(signum, info) {
            return fault(signum, info, context);
        }
        let led_out = sys::leave_wait(context);
        let chained = PROCESS.is_chained(signum as u32);
        if chained {
            match came_back(signum, info) {
                0 => {}
                1 => return beneath(signum, info, context),
                _ => return,
            }
        }
        if let Some(sent) = sys::sent(info, || PROCESS.is_kicked_by(signum)) {
            return sent_by_us(sent, signum, info, context, led_out);
        }
        let read = sys::read_siginfo(signum, info);
        let here = is_here();
        if here && record(signum as u32, &read, led_out) {
            default(signum, info);
        }
        if chained {
            chain(signum, info, context, here);
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
#[unsafe(link_section = ".text.safepoint_zone")]
pub fn trip(signum: u32) {
    if record(signum, &from_here(), false) {
        // SAFETY: no siginfo: as if raise() had sent it.
        unsafe { default(signum as c_int, null_mut()) };
    }
}

/// The same for one context, which has a handler for it.
#[unsafe(link_section = ".text.safepoint_zone")]
pub fn trip_one(inbox: &Inbox, signum: u32) {
    if deliver(inbox, signum, &details(&from_here()), false) {
        // SAFETY: as above.
        unsafe { default(signum as c_int, null_mut()) };
    }
}

#[inline(never)]
#[unsafe(link_section = ".text.safepoint_zone")]
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

/// True where it has come to one of them too often.
#[inline(never)]
#[unsafe(link_section = ".text.safepoint_zone")]
fn record(signum: u32, read: &sys::Siginfo, led_out: bool) -> bool {
    let details = details(read);
    let (main, others) = PROCESS.subscribers(signum);
    let mut too_often = main && deliver(&MAIN.0, signum, &details, led_out);
    let Some(others) = others else { return too_often };
    for index in others.iter() {
        if let Some(inbox) = known_inbox(index + 1) {
            too_often |= deliver(inbox, signum, &details, led_out);
        }
    }
    too_often
}

/// A signal of our own: a kick, to an owner that waits (see `waiting`), or that
/// a safe point is overdue. Another copy of the library may have one on its way
/// by the same signal.
#[inline(never)]
#[unsafe(link_section = ".text.safepoint_zone")]
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
                    number += 1;
                }
            }
        }
        let next = PROCESS.next(signum as u32);
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
fn is_here() -> bool {
    sys::process_id() == PROCESS.id()
}

/// Pass on; or else the process dies of this very fault.
#[inline(never)]
#[unsafe(link_section = ".text.safepoint_zone")]
unsafe fn fault(signum: c_int, info: *mut SigInfo, context: *mut c_void) {
    // SAFETY: what the kernel passed.
    unsafe {
        let came_back = sys::times_marked(info, mark()) != 0;
        match if came_back { Next::Default } else { next(signum, is_here()) } {
            Next::Handler(action) => call_next(&action, signum, info, context, false),
            // Blocked while we are in here: it strikes on the way out, with
            // the registers of the instruction that faulted, whether or not
            // that instruction would fault again. An ignored fault kills too.
            Next::Default | Next::Ignored => {
                let _ = sys::swap_action(signum, Some(&sys::DEFAULT));
                sys::requeue(signum, info);
            }
        }
    }
}

/// How often a handler that stood before us, and to which we chain, has passed
/// the delivery back to us: one that was installed over us, knows us as what
/// stood before it, and over which we were then installed once more. One that
/// does not pass the siginfo on shows by who stands at the top.
#[inline(always)]
unsafe fn came_back(signum: c_int, info: *mut SigInfo) -> usize {
    if info.is_null() {
        return usize::from(is_at_the_top(signum));
    }
    // SAFETY: what the kernel passed.
    unsafe { sys::times_marked(info, mark()) }
}

/// It has: whoever passed it back would have passed it on, through us, to what
/// stood there before the first of ours.
#[inline(never)]
#[unsafe(link_section = ".text.safepoint_zone")]
unsafe fn beneath(signum: c_int, info: *mut SigInfo, context: *mut c_void) {
    let origin = PROCESS.origin(signum as u32);
    let is_next = origin == PROCESS.next(signum as u32);
    if is_next || !PROCESS.is_subscribed(signum as u32) || !is_here() {
        return;
    }
    if let Next::Handler(action) = as_it_stands(origin, signum, true) {
        // SAFETY: what the kernel passed.
        unsafe { call_next(&action, signum, info, context, false) };
    }
}

#[inline(always)]
fn is_at_the_top(signum: c_int) -> bool {
    let top = sys::swap_action(signum, None);
    top.is_ok_and(|top| top.handler == arrival as *const () as usize)
}

/// Pass on. Where our handler was removed while another's stood over it, the
/// default is not for us to do: only if we have come to the top again, or
/// those over us have been removed as well.
#[inline(never)]
#[unsafe(link_section = ".text.safepoint_zone")]
unsafe fn chain(signum: c_int, info: *mut SigInfo, context: *mut c_void, here: bool) {
    let subscribed = PROCESS.is_subscribed(signum as u32);
    // SAFETY: what the kernel passed.
    unsafe {
        let unhandled =
            !subscribed && (is_at_the_top(signum) || sys::is_passed_unhandled(info));
        match next(signum, here) {
            Next::Ignored => {}
            Next::Default if !subscribed && !unhandled => {}
            Next::Default => default(signum, info),
            Next::Handler(action) => {
                call_next(&action, signum, info, context, unhandled);
            }
        }
    }
}

/// What is done after us: what stood there before, as the kernel would see it
/// now, or what we were told to do instead of a handler.
enum Next {
    Default,
    Ignored,
    Handler(sys::Action),
}

/// An SA_RESETHAND handler stands there once, and then the default; a child
/// that runs on our memory does not say so.
#[inline(always)]
fn next(signum: c_int, here: bool) -> Next {
    as_it_stands(PROCESS.next(signum as u32), signum, here)
}

#[inline(never)]
#[unsafe(link_section = ".text.safepoint_zone")]
fn as_it_stands(action: sys::Action, signum: c_int, here: bool) -> Next {
    let once = action.flags & sys::SA_RESETHAND != 0;
    if action.handler == sys::IGNORE.handler {
        Next::Ignored
    } else if action.handler == sys::DEFAULT.handler
        || once && here && !PROCESS.spend(signum as u32)
    {
        Next::Default
    } else {
        Next::Handler(action)
    }
}

/// Call it under the mask that the kernel would have given it, with the mark
/// that lets us know the siginfo should it come back to us.
#[inline(never)]
#[unsafe(link_section = ".text.safepoint_zone")]
unsafe fn call_next(
    next: &sys::Action,
    signum: c_int,
    info: *mut SigInfo,
    context: *mut c_void,
    unhandled: bool,
) {
    let itself = if next.flags & sys::SA_NODEFER == 0 { bit(signum as u32) } else { 0 };
    // SAFETY: what the kernel passed; a handler that somebody installed.
    unsafe {
        let marked = sys::mark(info, mark(), unhandled);
        if marked.is_none() && !info.is_null() {
            return; // no room: eight copies of the library have passed it on
        }
        let mask = sys::interrupted_mask(context) | next.mask | itself;
        let ours = sys::swap_mask(sys::SIG_SETMASK, &sys::SignalSet::from_bits(mask));
        sys::call_handler(next, signum, info, context);
        sys::swap_mask(sys::SIG_SETMASK, &ours);
        if let Some(marked) = marked {
            sys::unmark(info, marked);
        }
    }
}

/// Do what the kernel does by default, with the same siginfo: unblock,
/// default, send again. Comes back from a stop, when the process goes on.
#[inline(never)]
#[unsafe(link_section = ".text.safepoint_zone")]
unsafe fn default(signum: c_int, info: *mut SigInfo) {
    if sys::IGNORED_BY_DEFAULT & bit(signum as u32) != 0 {
        return;
    }
    let Ok(ours) = sys::swap_action(signum, Some(&sys::DEFAULT)) else { return };
    // SAFETY: what the kernel passed.
    unsafe { sys::requeue(signum, info) };
    let only = sys::SignalSet::from_bits(bit(signum as u32));
    let before = sys::swap_mask(sys::SIG_UNBLOCK, &only);
    sys::swap_mask(sys::SIG_SETMASK, &before);
    if ours != sys::DEFAULT {
        // Not where another thread is in the middle of this: it puts ours back.
        let _ = sys::swap_action(signum, Some(&ours));
    }
}

/// What marks a siginfo as seen by this copy of the library.
#[inline(always)]
fn mark() -> usize {
    &raw const PROCESS as usize
}
