//! 2 Life
//!
//! Loading the library changes nothing in the process. The thread that calls
//! sig_init(), or without one the first that installs a handler, becomes the
//! owner of the main context: handlers run on it, at its safe points and in
//! its waits, and nowhere else.
//!
//! fork: the child has the same handlers, nothing pending, no wake-up of its
//! parent's, counters at zero, and the thread that forked as owner. A handler
//! may fork; a C handler that sigaction() installed may not, by POSIX. A child
//! made by vfork, _Fork or clone can receive signals without touching its
//! parent's state; it should exec or exit. After dlclose the library's code
//! stays mapped: a signal then is harmless.

use core::ffi::{c_int, c_void};

use super::{address, catchable, main, status};
use crate::context::{Context, Entry, Kind, MAIN, adopt, end_timers};
use crate::sys::{self, Errno};

/// For sig_init(): what CPython does when it starts. SIGINT, where it has its
/// default, gets sig_interrupted(); SIGPIPE and SIGXFSZ are ignored, where there
/// are such signals: not on Windows.
pub const SAFEPOINT_INTERPRETER_DEFAULTS: u32 = 1;

/// Make the caller the owner. `flags` is 0 or SAFEPOINT_INTERPRETER_DEFAULTS.
/// To call it again is no error; if it fails, nothing has changed.
///
/// Thread: the first, then owner · In a signal handler: no · Errors: EINVAL
/// unknown flag, EPERM another thread is the owner, ENOMEM
#[unsafe(no_mangle)]
pub extern "C" fn sig_init(flags: u32) -> c_int {
    status(init(&MAIN, flags))
}

fn init(context: &Context, flags: u32) -> Result<(), Errno> {
    if flags & !SAFEPOINT_INTERPRETER_DEFAULTS != 0 {
        return Err(sys::EINVAL);
    }
    context.as_owner(|| match flags {
        0 => Ok(()),
        _ => all_or_none(context),
    })
}

fn all_or_none(context: &Context) -> Result<(), Errno> {
    let changed = [sys::SIGINT, sys::SIGPIPE, sys::SIGXFSZ].map(|signum| signum as u32);
    let before = changed.map(|signum| context.handlers.get(signum));
    interpreter_defaults(context).inspect_err(|_| {
        for (signum, entry) in changed.into_iter().zip(before) {
            context.want_again(signum, entry);
        }
    })
}

fn interpreter_defaults(context: &Context) -> Result<(), Errno> {
    let sigint = catchable(sys::SIGINT)?;
    if context.query(sigint)?.kind == Kind::Default {
        let handler = address(super::handlers::sig_interrupted as *const c_void);
        context.install(sigint, Entry { handler, user: 0, flags: 0 })?;
    }
    for signum in [sys::SIGPIPE, sys::SIGXFSZ] {
        if let Ok(signum) = catchable(signum) {
            context.ignore(signum)?; // Windows has neither
        }
    }
    Ok(())
}

/// Put back each disposition that still is ours and leave the others alone,
/// drop what is pending, detach the wake-up fd and function, and have no
/// owner. At last, or at once where there is no owner, it ends the thread that
/// timers have, if none is left. It waits until nobody is in the wake-up
/// function any more, a second at most. Call it before the owner's thread ends:
/// after that nobody is the owner until somebody calls sig_adopt().
///
/// Thread: owner (any, where there is none) · In a signal handler: no ·
/// Errors: EPERM
#[unsafe(no_mangle)]
pub extern "C" fn sig_fini() -> c_int {
    let owned =
        if MAIN.has_owner() { MAIN.owned().map(|()| MAIN.finish()) } else { Ok(()) };
    status(owned.map(|()| end_timers()))
}

/// 1 where the caller is the owner, otherwise 0.
///
/// Thread: any · In a signal handler: yes · Errors: none
#[unsafe(no_mangle)]
pub extern "C" fn sig_is_owner() -> c_int {
    c_int::from(MAIN.is_owner())
}

/// The caller becomes the owner, whoever was before, and also where the owner
/// has ended. What is pending stays. The caller sees to it that the old owner
/// is in none of the library's functions but sig_check() and its waits.
///
/// Thread: any · In a signal handler: no · Errors: EBUSY a handler is running
/// (to another thread one that was left by longjmp counts until the owner has
/// handled something in a check from no deeper in its stack), ENOMEM
#[unsafe(no_mangle)]
pub extern "C" fn sig_adopt() -> c_int {
    status(adopt(main()))
}
