//! The atomics that the zone is built from.
//!
//! The lock-free structures beside this file name their atomics through
//! `super::atomic` and nothing else, so that the loom models can compile the
//! very same files over loom's atomics.

pub(crate) use core::hint::spin_loop;
pub(crate) use core::ptr::{null_mut, with_exposed_provenance};
pub(crate) use core::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst};
pub(crate) use core::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, AtomicUsize, fence};

/// Behind a SeqCst read-modify-write, and in front of loads that are no SeqCst:
/// what came before it is seen by all before they are made. On x86-64 the
/// read-modify-write is that already.
#[inline(always)]
pub(crate) fn full_fence_after_swap() {
    #[cfg(not(target_arch = "x86_64"))]
    fence(SeqCst);
}

/// A constructor that can fill a static. loom's atomics have no `const`
/// constructors: its version of this macro drops the `const`.
macro_rules! constructor {
    ($(#[$meta:meta])* $vis:vis fn $name:ident() -> $ret:ty $body:block) => {
        $(#[$meta])* $vis const fn $name() -> $ret $body
    };
}

/// An array of fresh values, in a static.
macro_rules! fresh_array {
    ($value:expr; $len:expr) => {
        [const { $value }; $len]
    };
}

pub(crate) use {constructor, fresh_array};
