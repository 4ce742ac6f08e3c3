// SPDX-License-Identifier: MIT OR Apache-2.0
//! Who stands at a signal, and what becomes of it without a handler.

use std::ffi::c_int;
use std::time::Duration;

use safepoint_sys as sys;

use crate::error::{Error, done};
use crate::handler::Bottom;
use crate::time::nanoseconds;
use crate::{Context, Flags, Signal};

/// Who stands at a signal: of [`Context::query`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disposition {
    /// What the kernel has there now.
    pub kind: Kind,
    /// Whether this context has a handler for it.
    pub has_handler: bool,
    /// The flags of that one.
    pub flags: Flags,
    /// Whether somebody has put something else over it since.
    pub overwritten: bool,
}

/// What the kernel has at a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// The default action.
    Default,
    /// It is ignored.
    Ignored,
    /// A handler of this library, of this context or another.
    Handler,
    /// Somebody else's C handler.
    Foreign,
}

impl Context {
    /// Ignore the signal, and drop this context's handlers for it, and what is
    /// pending. It stays so until the context goes. False where another context
    /// has a handler for it: then it is ignored when that one has gone.
    ///
    /// # Errors
    /// EINVAL the signal cannot be ignored, EPERM, ENOMEM.
    pub fn ignore(&self, signal: Signal) -> Result<bool, Error> {
        // SAFETY: it exists.
        let result = unsafe { sys::sig_context_ignore(self.as_ptr(), signal.number()) };
        self.replaced(signal, result, Some(Bottom::Ignored))
    }

    /// Have the signal do its default, and drop this context's handlers for
    /// it, and what is pending. It stays so until the context goes. False where
    /// another context has a handler for it, or ignores it.
    ///
    /// # Errors
    /// EINVAL, EPERM, ENOMEM.
    pub fn default(&self, signal: Signal) -> Result<bool, Error> {
        // SAFETY: it exists.
        let result = unsafe { sys::sig_context_default(self.as_ptr(), signal.number()) };
        self.replaced(signal, result, Some(Bottom::Default))
    }

    /// Put back what stood there before this context's first change. False where
    /// somebody else has put a handler over ours, which is left alone.
    ///
    /// # Errors
    /// EINVAL, EPERM.
    pub fn restore(&self, signal: Signal) -> Result<bool, Error> {
        // SAFETY: it exists.
        let result = unsafe { sys::sig_context_restore(self.as_ptr(), signal.number()) };
        self.replaced(signal, result, None)
    }

    /// What the context's handlers make way for, and what later ones leave.
    fn replaced(
        &self,
        signal: Signal,
        result: c_int,
        bottom: Option<Bottom>,
    ) -> Result<bool, Error> {
        let result = done(result)?;
        drop(self.inner.handlers.replace(signal, bottom));
        Ok(result == 0)
    }

    /// Say who stands at a signal.
    ///
    /// # Errors
    /// EPERM.
    pub fn query(&self, signal: Signal) -> Result<Disposition, Error> {
        let out = self.query_raw(signal)?;
        Ok(Disposition {
            kind: match out.kind {
                sys::SAFEPOINT_KIND_DEFAULT => Kind::Default,
                sys::SAFEPOINT_KIND_IGNORED => Kind::Ignored,
                sys::SAFEPOINT_KIND_HANDLER => Kind::Handler,
                _ => Kind::Foreign,
            },
            has_handler: out.handler.is_some(),
            flags: Flags(out.flags),
            overwritten: out.overwritten != 0,
        })
    }

    pub(crate) fn query_raw(&self, signal: Signal) -> Result<sys::sig_disposition, Error> {
        let mut out = sys::sig_disposition::default();
        let (signum, size) = (signal.number(), size_of_val(&out));
        // SAFETY: it exists; a struct of this size.
        done(unsafe { sys::sig_context_query(self.as_ptr(), signum, &raw mut out, size) })?;
        Ok(out)
    }

    /// Whether this context's handler still stands there. One system call, so
    /// that a guest can ask at the entry of each long call.
    ///
    /// # Errors
    /// EPERM.
    pub fn verify(&self, signal: Signal) -> Result<bool, Error> {
        // SAFETY: it exists.
        let result = unsafe { sys::sig_context_verify(self.as_ptr(), signal.number()) };
        done(result).map(|result| result == 1)
    }

    /// Let no program hang: do the signal's default action, from within the
    /// arrival, at the `deliveries`-th with no safe point in between (with 2
    /// the second Ctrl-C kills), or when one has waited so long for a safe
    /// point. 0 and [`Duration::ZERO`] are never.
    ///
    /// # Errors
    /// EINVAL a signal that does nothing by default, or cannot be caught;
    /// EPERM; ENOMEM no timer to be had.
    pub fn set_escalation(
        &self,
        signal: Signal,
        deliveries: u32,
        after: Duration,
    ) -> Result<(), Error> {
        let (signum, ns) = (signal.number(), nanoseconds(after));
        // SAFETY: it exists.
        done(unsafe {
            sys::sig_context_set_escalation(self.as_ptr(), signum, deliveries, ns)
        })
        .map(drop)
    }

    /// siginterrupt(3): whether system calls that this signal interrupts go on
    /// by themselves, whoever's handler stands there.
    ///
    /// # Errors
    /// EINVAL, EPERM, ENOMEM, EAGAIN somebody was installing at the same time,
    /// EBUSY it would end no wait any more: the signal of
    /// [`set_kick`](Context::set_kick).
    pub fn set_restart(&self, signal: Signal, on: bool) -> Result<(), Error> {
        let signum = signal.number();
        // SAFETY: it exists.
        done(unsafe { sys::sig_context_set_restart(self.as_ptr(), signum, on.into()) })
            .map(drop)
    }
}
