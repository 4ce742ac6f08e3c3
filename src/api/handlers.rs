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
//! Windows: SIGINT and SIGBREAK are Ctrl-C and Ctrl-Break. That the console is
//! closed, the user logs off or the system shuts down is SIGTERM: the system
//! ends the process some seconds later, or at once when the handler for
//! SIGTERM is put back by sig_restore(), sig_default(), sig_ignore() or
//! sig_fini(); until then it is held. That SAFEPOINT_ONESHOT has put it back
//! does not count: the handler has yet to run, and one of these says that the
//! owner is done. Where SIGTERM has no handler, such an event ends the
//! process: it is not taken for Ctrl-Break, as Microsoft's C runtime takes it.
//! After AllocConsole(), FreeConsole() or AttachConsole() the system has
//! forgotten us: have the console first.
//!
//! Windows: raise() brings all seven. Where two threads call it at the same
//! time, one finds the C runtime's default, and so may sig_verify(),
//! sig_query() and sig_restore() while one calls it. The console and
//! sig_raise() find ours until this library puts it back: signal(SIGINT,
//! SIG_DFL) over it does not end that, sig_default() does. Of SIGSEGV, SIGFPE
//! and SIGILL Microsoft's C runtime has a table for each thread: install them
//! and put them back on one thread, where raise() brings them; on another it
//! does the default, and sig_raise() and sig_trip() bring them on any. abort()
//! ends the process when SIGABRT has been recorded.
//!
//! Two copies of this library in one process (two plugins, each linked with
//! the static one) know each other and always chain: both get their signals.
//! (Windows: they do not, and SAFEPOINT_CHAIN does it.)

use core::ffi::{c_int, c_void};

use super::{Of, address, catchable, fill, fits, number, owned_if_at_all, signal, status};
use crate::context::{ALL_FLAGS, Entry, Event, Handler, Installed, Kind, MAIN};
use crate::sys::{self, Errno};
use crate::zone::bit;

/// What the bundled sig_interrupted() raises: 128 + SIGINT, as a shell says.
pub const SAFEPOINT_INTERRUPTED: c_int = 130;

/// The default action stands there.
pub const SAFEPOINT_KIND_DEFAULT: u32 = 0;
/// The signal is ignored.
pub const SAFEPOINT_KIND_IGNORED: u32 = 1;
/// Our handler, of this context or another.
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
    /// Our handler, if this context has one for this signal.
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
/// Windows: SIGINT, SIGBREAK, SIGTERM, SIGABRT, SIGFPE, SIGILL and SIGSEGV;
/// others are -EINVAL, here as everywhere.
/// FreeBSD: real-time signals are -EINVAL everywhere; macOS has none.
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
    number(install(Ok(&MAIN), signum, handler, user, flags))
}

pub(super) fn install(
    of: Of,
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
    let context = of?;
    match context.as_owner(|| context.install(signum, entry))? {
        Installed::Yes => Ok(0),
        Installed::KeptIgnored => Ok(1),
    }
}

/// Ignore the signal (SIG_IGN). What is pending of it is dropped. Returns 0,
/// or 1 where another context has a handler for it: then it is ignored when
/// that one has gone.
///
/// Thread: owner (or the first) · In a signal handler: no · Errors: EINVAL,
/// EPERM, ENOMEM
#[unsafe(no_mangle)]
pub extern "C" fn sig_ignore(signum: c_int) -> c_int {
    number(set_plain(Ok(&MAIN), signum, true))
}

pub(super) fn set_plain(of: Of, signum: c_int, ignore: bool) -> Result<c_int, Errno> {
    let signum = catchable(signum)?;
    let context = of?;
    let agreed = context.as_owner(|| match ignore {
        true => context.ignore(signum),
        false => context.default(signum),
    })?;
    Ok(c_int::from(!agreed))
}

/// Do the default (SIG_DFL). What is pending of it is dropped. Returns 0, or 1
/// where another context has a handler for it, or ignores it.
///
/// Thread: owner (or the first) · In a signal handler: no · Errors: EINVAL,
/// EPERM, ENOMEM
#[unsafe(no_mangle)]
pub extern "C" fn sig_default(signum: c_int) -> c_int {
    number(set_plain(Ok(&MAIN), signum, false))
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
    number(restore(Ok(&MAIN), signum))
}

pub(super) fn restore(of: Of, signum: c_int) -> Result<c_int, Errno> {
    let signum = catchable(signum)?;
    let context = owned_if_at_all(of)?;
    if !context.has_owner() {
        return Ok(0); // nobody has changed anything
    }
    Ok(c_int::from(!context.restore(signum)?))
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
    status(query(Ok(&MAIN), signum, out, size).map(|found| {
        // SAFETY: checked with `fits`; the caller's word for `size`.
        unsafe { fill(out, size, found) }
    }))
}

pub(super) fn query(
    of: Of,
    signum: c_int,
    out: *mut Disposition,
    size: usize,
) -> Result<Disposition, Errno> {
    let signum = signal(signum)?;
    fits(out, size)?;
    let found = owned_if_at_all(of)?.query(signum)?;
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

/// Whether our handler still stands there: 1, or 0 where somebody has put
/// another over it since, or we have none. One system call, so that a guest
/// can ask at the entry of each long call; where it is 0, sig_install() puts
/// ours over the new one, which SAFEPOINT_CHAIN still calls, and only once,
/// even if that calls ours in turn.
///
/// Thread: owner (any, where there is no owner) · In a signal handler: no ·
/// Errors: EINVAL, EPERM
#[unsafe(no_mangle)]
pub extern "C" fn sig_verify(signum: c_int) -> c_int {
    number(verify(Ok(&MAIN), signum))
}

pub(super) fn verify(of: Of, signum: c_int) -> Result<c_int, Errno> {
    let signum = signal(signum)?;
    owned_if_at_all(of)?.stands(signum).map(c_int::from)
}

/// Let no program hang: do this signal's default action, from within the
/// arrival, where the owner comes to no safe point: at the `deliveries`-th
/// delivery with no safe point in between (with 2 and 0 the second Ctrl-C
/// kills a hung program, by that signal), or when a delivery has waited `ns`
/// nanoseconds for one. 0 is never, as at first.
///
/// A safe point is a sig_check() or sig_next() that finds something pending,
/// and a wait that ends for it or takes it; while held there is none. What a
/// handler that raises leaves behind has had its safe point. It holds while
/// this context has a handler, until it is set anew or ownership ends; in a
/// forked child too, where the owner exists there. The time is kept by a timer
/// that sends the signal of sig_set_kick(), to any thread.
///
/// Thread: owner (or the first) · In a signal handler: no · Errors: EINVAL no
/// signal that can be caught, or one that does nothing by default; EPERM;
/// ENOMEM no timer to be had
#[unsafe(no_mangle)]
pub extern "C" fn sig_set_escalation(signum: c_int, deliveries: u32, ns: u64) -> c_int {
    status(escalate(Ok(&MAIN), signum, deliveries, ns))
}

pub(super) fn escalate(
    of: Of,
    signum: c_int,
    deliveries: u32,
    ns: u64,
) -> Result<(), Errno> {
    let signum = catchable(signum)?;
    if sys::zone::IGNORED_BY_DEFAULT & bit(signum) != 0 {
        return Err(sys::EINVAL);
    }
    let context = of?;
    context.as_owner(|| context.escalate(signum, deliveries, ns))
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
