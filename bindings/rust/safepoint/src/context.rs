// SPDX-License-Identifier: MIT OR Apache-2.0
//! Contexts: who owns them, and what there is of them on this thread.
//!
//! C is never given the address of a closure that runs more than once. It gives
//! back a context's address, or a timer's key, and the closure is looked up
//! among what this thread has: so nothing dangles, whoever is cancelled, and
//! no closure runs on a thread that is not its own.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ffi::c_void;
use std::fmt;
use std::mem::ManuallyDrop;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use safepoint_sys as sys;

use crate::Signal;
use crate::call;
use crate::error::{Error, Raise, done};
use crate::handle::{Handle, Shared};
use crate::handler::Handlers;
use crate::panics::outcome;
use crate::timer::Timers;

/// A context, in the hands of the thread that owns it: handlers, pending calls
/// and timers run on this thread, in its checks and its waits, and nowhere
/// else. What other threads may do is in [`Context::handle`].
///
/// Clones are the same context. When the last of them has gone, and the last
/// [`Handler`](crate::Handler) and [`Hold`], everything is put back, what is
/// pending is dropped, and nobody owns the context. In a forked child that can
/// take a second, where another thread was just adding a call.
///
/// It stays on its thread, and so do its guards:
///
/// ```compile_fail,E0277
/// let context = safepoint::Context::new().unwrap();
/// std::thread::spawn(move || context.check());
/// ```
///
/// ```compile_fail,E0277
/// let context = safepoint::Context::new().unwrap();
/// let handler = context.install(safepoint::Signal::INT, |_| ()).unwrap();
/// std::thread::spawn(move || drop(handler));
/// ```
///
/// ```compile_fail,E0277
/// let context = safepoint::Context::new().unwrap();
/// let timer = context.call_after(std::time::Duration::ZERO, |_| ()).unwrap();
/// std::thread::spawn(move || drop(timer));
/// ```
#[derive(Clone)]
pub struct Context {
    breaker: &'static AtomicU32,
    pub(crate) inner: Rc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) pointer: *mut sys::sig_context,
    pub(crate) handlers: Handlers,
    shared: Arc<Shared>,
}

/// What this thread has: contexts by their addresses, and timers.
pub(crate) struct Here {
    contexts: RefCell<BTreeMap<usize, Weak<Inner>>>,
    pub(crate) timers: Timers,
}

// Without a destructor, so that contexts work until the thread has ended.
thread_local! {
    static HERE: ManuallyDrop<Here> = const {
        ManuallyDrop::new(Here {
            contexts: RefCell::new(BTreeMap::new()),
            timers: Timers::new(),
        })
    };
}

pub(crate) fn here<T>(look: impl FnOnce(&Here) -> T) -> T {
    HERE.with(|here| look(here))
}

/// Remove; and an empty map has no memory of its own, which nobody would free.
pub(crate) fn remove_from<V>(map: &mut BTreeMap<usize, V>, key: usize) -> Option<V> {
    let value = map.remove(&key);
    if map.is_empty() {
        *map = BTreeMap::new();
    }
    value
}

/// This thread becomes the owner of the main context. Call it again, on the
/// same thread, and it is the same context.
///
/// A library that is a guest in somebody else's program had better have a
/// context of its own: [`Context::new`].
///
/// # Errors
/// EPERM another thread is the owner, ENOMEM.
pub fn init() -> Result<Context, Error> {
    become_owner(0)
}

/// [`init`] as an interpreter's program wants it: SIGINT, where it has its
/// default, raises [`Raise::INTERRUPTED`]; SIGPIPE and SIGXFSZ are ignored.
///
/// # Errors
/// As [`init`].
pub fn init_interpreter() -> Result<Context, Error> {
    let context = become_owner(sys::SAFEPOINT_INTERPRETER_DEFAULTS)?;
    for ignored in [Signal::PIPE, Signal::XFSZ] {
        context.ignore(ignored)?; // as they are, and now handlers know it
    }
    Ok(context)
}

fn become_owner(flags: u32) -> Result<Context, Error> {
    // SAFETY: no preconditions.
    done(unsafe { sys::sig_init(flags) })?;
    // SAFETY: no preconditions.
    Ok(Context::of(unsafe { sys::sig_main() }).unwrap_or_else(main_of_this_thread))
}

fn main_of_this_thread() -> Context {
    // SAFETY: the main context, which this thread owns and has not here.
    unsafe { Context::register(sys::sig_main()) }
}

/// The calling thread becomes the owner of the main context, whoever was
/// before, also where that thread has ended. What is pending stays. Handlers
/// and calls of the old owner's do not run here: install anew.
///
/// # Safety
/// The old owner, if it lives, is in none of the library's functions but a
/// check and the waits.
///
/// # Errors
/// EBUSY a handler is running, ENOMEM.
pub unsafe fn adopt() -> Result<Context, Error> {
    // SAFETY: the caller's word.
    done(unsafe { sys::sig_adopt() })?;
    // SAFETY: no preconditions.
    Ok(Context::of(unsafe { sys::sig_main() }).unwrap_or_else(main_of_this_thread))
}

impl Context {
    /// A new context, which this thread owns: with handlers, pending calls,
    /// timers and counters of its own. A signal goes to every context that has a
    /// handler for it. There can be 4,096 besides the main one.
    ///
    /// # Errors
    /// ENOMEM no room, or no memory.
    pub fn new() -> Result<Context, Error> {
        const ENOMEM: i32 = 12;
        // SAFETY: no preconditions.
        let pointer = unsafe { sys::sig_context_new() };
        if pointer.is_null() {
            return Err(Error::from_errno(ENOMEM));
        }
        // SAFETY: it is new, and this thread's.
        Ok(unsafe { Context::register(pointer) })
    }

    /// # Safety
    /// This thread owns the context, and has not registered it.
    unsafe fn register(pointer: *mut sys::sig_context) -> Context {
        let inner = Rc::new(Inner {
            pointer,
            handlers: Handlers::default(),
            shared: Arc::new(Shared::new(pointer)),
        });
        here(|here| {
            here.contexts.borrow_mut().insert(pointer.addr(), Rc::downgrade(&inner));
        });
        // SAFETY: it exists.
        unsafe { Context::with(inner) }
    }

    /// # Safety
    /// The context exists.
    unsafe fn with(inner: Rc<Inner>) -> Context {
        // SAFETY: the caller's word. The word is an atomic, and can be read for
        // ever.
        let breaker = unsafe {
            AtomicU32::from_ptr(sys::sig_context_breaker(inner.pointer).cast_mut())
        };
        Context { breaker, inner }
    }

    /// This thread's context at this address.
    pub(crate) fn of(pointer: *mut sys::sig_context) -> Option<Context> {
        let inner = here(|here| here.contexts.borrow().get(&pointer.addr())?.upgrade())?;
        // SAFETY: it lives, so the context has not been freed.
        Some(unsafe { Context::with(inner) })
    }

    /// For functions of `safepoint-sys` that this crate has not: those that
    /// begin with `sig_context_` take it.
    #[must_use]
    pub fn as_ptr(&self) -> *mut sys::sig_context {
        self.inner.pointer
    }

    /// What other threads and signal handlers have of it.
    #[must_use]
    pub fn handle(&self) -> Handle {
        Handle::new(self.inner.shared.clone())
    }

    /// Whether the calling thread owns it: so it is, but in a child that
    /// another thread forked, or after an [`adopt`] elsewhere.
    #[must_use]
    pub fn is_owner(&self) -> bool {
        // SAFETY: it exists.
        unsafe { sys::sig_context_is_owner(self.as_ptr()) == 1 }
    }

    /// A safe point: handle what is pending. Inlined: one load and one
    /// predicted branch, and a call only where something is pending.
    ///
    /// What was pending when it began is run: signals by rising number, each
    /// real-time one in the order sent, then timers in the order due, then
    /// calls in the order added. While held it does nothing. A handler may
    /// check, too.
    ///
    /// # Errors
    /// What a handler raised. What had not run then stays pending.
    ///
    /// # Panics
    /// Where a handler has panicked: its panic goes on here.
    #[inline]
    pub fn check(&self) -> Result<(), Raise> {
        if self.breaker.load(Relaxed) == 0 {
            return Ok(());
        }
        self.check_frame(std::ptr::null_mut())
    }

    /// [`check`](Context::check) with the interpreter's current frame, which
    /// handlers find as [`Event::frame`](crate::Event::frame).
    ///
    /// # Errors
    /// As [`check`](Context::check).
    #[cold]
    #[allow(clippy::not_unsafe_ptr_arg_deref)] // it is handed on, and never followed
    pub fn check_frame(&self, frame: *mut c_void) -> Result<(), Raise> {
        // SAFETY: it exists, and this thread is its owner.
        outcome(unsafe { sys::sig_context_check_frame(self.as_ptr(), frame) })
    }

    /// Where the word is that is not zero while anything is pending and not
    /// held: for an interpreter's own loop, or code that is made at run time. It
    /// can be read for ever, but says nothing when the context has gone.
    #[must_use]
    pub fn breaker(&self) -> *const u32 {
        self.breaker.as_ptr()
    }

    /// No handler runs until this is dropped, and no wait ends for what
    /// arrives: that is recorded, and waits. Holds nest.
    ///
    /// # Errors
    /// EPERM not the owner any more, EAGAIN at 2^32.
    pub fn hold(&self) -> Result<Hold, Error> {
        // SAFETY: it exists.
        done(unsafe { sys::sig_context_hold(self.as_ptr()) })?;
        Ok(Hold(self.clone()))
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Context").field(&self.as_ptr()).finish()
    }
}

/// While it lives no handler runs: of [`Context::hold`].
#[derive(Debug)]
#[must_use = "it ends when it is dropped"]
pub struct Hold(Context);

impl Drop for Hold {
    fn drop(&mut self) {
        // SAFETY: it exists.
        unsafe { sys::sig_context_release(self.0.as_ptr()) };
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // From now on nobody adds a call.
        self.shared.close();
        let handlers = self.handlers.take_all();
        // SAFETY: the context exists until the end of this.
        let calls = unsafe {
            for signal in handlers.keys() {
                sys::sig_context_restore(self.pointer, signal.number());
            }
            let calls = call::take_pending(self.pointer);
            if self.pointer == sys::sig_main() {
                sys::sig_fini();
            } else {
                sys::sig_context_free(self.pointer);
            }
            calls
        };
        let timers = here(|here| {
            remove_from(&mut here.contexts.borrow_mut(), self.pointer.addr());
            here.timers.take_of(self.pointer)
        });
        // Users' closures: only now, when none of ours is borrowed, and there is
        // no such context any more. They may panic, or make one anew.
        drop((handlers, timers, calls));
    }
}
