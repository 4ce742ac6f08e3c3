//! What an arrival does besides recording: what stood there before ours, as
//! the kernel would have done it, or what ours is to do instead of a handler.
#![allow(unsafe_code)] // what the kernel passes, and a link section

use core::ffi::{c_int, c_void};

use super::arrival::{ACTION_FLAGS, ACTION_MASK, arrival, is_here};
use super::inbox::bit;
use super::process::{Next, PROCESS, When};
use crate::sys::zone::{self as sys, SigInfo};

/// Whether this action is another copy of safepoint in the same process: two
/// plugins that were each linked with the static library. Copies always chain.
pub fn is_sibling(action: &sys::Action) -> bool {
    action.mask == ACTION_MASK && action.flags & ACTION_FLAGS == ACTION_FLAGS
}

/// Pass on; or else the process dies of this very fault.
#[inline(never)]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
pub unsafe fn fault(signum: c_int, info: *mut SigInfo, context: *mut c_void) {
    // SAFETY: what the kernel passed.
    unsafe {
        let came_back = sys::times_marked(info, mark()) != 0;
        let next = PROCESS.next(signum as u32).action;
        match if came_back { Do::Default } else { as_it_stands(next, signum, is_here()) } {
            Do::Handler(action) => call_next(&action, signum, info, context, false),
            // Blocked while we are in here: it strikes on the way out, with
            // the registers of the instruction that faulted, whether or not
            // that instruction would fault again. An ignored fault kills too.
            Do::Default | Do::Ignored => {
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
pub unsafe fn came_back(signum: c_int, info: *mut SigInfo) -> usize {
    if info.is_null() {
        return usize::from(is_at_the_top(signum));
    }
    // SAFETY: what the kernel passed.
    unsafe { sys::times_marked(info, mark()) }
}

/// It has: whoever passed it back would have passed it on, through us, to what
/// stood there before the first of ours.
#[inline(never)]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
pub unsafe fn beneath(signum: c_int, info: *mut SigInfo, context: *mut c_void) {
    let origin = PROCESS.origin(signum as u32);
    let is_next = origin == PROCESS.next(signum as u32).action;
    if is_next || !PROCESS.is_subscribed(signum as u32) || !is_here() {
        return;
    }
    if let Do::Handler(action) = as_it_stands(origin, signum, true) {
        // SAFETY: what the kernel passed.
        unsafe { call_next(&action, signum, info, context, false) };
    }
}

#[inline(always)]
pub fn is_at_the_top(signum: c_int) -> bool {
    let top = sys::swap_action(signum, None);
    top.is_ok_and(|top| top.handler == arrival as *const () as usize)
}

/// It was recorded, where it was for us to record. What stands there by now is
/// as good, but for a default that was set since.
#[inline(never)]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
pub unsafe fn behind(signum: c_int, info: *mut SigInfo, context: *mut c_void, here: bool) {
    let next = PROCESS.next(signum as u32);
    // SAFETY: what the kernel passed.
    unsafe { pass_on(&next, signum, info, context, here, next.when == When::Behind) };
}

/// The default only where that is for us to do.
#[inline(always)]
pub unsafe fn pass_on(
    next: &Next,
    signum: c_int,
    info: *mut SigInfo,
    context: *mut c_void,
    here: bool,
    with_default: bool,
) {
    // SAFETY: what the kernel passed.
    unsafe {
        match as_it_stands(next.action, signum, here) {
            Do::Default if with_default => default(signum, info),
            Do::Default | Do::Ignored => {}
            Do::Handler(action) => {
                let unhandled = next.when == When::Instead && with_default;
                call_next(&action, signum, info, context, unhandled);
            }
        }
    }
}

/// What an action comes to.
enum Do {
    Default,
    Ignored,
    Handler(sys::Action),
}

/// As the kernel would see it now: an SA_RESETHAND handler stands there once,
/// and then the default; a child that runs on our memory does not say so.
#[inline(never)]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
fn as_it_stands(action: sys::Action, signum: c_int, here: bool) -> Do {
    let once = action.flags & sys::SA_RESETHAND != 0;
    if action.handler == sys::IGNORE.handler {
        Do::Ignored
    } else if action.handler == sys::DEFAULT.handler
        || once && here && !PROCESS.spend(signum as u32)
    {
        Do::Default
    } else {
        Do::Handler(action)
    }
}

/// Call it under the mask that the kernel would have given it, with the mark
/// that lets us know the siginfo should it come back to us.
#[inline(never)]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
pub unsafe fn call_next(
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
        let ours = sys::swap_mask(sys::SIG_SETMASK, mask);
        sys::call_handler(next, signum, info, context);
        if let Ok(ours) = ours {
            let _ = sys::swap_mask(sys::SIG_SETMASK, ours);
        }
        if let Some(marked) = marked {
            sys::unmark(info, marked);
        }
    }
}

/// Do what the kernel does by default, with the same siginfo: unblock,
/// default, send again. Comes back from a stop, when the process goes on.
#[inline(never)]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
pub unsafe fn default(signum: c_int, info: *mut SigInfo) {
    if sys::IGNORED_BY_DEFAULT & bit(signum as u32) != 0 {
        return;
    }
    let Ok(ours) = sys::swap_action(signum, Some(&sys::DEFAULT)) else { return };
    // SAFETY: what the kernel passed.
    unsafe { sys::requeue(signum, info) };
    if let Ok(before) = sys::swap_mask(sys::SIG_UNBLOCK, bit(signum as u32)) {
        let _ = sys::swap_mask(sys::SIG_SETMASK, before);
    }
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
