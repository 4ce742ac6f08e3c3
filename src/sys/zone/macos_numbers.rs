//! Calls by our own numbers, which the kernel's never are: see `bsd`.
#![allow(non_upper_case_globals)] // as Linux calls them

use core::ffi::{c_int, c_long};

pub const SYS_read: c_long = -20;
pub const SYS_write: c_long = -21;
pub const SYS_readv: c_long = -22;
pub const SYS_writev: c_long = -23;
pub const SYS_pread64: c_long = -24;
pub const SYS_pwrite64: c_long = -25;
pub const SYS_openat: c_long = -26;
pub const SYS_flock: c_long = -27;
pub const SYS_fcntl: c_long = -28;
pub const SYS_recvfrom: c_long = -29;
pub const SYS_sendto: c_long = -30;
pub const SYS_recvmsg: c_long = -31;
pub const SYS_sendmsg: c_long = -32;
pub const SYS_accept4: c_long = -33;
pub const SYS_wait4: c_long = -34;
pub const SYS_msgrcv: c_long = -35;
pub const SYS_msgsnd: c_long = -36;
pub const SYS_getrandom: c_long = -37;
pub const SYS_clock_nanosleep: c_long = -38;
pub const SYS_rt_sigtimedwait: c_long = -39;
/// Does not exist.
pub const SYS_copy_file_range: c_long = -12;
/// As Linux's clock_nanosleep has it.
pub const TIMER_ABSTIME: c_int = 1;
