// SPDX-License-Identifier: MIT OR Apache-2.0
//! How an arrival wakes an owner that waits in a loop of its own.
//!
//! Drain the descriptor before you check, never after; and where a check
//! raises, check again before you wait.

use std::ffi::{c_int, c_void};
use std::os::fd::{AsRawFd, BorrowedFd, RawFd};
use std::ptr::null_mut;

use safepoint_sys as sys;

use crate::Context;
use crate::error::{Error, done};

/// What is written to a wake-up descriptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wake {
    /// A byte for each signal.
    Signals,
    /// Calls, timers and interrupts as well, with byte 0.
    SignalsAndCalls,
}

impl Context {
    /// Write to `fd` when something arrives: one byte, the signal's number, to a
    /// pipe or a socket; 1 to an eventfd. It has to be non-blocking. The library
    /// keeps a duplicate of its own. What is pending already wakes at once.
    /// `None` is none. The number of the one before, which may be closed by now.
    ///
    /// # Errors
    /// EINVAL it would block, or is no pipe, socket or eventfd that can be
    /// written to; EPERM; EMFILE, ENFILE, ENOMEM.
    pub fn set_wakeup_fd(
        &self,
        fd: Option<BorrowedFd<'_>>,
        wake: Wake,
    ) -> Result<Option<RawFd>, Error> {
        let flags = match wake {
            Wake::Signals => 0,
            Wake::SignalsAndCalls => sys::SAFEPOINT_WAKE_CALLS,
        };
        let fd = fd.map_or(-1, |fd| fd.as_raw_fd());
        let mut old = -1;
        // SAFETY: it exists; a place for a number.
        done(unsafe {
            sys::sig_context_set_wakeup_fd(self.as_ptr(), fd, flags, &raw mut old)
        })?;
        Ok((old >= 0).then_some(old))
    }

    /// A descriptor that is readable while something is pending: poll it, then
    /// check. It stays readable while that is held. Always the same; do not read
    /// from it.
    ///
    /// # Errors
    /// EPERM, EMFILE, ENFILE, ENOMEM.
    pub fn event_fd(&self) -> Result<BorrowedFd<'_>, Error> {
        // SAFETY: it exists.
        let fd = done(unsafe { sys::sig_context_event_fd(self.as_ptr()) })?;
        // SAFETY: the context's own, which keeps it while it lives.
        Ok(unsafe { BorrowedFd::borrow_raw(fd) })
    }

    /// Call `function(signum, argument)` when something arrives: how an
    /// interpreter's own check is tripped. `None` is none. For what is pending
    /// already it is called at once, here. When this returns, nobody is in the
    /// one before any more.
    ///
    /// # Safety
    /// The function runs inside the signal handler, so it calls only what is
    /// async-signal-safe, and for calls and timers on other threads, with
    /// signum 0: it may be called so, with this argument, until another one is
    /// set, or the context has gone.
    ///
    /// # Errors
    /// EPERM; EBUSY somebody has been in the one before for a second: it stays.
    pub unsafe fn set_wakeup_fn(
        &self,
        function: Option<unsafe extern "C" fn(c_int, *mut c_void)>,
        argument: *mut c_void,
    ) -> Result<(), Error> {
        let argument = if function.is_some() { argument } else { null_mut() };
        // SAFETY: it exists; the caller's word.
        done(unsafe { sys::sig_context_set_wakeup_fn(self.as_ptr(), function, argument) })
            .map(drop)
    }
}
