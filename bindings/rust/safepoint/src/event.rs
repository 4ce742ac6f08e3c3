// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a handler is told.

use std::ffi::c_void;
use std::fmt;
use std::time::Duration;

use safepoint_sys as sys;

use crate::{Context, Raise, Signal};

/// A signal that came: which, whose, with what, when, and for how many it
/// stands. What does not apply is 0.
pub struct Event {
    signal: Signal,
    raw: sys::sig_event,
    context: Context,
}

impl Event {
    /// `None` for what is no signal.
    pub(crate) fn new(raw: sys::sig_event, context: Context) -> Option<Event> {
        Some(Event { signal: Signal::known(raw.signum)?, raw, context })
    }

    /// Which signal.
    #[must_use]
    pub fn signal(&self) -> Signal {
        self.signal
    }

    /// The `si_code`: `SI_USER` for kill, `SI_QUEUE` for sigqueue, `SI_TKILL`
    /// for raise.
    #[must_use]
    pub fn code(&self) -> i32 {
        self.raw.code
    }

    /// The sender's process.
    #[must_use]
    pub fn pid(&self) -> i32 {
        self.raw.pid
    }

    /// The sender's real user.
    #[must_use]
    pub fn uid(&self) -> u32 {
        self.raw.uid
    }

    /// SIGCHLD: the child's exit status or signal.
    #[must_use]
    pub fn status(&self) -> i32 {
        self.raw.status
    }

    /// What [`queue`](crate::queue) sent along.
    #[must_use]
    pub fn value(&self) -> isize {
        self.raw.value
    }

    /// Deliveries that this event stands for: at least 1. Where it is more, the
    /// others' facts are those of the first.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.raw.count
    }

    /// Deliveries behind this one that found no room and are lost.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.raw.lost
    }

    /// When it arrived, by CLOCK_MONOTONIC.
    #[must_use]
    pub fn time(&self) -> Duration {
        Duration::from_nanos(self.raw.time)
    }

    /// What [`Context::check_frame`] was given.
    #[must_use]
    pub fn frame(&self) -> *mut c_void {
        self.raw.frame
    }

    /// Whose check this is: to check again in a handler, to wait, to install.
    #[must_use]
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Raise the signal's number: what a handler may end with.
    ///
    /// # Errors
    /// Always.
    pub fn raise(&self) -> Result<(), Raise> {
        Err(self.signal.into())
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("signal", &self.signal)
            .field("code", &self.code())
            .field("pid", &self.pid())
            .field("uid", &self.uid())
            .field("status", &self.status())
            .field("value", &self.value())
            .field("count", &self.count())
            .field("lost", &self.lost())
            .field("time", &self.time())
            .finish_non_exhaustive()
    }
}
