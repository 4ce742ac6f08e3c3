// SPDX-License-Identifier: MIT OR Apache-2.0
//! Timers: calls that fall due. They take no signal.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ffi::{c_int, c_void};
use std::fmt;
use std::marker::PhantomData;
use std::ptr::without_provenance_mut;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use safepoint_sys as sys;

use crate::context::{here, remove_from};
use crate::error::{Error, Raise, done};
use crate::panics::called_by_c;
use crate::time::nanoseconds;
use crate::{Context, Outcome};

type Closure = Rc<dyn Fn(&Context) -> Result<(), Raise>>;

/// A thread's timers, by what C gives back of each: a key.
pub(crate) struct Timers(RefCell<BTreeMap<usize, Entry>>);

pub(crate) struct Entry {
    context: *mut sys::sig_context,
    id: u64,
    closure: Closure,
    once: bool,
}

impl Timers {
    pub(crate) const fn new() -> Timers {
        Timers(RefCell::new(BTreeMap::new()))
    }

    /// Those of a context that goes.
    pub(crate) fn take_of(&self, context: *mut sys::sig_context) -> Vec<Entry> {
        self.take_where(|entry| entry.context == context)
    }

    fn take_where(&self, is_meant: impl Fn(&Entry) -> bool) -> Vec<Entry> {
        let mut timers = self.0.borrow_mut();
        let all = timers.iter().filter(|(_, entry)| is_meant(entry));
        let keys: Vec<usize> = all.map(|(key, _)| *key).collect();
        keys.iter().filter_map(|key| remove_from(&mut timers, *key)).collect()
    }

    fn remove(&self, key: usize) -> Option<Entry> {
        remove_from(&mut self.0.borrow_mut(), key)
    }

    /// What is to be run, which is then gone if it runs once.
    fn due(&self, key: usize) -> Option<Entry> {
        let mut timers = self.0.borrow_mut();
        let entry = timers.get(&key)?;
        if entry.once {
            return remove_from(&mut timers, key);
        }
        Some(Entry { closure: entry.closure.clone(), ..*entry })
    }
}

/// What C calls for every timer of ours.
unsafe extern "C" fn due(key: *mut c_void) -> c_int {
    called_by_c(|| {
        let Some(entry) = here(|here| here.timers.due(key.addr())) else {
            return Ok(());
        };
        let Some(context) = Context::of(entry.context) else { return Ok(()) };
        (entry.closure)(&context)
    })
}

/// A call that falls due: of [`Context::call_after`]. When it is dropped it is
/// cancelled.
#[must_use = "it is cancelled when this is dropped"]
pub struct Timer {
    key: usize,
    id: u64,
    /// The closure is this thread's.
    not_send: PhantomData<*const ()>,
}

impl Timer {
    /// For [`cancel`], on any thread.
    #[must_use]
    pub fn id(&self) -> u64 {
        self.id
    }

    /// It is not run any more; whether it would have been. It may be cancelled
    /// while it runs.
    pub fn cancel(self) -> bool {
        self.end()
    }

    /// Leave it armed until it has run, or the context goes.
    pub fn keep(self) {
        std::mem::forget(self);
    }

    fn end(&self) -> bool {
        let entry = here(|here| here.timers.remove(self.key));
        let would_have_run = cancelled(self.id).is_ok();
        drop(entry); // a user's closure, which may panic
        would_have_run
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        self.end();
    }
}

impl fmt::Debug for Timer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Timer").field(&self.id).finish()
    }
}

/// Cancel a timer of any context by its number. On another thread than its
/// owner's it may be running just then; and there its closure is dropped later,
/// with its [`Timer`], or its context where that was kept. Looks through all
/// timers of the calling thread. Not in a signal handler.
///
/// # Errors
/// ENOENT no such timer: it was run, or cancelled, or armed before a fork.
pub fn cancel(id: u64) -> Result<(), Error> {
    cancelled(id)?;
    drop(here(|here| here.timers.take_where(|entry| entry.id == id)));
    Ok(())
}

fn cancelled(id: u64) -> Result<(), Error> {
    // SAFETY: no preconditions.
    done(unsafe { sys::sig_cancel(id) }).map(drop)
}

impl Context {
    /// Call this at the first safe point that is so far away, or more. Never
    /// early.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// const TOO_SLOW: safepoint::Raise = safepoint::Raise::new(9).unwrap();
    ///
    /// let context = safepoint::Context::new()?;
    /// let _deadline = context.call_after(Duration::from_millis(5), |_| Err(TOO_SLOW))?;
    /// while context.check() != Err(TOO_SLOW) {}
    /// # Ok::<(), safepoint::Error>(())
    /// ```
    ///
    /// # Errors
    /// EAGAIN 65,536 wait already, or no thread to be had; ENOMEM.
    pub fn call_after<F, R>(&self, after: Duration, function: F) -> Result<Timer, Error>
    where
        F: FnOnce(&Context) -> R + 'static,
        R: Outcome,
    {
        let function = Cell::new(Some(function));
        self.arm(after, Duration::ZERO, move |context| {
            function.take().map_or(Ok(()), |function| function(context).outcome())
        })
    }

    /// Call this at the first safe point that is `after` away, and again each
    /// `every` after that: once for all that have gone by without a safe point.
    /// `every` is a nanosecond at least.
    ///
    /// # Errors
    /// As [`call_after`](Context::call_after).
    pub fn call_every<F, R>(
        &self,
        after: Duration,
        every: Duration,
        function: F,
    ) -> Result<Timer, Error>
    where
        F: Fn(&Context) -> R + 'static,
        R: Outcome,
    {
        let every = every.max(Duration::from_nanos(1));
        self.arm(after, every, move |context| function(context).outcome())
    }

    fn arm(
        &self,
        after: Duration,
        every: Duration,
        function: impl Fn(&Context) -> Result<(), Raise> + 'static,
    ) -> Result<Timer, Error> {
        static NEXT: AtomicUsize = AtomicUsize::new(1);
        let key = NEXT.fetch_add(1, Relaxed);
        let (context, mut id) = (self.as_ptr(), 0);
        let (ns, every_ns) = (nanoseconds(after), nanoseconds(every));
        let argument = without_provenance_mut(key);
        // SAFETY: it exists; `due` may be called with any key at any time.
        done(unsafe {
            sys::sig_context_call_after(
                context,
                ns,
                every_ns,
                Some(due),
                argument,
                &raw mut id,
            )
        })?;
        // Early enough: it falls due in a later call of this thread's.
        let entry =
            Entry { context, id, closure: Rc::new(function), once: every.is_zero() };
        here(|here| here.timers.0.borrow_mut().insert(key, entry));
        Ok(Timer { key, id, not_send: PhantomData })
    }
}
