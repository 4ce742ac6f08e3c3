//! 7 Wake-up
//!
//! How an arrival wakes an owner that waits in a loop of its own. On arrival
//! the signal is first recorded, then the function is called, then the
//! descriptor is written to. Drain the descriptor before you check, never
//! after; and where a check raises, check again before you wait, for what it
//! left pending has had its wake-up. What is pending never lives in the pipe:
//! a full one loses nothing but a wake-up that was already due. Timers wake as
//! calls do, on a thread of the library's own, once for all that fall due
//! together.

use core::ffi::{c_int, c_void};

use super::{Of, address, maybe, number, owned, status};
use crate::context::{Context, MAIN};
use crate::sys::{self, Errno};

/// For sig_set_wakeup_fd(): calls, jobs, timers and interrupts wake as well,
/// with byte 0.
pub const SAFEPOINT_WAKE_CALLS: u32 = 1;

/// Runs inside the signal handler, so it may call only what is
/// async-signal-safe; for a call, a job or an interrupt in its caller, and for
/// a timer on a thread of the library's, with signum 0.
pub type Wakeup = Option<extern "C" fn(signum: c_int, arg: *mut c_void)>;

/// Write to `fd` when something arrives: one byte, the signal's number, to a
/// pipe or a socket; 1 to an eventfd. It has to be non-blocking. The library
/// keeps a duplicate of its own, so the caller may close `fd`: a number that
/// was closed and reused is never written to. Whoever closes all descriptors,
/// as closefrom() does, closes the duplicate too, and has to set it anew at
/// once. -1 is none. What is pending already wakes at once. `old_fd`, where
/// not NULL, gets the number that was set before, or -1.
/// Windows: a socket, which is made non-blocking; anything else is -EINVAL.
/// macOS: `fd` is set F_SETNOSIGPIPE, for all who write to it.
///
/// Thread: owner · In a signal handler: no · Errors: EINVAL fd would block, or
/// is no pipe, socket or eventfd that can be written to; unknown flag; EBADF
/// not open; EPERM; EMFILE, ENFILE, ENOMEM; EBUSY somebody has closed the
/// duplicate, and opens a file in its place
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_set_wakeup_fd(
    fd: c_int,
    flags: u32,
    old_fd: *mut c_int,
) -> c_int {
    // SAFETY: the caller's word.
    unsafe { set(Ok(&MAIN), fd, flags, old_fd) }
}

/// # Safety
/// As sig_set_wakeup_fd().
pub(super) unsafe fn set(of: Of, fd: c_int, flags: u32, old_fd: *mut c_int) -> c_int {
    let old = owned(of).and_then(|context| set_wakeup_fd(context, fd, flags));
    status(old.map(|old| {
        // SAFETY: the caller's word.
        unsafe { maybe(old_fd, old) }
    }))
}

fn set_wakeup_fd(context: &Context, fd: c_int, flags: u32) -> Result<c_int, Errno> {
    if flags & !SAFEPOINT_WAKE_CALLS != 0 {
        return Err(sys::EINVAL);
    }
    if fd < -1 {
        return Err(sys::EBADF);
    }
    context.set_wakeup_fd(fd, flags & SAFEPOINT_WAKE_CALLS != 0)
}

/// A descriptor of the library's that is readable while something is pending:
/// poll it, then sig_check(). It stays readable while that is held. Always
/// the same; never read or close it.
/// Windows: -ENOTSUP; see sig_event_handle().
///
/// Thread: owner · In a signal handler: no · Errors: EPERM, EMFILE, ENFILE,
/// ENOMEM
#[unsafe(no_mangle)]
pub extern "C" fn sig_event_fd() -> c_int {
    event_fd(Ok(&MAIN))
}

pub(super) fn event_fd(of: Of) -> c_int {
    if !sys::IS_POSIX {
        return -sys::ENOTSUP;
    }
    number(owned(of).and_then(|context| context.event_fd()))
}

/// The same for Windows, which waits for handles: `handle` gets that of an
/// event for WaitForMultipleObjects(), set while something is pending. Always
/// the same; never set, reset or close it.
///
/// Thread: owner · In a signal handler: no · Errors: EPERM, EINVAL NULL,
/// EMFILE, ENOMEM; ENOTSUP on all other systems
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_event_handle(handle: *mut *mut c_void) -> c_int {
    // SAFETY: the caller's word.
    unsafe { event_handle(Ok(&MAIN), handle) }
}

/// # Safety
/// As sig_event_handle().
pub(super) unsafe fn event_handle(of: Of, handle: *mut *mut c_void) -> c_int {
    if sys::IS_POSIX {
        return -sys::ENOTSUP;
    }
    if handle.is_null() {
        return -sys::EINVAL;
    }
    status(owned(of).and_then(|context| context.event_fd()).map(|number| {
        // SAFETY: the caller's word.
        unsafe { handle.write(sys::event_handle(number)) }
    }))
}

/// Call fn(signum, arg) when something arrives: how an interpreter's own
/// check is tripped (PyErr_SetInterruptEx, lua_sethook, a JIT's epoch). NULL
/// is none. For what is pending already it is called at once, here. When this
/// returns 0, nobody is in the function that was set before any more: what
/// its argument points to may go.
///
/// Thread: owner · In a signal handler: no · Errors: EPERM, EBUSY somebody has
/// been in the one before for a second: it stays
#[unsafe(no_mangle)]
pub extern "C" fn sig_set_wakeup_fn(r#fn: Wakeup, arg: *mut c_void) -> c_int {
    set_function(Ok(&MAIN), r#fn, arg)
}

pub(super) fn set_function(of: Of, r#fn: Wakeup, arg: *mut c_void) -> c_int {
    let function = r#fn.map_or(0, |function| address(function as *const c_void));
    let words = [function, arg as usize];
    status(owned(of).and_then(|context| context.set_wakeup_function(words)))
}

/// How many wake-ups could not be written since this was last asked. Where it
/// is not 0, `last_error` gets the last one's positive errno, EAGAIN for a
/// full pipe; it may be NULL.
/// Windows: winsock's own number, from 10000 on, where errno.h has none for it.
///
/// Thread: any · In a signal handler: no · Errors: none
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_wakeup_failures(last_error: *mut c_int) -> c_int {
    // SAFETY: the caller's word.
    unsafe { failures(&MAIN, last_error) }
}

/// # Safety
/// As sig_wakeup_failures().
pub(super) unsafe fn failures(context: &Context, last_error: *mut c_int) -> c_int {
    let (failed, error) = context.failures();
    if failed != 0 {
        // SAFETY: the caller's word.
        unsafe { maybe(last_error, error) };
    }
    c_int::try_from(failed).unwrap_or(c_int::MAX)
}
