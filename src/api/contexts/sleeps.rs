//! Waits for time, children, memory and messages, for any context.

use core::ffi::{c_int, c_long, c_uint, c_void};

use crate::api::blocking::{nanoseconds, plain};
use crate::api::status;
use crate::blocking::{self, FOREVER, deadline, to_timespec};
use crate::context::{Handle, resolve};
use crate::sys::{self, rusage, sembuf, timespec};

/// sig_sleep() for this context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_sleep(context: *mut Handle, ns: u64) -> c_int {
    // SAFETY: no pointers of a caller's.
    unsafe {
        sleep_until(context, sys::CLOCK_MONOTONIC, sys::zone::now().checked_add(ns))
            as c_int
    }
}

/// sig_pause() for this context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_pause(context: *mut Handle) -> c_int {
    match resolve(context).and_then(|context| context.owned().map(|()| context)) {
        Ok(context) => blocking::pause(context) as c_int,
        Err(error) => -error,
    }
}

/// sig_nanosleep() for this context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_nanosleep(
    context: *mut Handle,
    wait: *const timespec,
    left: *mut timespec,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe { sig_context_clock_nanosleep(context, sys::CLOCK_REALTIME, 0, wait, left) }
}

/// sig_clock_nanosleep() for this context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_clock_nanosleep(
    context: *mut Handle,
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
            return plain(context, sys::SYS_clock_nanosleep, arguments);
        };
        let until = now.checked_add(wait);
        let result = sleep_until(context, clock, until);
        if result == -c_long::from(sys::EINTR) && !left.is_null() {
            let now = clock_now(clock).unwrap_or(0);
            left.write(to_timespec(until.unwrap_or(FOREVER).saturating_sub(now)));
        }
        result
    }
}

/// sig_waitpid() for this context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_waitpid(
    context: *mut Handle,
    pid: c_int,
    wait_status: *mut c_int,
    options: c_int,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        plain(
            context,
            sys::SYS_wait4,
            [pid as usize, wait_status as usize, options as usize, 0, 0, 0],
        )
    }
}

/// sig_wait4() for this context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_wait4(
    context: *mut Handle,
    pid: c_int,
    wait_status: *mut c_int,
    options: c_int,
    usage: *mut rusage,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        plain(
            context,
            sys::SYS_wait4,
            [pid as usize, wait_status as usize, options as usize, usage as usize, 0, 0],
        )
    }
}

/// sig_waitid() for this context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_waitid(
    context: *mut Handle,
    kind: c_int,
    id: c_uint,
    info: *mut c_void,
    options: c_int,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        plain(
            context,
            sys::SYS_waitid,
            [kind as usize, id as usize, info as usize, options as usize, 0, 0],
        )
    }
}

/// sig_futex_wait() for this context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_futex_wait(
    context: *mut Handle,
    word: *const u32,
    expected: u32,
    timeout: u64,
) -> c_long {
    if !sys::IS_POSIX {
        return -c_long::from(sys::ENOTSUP);
    }
    let until = to_timespec(deadline(timeout));
    let until = if timeout == FOREVER { 0 } else { &raw const until as usize };
    let operation = sys::FUTEX_WAIT_BITSET as usize;
    let any = sys::FUTEX_BITSET_MATCH_ANY as u32 as usize;
    let arguments = [word as usize, operation, expected as usize, until, 0, any];
    // SAFETY: the caller's word; the time is absolute.
    unsafe { plain(context, sys::SYS_futex, arguments) }
}

/// sig_sem_wait() for this context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_sem_wait(
    context: *mut Handle,
    semaphore: *mut c_void,
) -> c_int {
    if semaphore.is_null() {
        return -sys::EINVAL;
    }
    // SAFETY: the caller's word.
    status(
        resolve(context).and_then(|context| unsafe {
            blocking::wait_for_semaphore(context, semaphore)
        }),
    )
}

/// sig_semop() for this context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_semop(
    context: *mut Handle,
    set: c_int,
    operations: *mut sembuf,
    count: usize,
) -> c_long {
    let arguments = [set as usize, operations as usize, count, 0, 0, 0];
    // SAFETY: the caller's word; no time limit.
    unsafe { plain(context, sys::SYS_semtimedop, arguments) }
}

/// sig_msgrcv() for this context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_msgrcv(
    context: *mut Handle,
    queue: c_int,
    message: *mut c_void,
    size: usize,
    kind: c_long,
    flags: c_int,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        plain(
            context,
            sys::SYS_msgrcv,
            [queue as usize, message as usize, size, kind as usize, flags as usize, 0],
        )
    }
}

/// sig_msgsnd() for this context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_msgsnd(
    context: *mut Handle,
    queue: c_int,
    message: *const c_void,
    size: usize,
    flags: c_int,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        plain(
            context,
            sys::SYS_msgsnd,
            [queue as usize, message as usize, size, flags as usize, 0, 0],
        )
    }
}

/// Sleep until a clock shows this time; `None` is never.
unsafe fn sleep_until(context: *mut Handle, clock: c_int, time: Option<u64>) -> c_long {
    // Beyond what the clock can show is never, too.
    let forever = i64::MAX as u64;
    let until = to_timespec(time.unwrap_or(forever).min(forever));
    let at = &raw const until as usize;
    // SAFETY: a valid time, absolute, so that it can be asked for again.
    unsafe {
        plain(
            context,
            sys::SYS_clock_nanosleep,
            [clock as usize, sys::TIMER_ABSTIME as usize, at, 0, 0, 0],
        )
    }
}

/// A clock that a caller names: errno stays as it was.
fn clock_now(clock: c_int) -> Option<u64> {
    let _errno = sys::zone::SavedErrno::new();
    sys::zone::clock(clock)
}
