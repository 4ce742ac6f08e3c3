//! The thread that sleeps until the next timer is due.
#![allow(unsafe_code)] // a function with C's calling convention

use core::ffi::c_void;
use core::ptr::null_mut;
use core::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use core::sync::atomic::{AtomicU32, AtomicUsize};

use super::store::known;
use super::{LOCK, let_fall_due};
use crate::sys::{self, Errno};

/// The thread, and which of all that there ever were is to run, or 0. Under
/// the lock; each thread looks for itself.
static THREAD: AtomicUsize = AtomicUsize::new(0);
static RUNS: AtomicUsize = AtomicUsize::new(0);
static EVER: AtomicUsize = AtomicUsize::new(0);
/// Counts up when the next timer is another than it was.
static CHANGES: AtomicU32 = AtomicU32::new(0);

/// Whether there is one. Under the lock.
pub fn runs() -> bool {
    RUNS.load(Relaxed) != 0
}

/// There is a new first one. Under the lock.
pub fn wake() -> Result<(), Errno> {
    if RUNS.load(Relaxed) == 0 {
        let next = EVER.load(Relaxed).wrapping_add(1).max(1);
        RUNS.store(next, Release);
        // It inherits the mask of the lock's holder: no signal comes to it.
        match sys::start_thread(run, next) {
            Ok(thread) => THREAD.store(thread, Relaxed),
            Err(error) => {
                RUNS.store(0, Release);
                return Err(error);
            }
        }
        EVER.store(next, Relaxed);
    }
    change();
    Ok(())
}

fn change() {
    CHANGES.fetch_add(1, Release);
    sys::zone::wake_all(&CHANGES);
}

extern "C" fn run(me: *mut c_void) -> *mut c_void {
    sys::name_thread(c"safepoint");
    loop {
        // Before it looks: what changes later does not let it sleep.
        let seen = CHANGES.load(Acquire);
        if RUNS.load(Acquire) != me as usize {
            return null_mut();
        }
        let next = let_fall_due();
        sys::wait_for_futex(&CHANGES, seen, next);
    }
}

/// End it, if no timer is left, and wait until it has.
pub fn end_timers() {
    let ended = LOCK.with(|| {
        let is_idle = known().is_ok_and(|store| store.open.load(Relaxed) == 0);
        if !is_idle || RUNS.swap(0, Release) == 0 {
            return None;
        }
        change();
        Some(THREAD.load(Relaxed))
    });
    if let Some(thread) = ended {
        sys::join(thread);
    }
}

/// In a forked child there is none.
pub fn forget() {
    RUNS.store(0, Relaxed);
}
