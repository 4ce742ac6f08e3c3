//! Writing wake-ups: never waits, never raises SIGPIPE, and is no cancellation
//! point, as the C library's write() and read() are: a thread that was
//! cancelled would end inside an arrival, wherever that has interrupted it,
//! and with nobody woken. Hence bare system calls.
#![allow(unsafe_code)] // the boundary to the C library

use core::ffi::{c_int, c_void};
use core::mem::transmute;
use core::ptr;

use libc::{SYS_ppoll, SYS_read, SYS_rt_sigtimedwait, SYS_sendto, SYS_write, syscall};

use super::{SavedErrno, SignalSet, last_error, set, swap_mask};

/// What is written to as a wake-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WakeKind {
    Pipe = 0,
    Socket = 1,
    Event = 2,
}

impl WakeKind {
    pub const ALL: [WakeKind; 3] = [WakeKind::Pipe, WakeKind::Socket, WakeKind::Event];

    pub fn to_bits(self) -> u32 {
        self as u32
    }

    #[inline(always)]
    pub fn from_bits(bits: u32) -> Self {
        match bits & 3 {
            0 => WakeKind::Pipe,
            1 => WakeKind::Socket,
            _ => WakeKind::Event,
        }
    }
}

/// Write one wake-up; never waits, and never raises SIGPIPE.
#[inline(always)]
pub fn write_wakeup(kind: WakeKind, fd: c_int, byte: u8) -> Result<(), c_int> {
    match kind {
        WakeKind::Event => write_event(fd),
        // SAFETY: one readable byte.
        WakeKind::Socket => written(unsafe {
            let flags = libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL;
            let nobody = ptr::null::<c_void>();
            syscall(SYS_sendto, fd, ptr::from_ref(&byte), 1usize, flags, nobody, 0)
        }),
        WakeKind::Pipe => write_pipe(fd, byte),
    }
}

/// A write into a pipe without a reader raises SIGPIPE at the writer, and no
/// flag stops that. So the pipe is asked first; a reader that goes away in
/// between leaves a SIGPIPE, which is kept blocked and taken back. Not even an
/// arrival can rely on its mask: a handler that stands over ours may call it.
#[inline(never)]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
fn write_pipe(fd: c_int, byte: u8) -> Result<(), c_int> {
    let mut asked = libc::pollfd { fd, events: 0, revents: 0 };
    let now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    let size = size_of::<u64>(); // of a mask, as the kernel sees it
    // SAFETY: one pollfd, no mask; time 0 does not wait.
    unsafe { syscall(SYS_ppoll, &raw mut asked, 1usize, &raw const now, NO_MASK, size) };
    if asked.revents & libc::POLLERR != 0 {
        return Err(libc::EPIPE);
    }
    let blocked = set(&[libc::SIGPIPE]);
    let before = swap_mask(libc::SIG_BLOCK, blocked);
    // SAFETY: one readable byte.
    let result = written(unsafe { syscall(SYS_write, fd, ptr::from_ref(&byte), 1usize) });
    if result == Err(libc::EPIPE) {
        let unwanted = ptr::null::<c_void>();
        // SAFETY: valid pointers; the siginfo is not wanted.
        unsafe {
            let (sigpipe, now) = (SignalSet::from_bits(blocked), &raw const now);
            syscall(SYS_rt_sigtimedwait, &raw const sigpipe.0, unwanted, now, size);
        }
    }
    match before {
        Ok(before) if before & blocked == 0 => {
            let _ = swap_mask(libc::SIG_SETMASK, before);
        }
        _ => {}
    }
    result
}

/// Make an eventfd readable.
#[inline(never)]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
pub fn write_event(fd: c_int) -> Result<(), c_int> {
    let one = 1u64;
    // SAFETY: eight readable bytes.
    written(unsafe { syscall(SYS_write, fd, ptr::from_ref(&one), 8usize) })
}

/// Make an eventfd unreadable; the owner's half, here with its other one.
pub fn drain_event(fd: c_int) {
    let _errno = SavedErrno::new(); // an empty one is no error of the caller's
    let mut count = 0u64;
    // SAFETY: eight writable bytes. It does not block: an empty one is EAGAIN.
    unsafe { syscall(SYS_read, fd, ptr::from_mut(&mut count), 8usize) };
}

const NO_MASK: *const c_void = ptr::null();

#[inline(always)]
fn written(result: libc::c_long) -> Result<(), c_int> {
    if result < 0 { Err(last_error()) } else { Ok(()) }
}

/// Call the user's wake-up function.
#[inline(always)]
pub fn call_wakeup(function: usize, signum: c_int, argument: usize) {
    if function != 0 {
        // SAFETY: stored from a function of this type by `sig_set_wakeup_fn`.
        let function: extern "C" fn(c_int, *mut c_void) = unsafe { transmute(function) };
        function(signum, argument as *mut c_void);
    }
}
