//! The process-wide lock: dispositions, which contexts exist and whose they are,
//! and fork.

use crate::sys::Lock;

pub static LOCK: Lock = Lock::new();

/// With that held.
pub fn locked<T>(work: impl FnOnce() -> T) -> T {
    LOCK.with(work)
}
