//! Waits on files, for any context.

use core::ffi::{c_char, c_int, c_long, c_uint, c_void};

use crate::api::blocking::plain;
use crate::context::Handle;
use crate::sys::{self, flock, iovec};

/// sig_read() for this context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_read(
    context: *mut Handle,
    fd: c_int,
    buffer: *mut c_void,
    size: usize,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe { plain(context, sys::SYS_read, [fd as usize, buffer as usize, size, 0, 0, 0]) }
}

/// sig_write() for this context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_write(
    context: *mut Handle,
    fd: c_int,
    buffer: *const c_void,
    size: usize,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe { plain(context, sys::SYS_write, [fd as usize, buffer as usize, size, 0, 0, 0]) }
}

/// sig_readv() for this context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_readv(
    context: *mut Handle,
    fd: c_int,
    vector: *const iovec,
    count: c_int,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        plain(
            context,
            sys::SYS_readv,
            [fd as usize, vector as usize, count as usize, 0, 0, 0],
        )
    }
}

/// sig_writev() for this context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_writev(
    context: *mut Handle,
    fd: c_int,
    vector: *const iovec,
    count: c_int,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        plain(
            context,
            sys::SYS_writev,
            [fd as usize, vector as usize, count as usize, 0, 0, 0],
        )
    }
}

/// sig_pread() for this context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_pread(
    context: *mut Handle,
    fd: c_int,
    buffer: *mut c_void,
    size: usize,
    offset: i64,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        plain(
            context,
            sys::SYS_pread64,
            sys::at_offset(fd as usize, buffer as usize, size, offset),
        )
    }
}

/// sig_pwrite() for this context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_pwrite(
    context: *mut Handle,
    fd: c_int,
    buffer: *const c_void,
    size: usize,
    offset: i64,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        plain(
            context,
            sys::SYS_pwrite64,
            sys::at_offset(fd as usize, buffer as usize, size, offset),
        )
    }
}

/// sig_open() for this context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_open(
    context: *mut Handle,
    path: *const c_char,
    flags: c_int,
    mode: c_uint,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        plain(
            context,
            sys::SYS_openat,
            [sys::AT_FDCWD as usize, path as usize, flags as usize, mode as usize, 0, 0],
        )
    }
}

/// sig_openat() for this context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_openat(
    context: *mut Handle,
    folder: c_int,
    path: *const c_char,
    flags: c_int,
    mode: c_uint,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        plain(
            context,
            sys::SYS_openat,
            [folder as usize, path as usize, flags as usize, mode as usize, 0, 0],
        )
    }
}

/// sig_flock() for this context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_flock(
    context: *mut Handle,
    fd: c_int,
    operation: c_int,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe { plain(context, sys::SYS_flock, [fd as usize, operation as usize, 0, 0, 0, 0]) }
}

/// sig_fcntl_lock() for this context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_fcntl_lock(
    context: *mut Handle,
    fd: c_int,
    command: c_int,
    lock: *mut flock,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        plain(
            context,
            sys::SYS_fcntl,
            [fd as usize, command as usize, lock as usize, 0, 0, 0],
        )
    }
}

/// sig_sendfile() for this context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_sendfile(
    context: *mut Handle,
    to: c_int,
    from: c_int,
    offset: *mut i64,
    size: usize,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        plain(
            context,
            sys::SYS_sendfile,
            [to as usize, from as usize, offset as usize, size, 0, 0],
        )
    }
}

/// sig_splice() for this context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_splice(
    context: *mut Handle,
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
            context,
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

/// sig_copy_file_range() for this context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_copy_file_range(
    context: *mut Handle,
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
            context,
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

/// sig_getrandom() for this context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_getrandom(
    context: *mut Handle,
    buffer: *mut c_void,
    size: usize,
    flags: c_uint,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        plain(context, sys::SYS_getrandom, [buffer as usize, size, flags as usize, 0, 0, 0])
    }
}
