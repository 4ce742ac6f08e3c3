//! System calls that wait: their numbers, and the C types that they take.

pub use libc::{
    SYS_accept4, SYS_clock_nanosleep, SYS_connect, SYS_copy_file_range, SYS_epoll_pwait,
    SYS_flock, SYS_futex, SYS_getrandom, SYS_openat, SYS_ppoll, SYS_pread64, SYS_pselect6,
    SYS_pwrite64, SYS_read, SYS_readv, SYS_recvfrom, SYS_recvmsg, SYS_rt_sigtimedwait,
    SYS_sendmsg, SYS_sendto, SYS_splice, SYS_wait4, SYS_waitid, SYS_write, SYS_writev,
};
#[cfg(target_pointer_width = "64")]
pub use libc::{SYS_fcntl, SYS_sendfile};
// Those that know files of more than 2 GiB.
#[cfg(target_pointer_width = "32")]
pub use libc::{SYS_fcntl64 as SYS_fcntl, SYS_sendfile64 as SYS_sendfile};
#[cfg(not(target_arch = "x86"))]
pub use libc::{SYS_msgrcv, SYS_msgsnd, SYS_semtimedop};

/// Linux 5.1: ipc(2) was all of them before. libc 0.2 does not have them, and
/// this semtimedop takes a time of 64 bits.
#[cfg(target_arch = "x86")]
#[allow(non_upper_case_globals)] // the kernel's names, as libc has the others
mod since_5_1 {
    use core::ffi::c_long;

    pub const SYS_msgsnd: c_long = 400;
    pub const SYS_msgrcv: c_long = 401;
    pub const SYS_semtimedop: c_long = 420;
}
#[cfg(target_arch = "x86")]
pub use since_5_1::*;

/// The arguments of pread64 and pwrite64. See syscall(2): 32-bit processors
/// take the offset in two, and ARM in a pair that begins with an even one.
pub const fn at_offset(fd: usize, buffer: usize, size: usize, offset: i64) -> [usize; 6] {
    #[cfg(target_pointer_width = "64")]
    return [fd, buffer, size, offset as usize, 0, 0];
    #[cfg(target_arch = "x86")]
    return [fd, buffer, size, offset as usize, (offset >> 32) as usize, 0];
    #[cfg(all(target_pointer_width = "32", not(target_arch = "x86")))]
    return [fd, buffer, size, 0, offset as usize, (offset >> 32) as usize];
}

/// A number that a caller names.
pub fn by_number(number: core::ffi::c_long) -> core::ffi::c_long {
    number
}

pub use libc::{AT_FDCWD, CLOCK_MONOTONIC, CLOCK_REALTIME, TIMER_ABSTIME};
pub use libc::{FUTEX_BITSET_MATCH_ANY, FUTEX_WAIT_BITSET};

pub use libc::{
    epoll_event, flock, iovec, msghdr, pollfd, rusage, sembuf, sockaddr, timespec, timeval,
};
