//! Threads: the calling one's number and mask; one of our own.
#![allow(unsafe_code)] // the boundary to the C library

use core::ffi::c_void;
use core::mem::MaybeUninit;
use core::ptr::{null, null_mut};

use super::zone::{SavedErrno, SignalSet, last_error, swap_mask};
use super::{EAGAIN, Errno};

pub use super::zone::system::{name_thread, thread_number, wait_for_futex};

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
    let _errno = SavedErrno::new(); // musl unmaps its stack
    // SAFETY: started here, and joined once.
    unsafe { libc::pthread_join(thread as libc::pthread_t, null_mut()) };
}
