//! The process-wide lock: dispositions, which contexts exist, and fork.

use crate::sys::Lock;

pub static LOCK: Lock = Lock::new();

/// With the lock held, and not across anything that can fail to return.
pub fn locked<T>(work: impl FnOnce() -> T) -> T {
    LOCK.lock();
    let result = work();
    LOCK.unlock();
    result
}
