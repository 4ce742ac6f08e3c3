//! System calls that wait: their numbers, and the C types that they take.

pub use libc::{
    SYS_accept4, SYS_clock_nanosleep, SYS_connect, SYS_copy_file_range, SYS_epoll_pwait,
    SYS_fcntl, SYS_flock, SYS_futex, SYS_getrandom, SYS_msgrcv, SYS_msgsnd, SYS_openat,
    SYS_ppoll, SYS_pread64, SYS_pselect6, SYS_pwrite64, SYS_read, SYS_readv, SYS_recvfrom,
    SYS_recvmsg, SYS_rt_sigtimedwait, SYS_semtimedop, SYS_sendfile, SYS_sendmsg,
    SYS_sendto, SYS_splice, SYS_wait4, SYS_waitid, SYS_write, SYS_writev,
};

pub use libc::{AT_FDCWD, CLOCK_MONOTONIC, CLOCK_REALTIME, TIMER_ABSTIME};
pub use libc::{FUTEX_BITSET_MATCH_ANY, FUTEX_WAIT_BITSET};

pub use libc::{
    epoll_event, flock, iovec, msghdr, pollfd, rusage, sembuf, sockaddr, timespec, timeval,
};
