//! FreeBSD: its system calls, made as the library makes Linux's.
//!
//! By __syscall(2), since the C library's own functions are cancellation
//! points. The numbers are the kernel's, which keeps them for good; what Linux
//! has and FreeBSD says otherwise has a number of our own, below zero.
#![allow(unsafe_code)] // system calls
#![allow(non_upper_case_globals)] // the kernel's names

use core::ffi::{CStr, c_int, c_long};
use core::sync::atomic::AtomicU32;
use core::sync::atomic::Ordering::Acquire;

use super::{SigInfo, SignalSet, process_id};

pub use super::bsd::*;
pub use libc::MSG_NOSIGNAL as NO_SIGPIPE;

pub const SYS_read: c_long = 3;
pub const SYS_write: c_long = 4;
pub const SYS_wait4: c_long = 7;
pub const SYS_recvmsg: c_long = 27;
pub const SYS_sendmsg: c_long = 28;
pub const SYS_recvfrom: c_long = 29;
pub const SYS_fcntl: c_long = 92;
const CONNECT: c_long = 98;
pub const SYS_readv: c_long = 120;
pub const SYS_writev: c_long = 121;
pub const SYS_flock: c_long = 131;
pub const SYS_sendto: c_long = 133;
const SEMOP: c_long = 222;
pub const SYS_msgsnd: c_long = 226;
pub const SYS_msgrcv: c_long = 227;
pub const SYS_clock_nanosleep: c_long = 244;
pub const SYS_rt_sigtimedwait: c_long = 345;
const SENDFILE: c_long = 393;
const THR_SELF: c_long = 432;
const UMTX_OP: c_long = 454;
pub const SYS_pread64: c_long = 475;
pub const SYS_pwrite64: c_long = 476;
const THR_KILL2: c_long = 481;
pub const SYS_openat: c_long = 499;
const PSELECT: c_long = 522;
const WAIT6: c_long = 532;
pub const SYS_accept4: c_long = 541;
const PPOLL: c_long = 545;
pub const SYS_getrandom: c_long = 563;
pub const SYS_copy_file_range: c_long = 569;

unsafe extern "C" {
    /// The same as syscall(2), with a result of 64 bits.
    fn __syscall(number: i64, ...) -> i64;
}

/// A system call of this number: its result, or -1 and errno.
///
/// # Safety
/// It may be made with these arguments.
#[inline(never)]
pub unsafe fn call(number: c_long, of: &[usize; 6]) -> c_long {
    let [a, b, c, d, e, f] = *of;
    // SAFETY: the caller's word; each is as Linux has it.
    unsafe {
        match number {
            SYS_ppoll => {
                let mask = Mask::read(d as *const u64);
                __syscall(PPOLL, a, b, c, mask.address())
            }
            SYS_pselect6 => {
                let sized = (f as *const [usize; 2]).as_ref();
                let mask = Mask::read(sized.map_or(0, |sized| sized[0]) as *const u64);
                __syscall(PSELECT, a, b, c, d, e, mask.address())
            }
            SYS_futex => wait_on(a as *mut u32, c as u32, d as *const libc::timespec),
            SYS_connect => connect(a as c_int, || __syscall(CONNECT, a, b, c)),
            // wait6 says which child it was, waitid does not.
            SYS_waitid => __syscall(WAIT6, a, b, 0usize, d, 0usize, c).min(0),
            SYS_semtimedop => __syscall(SEMOP, a, b, c),
            SYS_sendfile => send_file(a as c_int, b as c_int, c as *mut i64, d),
            // Its result is the error, as of the C library's function.
            SYS_clock_nanosleep => match __syscall(number, a, b, c, d) {
                error @ 1.. => fail(error as c_int),
                result => result,
            },
            _ if absent(number) => fail(libc::ENOTSUP),
            _ => __syscall(number, a, b, c, d, e, f),
        }
    }
}

/// A set of the C library's for one of ours, if there is one.
struct Mask(Option<SignalSet>);

impl Mask {
    /// # Safety
    /// `bits` is null, or may be read.
    unsafe fn read(bits: *const u64) -> Self {
        // SAFETY: the caller's word.
        Mask(unsafe { bits.as_ref() }.map(|bits| SignalSet::from_bits(*bits)))
    }

    fn address(&self) -> usize {
        self.0.as_ref().map_or(0, |set| &raw const set.0 as usize)
    }
}

/// A time for _umtx_op(2).
#[repr(C)]
struct Until {
    time: libc::timespec,
    flags: u32,
    clock: u32,
}

/// Wait until this word differs, or somebody says so, or a time of
/// CLOCK_MONOTONIC has come.
///
/// # Safety
/// `word` and `until` are null, or may be read.
unsafe fn wait_on(word: *mut u32, seen: u32, until: *const libc::timespec) -> c_long {
    // SAFETY: the caller's word; a kernel of no help for null refuses it.
    unsafe {
        // The kernel does not say that the word differs.
        if !word.is_null() && AtomicU32::from_ptr(word).load(Acquire) != seen {
            return fail(libc::EAGAIN);
        }
        let until = until.as_ref().map(|time| Until {
            time: *time,
            flags: libc::UMTX_ABSTIME,
            clock: libc::CLOCK_MONOTONIC as u32,
        });
        let (size, at) = match &until {
            None => (0, 0),
            Some(until) => (size_of::<Until>(), &raw const *until as usize),
        };
        let operation = libc::UMTX_OP_WAIT_UINT;
        __syscall(UMTX_OP, word, operation, seen as usize, size, at)
    }
}

/// Sleep until the word is no longer `seen`, or it is `until`, by
/// CLOCK_MONOTONIC in nanoseconds; or for any other reason.
pub fn wait_for_futex(word: &AtomicU32, seen: u32, until: u64) {
    let time = lasting(until);
    // SAFETY: a word and a time that outlive the call.
    unsafe { wait_on(word.as_ptr(), seen, &time) };
}

/// Wake all threads that wait on this word, also those of other processes:
/// whether that could be done.
#[inline(always)]
pub fn wake_all(word: &AtomicU32) -> bool {
    let (operation, all) = (libc::UMTX_OP_WAKE, c_int::MAX as usize);
    // SAFETY: the kernel looks at the address only.
    unsafe { __syscall(UMTX_OP, word.as_ptr(), operation, all, 0usize, 0usize) >= 0 }
}

/// sendfile(2) as Linux has it: from where the file stands, where no offset is
/// given, and it or the file moves by what was sent.
unsafe fn send_file(to: c_int, from: c_int, offset: *mut i64, size: usize) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        super::bsd::send_file(from, offset, size, |at| {
            let mut sent = 0i64;
            let sent_at = &raw mut sent as usize;
            let result = __syscall(
                SENDFILE,
                from as usize,
                to as usize,
                at,
                size,
                0usize,
                sent_at,
                0usize,
            );
            (result, sent)
        })
    }
}

/// The calling thread as the kernel numbers it.
pub fn thread_number() -> c_int {
    let mut number: c_long = 0;
    // SAFETY: a valid place.
    unsafe { __syscall(THR_SELF, &raw mut number) };
    number as c_int
}

/// Send a signal to a thread of this process; it says nothing. Not by
/// pthread_kill(3), which takes a lock.
#[inline(always)]
pub fn send_to_thread(thread: c_int, signum: c_int) {
    // SAFETY: no pointers. A thread that has ended is refused.
    unsafe { __syscall(THR_KILL2, process_id(), c_long::from(thread), signum) };
}

/// Whether this process has sent it, to itself or one of its threads; or may
/// have: with too many signals pending, one comes without a siginfo.
#[inline(always)]
pub fn is_sent_from_here(info: &SigInfo) -> bool {
    let is_sent = matches!(info.si_code, 0 | SI_USER | SI_LWP);
    // SAFETY: a plain number.
    is_sent && [0, process_id()].contains(&unsafe { info.si_pid() })
}

/// Name the calling thread, for whoever lists threads.
pub fn name_thread(name: &CStr) {
    // SAFETY: a string that ends in zero.
    unsafe { libc::pthread_set_name_np(libc::pthread_self(), name.as_ptr()) };
}

/// A pipe, non-blocking and close-on-exec.
pub fn pipe(ends: &mut [c_int; 2]) -> c_int {
    // SAFETY: room for two.
    unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_NONBLOCK | libc::O_CLOEXEC) }
}

/// A siginfo ends in 28 bytes that nothing uses, behind eight that some do.
pub const MARKS_AT: usize = 48;
pub const MARKS: usize = 3;
const _: () = assert!(size_of::<SigInfo>() == 80);
