//! macOS: functions of the C library in the place of system calls, whose
//! numbers are not for programs, and whose syscall(2) is deprecated.
//!
//! Those that are cancellation points have a twin that is none, in the same
//! library since Mac OS X 10.5, by the name that its own headers give it.
#![allow(unsafe_code)] // the boundary to the C library
#![allow(non_upper_case_globals)] // the kernel's names

use core::ffi::{CStr, c_int, c_long, c_uint, c_void};
use core::sync::atomic::AtomicU32;
use core::sync::atomic::Ordering::Acquire;

use libc::{pollfd, sigset_t, timespec};

use super::{SigInfo, SignalSet, clock, last_error, process_id, set_errno, swap_mask};

pub use super::bsd::*;

#[path = "macos_functions.rs"]
mod functions;
#[path = "macos_numbers.rs"]
mod numbers;
use functions::*;
pub use numbers::*;

/// Files for wake-ups are told so themselves: see `keep_sigpipe_away`.
pub const NO_SIGPIPE: c_int = 0;

/// A call of this number: its result, or -1 and errno.
///
/// # Safety
/// It may be made with these arguments.
#[inline(never)]
pub unsafe fn call(number: c_long, of: &[usize; 6]) -> c_long {
    let [a, b, c, d, e, f] = *of;
    let fd = a as c_int;
    // SAFETY: the caller's word; each is as Linux has it.
    unsafe {
        match number {
            SYS_read => read(fd, b as _, c) as _,
            SYS_write => write(fd, b as _, c) as _,
            SYS_readv => readv(fd, b as _, c as _) as _,
            SYS_writev => writev(fd, b as _, c as _) as _,
            SYS_pread64 => pread(fd, b as _, c, d as _) as _,
            SYS_pwrite64 => pwrite(fd, b as _, c, d as _) as _,
            SYS_openat => openat(fd, b as _, c as c_int, d as c_uint).into(),
            SYS_flock => libc::flock(fd, b as _).into(),
            SYS_fcntl => fcntl(fd, b as _, c as *mut c_void).into(),
            SYS_sendfile => send_file(fd, b as _, c as _, d),
            SYS_getrandom => random(a as _, b),
            SYS_wait4 => libc::wait4(fd, b as _, c as _, d as _).into(),
            SYS_waitid => waitid(fd, b as _, c as _, d as _).into(),
            SYS_msgrcv => msgrcv(fd, b as _, c, d as _, e as _) as _,
            SYS_msgsnd => msgsnd(fd, b as _, c, d as _).into(),
            SYS_semtimedop => libc::semop(fd, b as _, c).into(),
            SYS_accept4..=SYS_recvfrom | SYS_connect => of_sockets(number, of),
            SYS_ppoll | SYS_pselect6 | SYS_futex | SYS_clock_nanosleep
            | SYS_rt_sigtimedwait => of_time(number, of),
            SYS_copy_file_range => fail(libc::ENOTSUP),
            _ if absent(number) => fail(libc::ENOTSUP),
            // Deprecated, and its result is an int; there is nothing better.
            _ => libc::syscall(number as c_int, a, b, c, d, e, f).into(),
        }
    }
}

/// # Safety
/// As [`call`].
unsafe fn of_sockets(number: c_long, of: &[usize; 6]) -> c_long {
    let [a, b, c, d, e, f] = *of;
    let fd = a as c_int;
    // SAFETY: the caller's word.
    unsafe {
        match number {
            SYS_recvfrom => recvfrom(fd, b as _, c, d as _, e as _, f as _) as _,
            SYS_sendto => sendto(fd, b as _, c, d as _, e as _, f as _) as _,
            SYS_recvmsg => recvmsg(fd, b as _, c as _) as _,
            SYS_sendmsg => sendmsg(fd, b as _, c as _) as _,
            SYS_connect => connect(fd, || connect_once(fd, b as _, c as _).into()),
            // There are no flags here.
            _ if d != 0 => fail(libc::ENOTSUP),
            _ => accept(fd, b as _, c as _).into(),
        }
    }
}

/// # Safety
/// As [`call`].
unsafe fn of_time(number: c_long, of: &[usize; 6]) -> c_long {
    let [a, b, c, d, e, f] = *of;
    // SAFETY: the caller's word.
    unsafe {
        match number {
            SYS_ppoll => poll_masked(a as _, b as _, c as _, d as _),
            SYS_pselect6 => {
                let sized = (f as *const [usize; 2]).as_ref();
                let mask = (sized.map_or(0, |sized| sized[0]) as *const u64).as_ref();
                let mask = mask.map(|bits| SignalSet::from_bits(*bits));
                let mask = mask.as_ref().map_or(core::ptr::null(), |set| &raw const set.0);
                pselect(a as _, b as _, c as _, d as _, e as _, mask).into()
            }
            SYS_futex => wait_on(a as _, c as u32, d as _),
            SYS_clock_nanosleep => sleep_until(a as _, b as _, c as _),
            _ => wait_for_signal(a as _, b as _, c as _),
        }
    }
}

const MILLISECOND: u64 = 1_000_000;
const SECOND: u64 = 1_000_000_000;

/// A time in nanoseconds: EINVAL where it is none.
fn nanoseconds(time: &timespec) -> Option<u64> {
    let below = u64::try_from(time.tv_nsec).ok().filter(|below| *below < SECOND)?;
    Some(u64::try_from(time.tv_sec).ok()?.saturating_mul(SECOND).saturating_add(below))
}

/// ppoll(2), which is not there. A signal that comes between the mask and the
/// poll is one of ours, which kicks until the wait has ended; or another's, on
/// which the call would be made again in any case.
unsafe fn poll_masked(
    fds: *mut pollfd,
    count: c_uint,
    limit: *const timespec,
    mask: *const u64,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        let milliseconds = match limit.as_ref().map(nanoseconds) {
            None => -1,
            Some(None) => return fail(libc::EINVAL),
            // Rounded up: never early. Beyond an int, it ends and is made again.
            Some(Some(left)) => {
                i32::try_from(left.div_ceil(MILLISECOND)).unwrap_or(i32::MAX)
            }
        };
        let before =
            mask.as_ref().and_then(|bits| swap_mask(libc::SIG_SETMASK, *bits).ok());
        let result = poll(fds, count, milliseconds);
        if let Some(before) = before {
            let error = last_error();
            let _ = swap_mask(libc::SIG_SETMASK, before);
            set_errno(error);
        }
        match result {
            0 if milliseconds == i32::MAX => fail(libc::EINTR),
            result => result.into(),
        }
    }
}

/// Sleep until a clock shows this time. There is no such call; what is left is
/// slept in parts, since a clock may be set, or the machine may have slept.
unsafe fn sleep_until(which: c_int, flags: c_int, wait: *const timespec) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        let Some(wait) = wait.as_ref() else { return fail(libc::EFAULT) };
        let Some(until) = nanoseconds(wait).filter(|_| flags == TIMER_ABSTIME) else {
            return fail(libc::EINVAL);
        };
        loop {
            let Some(now) = clock(which) else { return fail(libc::EINVAL) };
            if now >= until {
                return 0;
            }
            let part = lasting((until - now).min(SECOND));
            if nanosleep(&part, core::ptr::null_mut()) != 0 {
                return -1;
            }
        }
    }
}

/// sigtimedwait(2), which is not there: what is blocked and was sent is looked
/// for again and again. Who has sent it, and with what, is not to be had; and
/// where two threads wait for the same signal, one may take it from the other,
/// which then waits for the next without a limit.
unsafe fn wait_for_signal(
    wanted: *const sigset_t,
    info: *mut SigInfo,
    limit: *const timespec,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        let until = match limit.as_ref().map(nanoseconds) {
            None => u64::MAX,
            Some(None) => return fail(libc::EINVAL),
            Some(Some(left)) => super::now().saturating_add(left),
        };
        let wanted = SignalSet(*wanted).to_bits();
        loop {
            let mut sent = SignalSet::from_bits(0);
            libc::sigpending(&mut sent.0);
            let found = SignalSet::from_bits(sent.to_bits() & wanted);
            let mut signum = 0;
            if found.to_bits() != 0 && sigwait(&found.0, &mut signum) == 0 {
                if let Some(info) = info.as_mut() {
                    info.si_signo = signum;
                }
                return signum.into();
            }
            let left = until.saturating_sub(super::now());
            if left == 0 {
                return fail(libc::EAGAIN);
            }
            let part = lasting(left.min(5 * MILLISECOND));
            if nanosleep(&part, core::ptr::null_mut()) != 0 {
                return -1;
            }
        }
    }
}

/// getrandom(2): as many bytes as are to be had at once, and never a wait.
unsafe fn random(buffer: *mut c_void, size: usize) -> c_long {
    let size = size.min(256);
    // SAFETY: the caller's word.
    match unsafe { libc::getentropy(buffer, size) } {
        0 => size as c_long,
        _ => -1,
    }
}

unsafe fn send_file(to: c_int, from: c_int, offset: *mut i64, size: usize) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        super::bsd::send_file(from, offset, size, |at| {
            let mut sent = size as i64;
            let headers = core::ptr::null_mut();
            let result = libc::sendfile(from, to, at, &mut sent, headers, 0);
            (result.into(), sent)
        })
    }
}

/// An hour: the longest that is asked for at once.
const LONGEST: u64 = 3_600_000_000;

/// Wait until this word differs, or somebody says so, or a time of
/// CLOCK_MONOTONIC has come.
///
/// # Safety
/// `word` and `until` are null, or may be read.
unsafe fn wait_on(word: *mut u32, seen: u32, until: *const timespec) -> c_long {
    // SAFETY: the caller's word; the kernel refuses null.
    unsafe {
        // The kernel does not say that the word differs.
        if !word.is_null() && AtomicU32::from_ptr(word).load(Acquire) != seen {
            return fail(libc::EAGAIN);
        }
        let until = until.as_ref().and_then(nanoseconds);
        let left = until.map(|until| until.saturating_sub(super::now()));
        if left == Some(0) {
            return fail(libc::ETIMEDOUT);
        }
        // 0 is without a limit.
        let microseconds = left.map_or(0, |left| left.div_ceil(1000).min(LONGEST)) as u32;
        let operation = COMPARE_AND_WAIT_SHARED | NO_ERRNO;
        match -__ulock_wait(operation, word, seen.into(), microseconds) {
            libc::ETIMEDOUT if until.is_some_and(|until| super::now() < until) => 0,
            error if error > 0 => fail(error),
            _ => 0,
        }
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
    let operation = COMPARE_AND_WAIT_SHARED | WAKE_ALL | NO_ERRNO;
    // SAFETY: the kernel looks at the address only.
    unsafe { __ulock_wake(operation, word.as_ptr(), 0) >= -libc::ENOENT } // nobody waits
}

/// The calling thread as the kernel numbers it: its port.
pub fn thread_number() -> c_int {
    // SAFETY: the calling thread.
    unsafe { libc::pthread_mach_thread_np(libc::pthread_self()) as c_int }
}

/// Send a signal to a thread of this process; it says nothing.
#[inline(always)]
pub fn send_to_thread(thread: c_int, signum: c_int) {
    // SAFETY: no pointers. A thread that has ended is refused.
    unsafe { __pthread_kill(thread as c_uint, signum) };
}

/// Whether this process has sent it, to itself or one of its threads; or may
/// have, where it does not say.
#[inline(always)]
pub fn is_sent_from_here(info: &SigInfo) -> bool {
    // SAFETY: a plain number.
    [0, process_id()].contains(&unsafe { info.si_pid() })
}

/// Name the calling thread, for whoever lists threads.
pub fn name_thread(name: &CStr) {
    // SAFETY: a string that ends in zero.
    unsafe { libc::pthread_setname_np(name.as_ptr()) };
}

/// A pipe, non-blocking and close-on-exec, a moment later than it is open.
pub fn pipe(ends: &mut [c_int; 2]) -> c_int {
    // SAFETY: room for two; numbers of our own.
    unsafe {
        if libc::pipe(ends.as_mut_ptr()) != 0 {
            return -1;
        }
        for fd in *ends {
            libc::fcntl(fd, libc::F_SETFD, libc::FD_CLOEXEC);
            libc::fcntl(fd, libc::F_SETFL, libc::O_NONBLOCK);
        }
        keep_sigpipe_away(ends[1]);
    }
    0
}

/// Have no write to this pipe or socket raise SIGPIPE, whoever writes: the
/// signal would come to any thread of the process, and could not be taken back.
pub fn keep_sigpipe_away(fd: c_int) {
    // SAFETY: no pointers.
    unsafe { libc::fcntl(fd, libc::F_SETNOSIGPIPE, 1) };
}

/// Write one byte to a pipe; never waits, never raises SIGPIPE.
#[inline(always)]
pub fn write_pipe(fd: c_int, byte: u8) -> Result<(), c_int> {
    // SAFETY: one readable byte.
    match unsafe { write(fd, (&raw const byte).cast(), 1) } {
        1 => Ok(()),
        _ => Err(last_error()),
    }
}

/// A siginfo ends in 56 bytes that nothing uses.
pub const MARKS: usize = 7;
pub const MARKS_AT: usize = 48;
const _: () = assert!(size_of::<SigInfo>() == 104);
