//! Waits for time, children, memory and messages, each one system call: see
//! `blocking`.

use core::ffi::{c_int, c_long, c_uint, c_void};

use super::contexts::sleeps as contexts;
use super::main;
use crate::sys::{rusage, sembuf, timespec};

/// Sleep: `ns` nanoseconds, or SAFEPOINT_FOREVER. 0 when they are over.
///
/// Thread: any · In a signal handler: no · Errors: EINTR
#[unsafe(no_mangle)]
pub extern "C" fn sig_sleep(ns: u64) -> c_int {
    // SAFETY: no pointers of a caller's.
    unsafe { contexts::sig_context_sleep(main(), ns) }
}

/// Wait until at least one handler or call has run, here: 0. What is pending
/// already counts. While held there is no end to it.
///
/// Thread: owner · In a signal handler: no · Errors: EPERM, EINTR
#[unsafe(no_mangle)]
pub extern "C" fn sig_pause() -> c_int {
    // SAFETY: no pointers of a caller's.
    unsafe { contexts::sig_context_pause(main()) }
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
    unsafe { contexts::sig_context_nanosleep(main(), wait, left) }
}

/// clock_nanosleep(2), but for its result, which is negative where it fails.
/// Windows: CLOCK_REALTIME and CLOCK_MONOTONIC as winpthreads numbers them, 0
/// and 1; others are -EINVAL, and so are flags but TIMER_ABSTIME, 1.
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_clock_nanosleep(
    clock: c_int,
    flags: c_int,
    wait: *const timespec,
    left: *mut timespec,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe { contexts::sig_context_clock_nanosleep(main(), clock, flags, wait, left) }
}

/// waitpid(2). A child is reaped once, whatever arrives.
/// Windows: -ENOTSUP.
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_waitpid(
    pid: c_int,
    wait_status: *mut c_int,
    options: c_int,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe { contexts::sig_context_waitpid(main(), pid, wait_status, options) }
}

/// wait4(2).
/// Windows: -ENOTSUP.
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
    unsafe { contexts::sig_context_wait4(main(), pid, wait_status, options, usage) }
}

/// waitid(2): `info` is a siginfo_t, or NULL.
/// Windows: -ENOTSUP.
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
    unsafe { contexts::sig_context_waitid(main(), kind, id, info, options) }
}

/// Wait until the word no longer is `expected` and somebody says so: futex(2)
/// with FUTEX_WAIT. 0 where it was woken, which may be for no reason. At most
/// `timeout` nanoseconds from now; SAFEPOINT_FOREVER is no limit, 0 only looks.
/// The futex is one that processes can share.
/// Windows: -ENOTSUP.
///
/// Thread: any · In a signal handler: no · Errors: EAGAIN the word differs,
/// ETIMEDOUT, EINTR, EINVAL, EFAULT
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_futex_wait(
    word: *const u32,
    expected: u32,
    timeout: u64,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe { contexts::sig_context_futex_wait(main(), word, expected, timeout) }
}

/// sem_wait(3): `semaphore` is a sem_t. Inside it is the C library's, between
/// sig_blocking_begin() and its end, and is a cancellation point.
/// Windows: -ENOTSUP.
/// macOS: one of sem_open(3).
///
/// Thread: any · In a signal handler: no · Errors: EINVAL, EINTR, ENOMEM
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_sem_wait(semaphore: *mut c_void) -> c_int {
    // SAFETY: the caller's word.
    unsafe { contexts::sig_context_sem_wait(main(), semaphore) }
}

/// semop(2).
/// Windows: -ENOTSUP.
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_semop(
    set: c_int,
    operations: *mut sembuf,
    count: usize,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe { contexts::sig_context_semop(main(), set, operations, count) }
}

/// msgrcv(2).
/// Windows: -ENOTSUP.
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
    unsafe { contexts::sig_context_msgrcv(main(), queue, message, size, kind, flags) }
}

/// msgsnd(2).
/// Windows: -ENOTSUP.
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
    unsafe { contexts::sig_context_msgsnd(main(), queue, message, size, flags) }
}
