//! Waits that end when something arrives: at any instant, on any thread.
//!
//! A wait is one system call. The owner says that it waits, looks whether
//! anything is pending, and makes the call; from the first of these on whoever
//! records something kicks it, and what arrives at the owner itself leads it
//! out between the look and the call (see `zone::waiting`). What the kernel
//! has done by then is returned; otherwise handlers run, here in ordinary
//! code, and the call is made again, with the time that is left.
//!
//! On a thread that is not the owner no handlers run, and nothing is pending:
//! there it is the plain system call, made again on EINTR.
#![allow(unsafe_code)] // system calls with callers' arguments

mod signals;

use core::ffi::c_long;
use core::ptr::null_mut;

pub use signals::wait_for_signals;

use crate::context::Context;
use crate::safepoint;
use crate::sys::{self, Errno, timespec};
use crate::zone;

/// A time that never comes, in nanoseconds.
pub const FOREVER: u64 = u64::MAX;

/// The kernel has interrupted the call, or may have.
const INTERRUPTED: c_long = -(sys::EINTR as c_long);
/// It was not made, since something is pending. No result of the kernel's.
const NOT_MADE: c_long = -4096;

/// Whether something has come that ends the wait, and no result.
#[inline(always)]
fn ends_early(result: c_long) -> bool {
    result == INTERRUPTED || result == NOT_MADE
}

/// What a caller is told.
#[inline(always)]
fn told(result: c_long) -> c_long {
    if result == NOT_MADE { INTERRUPTED } else { result }
}

/// A system call, and how long it may wait.
pub struct Call {
    number: c_long,
    arguments: [usize; 6],
    /// When time is up, by CLOCK_MONOTONIC, where `limit` says how to tell.
    deadline: u64,
    limit: Limit,
    left: timespec,
}

/// How the call is told what time is left.
enum Limit {
    /// Not at all: it has no limit, or an absolute one of its own.
    None,
    /// By a pointer to a timespec, in this argument.
    Timespec(usize),
    /// In milliseconds, in this argument.
    Milliseconds(usize),
}

impl Call {
    #[inline(always)]
    pub fn new(number: c_long, arguments: [usize; 6]) -> Self {
        let left = timespec { tv_sec: 0, tv_nsec: 0 };
        Call { number, arguments, deadline: FOREVER, limit: Limit::None, left }
    }

    /// It waits so many nanoseconds at most: an argument points to a timespec,
    /// or is null for no limit.
    pub fn timed(number: c_long, arguments: [usize; 6], at: usize, wait: u64) -> Self {
        let mut call = Call::new(number, arguments);
        if wait != FOREVER {
            (call.deadline, call.limit) = (deadline(wait), Limit::Timespec(at));
        }
        call
    }

    /// It waits so many milliseconds at most, or without limit: below 0.
    pub fn timed_in_ms(number: c_long, arguments: [usize; 6], at: usize, ms: i32) -> Self {
        let mut call = Call::new(number, arguments);
        if let Ok(ms) = u64::try_from(ms) {
            call.deadline = deadline(ms * 1_000_000);
            call.limit = Limit::Milliseconds(at);
        }
        call
    }

    /// Tell it what time is left.
    fn set_what_is_left(&mut self) {
        let left = || self.deadline.saturating_sub(zone::now());
        let (at, argument) = match self.limit {
            Limit::None => return,
            Limit::Timespec(at) => {
                self.left = to_timespec(left());
                (at, &raw const self.left as usize)
            }
            // Rounded up: never early. It was no more than an int at first.
            Limit::Milliseconds(at) => (at, left().div_ceil(1_000_000) as usize),
        };
        if let Some(to) = self.arguments.get_mut(at) {
            *to = argument;
        }
    }
}

/// So many nanoseconds from now.
pub fn deadline(wait: u64) -> u64 {
    zone::now().saturating_add(wait)
}

pub fn to_timespec(nanoseconds: u64) -> timespec {
    timespec {
        tv_sec: (nanoseconds / 1_000_000_000) as _,
        tv_nsec: (nanoseconds % 1_000_000_000) as _,
    }
}

/// Make the call, run what comes, and make it again: its result, or the
/// negative errno. -EINTR where a handler raised, and then only.
///
/// # Safety
/// The call may be made with these arguments, more than once.
#[inline(never)]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_wait"))]
pub unsafe fn wait(context: &Context, call: &mut Call) -> c_long {
    if !sys::is_there(call.number) {
        return -c_long::from(sys::ENOTSUP);
    }
    let me = begin(context);
    loop {
        call.set_what_is_left();
        // SAFETY: the caller's word.
        let result = unsafe { attempt(context, me, call) };
        if !ends_early(result) || run(context) != 0 {
            return told(result);
        }
    }
}

/// A wait of the calling thread begins: its name.
#[inline(always)]
fn begin(context: &Context) -> usize {
    let me = sys::this_thread();
    let waiting = &context.inbox().waiting;
    if waiting.is_prepared_for(me) || context.is_owned_by(me) {
        waiting.set_raised(0);
    }
    me
}

/// Make the call once, if nothing is pending.
///
/// # Safety
/// As [`wait`].
#[inline(never)]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_wait"))]
unsafe fn attempt(context: &Context, me: usize, call: &Call) -> c_long {
    static NOTHING: u32 = 0;
    let outermost = match context.begin_wait(me) {
        Ok(Some(outermost)) => outermost,
        // SAFETY: the caller's word.
        Ok(None) => unsafe {
            return sys::zone::wait(&NOTHING, call.number, &call.arguments);
        },
        Err(error) => return -c_long::from(error),
    };
    let result = if context.has_come() {
        NOT_MADE
    } else {
        let breaker = context.inbox().breaker.0.as_ptr();
        // SAFETY: the caller's word.
        unsafe { sys::zone::wait(breaker, call.number, &call.arguments) }
    };
    if outermost {
        context.end_wait(me);
    }
    result
}

/// A safe point inside a wait: what a handler has raised.
fn run(context: &Context) -> i32 {
    let raised = safepoint::check(context, null_mut());
    if raised != 0 {
        context.inbox().waiting.set_raised(raised);
    }
    raised
}

/// A safe point in a call that has its result already: EINTR if a handler
/// raised.
pub fn check(context: &Context) -> Result<(), Errno> {
    if !context.is_owned_by(begin(context)) {
        return Ok(());
    }
    if run(context) != 0 { Err(sys::EINTR) } else { Ok(()) }
}

/// Wait until something was handled.
pub fn pause(context: &Context) -> c_long {
    let me = begin(context);
    let call = Call::new(sys::SYS_ppoll, [0; 6]);
    let begun = handled(context);
    while context.is_owned_by(me) && handled(context) == begun {
        // SAFETY: no descriptors, no time, no mask.
        let result = unsafe { attempt(context, me, &call) };
        if !ends_early(result) || run(context) != 0 {
            return told(result);
        }
    }
    0
}

fn handled(context: &Context) -> u64 {
    use core::sync::atomic::Ordering::Relaxed;
    context.tally.ever.load(Relaxed)
}

/// Connect. Where that was interrupted in the kernel, the call made again says
/// how it goes on: TCP joins in, or says what came of it; AF_UNIX, which had
/// not begun, begins. (To wait until it is writable and ask for SO_ERROR, as
/// POSIX has it, would call such a socket connected.)
///
/// # Safety
/// As [`wait`].
pub unsafe fn connect(context: &Context, fd: i32, address: usize, size: usize) -> c_long {
    if !sys::is_there(sys::SYS_connect) {
        return -c_long::from(sys::ENOTSUP);
    }
    let me = begin(context);
    let call = Call::new(sys::SYS_connect, [fd as usize, address, size, 0, 0, 0]);
    let mut again = false;
    loop {
        // SAFETY: the caller's word.
        let result = unsafe { attempt(context, me, &call) };
        match -result as Errno {
            sys::EISCONN if again => return 0,
            // The socket's own time limit: as it says in the first call.
            sys::EALREADY if again => return -c_long::from(sys::EINPROGRESS),
            error => again |= error == sys::EINTR,
        }
        if !ends_early(result) || run(context) != 0 {
            return told(result);
        }
    }
}

/// Wait for a semaphore, which only the C library can do.
///
/// # Safety
/// `semaphore` is a sem_t.
pub unsafe fn wait_for_semaphore(
    context: &Context,
    semaphore: *mut core::ffi::c_void,
) -> Result<(), Errno> {
    let me = begin(context);
    loop {
        let owner = context.is_owned_by(me); // a handler may have ended that
        let come = owner && context.blocking_begin(me)?;
        let result = match come {
            true => Err(sys::EINTR),
            // SAFETY: the caller's word.
            false => unsafe { sys::wait_for_semaphore(semaphore) },
        };
        if owner {
            context.blocking_end(me)?;
        }
        if result != Err(sys::EINTR) || owner && run(context) != 0 {
            return result;
        }
    }
}
