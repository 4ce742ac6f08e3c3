//! The last look at the breaker and the system call behind it, in a few
//! instructions with known bounds; and the kicks that lead out of them.
//!
//! On processors for which we have not written them, and where the cfg
//! `safepoint_portable` says so, the call is the C library's, and kicks have
//! to be repeated.
#![allow(unsafe_code)] // assembly, the kernel's pointers

use core::ffi::{c_int, c_long, c_void};

use super::{set_timer, way};

/// Whether nothing can come between the last look and the system call; if
/// not, kicks have to be repeated.
pub const HAS_NO_WINDOW: bool = way::HAS_NO_WINDOW;

/// Make the system call, unless the word is set: its result or the negative
/// errno, -EINTR if the word was set or something has arrived.
///
/// # Safety
/// The arguments are such that the system call may be made.
#[inline(always)]
pub unsafe fn wait(breaker: *const u32, number: c_long, of: &[usize; 6]) -> c_long {
    // SAFETY: the caller's word.
    unsafe { way::wait(breaker, number, of) }
}

/// Lead the interrupted thread out of [`wait`], if the call is not made yet:
/// whether it was in there.
///
/// # Safety
/// `context` is what the kernel passed to a handler, or null.
#[inline(always)]
pub unsafe fn leave_wait(context: *mut c_void) -> bool {
    // SAFETY: the caller's word.
    unsafe { way::leave_wait(context) }
}

/// What a signal of the library's own says.
#[derive(Clone, Copy)]
pub enum Sent {
    /// End the wait of the owner of this context.
    Kick(usize),
    /// The owner of this context ought to have come to a safe point since this
    /// signal arrived.
    Overdue(usize, u32),
    /// A kick that does not say for whom.
    Nameless,
}

/// Have it kick in a millisecond, and then every ten; or rest.
#[inline(always)]
pub fn run_timer(timer: c_int, run: bool) {
    let (first, every) = if run { (1_000_000, 10_000_000) } else { (0, 0) };
    set_timer(timer, first, every);
}
