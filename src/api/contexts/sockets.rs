//! Waits on sockets, and on many files at a time, for any context.

use core::ffi::{c_int, c_long, c_uint, c_ulong, c_void};

use crate::api::blocking::{nanoseconds, plain, wait};
use crate::api::sending::blockable;
use crate::blocking::{self, Call, FOREVER};
use crate::context::{Handle, resolve};
use crate::sys::{self, epoll_event, msghdr, pollfd, sockaddr, timespec, timeval};

/// sig_recv() for this context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_recv(
    context: *mut Handle,
    fd: c_int,
    buffer: *mut c_void,
    size: usize,
    flags: c_int,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        plain(
            context,
            sys::SYS_recvfrom,
            [fd as usize, buffer as usize, size, flags as usize, 0, 0],
        )
    }
}

/// sig_send() for this context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_send(
    context: *mut Handle,
    fd: c_int,
    buffer: *const c_void,
    size: usize,
    flags: c_int,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        plain(
            context,
            sys::SYS_sendto,
            [fd as usize, buffer as usize, size, flags as usize, 0, 0],
        )
    }
}

/// sig_recvfrom() for this context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_recvfrom(
    context: *mut Handle,
    fd: c_int,
    buffer: *mut c_void,
    size: usize,
    flags: c_int,
    address: *mut sockaddr,
    length: *mut c_uint,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        plain(
            context,
            sys::SYS_recvfrom,
            [
                fd as usize,
                buffer as usize,
                size,
                flags as usize,
                address as usize,
                length as usize,
            ],
        )
    }
}

/// sig_sendto() for this context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_sendto(
    context: *mut Handle,
    fd: c_int,
    buffer: *const c_void,
    size: usize,
    flags: c_int,
    address: *const sockaddr,
    length: c_uint,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        plain(
            context,
            sys::SYS_sendto,
            [
                fd as usize,
                buffer as usize,
                size,
                flags as usize,
                address as usize,
                length as usize,
            ],
        )
    }
}

/// sig_recvmsg() for this context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_recvmsg(
    context: *mut Handle,
    fd: c_int,
    message: *mut msghdr,
    flags: c_int,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        plain(
            context,
            sys::SYS_recvmsg,
            [fd as usize, message as usize, flags as usize, 0, 0, 0],
        )
    }
}

/// sig_sendmsg() for this context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_sendmsg(
    context: *mut Handle,
    fd: c_int,
    message: *const msghdr,
    flags: c_int,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        plain(
            context,
            sys::SYS_sendmsg,
            [fd as usize, message as usize, flags as usize, 0, 0, 0],
        )
    }
}

/// sig_accept() for this context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_accept(
    context: *mut Handle,
    fd: c_int,
    peer: *mut sockaddr,
    size: *mut c_uint,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        plain(
            context,
            sys::SYS_accept4,
            [fd as usize, peer as usize, size as usize, 0, 0, 0],
        )
    }
}

/// sig_accept4() for this context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_accept4(
    context: *mut Handle,
    fd: c_int,
    peer: *mut sockaddr,
    size: *mut c_uint,
    flags: c_int,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        plain(
            context,
            sys::SYS_accept4,
            [fd as usize, peer as usize, size as usize, flags as usize, 0, 0],
        )
    }
}

/// sig_connect() for this context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_connect(
    context: *mut Handle,
    fd: c_int,
    address: *const sockaddr,
    size: c_uint,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        match resolve(context) {
            Ok(context) => blocking::connect(context, fd, address as usize, size as usize),
            Err(error) => -c_long::from(error),
        }
    }
}

/// sig_poll() for this context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_poll(
    context: *mut Handle,
    fds: *mut pollfd,
    count: c_ulong,
    timeout: c_int,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        let limit = u64::try_from(timeout).map_or(FOREVER, |ms| ms * 1_000_000);
        let arguments = [fds as usize, count as usize, 0, 0, 0, 0];
        wait(context, &mut Call::timed(sys::SYS_ppoll, arguments, 2, limit))
    }
}

/// sig_ppoll() for this context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_ppoll(
    context: *mut Handle,
    fds: *mut pollfd,
    count: c_ulong,
    timeout: *const timespec,
    mask: *const u64,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        let mask = mask.as_ref().map(|mask| blockable(*mask));
        let arguments =
            [fds as usize, count as usize, timeout as usize, address(&mask), 8, 0];
        timed(context, sys::SYS_ppoll, arguments, 2, timeout)
    }
}

/// sig_select() for this context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_select(
    context: *mut Handle,
    count: c_int,
    read: *mut c_void,
    write: *mut c_void,
    except: *mut c_void,
    timeout: *const timeval,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        let timeout = timeout.as_ref().map(|time| timespec {
            tv_sec: time.tv_sec.saturating_add((time.tv_usec / 1_000_000) as _) as _,
            tv_nsec: (time.tv_usec % 1_000_000 * 1000) as _,
        });
        let timeout = address(&timeout) as *const timespec;
        let arguments = [
            count as usize,
            read as usize,
            write as usize,
            except as usize,
            timeout as usize,
            0,
        ];
        timed(context, sys::SYS_pselect6, arguments, 4, timeout)
    }
}

/// sig_pselect() for this context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_pselect(
    context: *mut Handle,
    count: c_int,
    read: *mut c_void,
    write: *mut c_void,
    except: *mut c_void,
    timeout: *const timespec,
    mask: *const u64,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        let mask = mask.as_ref().map(|mask| blockable(*mask));
        let sized = [address(&mask), 8];
        let arguments = [
            count as usize,
            read as usize,
            write as usize,
            except as usize,
            timeout as usize,
            &raw const sized as usize,
        ];
        timed(context, sys::SYS_pselect6, arguments, 4, timeout)
    }
}

/// sig_epoll_wait() for this context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_context_epoll_wait(
    context: *mut Handle,
    fd: c_int,
    events: *mut epoll_event,
    count: c_int,
    timeout: c_int,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        let arguments =
            [fd as usize, events as usize, count as usize, timeout as usize, 0, 8];
        wait(context, &mut Call::timed_in_ms(sys::SYS_epoll_pwait, arguments, 3, timeout))
    }
}

/// Where it lies; 0 is nothing.
fn address<T>(value: &Option<T>) -> usize {
    value.as_ref().map_or(0, |value| &raw const *value as usize)
}

/// A call with a limit that its caller has put into a timespec. One that is
/// no time is for the kernel to refuse.
unsafe fn timed(
    context: *mut Handle,
    number: c_long,
    arguments: [usize; 6],
    at: usize,
    limit: *const timespec,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        let mut call = match limit.as_ref().and_then(nanoseconds) {
            Some(limit) => Call::timed(number, arguments, at, limit),
            None => Call::new(number, arguments),
        };
        wait(context, &mut call)
    }
}
