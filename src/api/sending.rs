//! 10 Sending, masks, waiting
//!
//! Signal sets are a uint64_t. What may not be blocked or waited for in them
//! is passed over, as POSIX has it: SIGKILL, SIGSTOP, the C library's own, so
//! that UINT64_MAX is "all". SIG_BLOCK, SIG_UNBLOCK and SIG_SETMASK are those
//! of signal.h.

use core::ffi::c_int;

use super::names::sig_valid;
use super::{Of, catchable, fill, fits, maybe, number, signal, status};
use crate::blocking;
use crate::context::{Event, MAIN, is_an_owner, kick_signal};
use crate::sys::zone::{UNBLOCKABLE, swap_mask};
use crate::sys::{self, Errno};
use crate::zone::bit;

/// A signal that can be sent; 0 only asks whether it could be.
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
fn sendable(signum: c_int) -> Result<c_int, Errno> {
    if signum == 0 { Ok(0) } else { signal(signum).map(|signum| signum as c_int) }
}

/// Send a signal to the calling thread. It has arrived when this returns,
/// unless it is blocked; its handler runs at the next check.
/// Windows: by this, not by raise(), where several threads do; see section 3.
///
/// Thread: any · In a signal handler: yes · Errors: EINVAL, EAGAIN a real-time
/// signal, and the user has too many pending
#[unsafe(no_mangle)]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
pub extern "C" fn sig_raise(signum: c_int) -> c_int {
    status(signal(signum).and_then(|signum| sys::raise(signum as c_int)))
}

/// kill(2).
/// Windows: the own process; Ctrl-Break, SIGBREAK, to another process group; 0
/// asks whether any process is there; otherwise -ENOTSUP.
///
/// Thread: any · In a signal handler: yes · Errors: EINVAL, EPERM not allowed
/// to, ESRCH nobody there
#[unsafe(no_mangle)]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
pub extern "C" fn sig_kill(pid: c_int, signum: c_int) -> c_int {
    status(sendable(signum).and_then(|signum| sys::kill(pid, signum)))
}

/// pthread_kill(3): `thread` is a pthread_t, of a thread that has not been
/// joined and was not detached, or is known to live.
/// Windows: -ENOTSUP.
///
/// Thread: any · In a signal handler: yes · Errors: EINVAL, ESRCH it has ended,
/// EAGAIN as for sig_raise()
#[unsafe(no_mangle)]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
pub unsafe extern "C" fn sig_kill_thread(thread: usize, signum: c_int) -> c_int {
    status(sendable(signum).and_then(|signum| {
        if thread == 0 {
            return Err(sys::ESRCH);
        }
        // SAFETY: the caller's word.
        unsafe { sys::kill_thread(thread, signum) }
    }))
}

/// sigqueue(3): a signal with a value.
/// Windows: -ENOTSUP.
///
/// Thread: any · In a signal handler: yes · Errors: EINVAL, EPERM not allowed
/// to, ESRCH nobody there, EAGAIN the receiver's queue is full, ENOTSUP macOS
#[unsafe(no_mangle)]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
pub extern "C" fn sig_queue(pid: c_int, signum: c_int, value: isize) -> c_int {
    status(sendable(signum).and_then(|signum| sys::queue(pid, signum, value)))
}

/// pidfd_send_signal(2): to that very process, never to a later one of the
/// same number.
/// Windows: -ENOTSUP.
///
/// Thread: any · In a signal handler: yes · Errors: EINVAL, EBADF, EPERM not
/// allowed to, ESRCH it has ended, ENOSYS before Linux 5.1, ENOTSUP elsewhere
#[unsafe(no_mangle)]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
pub extern "C" fn sig_pidfd_send(pidfd: c_int, signum: c_int) -> c_int {
    status(sendable(signum).and_then(|signum| sys::pidfd_send(pidfd, signum)))
}

/// A mask of the calling thread's: an owner does not block its kicks.
pub(super) fn blockable(set: u64) -> u64 {
    if is_an_owner() { set & !bit(kick_signal()) } else { set }
}

/// Change the calling thread's mask; `old`, where not NULL, gets the one
/// before. What is unblocked and was sent arrives, and on the owner's thread
/// it is a safe point: handlers run, in here. If one raises, that is -EINTR and
/// sig_raised(): the mask is changed and `old` is written all the same. The
/// signal of sig_set_kick() stays unblocked on the owner's thread.
/// Windows: -ENOTSUP.
///
/// Thread: any · In a signal handler: no · Errors: EINVAL how, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_mask(how: c_int, set: u64, old: *mut u64) -> c_int {
    // SAFETY: the caller's word.
    unsafe { mask(Ok(&MAIN), how, set, old) }
}

/// # Safety
/// As sig_mask().
pub(super) unsafe fn mask(of: Of, how: c_int, set: u64, old: *mut u64) -> c_int {
    if !sys::IS_POSIX {
        return -sys::ENOTSUP;
    }
    if !matches!(how, sys::SIG_BLOCK | sys::SIG_UNBLOCK | sys::SIG_SETMASK) {
        return -sys::EINVAL;
    }
    let set = set & sig_valid();
    let set = if how == sys::SIG_UNBLOCK { set } else { blockable(set) };
    let context = match of {
        Ok(context) => context,
        Err(error) => return -error,
    };
    let before = match swap_mask(how, set) {
        Ok(before) => before,
        Err(error) => return -error,
    };
    // SAFETY: the caller's word.
    unsafe { maybe(old, before & sig_valid()) };
    status(blocking::check(context))
}

/// What was sent and not handled: blocked, and waiting in the kernel for this
/// thread or the process; on the owner's thread also what is recorded.
/// Windows: what is recorded.
///
/// Thread: any · In a signal handler: no · Errors: EINVAL NULL
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_pending(set: *mut u64) -> c_int {
    // SAFETY: the caller's word.
    status(unsafe { pending(Ok(&MAIN), set) })
}

/// # Safety
/// As sig_pending().
pub(super) unsafe fn pending(of: Of, set: *mut u64) -> Result<(), Errno> {
    let context = of?;
    if set.is_null() {
        return Err(sys::EINVAL);
    }
    let recorded = if context.is_owner() { context.pending() } else { 0 };
    let blocked = sys::blocked_and_sent()?;
    // SAFETY: the caller's word.
    unsafe { set.write(recorded | blocked & sig_valid()) };
    Ok(())
}

/// Take one of these signals, without its handler: its number. One that is
/// recorded already, or arrives (on the owner's thread, while not held), or
/// one that is blocked and was sent. Other signals are handled meanwhile. The
/// event, of size sizeof *event, says the rest; NULL and 0 where it is not
/// wanted. At most `timeout` nanoseconds from now; SAFEPOINT_FOREVER is no
/// limit, 0 only looks.
/// Windows: what is recorded, or arrives.
/// macOS: looks every 5 ms for what is blocked, and cannot say who sent it.
///
/// Thread: any · In a signal handler: no · Errors: ETIMEDOUT none came, EINTR
/// a handler raised, EINVAL no signal in the set, size too small; E2BIG
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_wait(
    set: u64,
    timeout: u64,
    event: *mut Event,
    size: usize,
) -> c_int {
    // SAFETY: the caller's word.
    unsafe { wait(Ok(&MAIN), set, timeout, event, size) }
}

/// # Safety
/// As sig_wait().
pub(super) unsafe fn wait(
    of: Of,
    set: u64,
    timeout: u64,
    event: *mut Event,
    size: usize,
) -> c_int {
    let set = set & sig_valid() & !UNBLOCKABLE;
    let wanted = !event.is_null() || size != 0;
    let fits = if wanted { fits(event, size) } else { Ok(()) };
    let any = if set != 0 { Ok(()) } else { Err(sys::EINVAL) };
    let found = any.and(fits).and_then(|()| blocking::wait_for_signals(of?, set, timeout));
    number(found.map(|found| {
        if wanted {
            // SAFETY: checked with `fits`; the caller's word for `size`.
            unsafe { fill(event, size, found) };
        }
        found.signum
    }))
}

/// siginterrupt(3): whether system calls that this signal interrupts go on
/// by themselves (SA_RESTART), whoever's handler stands there.
/// Windows: -ENOTSUP.
///
/// Thread: owner (or the first) · In a signal handler: no · Errors: EINVAL,
/// EPERM, ENOMEM, EAGAIN somebody was installing at the same time, EBUSY the
/// signal of sig_set_kick() is to restart, which would end no wait
#[unsafe(no_mangle)]
pub extern "C" fn sig_set_restart(signum: c_int, on: c_int) -> c_int {
    status(set_restart(Ok(&MAIN), signum, on))
}

pub(super) fn set_restart(of: Of, signum: c_int, on: c_int) -> Result<(), Errno> {
    if !sys::IS_POSIX {
        return Err(sys::ENOTSUP);
    }
    let signum = catchable(signum)?;
    let context = of?;
    context.as_owner(|| context.set_restart(signum, on != 0))
}
