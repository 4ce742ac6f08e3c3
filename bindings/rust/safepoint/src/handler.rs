// SPDX-License-Identifier: MIT OR Apache-2.0
//! Handlers, and who stands at a signal.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ffi::{c_int, c_void};
use std::fmt;
use std::ops::BitOr;
use std::ptr::null_mut;
use std::rc::Rc;

use safepoint_sys as sys;

use crate::error::{Error, Raise, done};
use crate::panics::called_by_c;
use crate::{Context, Event, Outcome, Signal};

type Closure = Rc<dyn Fn(&Event) -> Result<(), Raise>>;

/// How a handler is installed; several by `|`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags(pub(crate) u32);

impl Flags {
    /// Nothing special.
    pub const NONE: Flags = Flags(0);
    /// Restart system calls that the signal interrupts (SA_RESTART).
    pub const RESTART: Flags = Flags(sys::SAFEPOINT_RESTART);
    /// After recording, run the C handler that stood before, as it would have
    /// run: how a guest library watches its host's Ctrl-C without taking it.
    pub const CHAIN: Flags = Flags(sys::SAFEPOINT_CHAIN);
    /// Run once: what stood before is back just before the handler is called.
    /// An earlier handler of this context goes over what somebody else has put
    /// there in the meantime.
    pub const ONESHOT: Flags = Flags(sys::SAFEPOINT_ONESHOT);
    /// Keep every delivery apart, each an event. Always so for real-time
    /// signals. 8,192 deliveries can wait.
    pub const QUEUE: Flags = Flags(sys::SAFEPOINT_QUEUE);
    /// EEXIST, and no change, where somebody else's handler stands.
    pub const IF_DEFAULT: Flags = Flags(sys::SAFEPOINT_IF_DEFAULT);
    /// Leave the signal alone where it was ignored before us, as under nohup.
    pub const KEEP_IGNORED: Flags = Flags(sys::SAFEPOINT_KEEP_IGNORED);

    fn has(self, other: Flags) -> bool {
        self.0 & other.0 != 0
    }

    /// To put back one that stood there: without the questions.
    fn again(self) -> Flags {
        Flags(self.0 & !(Flags::IF_DEFAULT | Flags::KEEP_IGNORED).0)
    }
}

impl BitOr for Flags {
    type Output = Flags;
    fn bitor(self, other: Flags) -> Flags {
        Flags(self.0 | other.0)
    }
}

/// A context's handlers.
#[derive(Default)]
pub(crate) struct Handlers {
    installed: RefCell<BTreeMap<Signal, Stack>>,
    next: Cell<u64>,
}

/// Of a signal those that were installed and not removed. The last of them
/// stands.
#[derive(Default)]
pub(crate) struct Stack {
    bottom: Option<Bottom>,
    entries: Vec<Entry>,
}

/// What the context had at a signal before its handlers of this crate. Where it
/// had nothing, C knows what stood there.
#[derive(Clone, Copy)]
pub(crate) enum Bottom {
    Ignored,
    Default,
    /// A handler in C of this context's.
    Handler(sys::sig_disposition),
}

pub(crate) struct Entry {
    key: u64,
    flags: Flags,
    closure: Closure,
}

impl Handlers {
    fn add(&self, signal: Signal, flags: Flags, closure: Closure) -> u64 {
        let key = self.next.get();
        self.next.set(key + 1);
        let mut installed = self.installed.borrow_mut();
        let entries = &mut installed.entry(signal).or_default().entries;
        entries.push(Entry { key, flags, closure });
        key
    }

    fn top<T>(&self, signal: Signal, look: impl FnOnce(&Entry) -> T) -> Option<T> {
        self.installed.borrow().get(&signal)?.entries.last().map(look)
    }

    fn bottom(&self, signal: Signal) -> Option<Bottom> {
        self.installed.borrow().get(&signal)?.bottom
    }

    /// Take this one out, and whether it was the last.
    fn remove(&self, signal: Signal, key: u64) -> Option<(Entry, bool)> {
        let mut installed = self.installed.borrow_mut();
        let entries = &mut installed.get_mut(&signal)?.entries;
        let index = entries.iter().position(|entry| entry.key == key)?;
        let last = index + 1 == entries.len();
        Some((entries.remove(index), last))
    }

    /// All of a signal's, for this.
    pub(crate) fn replace(&self, signal: Signal, bottom: Option<Bottom>) -> Option<Stack> {
        let stack = Stack { bottom, entries: Vec::new() };
        self.installed.borrow_mut().insert(signal, stack)
    }

    pub(crate) fn take_all(&self) -> BTreeMap<Signal, Stack> {
        self.installed.take()
    }
}

/// What C calls for every signal.
extern "C" fn handle(event: *const sys::sig_event, _: *mut c_void) -> c_int {
    called_by_c(|| {
        // SAFETY: C's event is valid until this returns.
        let raw = unsafe { *event };
        let Some(context) = Context::of(raw.context) else { return Ok(()) };
        let Some(signal) = Signal::known(raw.signum) else { return Ok(()) };
        let closure = context.inner.handlers.top(signal, |entry| entry.closure.clone());
        let Some(event) = context.took(raw) else { return Ok(()) };
        closure.map_or(Ok(()), |closure| closure(&event))
    })
}

/// A handler that stands at a signal. When it is dropped, what stood there
/// before is put back: an earlier handler of this context that is still there;
/// or that it was ignored, by [`Context::ignore`] say; or what stood there before
/// this context's first change. Not where somebody else has put a handler over
/// ours: that is left alone.
///
/// It may be dropped while it runs.
#[must_use = "the handler is removed when this is dropped"]
pub struct Handler {
    context: Context,
    signal: Signal,
    key: Option<u64>,
}

impl Handler {
    /// Whether it will be called when the signal comes: not where another
    /// handler was installed over it, here or by somebody else, or where
    /// [`Flags::KEEP_IGNORED`] left the signal alone, or where it has run
    /// [once](Flags::ONESHOT).
    #[must_use]
    pub fn stands(&self) -> bool {
        let top = self.context.inner.handlers.top(self.signal, |entry| entry.key);
        top.is_some()
            && top == self.key
            && self.context.verify(self.signal).unwrap_or(false)
    }

    /// Leave it there until the context goes.
    pub fn keep(mut self) {
        self.key = None;
    }

    /// Put back what stood there before; false where somebody else has put a
    /// handler over ours, which is left alone.
    ///
    /// # Errors
    /// EPERM not the owner any more.
    pub fn remove(mut self) -> Result<bool, Error> {
        self.take_away()
    }

    fn take_away(&mut self) -> Result<bool, Error> {
        let Some(key) = self.key.take() else { return Ok(true) };
        match self.context.inner.handlers.remove(self.signal, key) {
            Some((_entry, true)) => self.context.put_back(self.signal),
            _ => Ok(true),
        }
    }
}

impl Drop for Handler {
    fn drop(&mut self) {
        let _ = self.take_away();
    }
}

impl fmt::Debug for Handler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Handler").field(&self.signal).finish()
    }
}

/// A handler that raises [`Raise::INTERRUPTED`], as Python's
/// `default_int_handler` raises KeyboardInterrupt.
///
/// # Errors
/// Always.
pub fn interrupted(_: &Event) -> Result<(), Raise> {
    Err(Raise::INTERRUPTED)
}

impl Context {
    /// Have this run at the owner's safe points when the signal comes.
    ///
    /// A handler may do what any code may: check again, install, fork, panic.
    /// It is an `Fn`, since it can come while it runs, in a check of its own. It
    /// returns nothing, or a `Result<(), Raise>`, or never.
    ///
    /// # Errors
    /// EINVAL the signal cannot be caught, EPERM not the owner any more, ENOMEM.
    pub fn install<F, R>(&self, signal: Signal, handler: F) -> Result<Handler, Error>
    where
        F: Fn(&Event) -> R + 'static,
        R: Outcome,
    {
        self.install_with(signal, Flags::NONE, handler)
    }

    /// [`install`](Context::install) with flags.
    ///
    /// # Errors
    /// Besides, EEXIST with [`Flags::IF_DEFAULT`].
    pub fn install_with<F, R>(
        &self,
        signal: Signal,
        flags: Flags,
        handler: F,
    ) -> Result<Handler, Error>
    where
        F: Fn(&Event) -> R + 'static,
        R: Outcome,
    {
        let handlers = &self.inner.handlers;
        let first = handlers.top(signal, |_| ()).is_none();
        let bottom = if first { self.bottom_now(signal)? } else { None };
        let ignored = self.put(signal, flags)? == 1;
        if first {
            handlers.replace(signal, bottom);
        }
        let closure = Rc::new(move |event: &Event| handler(event).outcome());
        let key = (!ignored).then(|| handlers.add(signal, flags, closure));
        Ok(Handler { context: self.clone(), signal, key })
    }

    /// What a first handler finds. Where somebody else has put one over ours, C
    /// puts that back.
    fn bottom_now(&self, signal: Signal) -> Result<Option<Bottom>, Error> {
        let now = self.query_raw(signal)?;
        if now.kind == sys::SAFEPOINT_KIND_FOREIGN || now.overwritten != 0 {
            return Ok(None);
        }
        if now.handler.is_some() {
            return Ok(Some(Bottom::Handler(now)));
        }
        let before = self.inner.handlers.bottom(signal);
        Ok(before.filter(|bottom| !matches!(bottom, Bottom::Handler(_))))
    }

    fn put(&self, signal: Signal, flags: Flags) -> Result<c_int, Error> {
        let (context, signum) = (self.as_ptr(), signal.number());
        // SAFETY: it exists; `handle` needs no more than C gives it.
        done(unsafe {
            sys::sig_context_install(context, signum, Some(handle), null_mut(), flags.0)
        })
    }

    /// The last handler is no more: the one before, or what stood before all.
    fn put_back(&self, signal: Signal) -> Result<bool, Error> {
        let overwritten = self.query_raw(signal)?.overwritten != 0;
        if let Some(flags) = self.inner.handlers.top(signal, |entry| entry.flags) {
            if !overwritten {
                self.put(signal, flags.again())?;
            }
            return Ok(!overwritten);
        }
        let bottom = self.inner.handlers.bottom(signal).filter(|_| !overwritten);
        let (context, signum) = (self.as_ptr(), signal.number());
        // SAFETY: it exists; a handler that was installed before.
        done(unsafe {
            match bottom {
                None => sys::sig_context_restore(context, signum),
                Some(Bottom::Ignored) => sys::sig_context_ignore(context, signum).min(0),
                Some(Bottom::Default) => sys::sig_context_default(context, signum).min(0),
                Some(Bottom::Handler(old)) => {
                    let flags = Flags(old.flags).again().0;
                    sys::sig_context_install(context, signum, old.handler, old.user, flags)
                }
            }
        })
        .map(|result| result == 0)
    }

    /// A signal was taken out: its event. What is to run once is no more.
    pub(crate) fn took(&self, raw: sys::sig_event) -> Option<Event> {
        let event = Event::new(raw, self.clone())?;
        let handlers = &self.inner.handlers;
        let top = handlers.top(event.signal(), |entry| (entry.flags, entry.key));
        if let Some((_, key)) = top.filter(|(flags, _)| flags.has(Flags::ONESHOT)) {
            let spent = handlers.remove(event.signal(), key);
            // C has put back what stood before the first, which it may be.
            let _ = self.put_back(event.signal());
            drop(spent);
        }
        Some(event)
    }
}
