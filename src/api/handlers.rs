//! 3 Handlers
//!
//! A handler is an ordinary function that runs in ordinary code. Its event
//! says what came and from whom. It returns 0, or a number of its own choice
//! that stops the check and is what sig_check() returns: it *raises*.
//!
//! SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP and SIGSYS are handled like any
//! other where they are sent (kill, sigqueue). A fault that the processor
//! raised is never deferred: it goes to what stood before us, or kills the
//! process by that same signal, with its core.
//!
//! Two copies of this library in one process (two plugins, each linked with
//! the static one) know each other and always chain: both get their signals.

use core::ffi::{c_int, c_void};

use super::{address, catchable, fill, fits, number, signal, status};
use crate::context::{ALL_FLAGS, Entry, Event, Handler, Installed, Kind, MAIN};
use crate::sys::{self, Errno};

/// What the bundled sig_interrupted() raises: 128 + SIGINT, as a shell says.
pub const SAFEPOINT_INTERRUPTED: c_int = 130;

/// The default action stands there.
pub const SAFEPOINT_KIND_DEFAULT: u32 = 0;
/// The signal is ignored.
pub const SAFEPOINT_KIND_IGNORED: u32 = 1;
/// Our handler.
pub const SAFEPOINT_KIND_HANDLER: u32 = 2;
/// Somebody else's C handler.
pub const SAFEPOINT_KIND_FOREIGN: u32 = 3;

/// Who stands at a signal.
#[repr(C)]
pub struct Disposition {
    /// sizeof(sig_disposition) as the library knows it.
    pub size: u32,
    /// SAFEPOINT_KIND_HANDLER and so on: what the kernel has there now.
    pub kind: u32,
    /// Our handler, if we have one for this signal.
    pub handler: Handler,
    /// What it is given.
    pub user: *mut c_void,
    /// Its flags.
    pub flags: u32,
    /// 1 where our handler was installed and something else stands there now.
    pub overwritten: u32,
}

/// Have `handler(event, user)` run at the owner's safe points when `signum`
/// comes. Replaces an earlier handler; what is pending then goes to the new
/// one. `flags` are SAFEPOINT_RESTART and so on, or 0. Returns 0, or 1 where
/// SAFEPOINT_KEEP_IGNORED left the signal ignored.
///
/// Thread: owner (the first to install becomes it) · In a signal handler: no ·
/// Errors: EINVAL no such signal, one that cannot be caught, NULL handler,
/// unknown flag; EPERM; EEXIST with SAFEPOINT_IF_DEFAULT; ENOMEM
#[unsafe(no_mangle)]
pub extern "C" fn sig_install(
    signum: c_int,
    handler: Handler,
    user: *mut c_void,
    flags: u32,
) -> c_int {
    number(install(signum, handler, user, flags))
}

fn install(
    signum: c_int,
    handler: Handler,
    user: *mut c_void,
    flags: u32,
) -> Result<c_int, Errno> {
    let signum = catchable(signum)?;
    let handler = handler.ok_or(sys::EINVAL)?;
    if flags & !ALL_FLAGS != 0 {
        return Err(sys::EINVAL);
    }
    let entry =
        Entry { handler: address(handler as *const c_void), user: user as usize, flags };
    match MAIN.as_owner(|| MAIN.install(signum, entry))? {
        Installed::Yes => Ok(0),
        Installed::KeptIgnored => Ok(1),
    }
}

/// Ignore the signal (SIG_IGN). What is pending of it is dropped.
///
/// Thread: owner (or the first) · In a signal handler: no · Errors: EINVAL,
/// EPERM, ENOMEM
#[unsafe(no_mangle)]
pub extern "C" fn sig_ignore(signum: c_int) -> c_int {
    let signum = catchable(signum);
    status(signum.and_then(|signum| MAIN.as_owner(|| MAIN.ignore(signum))))
}

/// Do the default (SIG_DFL). What is pending of it is dropped.
///
/// Thread: owner (or the first) · In a signal handler: no · Errors: EINVAL,
/// EPERM, ENOMEM
#[unsafe(no_mangle)]
pub extern "C" fn sig_default(signum: c_int) -> c_int {
    let signum = catchable(signum);
    status(signum.and_then(|signum| MAIN.as_owner(|| MAIN.default(signum))))
}

/// Put back what stood there before our first change (what somebody put over
/// ours since, if ours was then installed over that). Returns 0, or 1 where
/// somebody else has put a handler over ours: that is left alone, and only
/// our handler is forgotten. What is pending of it is dropped.
///
/// Thread: owner (any, where there is no owner) · In a signal handler: no ·
/// Errors: EINVAL, EPERM
#[unsafe(no_mangle)]
pub extern "C" fn sig_restore(signum: c_int) -> c_int {
    number(restore(signum))
}

fn restore(signum: c_int) -> Result<c_int, Errno> {
    let signum = catchable(signum)?;
    if !MAIN.has_owner() {
        return Ok(0); // nobody has changed anything
    }
    MAIN.owned()?;
    Ok(c_int::from(!MAIN.restore(signum)?))
}

/// Say who stands at a signal; `size` is sizeof *out.
///
/// Thread: owner (any, where there is no owner) · In a signal handler: no ·
/// Errors: EINVAL no such signal, NULL, size too small; E2BIG; EPERM
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_query(
    signum: c_int,
    out: *mut Disposition,
    size: usize,
) -> c_int {
    status(query(signum, out, size).map(|found| {
        // SAFETY: checked with `fits`; the caller's word for `size`.
        unsafe { fill(out, size, found) }
    }))
}

fn query(signum: c_int, out: *mut Disposition, size: usize) -> Result<Disposition, Errno> {
    let signum = signal(signum)?;
    fits(out, size)?;
    if MAIN.has_owner() {
        MAIN.owned()?;
    }
    let found = MAIN.query(signum)?;
    // SAFETY: an entry's handler was stored from a `Handler`, or is 0: none.
    let handler = unsafe { core::mem::transmute::<usize, Handler>(found.entry.handler) };
    Ok(Disposition {
        size: size_of::<Disposition>() as u32,
        kind: match found.kind {
            Kind::Default => SAFEPOINT_KIND_DEFAULT,
            Kind::Ignored => SAFEPOINT_KIND_IGNORED,
            Kind::Handler => SAFEPOINT_KIND_HANDLER,
            Kind::Foreign => SAFEPOINT_KIND_FOREIGN,
        },
        handler,
        user: found.entry.user as *mut c_void,
        flags: found.entry.flags,
        overwritten: u32::from(found.overwritten),
    })
}

/// A handler to install: it raises SAFEPOINT_INTERRUPTED, as Python's
/// default_int_handler raises KeyboardInterrupt.
///
/// Thread: any · In a signal handler: yes · Errors: none
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_interrupted(event: *const Event, user: *mut c_void) -> c_int {
    let _ = (event, user);
    SAFEPOINT_INTERRUPTED
}
