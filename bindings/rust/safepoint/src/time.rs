// SPDX-License-Identifier: MIT OR Apache-2.0
//! Times in C's terms, and the timers of the process that send signals.

use std::time::Duration;

use safepoint_sys as sys;

use crate::error::{Error, done};

/// In nanoseconds; what does not fit, some 584 years, is for ever.
pub(crate) fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(sys::SAFEPOINT_FOREVER)
}

/// A time limit; `None` is no limit.
pub(crate) fn limit(time: Option<Duration>) -> u64 {
    time.map_or(sys::SAFEPOINT_FOREVER, nanoseconds)
}

/// SIGALRM in so many seconds, 0 for not at all; the seconds that were left of
/// the last one. It shares its timer with [`Itimer::Real`]. May be called on any
/// thread and in a signal handler. Install a handler first.
pub fn alarm(seconds: u32) -> u32 {
    // SAFETY: no preconditions.
    unsafe { sys::sig_alarm(seconds) }
}

/// A timer of the process, which sends a signal. Install a handler first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Itimer {
    /// SIGALRM, by the clock.
    Real = 0,
    /// SIGVTALRM, by the processor time of the process.
    Virtual = 1,
    /// SIGPROF, by the processor time of process and kernel.
    Prof = 2,
}

/// What an [`Itimer`] is set to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ItimerValue {
    /// Until it falls due; zero is not at all.
    pub value: Duration,
    /// And then every so often; zero is only once.
    pub interval: Duration,
}

impl Itimer {
    /// Set it: what it was. Times are rounded up to microseconds. May be called
    /// on any thread.
    ///
    /// # Errors
    /// EINVAL a time of 2^63 nanoseconds or more.
    pub fn set(self, to: ItimerValue) -> Result<ItimerValue, Error> {
        let mut new = raw_itimer();
        new.value = nanoseconds(to.value);
        new.interval = nanoseconds(to.interval);
        let mut old = raw_itimer();
        // SAFETY: two structs that say their size.
        done(unsafe { sys::sig_setitimer(self as i32, &raw const new, &raw mut old) })?;
        Ok(old.into())
    }

    /// What it has left. May be called on any thread.
    ///
    /// # Errors
    /// None that is known of.
    pub fn get(self) -> Result<ItimerValue, Error> {
        let mut value = raw_itimer();
        // SAFETY: a struct that says its size.
        done(unsafe { sys::sig_getitimer(self as i32, &raw mut value) })?;
        Ok(value.into())
    }
}

fn raw_itimer() -> sys::sig_itimer {
    let size = size_of::<sys::sig_itimer>() as u32;
    sys::sig_itimer { size, ..sys::sig_itimer::default() }
}

impl From<sys::sig_itimer> for ItimerValue {
    fn from(raw: sys::sig_itimer) -> ItimerValue {
        ItimerValue {
            value: Duration::from_nanos(raw.value),
            interval: Duration::from_nanos(raw.interval),
        }
    }
}
