//! Waits on files and sockets, each one system call: see `blocking`.

use core::ffi::{c_char, c_int, c_long, c_uint, c_void};

use super::contexts::files as contexts;
use super::main;
use crate::sys::{flock, iovec};

/// read(2).
/// Windows: -ENOTSUP.
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_read(fd: c_int, buffer: *mut c_void, size: usize) -> c_long {
    // SAFETY: the caller's word.
    unsafe { contexts::sig_context_read(main(), fd, buffer, size) }
}

/// write(2): what was written, which may be less.
/// Windows: -ENOTSUP.
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_write(
    fd: c_int,
    buffer: *const c_void,
    size: usize,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe { contexts::sig_context_write(main(), fd, buffer, size) }
}

/// readv(2).
/// Windows: -ENOTSUP.
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_readv(
    fd: c_int,
    vector: *const iovec,
    count: c_int,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe { contexts::sig_context_readv(main(), fd, vector, count) }
}

/// writev(2).
/// Windows: -ENOTSUP.
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_writev(
    fd: c_int,
    vector: *const iovec,
    count: c_int,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe { contexts::sig_context_writev(main(), fd, vector, count) }
}

/// pread(2).
/// Windows: -ENOTSUP.
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
    unsafe { contexts::sig_context_pread(main(), fd, buffer, size, offset) }
}

/// pwrite(2).
/// Windows: -ENOTSUP.
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
    unsafe { contexts::sig_context_pwrite(main(), fd, buffer, size, offset) }
}

/// open(2), of a FIFO say: the descriptor. `mode` counts with O_CREAT only.
/// Windows: -ENOTSUP.
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_open(
    path: *const c_char,
    flags: c_int,
    mode: c_uint,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe { contexts::sig_context_open(main(), path, flags, mode) }
}

/// openat(2).
/// Windows: -ENOTSUP.
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
    unsafe { contexts::sig_context_openat(main(), folder, path, flags, mode) }
}

/// flock(2).
/// Windows: -ENOTSUP.
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_flock(fd: c_int, operation: c_int) -> c_long {
    // SAFETY: the caller's word.
    unsafe { contexts::sig_context_flock(main(), fd, operation) }
}

/// fcntl(2) with a command that takes a struct flock: F_SETLKW, F_OFD_SETLKW.
/// On 32-bit processors the second takes one of _FILE_OFFSET_BITS=64.
/// Windows: -ENOTSUP.
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_fcntl_lock(
    fd: c_int,
    command: c_int,
    lock: *mut flock,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe { contexts::sig_context_fcntl_lock(main(), fd, command, lock) }
}

/// sendfile(2). The offset is moved only by what was sent.
/// Windows: -ENOTSUP.
/// macOS, FreeBSD: to a socket only.
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
    unsafe { contexts::sig_context_sendfile(main(), to, from, offset, size) }
}

/// splice(2).
/// Windows: -ENOTSUP.
/// macOS, FreeBSD: -ENOTSUP.
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
        contexts::sig_context_splice(main(), from, from_offset, to, to_offset, size, flags)
    }
}

/// copy_file_range(2).
/// Windows: -ENOTSUP.
/// macOS: -ENOTSUP.
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
        contexts::sig_context_copy_file_range(
            main(),
            from,
            from_offset,
            to,
            to_offset,
            size,
            flags,
        )
    }
}

/// getrandom(2).
/// Windows: -ENOTSUP.
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_getrandom(
    buffer: *mut c_void,
    size: usize,
    flags: c_uint,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe { contexts::sig_context_getrandom(main(), buffer, size, flags) }
}
