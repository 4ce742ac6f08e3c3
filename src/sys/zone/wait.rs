//! The last look at the breaker and the system call behind it, in a few
//! instructions with known bounds; and the kicks that lead out of them.
//!
//! On processors for which we have not written them, and where the cfg
//! `safepoint_portable` says so, the call is the C library's, and kicks have
//! to be repeated.
#![allow(unsafe_code)] // assembly, the kernel's pointers, system calls

use core::ffi::{c_int, c_long, c_void};
use core::mem::{MaybeUninit, offset_of};

use libc::syscall;

use super::way;
use super::{SI_QUEUE, SI_TIMER, SI_USER, SavedErrno, SigInfo, process_id};

/// Whether nothing can come between the last look and the system call; if
/// not, kicks have to be repeated.
pub const HAS_NO_WINDOW: bool = way::HAS_NO_WINDOW;

/// Make the system call, unless the word is set: its result or the negative
/// errno, -EINTR if the word was set or something has arrived.
///
/// # Safety
/// The arguments are such that the system call may be made.
#[inline(always)]
pub unsafe fn wait(breaker: *const u32, number: c_long, of: &[usize; 6]) -> c_long {
    // SAFETY: the caller's word.
    unsafe { way::wait(breaker, number, of) }
}

/// Lead the interrupted thread out of [`wait`], if the call is not made yet:
/// whether it was in there.
///
/// # Safety
/// `context` is what the kernel passed to a handler, or null.
#[inline(always)]
pub unsafe fn leave_wait(context: *mut c_void) -> bool {
    // SAFETY: the caller's word.
    unsafe { way::leave_wait(context) }
}

/// A siginfo as sigqueue and timers fill it.
#[repr(C)]
struct Queued {
    signum: c_int,
    errno: c_int,
    code: c_int,
    sender: Sender,
}

#[repr(C)]
struct Sender {
    pid: c_int,
    uid: u32,
    value: usize,
}

/// How kicks are told from other signals. The same in every copy of the
/// library: one passes another's on.
const MARK: usize = 0x5afe_9017_6b1c_6b05_u64 as usize;

/// Whether this is a kick. Where the user has too many signals pending, the
/// kernel delivers one without its siginfo, as from process 0, which sends
/// none: then it is one if `expected` says so.
///
/// # Safety
/// `info` is null or what the kernel passed to a handler.
#[inline(always)]
pub unsafe fn is_kick(info: *const SigInfo, expected: impl FnOnce() -> bool) -> bool {
    // SAFETY: the caller's word; the members are plain numbers.
    unsafe {
        info.as_ref().is_some_and(|info| match info.si_code {
            SI_QUEUE | SI_TIMER => info.si_value().sival_ptr as usize == MARK,
            SI_USER => info.si_pid() == 0 && expected(),
            _ => false,
        })
    }
}

/// Kick a thread of this process. One that has ended is none any more.
#[inline(always)]
pub fn kick(thread: c_int, signum: c_int) {
    let _errno = SavedErrno::new();
    let mut info = MaybeUninit::<SigInfo>::zeroed();
    const { assert!(offset_of!(Queued, sender) <= 16) };
    let value = MARK;
    let queued = Queued {
        signum,
        errno: 0,
        code: SI_QUEUE,
        sender: Sender { pid: process_id(), uid: super::user_id(), value },
    };
    // SAFETY: a siginfo is larger; the kernel reads it.
    unsafe {
        info.as_mut_ptr().cast::<Queued>().write(queued);
        let to = libc::SYS_rt_tgsigqueueinfo;
        syscall(to, process_id(), thread, signum, info.as_ptr());
    }
}

/// A timer that kicks this thread of the process, when it is run. Owner.
pub fn new_timer(thread: c_int, signum: c_int) -> Result<c_int, c_int> {
    let _errno = SavedErrno::new();
    let mut event = MaybeUninit::<libc::sigevent>::zeroed();
    let mut timer: c_int = 0;
    // SAFETY: a zeroed sigevent is valid, and the kernel's own in layout.
    unsafe {
        let to = &mut *event.as_mut_ptr();
        to.sigev_value.sival_ptr = MARK as *mut c_void;
        to.sigev_signo = signum;
        to.sigev_notify = libc::SIGEV_THREAD_ID;
        to.sigev_notify_thread_id = thread;
        let clock = libc::CLOCK_MONOTONIC;
        match syscall(libc::SYS_timer_create, clock, event.as_ptr(), &raw mut timer) {
            0 => Ok(timer),
            // EAGAIN, but no caller of a read() is to take it for its own.
            _ => Err(libc::ENOMEM),
        }
    }
}

/// Free a timer. Owner.
pub fn delete_timer(timer: c_int) {
    let _errno = SavedErrno::new();
    // SAFETY: a timer of ours.
    unsafe { syscall(libc::SYS_timer_delete, timer) };
}

/// Have it kick in a millisecond, and then every ten; or rest.
#[inline(never)]
#[unsafe(link_section = ".text.safepoint_zone")]
pub fn run_timer(timer: c_int, run: bool) {
    let _errno = SavedErrno::new();
    let after = |nanoseconds| libc::timespec {
        tv_sec: 0,
        tv_nsec: if run { nanoseconds } else { 0 },
    };
    let value =
        libc::itimerspec { it_interval: after(10_000_000), it_value: after(1_000_000) };
    let unwanted = core::ptr::null::<c_void>();
    // SAFETY: a valid value; one that was deleted is refused.
    unsafe { syscall(libc::SYS_timer_settime, timer, 0, &raw const value, unwanted) };
}

/// A full fence on every thread of the process, wherever it is: membarrier(2).
/// Nothing where the kernel has none. Owner.
#[inline(never)]
pub fn fence_all_threads() {
    const PRIVATE_EXPEDITED: c_int = 1 << 3;
    const REGISTER_PRIVATE_EXPEDITED: c_int = 1 << 4;
    let _errno = SavedErrno::new();
    let call = |command: c_int| {
        // SAFETY: no pointers.
        unsafe { syscall(libc::SYS_membarrier, command, 0, 0) == 0 }
    };
    if !call(PRIVATE_EXPEDITED) && super::last_error() == libc::EPERM {
        // It has to be asked for once in a process.
        let _ = call(REGISTER_PRIVATE_EXPEDITED) && call(PRIVATE_EXPEDITED);
    }
}
