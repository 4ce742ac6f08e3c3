//! Waits for time, children, memory and messages, each one system call: see
//! `blocking`.

use core::ffi::{c_int, c_long, c_uint, c_void};

use super::blocking::{nanoseconds, plain};
use super::status;
use crate::blocking::{self, Call, FOREVER, deadline, to_timespec};
use crate::context::MAIN;
use crate::sys::{self, rusage, sembuf, timespec};

/// Sleep: `ns` nanoseconds, or SAFEPOINT_FOREVER. 0 when they are over.
///
/// Thread: any · In a signal handler: no · Errors: EINTR
#[unsafe(no_mangle)]
pub extern "C" fn sig_sleep(ns: u64) -> c_int {
    // SAFETY: no pointers of a caller's.
    unsafe { sleep_until(sys::CLOCK_MONOTONIC, sys::zone::now().checked_add(ns)) as c_int }
}

/// Sleep until a clock shows this time; `None` is never.
unsafe fn sleep_until(clock: c_int, time: Option<u64>) -> c_long {
    // Beyond what the clock can show is never, too.
    let forever = i64::MAX as u64;
    let until = to_timespec(time.unwrap_or(forever).min(forever));
    let at = &raw const until as usize;
    // SAFETY: a valid time, absolute, so that it can be asked for again.
    unsafe {
        plain(
            sys::SYS_clock_nanosleep,
            [clock as usize, sys::TIMER_ABSTIME as usize, at, 0, 0, 0],
        )
    }
}

/// Wait until at least one handler or call has run, here: 0. What is pending
/// already counts. While held there is no end to it.
///
/// Thread: owner · In a signal handler: no · Errors: EPERM, EINTR
#[unsafe(no_mangle)]
pub extern "C" fn sig_pause() -> c_int {
    match MAIN.owned() {
        Ok(()) => blocking::pause(&MAIN) as c_int,
        Err(error) => -error,
    }
}

/// nanosleep(2). Where a handler raises, `left` gets the time that is left;
/// it may be NULL.
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_nanosleep(
    wait: *const timespec,
    left: *mut timespec,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe { sig_clock_nanosleep(sys::CLOCK_REALTIME, 0, wait, left) }
}

/// clock_nanosleep(2), but for its result, which is negative where it fails.
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_clock_nanosleep(
    clock: c_int,
    flags: c_int,
    wait: *const timespec,
    left: *mut timespec,
) -> c_long {
    // A time from now on this clock goes by another, which nobody sets.
    let clock = match clock {
        sys::CLOCK_REALTIME if flags == 0 => sys::CLOCK_MONOTONIC,
        clock => clock,
    };
    // SAFETY: the caller's word.
    unsafe {
        let from_now = (flags == 0).then_some(()).and(wait.as_ref()).and_then(nanoseconds);
        let (Some(wait), Some(now)) = (from_now, clock_now(clock)) else {
            // Absolute, or for the kernel to refuse.
            let arguments =
                [clock as usize, flags as usize, wait as usize, left as usize, 0, 0];
            return plain(sys::SYS_clock_nanosleep, arguments);
        };
        let until = now.checked_add(wait);
        let result = sleep_until(clock, until);
        if result == -c_long::from(sys::EINTR) && !left.is_null() {
            let now = clock_now(clock).unwrap_or(0);
            left.write(to_timespec(until.unwrap_or(FOREVER).saturating_sub(now)));
        }
        result
    }
}

/// A clock that a caller names: errno stays as it was.
fn clock_now(clock: c_int) -> Option<u64> {
    let _errno = sys::zone::SavedErrno::new();
    sys::zone::clock(clock)
}

/// waitpid(2). A child is reaped once, whatever arrives.
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_waitpid(
    pid: c_int,
    wait_status: *mut c_int,
    options: c_int,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        plain(
            sys::SYS_wait4,
            [pid as usize, wait_status as usize, options as usize, 0, 0, 0],
        )
    }
}

/// wait4(2).
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_wait4(
    pid: c_int,
    wait_status: *mut c_int,
    options: c_int,
    usage: *mut rusage,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        plain(
            sys::SYS_wait4,
            [pid as usize, wait_status as usize, options as usize, usage as usize, 0, 0],
        )
    }
}

/// waitid(2): `info` is a siginfo_t, or NULL.
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_waitid(
    kind: c_int,
    id: c_uint,
    info: *mut c_void,
    options: c_int,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        plain(
            sys::SYS_waitid,
            [kind as usize, id as usize, info as usize, options as usize, 0, 0],
        )
    }
}

/// Wait until the word no longer is `expected` and somebody says so: futex(2)
/// with FUTEX_WAIT. 0 where it was woken, which may be for no reason. At most
/// `timeout` nanoseconds from now; SAFEPOINT_FOREVER is no limit, 0 only looks.
/// The futex is one that processes can share.
///
/// Thread: any · In a signal handler: no · Errors: EAGAIN the word differs,
/// ETIMEDOUT, EINTR, EINVAL, EFAULT
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_futex_wait(
    word: *const u32,
    expected: u32,
    timeout: u64,
) -> c_long {
    let until = to_timespec(deadline(timeout));
    let until = if timeout == FOREVER { 0 } else { &raw const until as usize };
    let operation = sys::FUTEX_WAIT_BITSET as usize;
    let any = sys::FUTEX_BITSET_MATCH_ANY as u32 as usize;
    let arguments = [word as usize, operation, expected as usize, until, 0, any];
    // SAFETY: the caller's word; the time is absolute.
    unsafe { plain(sys::SYS_futex, arguments) }
}

/// sem_wait(3): `semaphore` is a sem_t. Inside it is the C library's, between
/// sig_blocking_begin() and its end, and is a cancellation point.
///
/// Thread: any · In a signal handler: no · Errors: EINVAL, EINTR, ENOMEM
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_sem_wait(semaphore: *mut c_void) -> c_int {
    if semaphore.is_null() {
        return -sys::EINVAL;
    }
    // SAFETY: the caller's word.
    status(unsafe { blocking::wait_for_semaphore(&MAIN, semaphore) })
}

/// semop(2).
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_semop(
    set: c_int,
    operations: *mut sembuf,
    count: usize,
) -> c_long {
    let arguments = [set as usize, operations as usize, count, 0, 0, 0];
    // SAFETY: the caller's word; no time limit.
    unsafe { blocking::wait(&MAIN, &mut Call::new(sys::SYS_semtimedop, arguments)) }
}

/// msgrcv(2).
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_msgrcv(
    queue: c_int,
    message: *mut c_void,
    size: usize,
    kind: c_long,
    flags: c_int,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        plain(
            sys::SYS_msgrcv,
            [queue as usize, message as usize, size, kind as usize, flags as usize, 0],
        )
    }
}

/// msgsnd(2).
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_msgsnd(
    queue: c_int,
    message: *const c_void,
    size: usize,
    flags: c_int,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        plain(
            sys::SYS_msgsnd,
            [queue as usize, message as usize, size, flags as usize, 0, 0],
        )
    }
}
