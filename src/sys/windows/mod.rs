//! The owner's side, on Windows.
#![allow(unsafe_code)] // the boundary to the system

mod calls;
mod names;
mod send;
mod threads;

use core::ffi::{c_int, c_void};
use core::ptr::null;
use core::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use core::sync::atomic::{AtomicU32, AtomicUsize};

use windows_sys::Win32::System::Memory::{
    MEM_COMMIT, MEM_RESERVE, PAGE_READWRITE, VirtualAlloc,
};
use windows_sys::Win32::System::Threading::SwitchToThread;

pub use super::zone::{
    CLOCK_MONOTONIC, CLOCK_REALTIME, SIG_BLOCK, SIG_SETMASK, SIG_UNBLOCK, SIGINT, VALID,
    close, close_event, duplicate, enter_foreign, event_handle, leave_foreign, let_go,
    new_event, new_nobody, park as wait_for_futex, put_under, this_thread, thread_number,
    timespec, wake_kind,
};
pub use calls::*;
pub use names::*;
pub use send::*;
pub use threads::*;

pub use libc::{
    E2BIG, EAGAIN, EBADF, EBUSY, EEXIST, EINTR, EINVAL, EMFILE, ENFILE, ENOENT, ENOMEM,
    ENOTSUP, EPERM, ESRCH, ETIMEDOUT,
};
pub use libc::{EALREADY, EFAULT, EINPROGRESS, EISCONN, ENOSYS};

/// errno.h has none there: WSAESTALE.
pub const ESTALE: c_int = 10070;

// Signals that there are not: no number of a signal's.
pub const SIGCHLD: c_int = 0;
pub const SIGKILL: c_int = 0;
pub const SIGPIPE: c_int = 0;
pub const SIGSTOP: c_int = 0;
pub const SIGURG: c_int = 0;
pub const SIGXFSZ: c_int = 0;

pub const SA_RESTART: u32 = 16;
pub const SA_NOCLDSTOP: u32 = 32;
pub const SA_NOCLDWAIT: u32 = 64;

/// Masks, signals between threads and processes, and calls that a signal
/// interrupts: not there.
pub const IS_POSIX: bool = false;

/// A failed call's errno, positive.
pub type Errno = c_int;

/// End the process at once. Never reached in what ships: see `panic`.
#[cfg(all(not(feature = "std"), not(test)))]
pub fn abort() -> ! {
    // SAFETY: no preconditions.
    unsafe { libc::abort() }
}

/// There are none.
#[allow(clippy::reversed_empty_ranges)] // none
pub fn real_time() -> core::ops::RangeInclusive<u32> {
    1..=0
}

/// The process-wide lock: dispositions. Its holder may take it again: a thread
/// that ends may do so anywhere.
pub struct Lock {
    /// The thread, or 0.
    holder: AtomicUsize,
    /// How often it has taken it besides: the holder's alone.
    again: AtomicU32,
}

impl Lock {
    pub const fn new() -> Self {
        Lock { holder: AtomicUsize::new(0), again: AtomicU32::new(0) }
    }

    /// With the lock held, and not across anything that can fail to return.
    pub fn with<T>(&self, work: impl FnOnce() -> T) -> T {
        self.lock();
        let result = work();
        self.unlock();
        result
    }

    #[inline(never)]
    pub fn lock(&self) {
        let me = this_thread();
        if self.holder.load(Relaxed) == me {
            return self.again.store(self.again.load(Relaxed) + 1, Relaxed);
        }
        while self.holder.compare_exchange(0, me, Acquire, Relaxed).is_err() {
            let_others_run();
        }
    }

    #[inline(never)]
    pub fn unlock(&self) {
        match self.again.load(Relaxed).checked_sub(1) {
            Some(again) => self.again.store(again, Relaxed),
            None => self.holder.store(0, Release),
        }
    }
}

/// Let another thread run.
pub fn let_others_run() {
    // SAFETY: no preconditions.
    unsafe { SwitchToThread() };
}

/// Memory for the life of the process: zeros.
pub fn map(size: usize) -> Result<*mut c_void, Errno> {
    // SAFETY: fresh memory, wherever there is some.
    let memory =
        unsafe { VirtualAlloc(null(), size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE) };
    if memory.is_null() { Err(ENOMEM) } else { Ok(memory) }
}
