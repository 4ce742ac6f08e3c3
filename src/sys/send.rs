//! Sending signals, timers of the process, and calls of the C library that
//! wait by themselves.
#![allow(unsafe_code)] // the boundary to the C library

use core::ffi::{c_int, c_long, c_void};
use core::mem::MaybeUninit;

use super::Errno;
use super::zone::{SavedErrno, last_error};

#[inline(always)]
fn check(result: c_long) -> Result<(), Errno> {
    if result < 0 { Err(last_error()) } else { Ok(()) }
}

/// To the calling thread.
#[inline(always)]
pub fn raise(signum: c_int) -> Result<(), Errno> {
    let _errno = SavedErrno::new();
    // SAFETY: no preconditions. It returns the error as -1 and errno.
    if unsafe { libc::raise(signum) } == 0 { Ok(()) } else { Err(last_error()) }
}

#[inline(always)]
pub fn kill(pid: c_int, signum: c_int) -> Result<(), Errno> {
    let _errno = SavedErrno::new();
    // SAFETY: no preconditions.
    check(unsafe { libc::kill(pid, signum) }.into())
}

/// # Safety
/// `thread` is a pthread_t of this process that was not joined.
#[inline(always)]
pub unsafe fn kill_thread(thread: usize, signum: c_int) -> Result<(), Errno> {
    // SAFETY: the caller's word.
    match unsafe { libc::pthread_kill(thread as libc::pthread_t, signum) } {
        0 => Ok(()),
        error => Err(error),
    }
}

#[cfg(target_os = "macos")]
#[inline(always)]
pub fn queue(_: c_int, _: c_int, _: isize) -> Result<(), Errno> {
    Err(super::ENOTSUP)
}

#[cfg(not(target_os = "macos"))]
#[inline(always)]
pub fn queue(pid: c_int, signum: c_int, value: isize) -> Result<(), Errno> {
    let _errno = SavedErrno::new();
    let value = libc::sigval { sival_ptr: value as *mut c_void };
    // SAFETY: no preconditions.
    check(unsafe { libc::sigqueue(pid, signum, value) }.into())
}

#[cfg(not(target_os = "linux"))]
#[inline(always)]
pub fn pidfd_send(_: c_int, _: c_int) -> Result<(), Errno> {
    Err(super::ENOTSUP)
}

#[cfg(target_os = "linux")]
#[inline(always)]
pub fn pidfd_send(pidfd: c_int, signum: c_int) -> Result<(), Errno> {
    let _errno = SavedErrno::new();
    let plain = core::ptr::null::<c_void>();
    // SAFETY: no siginfo: the kernel makes one, as for kill.
    check(unsafe { libc::syscall(libc::SYS_pidfd_send_signal, pidfd, signum, plain, 0) })
}

/// SIGALRM after so many seconds; those that were left.
pub fn alarm(seconds: u32) -> u32 {
    let _errno = SavedErrno::new();
    // SAFETY: no preconditions.
    unsafe { libc::alarm(seconds) }
}

/// An interval timer of the process, in microseconds: how long until it falls
/// due, and then how often.
#[derive(Clone, Copy)]
pub struct Interval {
    pub value: u64,
    pub every: u64,
}

/// Read it (`None`), or set it: what it was.
pub fn interval_timer(which: c_int, new: Option<Interval>) -> Result<Interval, Errno> {
    let _errno = SavedErrno::new();
    let mut old = MaybeUninit::<libc::itimerval>::zeroed();
    // SAFETY: zeroed is a valid itimerval; the places are valid.
    unsafe {
        match new {
            None => check(libc::getitimer(which, old.as_mut_ptr()).into())?,
            Some(new) => {
                let new = libc::itimerval {
                    it_interval: to_timeval(new.every),
                    it_value: to_timeval(new.value),
                };
                check(libc::setitimer(which, &new, old.as_mut_ptr()).into())?;
            }
        }
        let old = old.assume_init();
        Ok(Interval {
            value: to_microseconds(&old.it_value),
            every: to_microseconds(&old.it_interval),
        })
    }
}

fn to_timeval(microseconds: u64) -> libc::timeval {
    libc::timeval {
        tv_sec: (microseconds / 1_000_000) as _,
        tv_usec: (microseconds % 1_000_000) as _,
    }
}

fn to_microseconds(time: &libc::timeval) -> u64 {
    (time.tv_sec as u64).saturating_mul(1_000_000).saturating_add(time.tv_usec as u64)
}

/// Wait for a semaphore: EINTR where a signal has come in between.
///
/// # Safety
/// `semaphore` is a sem_t.
pub unsafe fn wait_for_semaphore(semaphore: *mut c_void) -> Result<(), Errno> {
    let _errno = SavedErrno::new();
    // SAFETY: the caller's word.
    check(unsafe { libc::sem_wait(semaphore.cast()) }.into())
}
