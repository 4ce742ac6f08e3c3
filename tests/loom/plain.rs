//! The structures over loom's atomics.
#![allow(dead_code)] // each model uses a part

pub mod atomic {
    pub use crate::atomics::{AtomicU32, AtomicU64, AtomicUsize};
    pub(crate) use crate::macros::{constructor, fresh_array};
    pub use loom::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst};
    pub use loom::sync::atomic::fence;

    /// Nothing: a loser may go on at once. loom's own would yield, and so
    /// leave that order out.
    pub fn spin_loop() {}
}

#[path = "../../src/zone/deliveries.rs"]
pub mod deliveries;
#[path = "../../src/zone/posted.rs"]
pub mod posted;
#[path = "../../src/zone/published.rs"]
pub mod published;
#[path = "../../src/zone/ring.rs"]
pub mod ring;
#[path = "../../src/zone/subscribers.rs"]
pub mod subscribers;
