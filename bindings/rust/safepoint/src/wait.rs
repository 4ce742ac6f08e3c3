// SPDX-License-Identifier: MIT OR Apache-2.0
//! Blocking calls that a signal always ends.

use std::ffi::{c_int, c_long};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ExitStatus};
use std::ptr::null_mut;
use std::sync::atomic::AtomicU32;
use std::time::Duration;

use safepoint_sys as sys;

use crate::error::{EINTR, EINVAL, ETIMEDOUT, Error, done, long_done};
use crate::panics::outcome;
use crate::time::{limit, nanoseconds};
use crate::{Context, Event, Latch, SignalSet};

/// The result of a wait of this context's, in which handlers may have run.
pub(crate) fn waited(
    context: *mut sys::sig_context,
    result: c_long,
) -> Result<usize, Error> {
    if result == -c_long::from(EINTR) {
        // SAFETY: it exists.
        outcome(unsafe { sys::sig_context_raised(context) })?;
    }
    long_done(result)
}

/// The waits. An arrival at any instant ends one, and so does a call, a timer or
/// an interrupt: there is no window between a check and the system call. What
/// the kernel has done by then is returned, and what arrived waits for the next
/// check. Otherwise handlers run, and the call goes on with the time that is
/// left (PEP 475).
///
/// If a handler raises, the call fails with that ([`Error::raised`]); else with
/// its own errno. It panics where a handler panics. While held, nothing that
/// arrives ends a wait.
impl Context {
    /// What has come of a wait of `safepoint-sys`, one of the functions that are
    /// not here: give this its result.
    ///
    /// ```
    /// let context = safepoint::init()?;
    /// let mut key = [0_u8; 16];
    /// let (start, size) = (key.as_mut_ptr().cast(), key.len());
    /// // SAFETY: memory of this size.
    /// let result =
    ///     unsafe { safepoint_sys::sig_context_getrandom(context.as_ptr(), start, size, 0) };
    /// assert_eq!(context.waited(result)?, 16);
    /// # Ok::<(), safepoint::Error>(())
    /// ```
    ///
    /// # Errors
    /// What a handler raised, or the call's own.
    pub fn waited(&self, result: c_long) -> Result<usize, Error> {
        waited(self.as_ptr(), result)
    }

    /// Sleep; [`Duration::MAX`] is for ever.
    ///
    /// # Errors
    /// What a handler raised; ENOMEM at the owner's first wait.
    pub fn sleep(&self, time: Duration) -> Result<(), Error> {
        // SAFETY: it exists.
        let result = unsafe { sys::sig_context_sleep(self.as_ptr(), nanoseconds(time)) };
        self.waited(result.into()).map(drop)
    }

    /// Wait until at least one handler or call has run, here. What is pending
    /// already counts.
    ///
    /// # Errors
    /// What a handler raised; EPERM not the owner any more; ENOMEM at the owner's
    /// first wait.
    pub fn pause(&self) -> Result<(), Error> {
        // SAFETY: it exists.
        let result = unsafe { sys::sig_context_pause(self.as_ptr()) };
        self.waited(result.into()).map(drop)
    }

    /// Wait until a child has ended, as [`Child::wait`] does. It is reaped once,
    /// whatever arrives.
    ///
    /// # Errors
    /// Its own.
    pub fn wait_child(&self, child: &mut Child) -> Result<ExitStatus, Error> {
        const P_PID: c_int = 1;
        const WEXITED: c_int = 4;
        const WNOWAIT: c_int = 0x0100_0000;
        let failed = |error: std::io::Error| {
            Error::from_errno(error.raw_os_error().unwrap_or(EINVAL))
        };
        // It may have been reaped before; and closing its standard input is std's.
        drop(child.stdin.take());
        if let Some(status) = child.try_wait().map_err(failed)? {
            return Ok(status);
        }
        let (context, id) = (self.as_ptr(), child.id());
        // Wait, and leave it to std to reap it.
        // SAFETY: it exists; NULL where it is not wanted.
        self.waited(unsafe {
            sys::sig_context_waitid(context, P_PID, id, null_mut(), WEXITED | WNOWAIT)
        })?;
        child.wait().map_err(failed)
    }

    /// waitpid(2): which child, and how it ended; `None` with WNOHANG, where
    /// none has. `pid` is -1 for any. `options` are those of sys/wait.h.
    ///
    /// # Errors
    /// Its own.
    pub fn waitpid(
        &self,
        pid: i32,
        options: i32,
    ) -> Result<Option<(i32, ExitStatus)>, Error> {
        let mut status = 0;
        // SAFETY: it exists; a place for a number.
        let result = self.waited(unsafe {
            sys::sig_context_waitpid(self.as_ptr(), pid, &raw mut status, options)
        })?;
        Ok((result != 0).then(|| (result as i32, ExitStatus::from_raw(status))))
    }

    /// Wait until the word no longer is `expected` and somebody says so, by
    /// futex(2); which may be for no reason. `None` is no time limit.
    ///
    /// # Errors
    /// EAGAIN the word differs, ETIMEDOUT.
    pub fn futex_wait(
        &self,
        word: &AtomicU32,
        expected: u32,
        time: Option<Duration>,
    ) -> Result<(), Error> {
        let word = word.as_ptr().cast_const();
        // SAFETY: it exists; an aligned word.
        self.waited(unsafe {
            sys::sig_context_futex_wait(self.as_ptr(), word, expected, limit(time))
        })
        .map(drop)
    }

    /// [`Latch::wait`], where handlers of this context run meanwhile.
    ///
    /// # Errors
    /// What a handler raised; ENOMEM at the owner's first wait.
    pub fn wait_latch(&self, latch: &Latch, time: Option<Duration>) -> Result<bool, Error> {
        let (context, ns) = (self.as_ptr(), limit(time));
        // SAFETY: it exists, and so does the latch.
        let result = unsafe { sys::sig_context_latch_wait(context, latch.as_ptr(), ns) };
        self.waited(result.into()).map(|result| result == 1)
    }

    /// Take one of these signals, without its handler: one that is recorded
    /// already, or arrives, or one that is blocked and was sent. Others are
    /// handled meanwhile. `None` where time is up.
    ///
    /// # Errors
    /// EINVAL no signal in the set; what a handler raised; ENOMEM at the owner's
    /// first wait.
    pub fn wait(
        &self,
        set: impl Into<SignalSet>,
        time: Option<Duration>,
    ) -> Result<Option<Event>, Error> {
        let mut raw = sys::sig_event::default();
        let (bits, size) = (set.into().bits(), size_of_val(&raw));
        // SAFETY: it exists; a struct of this size.
        let result = unsafe {
            sys::sig_context_wait(self.as_ptr(), bits, limit(time), &raw mut raw, size)
        };
        if result == -ETIMEDOUT {
            return Ok(None);
        }
        self.waited(result.into())?;
        Ok(self.took(raw))
    }

    /// Any system call by its number, as syscall(2) takes it.
    ///
    /// # Safety
    /// The call's own conditions; and it is none that does not return as it was
    /// called (fork, vfork, clone, sigreturn), nor close or dup2.
    ///
    /// # Errors
    /// Its own.
    pub unsafe fn syscall(&self, number: c_long, of: [c_long; 6]) -> Result<usize, Error> {
        let [a, b, c, d, e, f] = of;
        let context = self.as_ptr();
        // SAFETY: it exists; the caller's word.
        self.waited(unsafe { sys::sig_context_syscall(context, number, a, b, c, d, e, f) })
    }

    /// Code that is not ours, and may wait, goes between this and the drop of
    /// what it returns: the owner is interrupted by signals meanwhile, again and
    /// again, so its system calls fail with EINTR. Then check. Nests.
    ///
    /// # Errors
    /// EPERM not the owner any more, ENOMEM no timer to be had, EAGAIN at 2^32.
    pub fn blocking(&self) -> Result<Blocking, Error> {
        // SAFETY: it exists.
        let result = done(unsafe { sys::sig_context_blocking_begin(self.as_ptr()) })?;
        Ok(Blocking { context: self.clone(), pending: result == 1 })
    }

    /// Have this signal end the owner's waits; the one before. SIGURG at first.
    /// Of the main context's owner alone, for all contexts. See `sig_set_kick`
    /// in the C library's header.
    ///
    /// # Errors
    /// EINVAL a signal that cannot be used for it; EBUSY it is in use; EPERM;
    /// ENOMEM.
    pub fn set_kick(&self, signal: crate::Signal) -> Result<crate::Signal, Error> {
        // SAFETY: no preconditions.
        done(unsafe { sys::sig_set_kick(signal.number()) })?.try_into()
    }
}

/// While it lives, signals interrupt the owner: of [`Context::blocking`].
#[derive(Debug)]
#[must_use = "it ends when it is dropped"]
pub struct Blocking {
    context: Context,
    pending: bool,
}

impl Blocking {
    /// Whether something was pending already when it began: then better end at
    /// once, and check.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.pending
    }
}

impl Drop for Blocking {
    fn drop(&mut self) {
        // SAFETY: it exists.
        unsafe { sys::sig_context_blocking_end(self.context.as_ptr()) };
    }
}
