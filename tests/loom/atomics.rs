//! loom's atomics, made to explore what they would leave out.
//!
//! loom tries two accesses in the other order only where the later thread has
//! not itself come to that atomic in between: a load in front of a compare-
//! and-swap, which is every loop here, hides the swap from who read before.
//! (loom 0.7.2, rt/atomic.rs: it keeps the last access, not one per thread.)
//! So each access here first changes a word beside: then any two accesses of
//! an atomic depend on each other, and the last one is enough to know. The
//! change is Relaxed and orders nothing.

use loom::sync::atomic::Ordering::{self, Relaxed};

macro_rules! atomics {
    ($($name:ident: $value:ty,)*) => {$(
        pub struct $name {
            beside: loom::sync::atomic::AtomicUsize,
            value: loom::sync::atomic::$name,
        }

        #[allow(dead_code)] // of some kinds only some are used
        impl $name {
            pub fn new(value: $value) -> Self {
                $name {
                    beside: loom::sync::atomic::AtomicUsize::new(0),
                    value: loom::sync::atomic::$name::new(value),
                }
            }

            fn value(&self) -> &loom::sync::atomic::$name {
                self.beside.fetch_add(1, Relaxed);
                &self.value
            }

            pub fn load(&self, order: Ordering) -> $value {
                self.value().load(order)
            }

            pub fn store(&self, value: $value, order: Ordering) {
                self.value().store(value, order)
            }

            pub fn swap(&self, value: $value, order: Ordering) -> $value {
                self.value().swap(value, order)
            }

            pub fn compare_exchange(
                &self,
                current: $value,
                new: $value,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$value, $value> {
                self.value().compare_exchange(current, new, success, failure)
            }

            pub fn fetch_add(&self, value: $value, order: Ordering) -> $value {
                self.value().fetch_add(value, order)
            }

            pub fn fetch_sub(&self, value: $value, order: Ordering) -> $value {
                self.value().fetch_sub(value, order)
            }

            pub fn fetch_or(&self, value: $value, order: Ordering) -> $value {
                self.value().fetch_or(value, order)
            }
        }
    )*};
}

atomics! {
    AtomicU32: u32,
    AtomicU64: u64,
    AtomicUsize: usize,
}
