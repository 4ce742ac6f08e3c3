//! 1 Version, errors
//!
//! The version of the library that is loaded, which may be newer than this
//! header. A higher major number may break programs, a higher minor number
//! only adds.

use core::ffi::{c_char, c_int};

use crate::sys;

const fn decimal(digits: &str) -> u32 {
    let bytes = digits.as_bytes();
    let (mut value, mut i) = (0, 0);
    while i < bytes.len() {
        value = value * 10 + (bytes[i] - b'0') as u32;
        i += 1;
    }
    value
}

const VERSION: u32 = decimal(env!("CARGO_PKG_VERSION_MAJOR")) << 16
    | decimal(env!("CARGO_PKG_VERSION_MINOR")) << 8
    | decimal(env!("CARGO_PKG_VERSION_PATCH"));

/// major << 16 | minor << 8 | patch.
///
/// Thread: any · In a signal handler: yes · Errors: none
#[unsafe(no_mangle)]
pub extern "C" fn sig_version() -> u32 {
    VERSION
}

/// "major.minor.patch".
///
/// Thread: any · In a signal handler: yes · Errors: none
#[unsafe(no_mangle)]
pub extern "C" fn sig_version_string() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

/// What this library means by an error that one of its functions returned,
/// in one sentence; the sign does not matter. Never NULL, never to be freed.
///
/// Thread: any · In a signal handler: yes · Errors: none
#[unsafe(no_mangle)]
pub extern "C" fn sig_strerror(err: c_int) -> *const c_char {
    let sentence = match err.unsigned_abs() as c_int {
        0 => c"Success.",
        sys::EINVAL => {
            c"An argument is not acceptable: no such signal, one that cannot \
              be caught, an unknown flag, NULL, a struct too small, an unfit \
              descriptor, a bad number, or an end without a beginning."
        }
        sys::EPERM => {
            c"Only the thread that owns the context may do this (sig_adopt() \
              makes the caller the owner), or the system does not permit it."
        }
        sys::EAGAIN => {
            c"There is no room: for a call, check, then try again; or too many \
              holds, timers or threads; or the value differs; or it would wait."
        }
        sys::EBUSY => {
            c"Not now: a handler is running, or code between \
              sig_blocking_begin() and its end, or somebody is in the wake-up \
              function, or the signal is in use."
        }
        sys::ESTALE => c"The context was freed; this is a handle of the past.",
        sys::ENOENT => c"There is no such timer: it has run, or was cancelled.",
        sys::EINTR => c"A handler raised and ended the wait; sig_raised() says what.",
        sys::ETIMEDOUT => c"Time was up before it came.",
        sys::ESRCH => c"There is no such process or thread, or it has ended.",
        sys::EEXIST => c"Somebody else's handler already stands there, and was left alone.",
        sys::EBADF => c"The file descriptor is not open.",
        sys::E2BIG => {
            c"The struct is larger than this library knows, and what is beyond \
              is not zero, or it is larger than any struct can be."
        }
        sys::EMFILE => c"This process has no file descriptor left.",
        sys::ENFILE => c"The system has no file descriptor left.",
        sys::EFAULT => c"A pointer leads to no memory of the caller's.",
        sys::ENOTSUP => c"This system has no such thing.",
        sys::ENOSYS => c"This kernel is too old to have it.",
        sys::ENOMEM => c"The system has no memory left.",
        _ => c"The operating system refused; see the C library's strerror().",
    };
    sentence.as_ptr()
}
