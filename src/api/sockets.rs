//! Waits on sockets, and on many files at a time, each one system call: see `blocking`.

use core::ffi::{c_int, c_long, c_uint, c_ulong, c_void};

use super::blocking::{nanoseconds, plain};
use super::sending::blockable;
use crate::blocking::{self, Call, FOREVER};
use crate::context::MAIN;
use crate::sys::{self, epoll_event, msghdr, pollfd, sockaddr, timespec, timeval};

/// recv(2).
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_recv(
    fd: c_int,
    buffer: *mut c_void,
    size: usize,
    flags: c_int,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        plain(sys::SYS_recvfrom, [fd as usize, buffer as usize, size, flags as usize, 0, 0])
    }
}

/// send(2).
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_send(
    fd: c_int,
    buffer: *const c_void,
    size: usize,
    flags: c_int,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        plain(sys::SYS_sendto, [fd as usize, buffer as usize, size, flags as usize, 0, 0])
    }
}

/// recvfrom(2).
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_recvfrom(
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

/// sendto(2).
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_sendto(
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

/// recvmsg(2).
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_recvmsg(
    fd: c_int,
    message: *mut msghdr,
    flags: c_int,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        plain(sys::SYS_recvmsg, [fd as usize, message as usize, flags as usize, 0, 0, 0])
    }
}

/// sendmsg(2).
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_sendmsg(
    fd: c_int,
    message: *const msghdr,
    flags: c_int,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        plain(sys::SYS_sendmsg, [fd as usize, message as usize, flags as usize, 0, 0, 0])
    }
}

/// accept(2): the new descriptor.
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_accept(
    fd: c_int,
    peer: *mut sockaddr,
    size: *mut c_uint,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe { plain(sys::SYS_accept4, [fd as usize, peer as usize, size as usize, 0, 0, 0]) }
}

/// accept4(2).
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_accept4(
    fd: c_int,
    peer: *mut sockaddr,
    size: *mut c_uint,
    flags: c_int,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        plain(
            sys::SYS_accept4,
            [fd as usize, peer as usize, size as usize, flags as usize, 0, 0],
        )
    }
}

/// connect(2). Where it is interrupted the kernel may go on connecting: the
/// result is what became of that.
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_connect(
    fd: c_int,
    address: *const sockaddr,
    size: c_uint,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe { blocking::connect(&MAIN, fd, address as usize, size as usize) }
}

/// poll(2): `timeout` in milliseconds, -1 for ever.
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_poll(
    fds: *mut pollfd,
    count: c_ulong,
    timeout: c_int,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        let wait = u64::try_from(timeout).map_or(FOREVER, |ms| ms * 1_000_000);
        let arguments = [fds as usize, count as usize, 0, 0, 0, 0];
        blocking::wait(&MAIN, &mut Call::timed(sys::SYS_ppoll, arguments, 2, wait))
    }
}

/// ppoll(2): with this mask while it waits, where that is not NULL. The
/// signal of sig_set_kick() stays unblocked on the owner's thread.
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_ppoll(
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
        timed(sys::SYS_ppoll, arguments, 2, timeout)
    }
}

/// select(2), with fd_sets. `timeout` is left as it is.
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_select(
    count: c_int,
    read: *mut c_void,
    write: *mut c_void,
    except: *mut c_void,
    timeout: *const timeval,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        let timeout = timeout.as_ref().map(|time| timespec {
            tv_sec: time.tv_sec.saturating_add(time.tv_usec / 1_000_000),
            tv_nsec: time.tv_usec % 1_000_000 * 1000,
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
        timed(sys::SYS_pselect6, arguments, 4, timeout)
    }
}

/// pselect(2), with fd_sets and a mask, as sig_ppoll() has one.
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_pselect(
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
        timed(sys::SYS_pselect6, arguments, 4, timeout)
    }
}

/// epoll_wait(2): `timeout` in milliseconds, -1 for ever.
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_epoll_wait(
    fd: c_int,
    events: *mut epoll_event,
    count: c_int,
    timeout: c_int,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        let arguments =
            [fd as usize, events as usize, count as usize, timeout as usize, 0, 8];
        blocking::wait(
            &MAIN,
            &mut Call::timed_in_ms(sys::SYS_epoll_pwait, arguments, 3, timeout),
        )
    }
}

/// Where it lies; 0 is nothing.
fn address<T>(value: &Option<T>) -> usize {
    value.as_ref().map_or(0, |value| &raw const *value as usize)
}

/// A call with a limit that its caller has put into a timespec. One that is
/// no time is for the kernel to refuse.
unsafe fn timed(
    number: c_long,
    arguments: [usize; 6],
    at: usize,
    limit: *const timespec,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        let wait = limit.as_ref().and_then(nanoseconds);
        let mut call = match wait {
            Some(wait) => Call::timed(number, arguments, at, wait),
            None => Call::new(number, arguments),
        };
        blocking::wait(&MAIN, &mut call)
    }
}
