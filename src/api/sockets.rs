//! Waits on sockets, and on many files at a time, each one system call: see `blocking`.

use core::ffi::{c_int, c_long, c_uint, c_ulong, c_void};

use super::contexts::sockets as contexts;
use super::main;
use crate::sys::{epoll_event, msghdr, pollfd, sockaddr, timespec, timeval};

/// recv(2).
/// Windows: -ENOTSUP.
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
    unsafe { contexts::sig_context_recv(main(), fd, buffer, size, flags) }
}

/// send(2).
/// Windows: -ENOTSUP.
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
    unsafe { contexts::sig_context_send(main(), fd, buffer, size, flags) }
}

/// recvfrom(2).
/// Windows: -ENOTSUP.
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
        contexts::sig_context_recvfrom(main(), fd, buffer, size, flags, address, length)
    }
}

/// sendto(2).
/// Windows: -ENOTSUP.
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
        contexts::sig_context_sendto(main(), fd, buffer, size, flags, address, length)
    }
}

/// recvmsg(2).
/// Windows: -ENOTSUP.
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_recvmsg(
    fd: c_int,
    message: *mut msghdr,
    flags: c_int,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe { contexts::sig_context_recvmsg(main(), fd, message, flags) }
}

/// sendmsg(2).
/// Windows: -ENOTSUP.
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_sendmsg(
    fd: c_int,
    message: *const msghdr,
    flags: c_int,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe { contexts::sig_context_sendmsg(main(), fd, message, flags) }
}

/// accept(2): the new descriptor.
/// Windows: -ENOTSUP.
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_accept(
    fd: c_int,
    peer: *mut sockaddr,
    size: *mut c_uint,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe { contexts::sig_context_accept(main(), fd, peer, size) }
}

/// accept4(2).
/// Windows: -ENOTSUP.
/// macOS: with flags -ENOTSUP.
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
    unsafe { contexts::sig_context_accept4(main(), fd, peer, size, flags) }
}

/// connect(2). Where it is interrupted the kernel may go on connecting: the
/// result is what became of that.
/// Windows: -ENOTSUP.
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_connect(
    fd: c_int,
    address: *const sockaddr,
    size: c_uint,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe { contexts::sig_context_connect(main(), fd, address, size) }
}

/// poll(2): `timeout` in milliseconds, -1 for ever.
/// Windows: sockets only; an error may be winsock's own number, from 10000 on,
/// negative.
///
/// Thread: any · In a signal handler: no · Errors: its own, EINTR
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_poll(
    fds: *mut pollfd,
    count: c_ulong,
    timeout: c_int,
) -> c_long {
    // SAFETY: the caller's word.
    unsafe { contexts::sig_context_poll(main(), fds, count, timeout) }
}

/// ppoll(2): with this mask while it waits, where that is not NULL. The
/// signal of sig_set_kick() stays unblocked on the owner's thread.
/// Windows: as sig_poll(), and a mask is -ENOTSUP.
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
    unsafe { contexts::sig_context_ppoll(main(), fds, count, timeout, mask) }
}

/// select(2), with fd_sets. `timeout` is left as it is.
/// Windows: -ENOTSUP.
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
    unsafe { contexts::sig_context_select(main(), count, read, write, except, timeout) }
}

/// pselect(2), with fd_sets and a mask, as sig_ppoll() has one.
/// Windows: -ENOTSUP.
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
        contexts::sig_context_pselect(main(), count, read, write, except, timeout, mask)
    }
}

/// epoll_wait(2): `timeout` in milliseconds, -1 for ever.
/// Windows: -ENOTSUP.
/// macOS, FreeBSD: -ENOTSUP.
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
    unsafe { contexts::sig_context_epoll_wait(main(), fd, events, count, timeout) }
}
