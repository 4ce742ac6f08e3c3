// SPDX-License-Identifier: MIT OR Apache-2.0
//! What any thread may do with a context.

use std::ffi::{c_int, c_void};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::thread;
use std::time::{Duration, Instant};

use safepoint_sys as sys;

use crate::error::{ESTALE, Error, done};
use crate::{Context, Outcome, Raise, Signal, Stats, call};

/// What any thread may do with a context: have its owner call something,
/// interrupt it, look at its counters. Where the context has gone, that is
/// ESTALE.
#[derive(Clone)]
pub struct Handle(Arc<Shared>);

/// Who is just adding a call, so that none is added behind the last look.
pub(crate) struct Shared {
    pointer: *mut sys::sig_context,
    /// How many, and CLOSED.
    adding: AtomicU32,
}

const CLOSED: u32 = 1 << 31;

// SAFETY: the address of a context, which is only given to functions that any
// thread may call, also when it was freed; and an atomic.
unsafe impl Send for Shared {}
// SAFETY: as above.
unsafe impl Sync for Shared {}

impl Shared {
    pub(crate) fn new(pointer: *mut sys::sig_context) -> Shared {
        Shared { pointer, adding: AtomicU32::new(0) }
    }

    /// Do this, unless the context has gone or just goes.
    fn while_open<T>(&self, add: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
        let before = self.adding.fetch_add(1, SeqCst);
        let result =
            if before & CLOSED == 0 { add() } else { Err(Error::from_errno(ESTALE)) };
        self.adding.fetch_sub(1, SeqCst);
        result
    }

    /// Nobody begins any more, and who had begun has ended. At most for a second:
    /// in a forked child there may be nobody left who could end.
    pub(crate) fn close(&self) {
        self.adding.fetch_or(CLOSED, SeqCst);
        let until = Instant::now() + Duration::from_secs(1);
        while self.adding.load(SeqCst) != CLOSED && Instant::now() < until {
            thread::yield_now();
        }
    }
}

impl Handle {
    pub(crate) fn new(shared: Arc<Shared>) -> Handle {
        Handle(shared)
    }

    /// For functions of `safepoint-sys` that any thread may call.
    #[must_use]
    pub fn as_ptr(&self) -> *mut sys::sig_context {
        self.0.pointer
    }

    /// Have the owner run this at its next safe point. It is never refused for
    /// want of room, and those that one thread adds run in that order. What a
    /// check runs is what was added before it began. One that has not run when
    /// the context goes is dropped.
    ///
    /// ```
    /// let context = safepoint::init()?;
    /// let handle = context.handle();
    /// std::thread::spawn(move || handle.call(|context| assert!(context.is_owner())))
    ///     .join()
    ///     .unwrap()?;
    /// context.check()?;
    /// # Ok::<(), safepoint::Error>(())
    /// ```
    ///
    /// Not in a signal handler: it allocates. There, use
    /// [`add_pending_call`](Handle::add_pending_call).
    ///
    /// # Errors
    /// ESTALE the context has gone.
    pub fn call<F, R>(&self, function: F) -> Result<(), Error>
    where
        F: FnOnce(&Context) -> R + Send + 'static,
        R: Outcome,
    {
        self.0.while_open(|| call::post(self.0.pointer, function))
    }

    /// Have the owner call `function(argument)` at its next safe point; where
    /// that is not 0, it raises. 1,024 can wait. Allocates nothing, and takes no
    /// lock: it may be called in a signal handler.
    ///
    /// # Safety
    /// The function can be called so on the owner's thread at any later time;
    /// or never, where the context goes before. It does not unwind.
    ///
    /// # Errors
    /// EAGAIN no room, ESTALE the context has gone.
    pub unsafe fn add_pending_call(
        &self,
        function: unsafe extern "C" fn(*mut c_void) -> c_int,
        argument: *mut c_void,
    ) -> Result<(), Error> {
        // SAFETY: a context, which may have gone; the caller's word.
        let add = || unsafe {
            sys::sig_context_add_pending_call(self.0.pointer, Some(function), argument)
        };
        self.0.while_open(|| done(add()).map(drop))
    }

    /// The owner's next check or wait fails with this, before it runs anything,
    /// and leaves the rest pending: how one thread cancels what another is
    /// running. A later one replaces one that was not seen yet. May be called in
    /// a signal handler.
    ///
    /// # Errors
    /// ESTALE the context has gone.
    pub fn interrupt(&self, raise: Raise) -> Result<(), Error> {
        // SAFETY: a context, which may have gone.
        let interrupt =
            || unsafe { sys::sig_context_interrupt(self.0.pointer, raise.number()) };
        self.0.while_open(|| done(interrupt()).map(drop))
    }

    /// As if this signal had arrived, sent by this process, for this context
    /// alone. Nothing happens where it has no handler for it. May be called in a
    /// signal handler.
    ///
    /// # Errors
    /// ESTALE the context has gone.
    pub fn trip(&self, signal: Signal) -> Result<(), Error> {
        // SAFETY: a context, which may have gone.
        let trip = || unsafe { sys::sig_context_trip(self.0.pointer, signal.number()) };
        self.0.while_open(|| done(trip()).map(drop))
    }

    /// Whether the calling thread owns the context. May be called in a signal
    /// handler.
    #[must_use]
    pub fn is_owner(&self) -> bool {
        // SAFETY: a context, which may have gone.
        unsafe { sys::sig_context_is_owner(self.0.pointer) == 1 }
    }

    /// What happened in the context. Once nothing is pending, arrivals =
    /// handled + coalesced + lost + dropped. On another thread than the owner's
    /// they may be a moment apart from each other.
    ///
    /// # Errors
    /// ESTALE the context has gone.
    pub fn stats(&self) -> Result<Stats, Error> {
        let mut stats = Stats::default();
        let size = size_of::<Stats>();
        // SAFETY: a context, which may have gone; a struct of this size.
        done(unsafe { sys::sig_context_stats(self.0.pointer, &raw mut stats, size) })?;
        Ok(stats)
    }

    /// How many wake-ups could not be written since this was last asked, and
    /// why the last could not: EAGAIN is a full pipe.
    ///
    /// # Errors
    /// ESTALE the context has gone.
    pub fn wakeup_failures(&self) -> Result<(u32, Option<Error>), Error> {
        let mut last = 0;
        // SAFETY: a context, which may have gone; a place for a number.
        let count = done(unsafe {
            sys::sig_context_wakeup_failures(self.0.pointer, &raw mut last)
        })?;
        Ok((count as u32, (count != 0).then(|| Error::from_errno(last))))
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Handle").field(&self.as_ptr()).finish()
    }
}
