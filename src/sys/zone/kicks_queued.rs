//! Kicks by signals that say what they are, and timers of the kernel's that
//! send them.
#![allow(unsafe_code)] // the kernel's pointers, system calls

use core::ffi::{c_int, c_void};
use core::mem::{MaybeUninit, offset_of};

use libc::syscall;

use super::system::{SI_QUEUE, SI_TIMER, SI_USER};
use super::wait::Sent;
use super::{SavedErrno, SigInfo, process_id};

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

/// How the library's own signals are told from others, in the bits above what
/// they say. The same in every copy of the library: one passes another's on.
const MARK: usize = 0x5afe_9017_6b10_0000_u64 as usize;
const SAYS: usize = 0xf_ffff;

impl Sent {
    #[inline(always)]
    fn to_value(self) -> usize {
        MARK | match self {
            Sent::Kick(context) => context,
            Sent::Overdue(context, signum) => {
                1 << 19 | ((signum as usize - 1) & 0x3f) << 13 | context
            }
            Sent::Nameless => 0, // nobody sends one
        }
    }

    #[inline(always)]
    fn from_value(value: usize) -> Option<Self> {
        let context = value & 0x1fff;
        match value & !SAYS == MARK {
            false => None,
            true if value & 1 << 19 == 0 => Some(Sent::Kick(context)),
            true => Some(Sent::Overdue(context, (value >> 13 & 0x3f) as u32 + 1)),
        }
    }
}

/// What a signal of the library's own says, if it is one. Where the user has
/// too many signals pending, the kernel delivers one without its siginfo, as
/// from process 0, which sends none: then it is a kick if `expected` says so.
///
/// # Safety
/// `info` is null or what the kernel passed to a handler.
#[inline(always)]
pub unsafe fn sent(info: *const SigInfo, expected: impl FnOnce() -> bool) -> Option<Sent> {
    // SAFETY: the caller's word; the members are plain numbers.
    unsafe {
        let info = info.as_ref()?;
        match info.si_code {
            SI_QUEUE | SI_TIMER => Sent::from_value(info.si_value().sival_ptr as usize),
            SI_USER if info.si_pid() == 0 && expected() => Some(Sent::Nameless),
            _ => None,
        }
    }
}

/// Kick a thread of this process, which owns this context. One that has ended
/// is none any more.
#[inline(always)]
pub fn kick(thread: c_int, signum: c_int, context: usize) {
    let _errno = SavedErrno::new();
    let mut info = MaybeUninit::<SigInfo>::zeroed();
    const { assert!(offset_of!(Queued, sender) <= 16) };
    let value = Sent::Kick(context).to_value();
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

/// A timer that sends this signal, when it is run: to this thread of the
/// process, or to whichever takes it. Owner.
pub fn new_timer(thread: Option<c_int>, signum: c_int, says: Sent) -> Result<c_int, c_int> {
    let _errno = SavedErrno::new();
    let mut event = MaybeUninit::<libc::sigevent>::zeroed();
    let mut timer: c_int = 0;
    // SAFETY: a zeroed sigevent is valid, and the kernel's own in layout.
    unsafe {
        let to = &mut *event.as_mut_ptr();
        to.sigev_value.sival_ptr = says.to_value() as *mut c_void;
        to.sigev_signo = signum;
        to.sigev_notify = libc::SIGEV_SIGNAL;
        if let Some(thread) = thread {
            to.sigev_notify = libc::SIGEV_THREAD_ID;
            to.sigev_notify_thread_id = thread;
        }
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

/// Have it send in so many nanoseconds, and then each time that so many have
/// gone by, or not again; 0 is never.
#[inline(never)]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
pub fn set_timer(timer: c_int, first: u64, every: u64) {
    let _errno = SavedErrno::new();
    let time = |nanoseconds: u64| libc::timespec {
        tv_sec: (nanoseconds / 1_000_000_000) as _,
        tv_nsec: (nanoseconds % 1_000_000_000) as _,
    };
    let value = libc::itimerspec { it_interval: time(every), it_value: time(first) };
    let unwanted = core::ptr::null::<c_void>();
    // SAFETY: a valid value; one that was deleted is refused.
    unsafe { syscall(libc::SYS_timer_settime, timer, 0, &raw const value, unwanted) };
}

/// Whether the owner can put a fence on all threads.
pub const FENCES_ALL_THREADS: bool = true;

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
