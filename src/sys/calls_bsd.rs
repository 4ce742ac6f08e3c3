//! Calls that wait, by the numbers that `zone::system` knows them by, and the C
//! types that they take.

use core::ffi::{c_int, c_long};

pub use super::zone::system::{
    SYS_accept4, SYS_clock_nanosleep, SYS_connect, SYS_copy_file_range, SYS_epoll_pwait,
    SYS_fcntl, SYS_flock, SYS_futex, SYS_getrandom, SYS_msgrcv, SYS_msgsnd, SYS_openat,
    SYS_ppoll, SYS_pread64, SYS_pselect6, SYS_pwrite64, SYS_read, SYS_readv, SYS_recvfrom,
    SYS_recvmsg, SYS_rt_sigtimedwait, SYS_semtimedop, SYS_sendfile, SYS_sendmsg,
    SYS_sendto, SYS_splice, SYS_wait4, SYS_waitid, SYS_write, SYS_writev,
};

/// The arguments of pread and pwrite.
pub const fn at_offset(fd: usize, buffer: usize, size: usize, offset: i64) -> [usize; 6] {
    [fd, buffer, size, offset as usize, 0, 0]
}

/// A number that a caller names: what is below zero is ours, and for the kernel
/// to refuse.
pub fn by_number(number: c_long) -> c_long {
    if number < 0 { c_int::MAX.into() } else { number }
}

pub const CLOCK_MONOTONIC: c_int = libc::CLOCK_MONOTONIC as c_int;
pub const CLOCK_REALTIME: c_int = libc::CLOCK_REALTIME as c_int;
pub const TIMER_ABSTIME: c_int = 1;
pub use libc::AT_FDCWD;
// A wait for a word takes no operation here.
pub const FUTEX_WAIT_BITSET: c_int = 0;
pub const FUTEX_BITSET_MATCH_ANY: c_int = 0;

/// Linux's alone.
#[allow(non_camel_case_types)] // C's name
pub enum epoll_event {}

pub use libc::{flock, iovec, msghdr, pollfd, rusage, sembuf, sockaddr, timespec, timeval};
