//! What an arrival is told of a delivery.
#![allow(unsafe_code)] // pointers that were passed through

use core::ffi::c_int;

use super::Siginfo;

/// Where it came from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    Raised,
    Console,
    /// It is to be passed on to whoever the console asks next.
    PassedOn,
    Fault,
    Ourselves(Sent),
}

/// What is passed along with a delivery.
pub struct SigInfo(Origin);

/// What a signal of the library's own says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// End the wait of the owner of this context.
    Kick(usize),
    /// The owner of this context ought to have come to a safe point since this
    /// signal arrived.
    Overdue(usize, u32),
    /// A kick that does not say for whom: nobody sends one.
    #[allow(dead_code)] // the zone looks for it
    Nameless,
}

impl SigInfo {
    pub(super) fn raised() -> Self {
        SigInfo(Origin::Raised)
    }

    pub(super) fn fault() -> Self {
        SigInfo(Origin::Fault)
    }

    pub(super) fn from_console() -> Self {
        SigInfo(Origin::Console)
    }

    pub(super) fn from_ourselves(sent: Sent) -> Self {
        SigInfo(Origin::Ourselves(sent))
    }

    pub(super) fn is_fault(&self) -> bool {
        self.0 == Origin::Fault
    }

    pub(super) fn is_from_console(&self) -> bool {
        self.0 == Origin::Console
    }

    pub(super) fn pass_on(&mut self) {
        self.0 = Origin::PassedOn;
    }

    pub(super) fn is_passed_on(&self) -> bool {
        self.0 == Origin::PassedOn
    }
}

/// Sent by raise, or from here.
pub const SI_USER: c_int = 0;
/// Sent by the system, where that is the console.
const SI_KERNEL: c_int = 0x80;

/// What is known of it.
///
/// # Safety
/// `info` is null or what was passed to a handler.
pub unsafe fn read_siginfo(_: c_int, info: *const SigInfo) -> Siginfo {
    // SAFETY: the caller's word.
    let console = unsafe { info.as_ref() }.is_some_and(SigInfo::is_from_console);
    let (code, pid) = if console { (SI_KERNEL, 0) } else { (SI_USER, super::process_id()) };
    Siginfo { code, pid, uid: 0, status: 0, value: 0 }
}

/// Whether this is a fault of the processor's own, not sent by anybody.
///
/// # Safety
/// As [`read_siginfo`].
pub unsafe fn is_fault(_: c_int, info: *const SigInfo) -> bool {
    // SAFETY: the caller's word.
    unsafe { info.as_ref() }.is_some_and(SigInfo::is_fault)
}

/// What it says, if it is one of the library's own.
///
/// # Safety
/// As [`read_siginfo`].
pub unsafe fn sent(info: *const SigInfo, _: impl FnOnce() -> bool) -> Option<Sent> {
    // SAFETY: the caller's word.
    match unsafe { info.as_ref() }?.0 {
        Origin::Ourselves(sent) => Some(sent),
        _ => None,
    }
}

// A handler there gets no siginfo that it could pass on: nothing comes back.

/// Never.
///
/// # Safety
/// None is needed.
pub unsafe fn times_marked(_: *mut SigInfo, _: usize) -> usize {
    0
}

/// Never.
///
/// # Safety
/// None is needed.
pub unsafe fn is_passed_unhandled(_: *mut SigInfo) -> bool {
    false
}

/// Nothing is to be unmarked, and there is always room.
///
/// # Safety
/// None is needed.
pub unsafe fn mark(_: *mut SigInfo, _: usize, _: bool) -> Option<usize> {
    Some(0)
}

/// Nothing.
///
/// # Safety
/// None is needed.
pub unsafe fn unmark(_: *mut SigInfo, _: usize) {}
