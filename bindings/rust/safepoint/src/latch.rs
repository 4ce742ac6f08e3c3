// SPDX-License-Identifier: MIT OR Apache-2.0
//! The stop latch.

use std::fmt;
use std::sync::atomic::AtomicU32;
use std::time::Duration;

use safepoint_sys as sys;

use crate::error::Error;
use crate::time::limit;
use crate::wait::waited;

/// What workers look at to see that they are to stop, in four bytes. Anybody
/// sets it, also a signal handler, and any number of threads wait for it, also
/// in other processes that share its memory. Once it is set it stays so.
///
/// ```
/// static STOP: safepoint::Latch = safepoint::Latch::new();
///
/// let worker = std::thread::spawn(|| STOP.wait(None));
/// STOP.set();
/// assert_eq!(worker.join().unwrap(), Ok(true));
/// ```
#[repr(transparent)]
pub struct Latch(AtomicU32);

const _: () = assert!(size_of::<Latch>() == size_of::<sys::sig_latch>());
const _: () = assert!(align_of::<Latch>() == align_of::<sys::sig_latch>());

impl Latch {
    /// One that is not set.
    #[must_use]
    pub const fn new() -> Latch {
        Latch(AtomicU32::new(0))
    }

    pub(crate) fn as_ptr(&self) -> *mut sys::sig_latch {
        self.0.as_ptr().cast()
    }

    /// Set it, and wake all who wait for it; whether it was not set before. What
    /// was written before is seen by whoever sees it set. May be called in a
    /// signal handler.
    pub fn set(&self) -> bool {
        // SAFETY: it exists.
        unsafe { sys::sig_latch_set(self.as_ptr()) == 0 }
    }

    /// Whether it is set. May be called in a signal handler.
    #[must_use]
    pub fn is_set(&self) -> bool {
        // SAFETY: it exists.
        unsafe { sys::sig_latch_is_set(self.as_ptr()) == 1 }
    }

    /// Wait until it is set; false where time is up. `None` is no time limit. On
    /// the main context's thread its handlers run meanwhile; on any other
    /// nothing ends it.
    ///
    /// # Errors
    /// What a handler raised; ENOMEM at the owner's first wait.
    pub fn wait(&self, time: Option<Duration>) -> Result<bool, Error> {
        // SAFETY: it exists.
        let result = unsafe { sys::sig_latch_wait(self.as_ptr(), limit(time)) };
        // SAFETY: no preconditions.
        waited(unsafe { sys::sig_main() }, result.into()).map(|result| result == 1)
    }
}

impl Default for Latch {
    fn default() -> Latch {
        Latch::new()
    }
}

impl fmt::Debug for Latch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Latch").field(&self.is_set()).finish()
    }
}
