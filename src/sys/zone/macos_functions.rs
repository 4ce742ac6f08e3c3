//! The functions of macOS's C library that `system` calls and libc does not
//! have: by the names of those that are no cancellation points.
#![allow(unsafe_code)] // declarations of C functions

use core::ffi::{c_char, c_int, c_long, c_uint, c_void};

use libc::{iovec, msghdr, pollfd, sigset_t, sockaddr, socklen_t, timespec};

use super::SigInfo;

// How __ulock_wait() and __ulock_wake() are told what to do.
pub const COMPARE_AND_WAIT_SHARED: u32 = 3;
pub const WAKE_ALL: u32 = 0x100;
pub const NO_ERRNO: u32 = 0x0100_0000;

unsafe extern "C" {
    #[link_name = "read$NOCANCEL"]
    pub fn read(fd: c_int, buffer: *mut c_void, size: usize) -> isize;
    #[link_name = "write$NOCANCEL"]
    pub fn write(fd: c_int, buffer: *const c_void, size: usize) -> isize;
    #[link_name = "readv$NOCANCEL"]
    pub fn readv(fd: c_int, vector: *const iovec, count: c_int) -> isize;
    #[link_name = "writev$NOCANCEL"]
    pub fn writev(fd: c_int, vector: *const iovec, count: c_int) -> isize;
    #[link_name = "pread$NOCANCEL"]
    pub fn pread(fd: c_int, buffer: *mut c_void, size: usize, offset: i64) -> isize;
    #[link_name = "pwrite$NOCANCEL"]
    pub fn pwrite(fd: c_int, buffer: *const c_void, size: usize, offset: i64) -> isize;
    #[link_name = "openat$NOCANCEL"]
    pub fn openat(folder: c_int, path: *const c_char, flags: c_int, ...) -> c_int;
    #[link_name = "fcntl$NOCANCEL"]
    pub fn fcntl(fd: c_int, command: c_int, ...) -> c_int;
    #[link_name = "recvfrom$NOCANCEL"]
    pub fn recvfrom(
        fd: c_int,
        buffer: *mut c_void,
        size: usize,
        flags: c_int,
        address: *mut sockaddr,
        length: *mut socklen_t,
    ) -> isize;
    #[link_name = "sendto$NOCANCEL"]
    pub fn sendto(
        fd: c_int,
        buffer: *const c_void,
        size: usize,
        flags: c_int,
        address: *const sockaddr,
        length: socklen_t,
    ) -> isize;
    #[link_name = "recvmsg$NOCANCEL"]
    pub fn recvmsg(fd: c_int, message: *mut msghdr, flags: c_int) -> isize;
    #[link_name = "sendmsg$NOCANCEL"]
    pub fn sendmsg(fd: c_int, message: *const msghdr, flags: c_int) -> isize;
    #[link_name = "accept$NOCANCEL"]
    pub fn accept(fd: c_int, peer: *mut sockaddr, size: *mut socklen_t) -> c_int;
    #[link_name = "connect$NOCANCEL"]
    pub fn connect_once(fd: c_int, address: *const sockaddr, size: socklen_t) -> c_int;
    #[link_name = "poll$NOCANCEL"]
    pub fn poll(fds: *mut pollfd, count: c_uint, timeout: c_int) -> c_int;
    #[link_name = "pselect$DARWIN_EXTSN$NOCANCEL"]
    pub fn pselect(
        count: c_int,
        read: *mut c_void,
        write: *mut c_void,
        except: *mut c_void,
        timeout: *const timespec,
        mask: *const sigset_t,
    ) -> c_int;
    #[link_name = "nanosleep$NOCANCEL"]
    pub fn nanosleep(wait: *const timespec, left: *mut timespec) -> c_int;
    #[link_name = "sigwait$NOCANCEL"]
    pub fn sigwait(set: *const sigset_t, signum: *mut c_int) -> c_int;
    #[link_name = "waitid$NOCANCEL"]
    pub fn waitid(kind: c_int, id: c_uint, info: *mut SigInfo, options: c_int) -> c_int;
    #[link_name = "msgrcv$NOCANCEL"]
    pub fn msgrcv(
        queue: c_int,
        message: *mut c_void,
        size: usize,
        kind: c_long,
        flags: c_int,
    ) -> isize;
    #[link_name = "msgsnd$NOCANCEL"]
    pub fn msgsnd(queue: c_int, message: *const c_void, size: usize, flags: c_int)
    -> c_int;

    /// pthread_kill(3) takes a lock; this is the system call in it.
    pub fn __pthread_kill(thread: c_uint, signum: c_int) -> c_int;
    /// What C++'s own atomics wait by; os_sync_wait_on_address() is there
    /// since macOS 14.4 only.
    pub fn __ulock_wait(
        operation: u32,
        word: *mut u32,
        seen: u64,
        microseconds: u32,
    ) -> c_int;
    pub fn __ulock_wake(operation: u32, word: *mut u32, value: u64) -> c_int;
}
