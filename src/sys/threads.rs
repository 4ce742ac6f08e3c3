//! Threads: the calling one's number and mask; one of our own.
#![allow(unsafe_code)] // the boundary to the C library

use core::ffi::{CStr, c_int, c_void};
use core::mem::MaybeUninit;
use core::ptr::{null, null_mut};
use core::sync::atomic::AtomicU32;

use super::zone::{SavedErrno, SignalSet, last_error, swap_mask};
use super::{EAGAIN, Errno};

/// The calling thread as the kernel numbers it.
pub fn thread_number() -> c_int {
    // SAFETY: no preconditions.
    unsafe { libc::syscall(libc::SYS_gettid) as c_int }
}

/// Have the calling thread take this signal.
pub fn unblock(signum: u32) -> Result<(), Errno> {
    swap_mask(libc::SIG_UNBLOCK, 1 << (signum - 1)).map(|_| ())
}

/// How `sig_mask` changes the mask.
pub use libc::{SIG_BLOCK, SIG_SETMASK, SIG_UNBLOCK};

/// Signals that wait because they are blocked, of the thread and the process.
pub fn blocked_and_sent() -> Result<u64, Errno> {
    let _errno = SavedErrno::new();
    let mut set = SignalSet::from_bits(0);
    // SAFETY: a valid set.
    match unsafe { libc::sigpending(&mut set.0) } {
        0 => Ok(set.to_bits()),
        _ => Err(last_error()),
    }
}

/// Start a thread: as pthread_self() names it. EAGAIN where none is to be had.
pub fn start_thread(
    function: extern "C" fn(*mut c_void) -> *mut c_void,
    argument: usize,
) -> Result<usize, Errno> {
    let _errno = SavedErrno::new();
    let mut thread = MaybeUninit::<libc::pthread_t>::zeroed(); // a pointer in musl
    // As large as the C library's threads are: glibc takes what is thread-local
    // out of the stack, and that may be hundreds of kilobytes.
    let attributes = null();
    let argument = argument as *mut c_void;
    // SAFETY: a valid place; the caller's function.
    let result = unsafe {
        libc::pthread_create(thread.as_mut_ptr(), attributes, function, argument)
    };
    // SAFETY: zeroed is a valid one.
    if result == 0 { Ok(unsafe { thread.assume_init() } as usize) } else { Err(EAGAIN) }
}

/// Wait until a thread that was started here has ended.
pub fn join(thread: usize) {
    // SAFETY: started here, and joined once.
    unsafe { libc::pthread_join(thread as libc::pthread_t, null_mut()) };
}

/// Name the calling thread, for whoever lists threads; and have the kernel
/// wake it no later than it is asked to.
#[cfg(target_os = "linux")]
pub fn name_thread(name: &CStr) {
    // SAFETY: a string that ends in zero; a number.
    unsafe {
        libc::prctl(libc::PR_SET_NAME, name.as_ptr());
        libc::prctl(libc::PR_SET_TIMERSLACK, 1 as libc::c_ulong);
    }
}

/// Sleep until the word is no longer `seen`, or it is `until`, by
/// CLOCK_MONOTONIC in nanoseconds; or for any other reason.
#[cfg(target_os = "linux")]
pub fn wait_for_futex(word: &AtomicU32, seen: u32, until: u64) {
    let time = libc::timespec {
        tv_sec: (until / 1_000_000_000).min(i32::MAX as u64) as _,
        tv_nsec: (until % 1_000_000_000) as _,
    };
    let operation = libc::FUTEX_WAIT_BITSET;
    let any = libc::FUTEX_BITSET_MATCH_ANY;
    let unused = null_mut::<c_void>();
    // SAFETY: a word and a time that outlive the call.
    unsafe {
        let word = word.as_ptr();
        libc::syscall(libc::SYS_futex, word, operation, seen, &raw const time, unused, any);
    }
}
