//! What FreeBSD and macOS have in common, and Linux says otherwise.
#![allow(unsafe_code)] // the boundary to the C library
#![allow(non_upper_case_globals)] // the kernel's names

use core::ffi::{c_int, c_long};

use super::{last_error, set_errno};

// Calls of Linux's that have no number here, or another meaning: our own
// numbers, which the kernel's never are.
pub const SYS_ppoll: c_long = -2;
pub const SYS_pselect6: c_long = -3;
pub const SYS_futex: c_long = -4;
pub const SYS_connect: c_long = -5;
pub const SYS_waitid: c_long = -6;
pub const SYS_semtimedop: c_long = -7;
pub const SYS_sendfile: c_long = -8;
// Those that do not exist.
pub const SYS_epoll_pwait: c_long = -10;
pub const SYS_splice: c_long = -11;

/// Whether it is one that does not exist.
pub fn absent(number: c_long) -> bool {
    matches!(number, SYS_epoll_pwait | SYS_splice)
}

/// As a call of the C library's fails.
pub fn fail(error: c_int) -> c_long {
    set_errno(error);
    -1
}

// Linux's own codes are below zero where a process has sent the signal.
/// Sent by kill.
pub const SI_USER: c_int = 0x10001;
/// Sent by sigqueue.
pub const SI_QUEUE: c_int = 0x10002;
/// Sent by a timer of timer_create.
pub const SI_TIMER: c_int = 0x10003;
const SI_ASYNCIO: c_int = 0x10004;
const SI_MESGQ: c_int = 0x10005;
/// Sent to a thread: FreeBSD.
pub const SI_LWP: c_int = 0x10007;

/// Whether it says what the processor, or a child, has done.
#[inline(always)]
pub fn is_of_an_event(code: c_int) -> bool {
    code > 0 && code < SI_USER
}

/// Whether it names a sender.
#[inline(always)]
pub fn has_sender(code: c_int) -> bool {
    matches!(code, 0 | SI_USER | SI_QUEUE | SI_LWP)
}

/// Whether it carries a value.
#[inline(always)]
pub fn has_value(code: c_int) -> bool {
    matches!(code, SI_QUEUE | SI_TIMER | SI_ASYNCIO | SI_MESGQ)
}

/// So many nanoseconds, as the C library has them.
pub fn lasting(nanoseconds: u64) -> libc::timespec {
    libc::timespec {
        tv_sec: (nanoseconds / 1_000_000_000).min(i32::MAX as u64) as _,
        tv_nsec: (nanoseconds % 1_000_000_000) as _,
    }
}

/// connect(2), which after EINTR goes on in the kernel. A second call does not
/// join in, as on Linux, but fails at once: then wait for how it ends, unless
/// the socket is not to wait.
///
/// # Safety
/// `call` connects `fd`.
pub unsafe fn connect(fd: c_int, call: impl FnOnce() -> c_long) -> c_long {
    let result = call();
    let error = last_error();
    if result == 0 || !matches!(error, libc::EALREADY | libc::EISCONN) {
        return result;
    }
    // SAFETY: no pointers.
    if unsafe { libc::fcntl(fd, libc::F_GETFL) } & libc::O_NONBLOCK != 0 {
        return fail(error);
    }
    let mut writable = libc::pollfd { fd, events: libc::POLLOUT, revents: 0 };
    let mut failure: c_int = 0;
    let mut size = size_of::<c_int>() as libc::socklen_t;
    // SAFETY: one pollfd without a time limit; a place for an int.
    unsafe {
        let of = [&raw mut writable as usize, 1, 0, 0, 0, 0];
        if super::system::call(SYS_ppoll, &of) < 0 {
            return -1;
        }
        let place = (&raw mut failure).cast();
        libc::getsockopt(fd, libc::SOL_SOCKET, libc::SO_ERROR, place, &mut size);
    }
    match failure {
        0 if error == libc::EALREADY => 0,
        0 => fail(error), // EISCONN: it is by now, whoever asked for that
        failure => fail(failure),
    }
}

/// sendfile as Linux has it: from where the file stands, where no offset is
/// given; and that, or the file, moves by what was sent. `call` sends from an
/// offset: its result, and how much. It is not made for a size of 0, which is
/// all there is in these calls, and nothing on Linux.
///
/// # Safety
/// `offset` is null or valid.
pub unsafe fn send_file(
    from: c_int,
    offset: *mut i64,
    size: usize,
    call: impl FnOnce(i64) -> (c_long, i64),
) -> c_long {
    // SAFETY: the caller's word.
    unsafe {
        let at = match offset.as_ref() {
            Some(offset) => *offset,
            None => libc::lseek(from, 0, libc::SEEK_CUR),
        };
        if at < 0 {
            return if offset.is_null() { -1 } else { fail(libc::EINVAL) };
        }
        if size == 0 {
            return 0;
        }
        let (result, sent) = call(at);
        if result < 0 && sent == 0 {
            return result;
        }
        match offset.as_mut() {
            Some(offset) => *offset = at + sent,
            None => _ = libc::lseek(from, at + sent, libc::SEEK_SET),
        }
        sent as c_long
    }
}
