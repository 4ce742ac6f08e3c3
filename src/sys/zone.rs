//! What the signal-safe zone may ask of the operating system: functions that
//! POSIX or Linux lists as async-signal-safe, and nothing else.
#![allow(unsafe_code)] // the boundary to the C library

use core::ffi::{c_int, c_void};
use core::mem::{MaybeUninit, size_of, transmute};
use core::ptr;

pub use libc::siginfo_t as SigInfo;

/// Signals that the processor raises: never blocked in an arrival, and never
/// recorded when they are faults.
pub const FAULTS: u64 = set(&[
    libc::SIGSEGV,
    libc::SIGBUS,
    libc::SIGFPE,
    libc::SIGILL,
    libc::SIGTRAP,
    libc::SIGSYS,
]);

/// A set of signals: bit `signum - 1`.
pub const fn set(signums: &[c_int]) -> u64 {
    let mut bits = 0;
    let mut i = 0;
    while i < signums.len() {
        bits |= 1 << (signums[i] - 1);
        i += 1;
    }
    bits
}

/// errno as it was, put back when this goes out of scope. `errno` is a
/// thread-local of the C library's own, reached without a call that can
/// allocate: signal-safety(7) asks every handler to do this.
pub struct SavedErrno(c_int);

impl SavedErrno {
    #[inline(always)]
    pub fn new() -> Self {
        // SAFETY: the address of errno is valid for the calling thread.
        SavedErrno(unsafe { *errno() })
    }
}

impl Drop for SavedErrno {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: as above.
        unsafe { *errno() = self.0 }
    }
}

#[inline(always)]
fn errno() -> *mut c_int {
    #[cfg(any(target_os = "linux", target_os = "emscripten"))]
    // SAFETY: no preconditions.
    unsafe {
        libc::__errno_location()
    }
    #[cfg(any(target_vendor = "apple", target_os = "freebsd"))]
    // SAFETY: no preconditions.
    unsafe {
        libc::__error()
    }
}

/// The error of the call that just failed, as a positive errno.
#[inline(always)]
pub fn last_error() -> c_int {
    // SAFETY: the address of errno is valid for the calling thread.
    unsafe { *errno() }
}

/// The calling process.
#[inline(always)]
pub fn process_id() -> i32 {
    // SAFETY: no preconditions.
    unsafe { libc::getpid() }
}

/// The calling process's real user.
#[inline(always)]
pub fn user_id() -> u32 {
    // SAFETY: no preconditions.
    unsafe { libc::getuid() }
}

/// CLOCK_MONOTONIC in nanoseconds.
#[inline(always)]
pub fn now() -> u64 {
    let mut time = MaybeUninit::<libc::timespec>::zeroed();
    // SAFETY: a valid place to write to; zeroed is a valid timespec should
    // the call fail, which it cannot for this clock.
    let time = unsafe {
        libc::clock_gettime(libc::CLOCK_MONOTONIC, time.as_mut_ptr());
        time.assume_init()
    };
    (time.tv_sec as u64).wrapping_mul(1_000_000_000).wrapping_add(time.tv_nsec as u64)
}

/// What the kernel says of a delivery.
#[derive(Clone, Copy)]
pub struct Siginfo {
    pub code: i32,
    pub pid: i32,
    pub uid: u32,
    pub status: i32,
    pub value: usize,
}

/// The parts of a siginfo that its `si_code` says are there (sigaction(2)).
///
/// # Safety
/// `info` is null or what the kernel passed to a handler.
#[inline(always)]
pub unsafe fn read_siginfo(signum: c_int, info: *const SigInfo) -> Siginfo {
    let mut read = Siginfo { code: 0, pid: 0, uid: 0, status: 0, value: 0 };
    // SAFETY: the caller's word; a null pointer reads as nothing known.
    let Some(info) = (unsafe { info.as_ref() }) else { return read };
    read.code = info.si_code;
    let timer = info.si_code == SI_TIMER;
    let child = signum == libc::SIGCHLD && info.si_code > 0;
    // SAFETY: all members of the union are plain numbers, so each is valid
    // to read; the conditions only choose those that mean something.
    unsafe {
        if child || info.si_code <= 0 && !timer {
            read.pid = info.si_pid();
            read.uid = info.si_uid();
        }
        if child {
            read.status = info.si_status();
        } else if info.si_code < 0 {
            read.value = info.si_value().sival_ptr as usize;
        }
    }
    if read.code == SI_TKILL {
        read.value = 0;
    }
    read
}

// Not in the libc crate for every target; Linux's numbers, the same on all
// its processors, and never produced elsewhere.
const SI_TIMER: c_int = -2;
/// Sent by tgkill or raise.
pub const SI_TKILL: c_int = -6;
/// Sent by kill.
pub const SI_USER: c_int = 0;

/// Whether this is a fault of the processor's own, not sent by anybody.
///
/// # Safety
/// As [`read_siginfo`].
#[inline(always)]
pub unsafe fn is_fault(signum: c_int, info: *const SigInfo) -> bool {
    // SAFETY: the caller's word.
    let code = unsafe { info.as_ref() }.map_or(0, |info| info.si_code);
    code > 0 && FAULTS & 1u64.wrapping_shl(signum as u32 - 1) != 0
}

/// What is written to as a wake-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WakeKind {
    Pipe = 0,
    Socket = 1,
    Event = 2,
}

impl WakeKind {
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
pub fn write_wakeup(
    kind: WakeKind,
    fd: c_int,
    byte: u8,
    blocked: bool,
) -> Result<(), c_int> {
    match kind {
        WakeKind::Event => write_event(fd),
        // SAFETY: one readable byte.
        WakeKind::Socket => written(unsafe {
            let flags = libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL;
            libc::send(fd, ptr::from_ref(&byte).cast(), 1, flags)
        }),
        WakeKind::Pipe => write_pipe(fd, byte, blocked),
    }
}

/// A pipe without a reader raises SIGPIPE at the writer, and no flag stops
/// that: it is blocked, and taken back from what is pending.
#[inline(never)]
#[unsafe(link_section = ".text.safepoint_zone")]
fn write_pipe(fd: c_int, byte: u8, blocked: bool) -> Result<(), c_int> {
    let sigpipe = SignalSet::from_bits(set(&[libc::SIGPIPE]));
    let before = if blocked { None } else { Some(swap_mask(libc::SIG_BLOCK, &sigpipe)) };
    // SAFETY: one readable byte.
    let result = written(unsafe { libc::write(fd, ptr::from_ref(&byte).cast(), 1) });
    if result == Err(libc::EPIPE) {
        let none = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: valid pointers; a null siginfo is "not wanted".
        unsafe { libc::sigtimedwait(&sigpipe.0, ptr::null_mut(), &none) };
    }
    if let Some(before) = before {
        swap_mask(libc::SIG_SETMASK, &before);
    }
    result
}

/// Make an eventfd readable.
#[inline(never)]
#[unsafe(link_section = ".text.safepoint_zone")]
pub fn write_event(fd: c_int) -> Result<(), c_int> {
    let one = 1u64;
    // SAFETY: eight readable bytes.
    written(unsafe { libc::write(fd, ptr::from_ref(&one).cast(), 8) })
}

/// Make an eventfd unreadable; the owner's half, here with its other one.
pub fn drain_event(fd: c_int) {
    let mut count = 0u64;
    // SAFETY: eight writable bytes. It does not block: an empty one is EAGAIN.
    unsafe { libc::read(fd, ptr::from_mut(&mut count).cast(), 8) };
}

#[inline(always)]
fn written(result: isize) -> Result<(), c_int> {
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

/// The C library's signal set, from and to bits.
#[derive(Clone, Copy)]
pub struct SignalSet(pub libc::sigset_t);

impl SignalSet {
    /// The kernel's set is the first 64 bits of the C library's, on every
    /// Linux; sigaddset would leave out the C library's own signals.
    #[inline(always)]
    pub fn from_bits(bits: u64) -> Self {
        let mut set = MaybeUninit::<libc::sigset_t>::zeroed();
        // SAFETY: a zeroed set is a valid, empty one, at least eight bytes.
        SignalSet(unsafe {
            set.as_mut_ptr().cast::<[u8; 8]>().write(in_memory_order(bits).to_ne_bytes());
            set.assume_init()
        })
    }

    #[inline(always)]
    pub fn to_bits(&self) -> u64 {
        // SAFETY: at least eight bytes, all initialised.
        in_memory_order(u64::from_ne_bytes(unsafe {
            ptr::from_ref(&self.0).cast::<[u8; 8]>().read()
        }))
    }
}

/// The set is an array of `unsigned long`, lowest signals first: on 32-bit
/// big-endian machines that is not how a u64 lies in memory.
#[inline(always)]
const fn in_memory_order(bits: u64) -> u64 {
    if cfg!(all(target_endian = "big", target_pointer_width = "32")) {
        bits.rotate_left(32)
    } else {
        bits
    }
}

/// Change the calling thread's mask; the mask before.
#[inline(never)]
#[unsafe(link_section = ".text.safepoint_zone")]
pub fn swap_mask(how: c_int, set: &SignalSet) -> SignalSet {
    let mut before = SignalSet::from_bits(0);
    // SAFETY: valid sets; fails only for an unknown `how`.
    unsafe { libc::pthread_sigmask(how, &set.0, &mut before.0) };
    before
}

/// The mask that the interrupted code ran with.
///
/// # Safety
/// `context` is what the kernel passed to a handler.
#[inline(always)]
pub unsafe fn interrupted_mask(context: *const c_void) -> u64 {
    // SAFETY: the caller's word; null reads as nothing blocked.
    let context = unsafe { context.cast::<libc::ucontext_t>().as_ref() };
    context.map_or(0, |context| SignalSet(context.uc_sigmask).to_bits())
}

/// One signal's action, as the kernel keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Action {
    pub handler: usize,
    pub flags: u32,
    pub mask: u64,
}

pub const DEFAULT: Action = Action { handler: libc::SIG_DFL, flags: 0, mask: 0 };
pub const IGNORE: Action = Action { handler: libc::SIG_IGN, flags: 0, mask: 0 };

/// Set (`Some`) or only read a signal's action; the action before.
#[inline(never)]
#[unsafe(link_section = ".text.safepoint_zone")]
pub fn swap_action(signum: c_int, action: Option<&Action>) -> Result<Action, c_int> {
    let mut old = MaybeUninit::<libc::sigaction>::zeroed();
    let mut new = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: zeroed is a valid sigaction; the pointers are valid or null.
    unsafe {
        let new = match action {
            None => ptr::null(),
            Some(action) => {
                let to = &mut *new.as_mut_ptr();
                to.sa_sigaction = action.handler;
                to.sa_flags = action.flags as c_int;
                to.sa_mask = SignalSet::from_bits(action.mask).0;
                new.as_ptr()
            }
        };
        if libc::sigaction(signum, new, old.as_mut_ptr()) != 0 {
            return Err(last_error());
        }
        let old = old.assume_init();
        Ok(Action {
            handler: old.sa_sigaction,
            // SA_RESTORER is the C library's business, not ours.
            flags: old.sa_flags as u32 & !0x0400_0000,
            mask: SignalSet(old.sa_mask).to_bits(),
        })
    }
}

/// Never blocked by any mask.
pub const UNBLOCKABLE: u64 = set(&[libc::SIGKILL, libc::SIGSTOP]);

pub const SA_SIGINFO: u32 = libc::SA_SIGINFO as u32;
pub const SA_ONSTACK: u32 = libc::SA_ONSTACK as u32;
pub const SA_RESETHAND: u32 = libc::SA_RESETHAND as u32;
pub const SA_NODEFER: u32 = libc::SA_NODEFER as u32;
pub const SIG_SETMASK: c_int = libc::SIG_SETMASK;
pub const SIG_UNBLOCK: c_int = libc::SIG_UNBLOCK;

/// Default actions that do nothing, so nothing is to be done for them.
pub const IGNORED_BY_DEFAULT: u64 =
    set(&[libc::SIGCHLD, libc::SIGURG, libc::SIGWINCH, libc::SIGCONT]);

/// Call a C handler as the kernel would have.
///
/// # Safety
/// `action.handler` is a handler that somebody installed, and the rest is
/// what the kernel passed to ours.
#[inline(always)]
pub unsafe fn call_handler(
    action: &Action,
    signum: c_int,
    info: *mut SigInfo,
    context: *mut c_void,
) {
    // SAFETY: SA_SIGINFO says which of the two types it has.
    unsafe {
        if action.flags & SA_SIGINFO != 0 {
            let handler: extern "C" fn(c_int, *mut SigInfo, *mut c_void) =
                transmute(action.handler);
            handler(signum, info, context);
        } else {
            let handler: extern "C" fn(c_int) = transmute(action.handler);
            handler(signum);
        }
    }
}

/// Send a delivery to this thread once more, with its own siginfo.
///
/// # Safety
/// As [`read_siginfo`].
#[inline(never)]
#[unsafe(link_section = ".text.safepoint_zone")]
pub unsafe fn requeue(signum: c_int, info: *mut SigInfo) {
    #[cfg(target_os = "linux")]
    // SAFETY: the kernel checks the siginfo; a failure falls through.
    unsafe {
        let (process, thread) = (libc::getpid(), libc::syscall(libc::SYS_gettid));
        let to = libc::SYS_rt_tgsigqueueinfo;
        if !info.is_null() && libc::syscall(to, process, thread, signum, info) == 0 {
            return;
        }
    }
    let _ = info;
    // SAFETY: no preconditions.
    unsafe { libc::raise(signum) };
}

// A siginfo is 128 bytes, of which the kernel fills 48 and clears the rest.
// Its last 64 bytes carry the marks of those who are passing it on right now.
const MARKS: usize = 8;

#[inline(always)]
fn marks(info: *mut SigInfo) -> *mut [usize; MARKS] {
    const { assert!(size_of::<SigInfo>() == 128) };
    info.cast::<u8>().wrapping_add(128 - size_of::<[usize; MARKS]>()).cast()
}

/// Whether `mark` is on this siginfo.
///
/// # Safety
/// As [`read_siginfo`].
#[inline(always)]
pub unsafe fn is_marked(info: *mut SigInfo, mark: usize) -> bool {
    // SAFETY: inside the siginfo; null is checked.
    !info.is_null() && unsafe { (*marks(info)).contains(&mark) }
}

/// Put `mark` on it, for as long as it is passed on; `None` where there is no
/// room: then it has been passed on too often.
///
/// # Safety
/// As [`read_siginfo`].
#[inline(always)]
pub unsafe fn mark(info: *mut SigInfo, mark: usize) -> Option<usize> {
    if info.is_null() {
        return None;
    }
    // SAFETY: inside the siginfo, which is the handler's own.
    let marks = unsafe { &mut *marks(info) };
    let (index, free) = marks.iter_mut().enumerate().find(|(_, slot)| **slot == 0)?;
    *free = mark;
    Some(index)
}

/// Take the mark away.
///
/// # Safety
/// As [`read_siginfo`]; `index` is what [`mark`] returned.
#[inline(always)]
pub unsafe fn unmark(info: *mut SigInfo, index: usize) {
    // SAFETY: as above.
    if let Some(slot) = unsafe { &mut *marks(info) }.get_mut(index) {
        *slot = 0;
    }
}
