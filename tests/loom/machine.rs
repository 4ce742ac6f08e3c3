//! The whole inbox, over loom's atomics with two things put right that loom
//! cannot say. Both are true of x86-64, of ARMv8 and of RISC-V.
//!
//! - loom takes SeqCst accesses for AcqRel (only its SeqCst fences are). Here
//!   a SeqCst load has such a fence before it, a SeqCst store one behind it.
//! - The breaker is stored by producers and swapped by the owner. C11 says
//!   nothing to an owner whose swap reads the store of the second of two
//!   producers about what the first had done. On a machine where a store
//!   appears to all others at once (multi-copy atomic) the first one's
//!   Release store was overwritten, so it was there, and so was all before
//!   it. Here such a store is a swap, which says just that.
//!
//! The tables are small: one record that coalesces, two that queue.
#![allow(dead_code)]

pub mod atomic {
    pub use crate::atomics::AtomicU64;
    pub(crate) use crate::macros::{constructor, fresh_array};
    use loom::sync::atomic::Ordering;
    pub use loom::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst};
    pub use loom::sync::atomic::fence;

    pub fn spin_loop() {}

    pub fn full_fence_after_swap() {
        fence(SeqCst);
    }

    macro_rules! with_fences {
        ($($name:ident: $value:ty,)*) => {$(
            pub struct $name(crate::atomics::$name);

            impl $name {
                pub fn new(value: $value) -> Self {
                    $name(crate::atomics::$name::new(value))
                }

                pub fn load(&self, order: Ordering) -> $value {
                    if order == SeqCst {
                        fence(SeqCst);
                    }
                    self.0.load(order)
                }

                pub fn store(&self, value: $value, order: Ordering) {
                    self.0.swap(value, order);
                    if order == SeqCst {
                        fence(SeqCst);
                    }
                }

                pub fn swap(&self, value: $value, order: Ordering) -> $value {
                    self.0.swap(value, order)
                }

                pub fn fetch_add(&self, value: $value, order: Ordering) -> $value {
                    self.0.fetch_add(value, order)
                }

                pub fn fetch_sub(&self, value: $value, order: Ordering) -> $value {
                    self.0.fetch_sub(value, order)
                }

                pub fn compare_exchange(
                    &self,
                    current: $value,
                    new: $value,
                    success: Ordering,
                    failure: Ordering,
                ) -> Result<$value, $value> {
                    self.0.compare_exchange(current, new, success, failure)
                }
            }
        )*};
    }

    with_fences! {
        AtomicU32: u32,
        AtomicUsize: usize,
    }
}

pub mod deliveries {
    pub use super::full_deliveries::{Deliveries, Details};
    pub const SINGLES: usize = 1;
    pub const QUEUED: usize = 2;
}

/// None is set: an arrival looks at one word of its own.
pub mod escalation {
    pub struct Escalations;

    impl Escalations {
        pub fn new() -> Self {
            Escalations
        }

        pub fn delivered(&self, _: u32, _: u64) -> bool {
            false
        }

        pub fn forget(&self) {}
    }
}

pub mod ring {
    pub use super::full_ring::{Call, Full, Ring};
    pub const ROOM: usize = 64;
}

#[path = "../../src/zone/deliveries.rs"]
mod full_deliveries;
#[path = "../../src/zone/ring.rs"]
mod full_ring;
#[path = "../../src/zone/inbox.rs"]
pub mod inbox;
#[path = "../../src/zone/pins.rs"]
pub mod pins;
#[path = "../../src/zone/posted.rs"]
pub mod posted;
#[path = "../../src/zone/published.rs"]
mod published;
#[path = "../../src/zone/waiting.rs"]
pub mod waiting;
#[path = "../../src/zone/wake.rs"]
pub mod wake;
