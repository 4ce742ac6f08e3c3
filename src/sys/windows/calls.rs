//! The calls that wait, by the names that they have on Unix: most are not
//! there. And the types of C's that they take.
#![allow(non_upper_case_globals, non_camel_case_types)] // C's names

use core::ffi::{c_int, c_long};

use super::super::zone::{ABSOLUTE, POLL, SIGNALS, SLEEP, WORD};

pub use windows_sys::Win32::Networking::WinSock::WSAPOLLFD as pollfd;

/// What is not there.
const NOTHING: c_long = 0;

/// Whether there is a call of this number.
pub fn is_there(number: c_long) -> bool {
    number != NOTHING
}

/// What a caller calls by its number: nothing.
pub fn by_number(_: c_long) -> c_long {
    NOTHING
}

macro_rules! not_there {
    ($($name:ident)*) => { $(pub const $name: c_long = NOTHING;)* };
}

not_there! {
    SYS_accept4 SYS_connect SYS_copy_file_range SYS_epoll_pwait SYS_fcntl SYS_flock
    SYS_getrandom SYS_msgrcv SYS_msgsnd SYS_openat SYS_pread64 SYS_pselect6 SYS_pwrite64
    SYS_read SYS_readv SYS_recvfrom SYS_recvmsg SYS_semtimedop SYS_sendfile SYS_sendmsg
    SYS_sendto SYS_splice SYS_wait4 SYS_waitid SYS_write SYS_writev
}
pub const SYS_clock_nanosleep: c_long = SLEEP;
pub const SYS_futex: c_long = WORD;
pub const SYS_ppoll: c_long = POLL;
pub const SYS_rt_sigtimedwait: c_long = SIGNALS;

pub const AT_FDCWD: c_int = 0;
pub const TIMER_ABSTIME: c_int = ABSOLUTE;
/// The place of what a wait for a word expects, in its arguments.
pub const FUTEX_WAIT_BITSET: c_int = 0;
pub const FUTEX_BITSET_MATCH_ANY: c_int = 0;

pub const fn at_offset(_: usize, _: usize, _: usize, _: i64) -> [usize; 6] {
    [0; 6]
}

#[derive(Clone, Copy)]
#[repr(C)]
pub struct timeval {
    pub tv_sec: c_long,
    pub tv_usec: c_long,
}

macro_rules! opaque {
    ($($name:ident)*) => { $(#[repr(C)] pub struct $name { _none: [u8; 0] })* };
}

opaque! { epoll_event flock iovec msghdr rusage sembuf sockaddr }
