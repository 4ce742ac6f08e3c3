// SPDX-License-Identifier: MIT OR Apache-2.0
//! Pending calls: closures that any thread has the owner run, each in a job of
//! its own, so that none is refused. And whatever else is pending, one by one.

use std::ffi::{c_int, c_void};

use safepoint_sys as sys;

use crate::error::{Error, Raise, done};
use crate::event::Event;
use crate::panics::{called_by_c, outcome};
use crate::{Context, Outcome};

/// A closure and its job, on the heap from `post` until it runs or is dropped.
struct Posted<F> {
    job: sys::sig_job,
    node: Node,
    function: F,
}

/// What is known of any: the argument of its job.
struct Node {
    context: *mut sys::sig_context,
    /// Take the whole box back, and run it in this context, or only drop it.
    end: unsafe fn(*mut c_void, Option<&Context>) -> Result<(), Raise>,
    whole: *mut c_void,
}

/// The one address of what jobs of ours call, by which we know them again.
static CALLED: unsafe extern "C" fn(*mut c_void) -> c_int = called;

pub(crate) fn post<F, R>(context: *mut sys::sig_context, function: F) -> Result<(), Error>
where
    F: FnOnce(&Context) -> R + Send + 'static,
    R: Outcome,
{
    let node = Node { context, end: end::<F, R>, whole: std::ptr::null_mut() };
    let job = sys::SAFEPOINT_JOB(Some(CALLED), std::ptr::null_mut());
    let posted = Box::into_raw(Box::new(Posted { job, node, function }));
    // SAFETY: it stays where it is until `end` takes it, which is once: where C
    // calls it, gives it out, or here, where C has not taken it.
    unsafe {
        (*posted).node.whole = posted.cast();
        (*posted).job.arg = (&raw mut (*posted).node).cast();
        let result = done(sys::sig_context_post(context, &raw mut (*posted).job));
        if result.is_err() {
            drop(Box::from_raw(posted));
        }
        result.map(drop)
    }
}

/// # Safety
/// `whole` is a box of this type, and nobody else's any more.
unsafe fn end<F, R>(whole: *mut c_void, context: Option<&Context>) -> Result<(), Raise>
where
    F: FnOnce(&Context) -> R,
    R: Outcome,
{
    // SAFETY: the caller's word.
    let posted = unsafe { Box::from_raw(whole.cast::<Posted<F>>()) };
    let function = posted.function;
    context.map_or(Ok(()), |context| function(context).outcome())
}

/// # Safety
/// `argument` is of a job that `post` has posted, and that was taken out.
unsafe extern "C" fn called(argument: *mut c_void) -> c_int {
    // SAFETY: the caller's word.
    called_by_c(|| unsafe { end_of(argument, true) })
}

/// # Safety
/// As `called`.
unsafe fn end_of(argument: *mut c_void, run: bool) -> Result<(), Raise> {
    // SAFETY: the caller's word.
    let node = unsafe { &*argument.cast::<Node>() };
    let (end, whole) = (node.end, node.whole);
    // None on a thread that has adopted the context and not been told of it here.
    let context = if run { Context::of(node.context) } else { None };
    // SAFETY: taken out, so nobody else's.
    unsafe { end(whole, context.as_ref()) }
}

/// Take out all that is pending: closures, to be dropped when the context has
/// gone, since what a closure of a user's drops may do anything.
///
/// # Safety
/// The context exists, and the calling thread owns it.
pub(crate) unsafe fn take_pending(context: *mut sys::sig_context) -> Vec<Call> {
    let mut calls = Vec::new();
    // SAFETY: the caller's word.
    while let Ok(Some(raw)) = unsafe { take(context) } {
        calls.extend(Call::of(&raw).filter(Call::is_ours));
    }
    calls
}

/// # Safety
/// The context exists.
unsafe fn take(context: *mut sys::sig_context) -> Result<Option<sys::sig_event>, Error> {
    let mut raw = sys::sig_event::default();
    // SAFETY: the caller's word; a struct of this size.
    let taken =
        done(unsafe { sys::sig_context_next(context, &raw mut raw, size_of_val(&raw)) })?;
    Ok((taken == 1).then_some(raw))
}

/// What was pending, for a caller who dispatches it: of [`Context::next`].
#[derive(Debug)]
#[non_exhaustive]
pub enum Next {
    /// A signal that has a handler, which was not called.
    Signal(Event),
    /// A pending call, or a timer that fell due.
    Call(Call),
    /// [`Handle::interrupt`](crate::Handle::interrupt).
    Interrupt(Raise),
}

/// A call that was taken out: run it, or drop it.
#[derive(Debug)]
#[must_use = "it is dropped where it is not run"]
pub struct Call {
    function: unsafe extern "C" fn(*mut c_void) -> c_int,
    argument: *mut c_void,
    count: u64,
}

impl Call {
    fn of(raw: &sys::sig_event) -> Option<Call> {
        let (argument, count) = (raw.arg, raw.count);
        raw.fn_.map(|function| Call { function, argument, count })
    }

    fn is_ours(&self) -> bool {
        std::ptr::fn_addr_eq(self.function, CALLED)
    }

    /// How often the timer has fallen due; 1 of any other call.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Run it.
    ///
    /// # Errors
    /// What it raised.
    pub fn run(self) -> Result<(), Raise> {
        let (function, argument) = (self.function, self.argument);
        std::mem::forget(self);
        // SAFETY: who queued it has said that the owner may call it, once.
        outcome(unsafe { function(argument) })
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if self.is_ours() {
            // SAFETY: a job of ours that was taken out, and has not run.
            let _ = unsafe { end_of(self.argument, false) };
        }
    }
}

impl Context {
    /// Take out what is pending next, without running it. `None` where there is
    /// nothing, or the context is held.
    ///
    /// # Errors
    /// EPERM not the owner any more.
    pub fn next(&self) -> Result<Option<Next>, Error> {
        // SAFETY: it exists.
        let Some(raw) = (unsafe { take(self.as_ptr()) })? else { return Ok(None) };
        Ok(match raw.kind {
            sys::SAFEPOINT_EVENT_INTERRUPT => Raise::new(raw.status).map(Next::Interrupt),
            sys::SAFEPOINT_EVENT_SIGNAL => self.took(raw).map(Next::Signal),
            _ => Call::of(&raw).map(Next::Call),
        })
    }
}
