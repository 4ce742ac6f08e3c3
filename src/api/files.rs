//! Waits on files and sockets, each one system call: see `blocking`.

use core::ffi::{c_char, c_int, c_long, c_uint, c_void};

use super::blocking::plain;
use crate::sys::{self, flock, iovec};

/// read(2).
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_read(fd: c_int, buffer: *mut c_void, size: usize) -> c_long {
    // SAFETY: the caller's word.
    unsafe { plain(sys::SYS_read, [fd as usize, buffer as usize, size, 0, 0, 0]) }
}

/// write(2): what was written, which may be less.
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_write(
    fd: c_int,
    buffer: *const c_void,
    size: usize,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe { plain(sys::SYS_write, [fd as usize, buffer as usize, size, 0, 0, 0]) }
}

/// readv(2).
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_readv(
    fd: c_int,
    vector: *const iovec,
    count: c_int,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        plain(sys::SYS_readv, [fd as usize, vector as usize, count as usize, 0, 0, 0])
    }
}

/// writev(2).
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_writev(
    fd: c_int,
    vector: *const iovec,
    count: c_int,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        plain(sys::SYS_writev, [fd as usize, vector as usize, count as usize, 0, 0, 0])
    }
}

/// pread(2).
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_pread(
    fd: c_int,
    buffer: *mut c_void,
    size: usize,
    offset: i64,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        plain(sys::SYS_pread64, [fd as usize, buffer as usize, size, offset as usize, 0, 0])
    }
}

/// pwrite(2).
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_pwrite(
    fd: c_int,
    buffer: *const c_void,
    size: usize,
    offset: i64,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        plain(
            sys::SYS_pwrite64,
            [fd as usize, buffer as usize, size, offset as usize, 0, 0],
        )
    }
}

/// open(2), of a FIFO say: the descriptor. `mode` counts with O_CREAT only.
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_open(
    path: *const c_char,
    flags: c_int,
    mode: c_uint,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        plain(
            sys::SYS_openat,
            [sys::AT_FDCWD as usize, path as usize, flags as usize, mode as usize, 0, 0],
        )
    }
}

/// openat(2).
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_openat(
    folder: c_int,
    path: *const c_char,
    flags: c_int,
    mode: c_uint,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        plain(
            sys::SYS_openat,
            [folder as usize, path as usize, flags as usize, mode as usize, 0, 0],
        )
    }
}

/// flock(2).
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_flock(fd: c_int, operation: c_int) -> c_long {
    // SAFETY: the caller's word.
    unsafe { plain(sys::SYS_flock, [fd as usize, operation as usize, 0, 0, 0, 0]) }
}

/// fcntl(2) with a command that takes a struct flock: F_SETLKW, F_OFD_SETLKW.
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_fcntl_lock(
    fd: c_int,
    command: c_int,
    lock: *mut flock,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        plain(sys::SYS_fcntl, [fd as usize, command as usize, lock as usize, 0, 0, 0])
    }
}

/// sendfile(2). The offset is moved only by what was sent.
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_sendfile(
    to: c_int,
    from: c_int,
    offset: *mut i64,
    size: usize,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        plain(sys::SYS_sendfile, [to as usize, from as usize, offset as usize, size, 0, 0])
    }
}

/// splice(2).
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_splice(
    from: c_int,
    from_offset: *mut i64,
    to: c_int,
    to_offset: *mut i64,
    size: usize,
    flags: c_uint,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        plain(
            sys::SYS_splice,
            [
                from as usize,
                from_offset as usize,
                to as usize,
                to_offset as usize,
                size,
                flags as usize,
            ],
        )
    }
}

/// copy_file_range(2).
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_copy_file_range(
    from: c_int,
    from_offset: *mut i64,
    to: c_int,
    to_offset: *mut i64,
    size: usize,
    flags: c_uint,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        plain(
            sys::SYS_copy_file_range,
            [
                from as usize,
                from_offset as usize,
                to as usize,
                to_offset as usize,
                size,
                flags as usize,
            ],
        )
    }
}

/// getrandom(2).
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_getrandom(
    buffer: *mut c_void,
    size: usize,
    flags: c_uint,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe { plain(sys::SYS_getrandom, [buffer as usize, size, flags as usize, 0, 0, 0]) }
}
