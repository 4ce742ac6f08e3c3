// SPDX-License-Identifier: MIT OR Apache-2.0
//! Sending, masks, what is sent and waits.

use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::thread::JoinHandleExt;
use std::thread::JoinHandle;

use safepoint_sys as sys;

use crate::error::{Error, done};
use crate::wait::waited;
use crate::{Context, Signal, SignalSet};

/// Send a signal to the calling thread. It has arrived when this returns,
/// unless it is blocked; its handler runs at the next check. May be called in
/// a signal handler.
///
/// # Errors
/// None that is known of.
pub fn raise(signal: Signal) -> Result<(), Error> {
    // SAFETY: no preconditions.
    done(unsafe { sys::sig_raise(signal.number()) }).map(drop)
}

/// kill(2): to a process; 0 and negative numbers are groups, as there. May be
/// called in a signal handler.
///
/// # Errors
/// EPERM not allowed to, ESRCH nobody there.
pub fn kill(pid: i32, signal: Signal) -> Result<(), Error> {
    // SAFETY: no preconditions.
    done(unsafe { sys::sig_kill(pid, signal.number()) }).map(drop)
}

/// pthread_kill(3): to a thread.
///
/// # Errors
/// ESRCH it has ended.
pub fn kill_thread<T>(thread: &JoinHandle<T>, signal: Signal) -> Result<(), Error> {
    let thread = thread.as_pthread_t() as usize;
    // SAFETY: a thread that can be joined has not been joined, nor detached.
    done(unsafe { sys::sig_kill_thread(thread, signal.number()) }).map(drop)
}

/// sigqueue(3): a signal with a value. May be called in a signal handler.
///
/// # Errors
/// EPERM not allowed to, ESRCH nobody there, EAGAIN the receiver's queue is
/// full.
pub fn queue(pid: i32, signal: Signal, value: isize) -> Result<(), Error> {
    // SAFETY: no preconditions.
    done(unsafe { sys::sig_queue(pid, signal.number(), value) }).map(drop)
}

/// pidfd_send_signal(2): to that very process, never to a later one of the
/// same number. May be called in a signal handler.
///
/// # Errors
/// EBADF no pidfd, EPERM not allowed to, ESRCH it has ended, ENOSYS before
/// Linux 5.1.
pub fn pidfd_send(pidfd: impl AsFd, signal: Signal) -> Result<(), Error> {
    let pidfd = pidfd.as_fd().as_raw_fd();
    // SAFETY: no preconditions.
    done(unsafe { sys::sig_pidfd_send(pidfd, signal.number()) }).map(drop)
}

/// As if the signal had arrived, sent by this process, for every context that
/// has a handler for it. May be called in a signal handler.
///
/// # Errors
/// None that is known of.
pub fn trip(signal: Signal) -> Result<(), Error> {
    // SAFETY: no preconditions.
    done(unsafe { sys::sig_trip(signal.number()) }).map(drop)
}

/// What is done with a thread's mask: `SIG_BLOCK` and so on, of signal.h.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mask {
    /// Block these, too.
    Block = 0,
    /// Do not block these any more.
    Unblock = 1,
    /// Block these and no others.
    Set = 2,
}

/// Change the calling thread's mask; the one before. The main context's
/// [`Context::mask`], which any thread may call: on one that owns no context
/// no handler runs.
///
/// # Errors
/// As [`Context::mask`].
pub fn mask(how: Mask, set: impl Into<SignalSet>) -> Result<SignalSet, Error> {
    // SAFETY: no preconditions.
    mask_of(unsafe { sys::sig_main() }, how, set.into())
}

fn mask_of(
    context: *mut sys::sig_context,
    how: Mask,
    set: SignalSet,
) -> Result<SignalSet, Error> {
    let mut old = 0;
    // SAFETY: it exists; a place for a set.
    let result =
        unsafe { sys::sig_context_mask(context, how as i32, set.bits(), &raw mut old) };
    waited(context, result.into())?;
    Ok(SignalSet::from_bits(old))
}

impl Context {
    /// Change the calling thread's mask; the one before. What is unblocked and
    /// was sent arrives, and this is a safe point: handlers run, in here. What
    /// may not be blocked (SIGKILL, SIGSTOP, the signal of
    /// [`set_kick`](Context::set_kick)) is passed over.
    ///
    /// # Errors
    /// What a handler raised: the mask is changed all the same.
    pub fn mask(&self, how: Mask, set: impl Into<SignalSet>) -> Result<SignalSet, Error> {
        mask_of(self.as_ptr(), how, set.into())
    }

    /// What was sent and not handled: blocked, and waiting in the kernel for
    /// this thread or the process, or recorded.
    ///
    /// # Errors
    /// None that is known of.
    pub fn pending(&self) -> Result<SignalSet, Error> {
        let mut set = 0;
        // SAFETY: it exists; a place for a set.
        done(unsafe { sys::sig_context_pending(self.as_ptr(), &raw mut set) })?;
        Ok(SignalSet::from_bits(set))
    }
}
