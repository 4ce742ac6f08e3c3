//! 8 Blocking calls that a signal always ends
//!
//! An arrival at any instant, before or inside the call and on whichever
//! thread, ends the wait, and so do calls, jobs, timers and interrupts: there
//! is no window between the check and the system call. What the kernel has done
//! by then is returned, and what arrived waits for the next check. Otherwise
//! handlers run, and the call goes on with the time that is left (PEP 475); if
//! one raises, the result is -EINTR, and sig_raised() is its number.
//!
//! The functions take POSIX's arguments, and return its result or a negative
//! errno. Each is one system call where it need not wait, and no cancellation
//! point. On a thread that is not the owner no handler runs, and EINTR is
//! never seen. While held, nothing that arrives ends a wait. A time limit that
//! the kernel keeps with a socket (SO_RCVTIMEO, SO_SNDTIMEO) begins anew when
//! the call is made again: use sig_poll() for one that does not.
//!
//! close() and dup2() are not here, and are never to be made again on EINTR:
//! Linux has closed the descriptor by then, and the same number may be
//! another thread's new file.
//!
//! What does not arrive on the owner's own thread, and calls and jobs, reach
//! it by a signal of the library's own: SIGURG, unless sig_set_kick() says
//! another. The owner's first wait puts a handler there, over what stood
//! there, which still gets what is no kick; sig_fini() takes it away. That wait
//! may fail for want of memory: ENOMEM.

use core::ffi::{c_int, c_long};

use super::{Of, catchable, main, number, owned, status};
use crate::blocking::{self, Call};
use crate::context::{Handle, MAIN, resolve};
use crate::sys::{self, timespec};
use crate::zone::bit;

/// Any system call, by its number, as syscall(2) takes it, but for those that
/// do not return as they were called (fork, vfork, clone, sigreturn), and for
/// close and dup2. It is made again on EINTR with these very arguments, so a
/// time from now on begins anew.
/// Windows: -ENOTSUP.
/// FreeBSD: a number that the kernel does not know raises SIGSYS. macOS: the
/// result is an int.
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_syscall(
    number: c_long,
    a: c_long,
    b: c_long,
    c: c_long,
    d: c_long,
    e: c_long,
    f: c_long,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        let number = sys::by_number(number);
        plain(main(), number, [a, b, c, d, e, f].map(|word| word as usize))
    }
}

/// A system call without a time limit that would have to be told again.
///
/// # Safety
/// It may be made with these arguments, more than once.
pub(super) unsafe fn plain(
    context: *const Handle,
    number: c_long,
    arguments: [usize; 6],
) -> c_long {
    // SAFETY: the caller's word.
    unsafe { wait(context, &mut Call::new(number, arguments)) }
}

/// # Safety
/// It may be made with these arguments, more than once.
pub(super) unsafe fn wait(context: *const Handle, call: &mut Call) -> c_long {
    match resolve(context) {
        // SAFETY: the caller's word.
        Ok(context) => unsafe { blocking::wait(context, call) },
        Err(error) => -c_long::from(error),
    }
}

/// A timespec in nanoseconds, if it is a time.
pub(super) fn nanoseconds(time: &timespec) -> Option<u64> {
    let seconds = u64::try_from(time.tv_sec).ok()?;
    let below = u64::try_from(time.tv_nsec).ok().filter(|ns| *ns < 1_000_000_000)?;
    let whole = seconds.saturating_mul(1_000_000_000).saturating_add(below);
    Some(whole.min(u64::MAX - 1)) // all of it is SAFEPOINT_FOREVER
}

/// Code that is not ours begins, and may wait: the owner is interrupted by
/// signals, again and again, until sig_blocking_end(). Its system calls fail
/// with EINTR, unless it makes them again by itself. 1 where something is
/// pending already and not held: then better end at once, and check. No
/// handler runs in here by itself; a wait of this section may be in here, and
/// runs them. Nests. A longjmp out of it leaves it open.
/// Windows: nothing is interrupted but what CancelSynchronousIo() ends: reads
/// and writes, which then fail with ERROR_OPERATION_ABORTED, now and then for
/// nothing: check, and make them again.
///
/// Thread: owner · In a signal handler: no · Errors: EPERM, ENOMEM no timer to
/// be had, EAGAIN at 2^32
#[unsafe(no_mangle)]
pub extern "C" fn sig_blocking_begin() -> c_int {
    begin(Ok(&MAIN))
}

pub(super) fn begin(of: Of) -> c_int {
    let me = sys::this_thread();
    number(owned(of).and_then(|context| context.blocking_begin(me)).map(c_int::from))
}

/// It has ended. What came is pending: check.
///
/// Thread: owner · In a signal handler: no · Errors: EPERM, EINVAL where none
/// has begun
#[unsafe(no_mangle)]
pub extern "C" fn sig_blocking_end() -> c_int {
    end(Ok(&MAIN))
}

pub(super) fn end(of: Of) -> c_int {
    let me = sys::this_thread();
    status(owned(of).and_then(|context| context.blocking_end(me)))
}

/// What the handler returned that ended the owner's last wait with -EINTR; 0
/// if none did.
///
/// Thread: owner (any) · In a signal handler: no · Errors: none
#[unsafe(no_mangle)]
pub extern "C" fn sig_raised() -> c_int {
    raised(Ok(&MAIN))
}

pub(super) fn raised(of: Of) -> c_int {
    number(of.map(|context| match context.is_owner() {
        true => context.inbox().waiting.raised(),
        false => 0,
    }))
}

/// After a call that has returned -1: 1 where errno is EINTR and it is to be
/// made again, since the handlers have run and none has raised; otherwise 0,
/// with errno as it was. What SAFEPOINT_RETRY() asks.
///
/// Thread: any · In a signal handler: no · Errors: none
#[unsafe(no_mangle)]
pub extern "C" fn sig_retry() -> c_int {
    retry(Ok(&MAIN))
}

pub(super) fn retry(of: Of) -> c_int {
    number(of.map(|context| {
        // By hand: a handler may longjmp out.
        let errno = sys::zone::last_error();
        let again = errno == sys::EINTR && blocking::check(context).is_ok();
        sys::zone::set_errno(errno);
        c_int::from(again)
    }))
}

/// Have this signal end the owner's waits; the one before. SIGURG at first,
/// which does nothing where it goes astray. It is put in place when a wait
/// needs it, never with SAFEPOINT_RESTART. Choose one that nobody else sends
/// often, in a Go program any but SIGURG. While it is in place it is unblocked
/// on the owner's thread, and nobody ought to block it there, ignore it or
/// put a handler over ours. Where its default is to end the process, ours
/// stays in place for good, and does that for others' signals. No real-time
/// signal: those can be refused, where the user has too many pending. On macOS
/// and FreeBSD one that this process sends to itself is taken for a kick.
/// Windows: -ENOTSUP.
///
/// Thread: owner (or the first) · In a signal handler: no · Errors: EINVAL no
/// signal that can be caught, a fault's, a real-time one, SIGCHLD; EBUSY between
/// sig_blocking_begin() and its end, where another context has waited by the one
/// before, or where a time of sig_set_escalation() counts;
/// EPERM, ENOMEM
#[unsafe(no_mangle)]
pub extern "C" fn sig_set_kick(signum: c_int) -> c_int {
    if !sys::IS_POSIX {
        return -sys::ENOTSUP;
    }
    let signum = catchable(signum).and_then(|signum| {
        let unfit = sys::zone::FAULTS | bit(sys::SIGCHLD as u32);
        let can_be_refused = sys::real_time().contains(&signum);
        let fits = bit(signum) & unfit == 0 && !can_be_refused;
        if fits { Ok(signum) } else { Err(sys::EINVAL) }
    });
    let before = signum.and_then(|signum| MAIN.as_owner(|| MAIN.set_kick_signal(signum)));
    number(before.map(|before| before as c_int))
}
