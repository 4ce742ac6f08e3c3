//! The ring over atomics that can stop their thread for ever, as a handler
//! does that interrupts a producer and leaves it by longjmp.
#![allow(dead_code)]

pub mod atomic {
    pub(crate) use crate::macros::{constructor, fresh_array};
    use loom::sync::atomic::Ordering;
    pub use loom::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};
    use std::cell::Cell;

    loom::thread_local! {
        static STEPS_LEFT: Cell<Option<u32>> = Cell::new(None);
    }

    struct Abandoned;

    /// Do `work`, and leave it for good in front of its atomic number `steps`,
    /// counted from 0. `None` where it was left.
    pub fn abandon_before<T>(steps: u32, work: impl FnOnce() -> T) -> Option<T> {
        STEPS_LEFT.with(|left| left.set(Some(steps)));
        let work = std::panic::AssertUnwindSafe(work);
        let done = std::panic::catch_unwind(work);
        STEPS_LEFT.with(|left| left.set(None));
        match done {
            Ok(value) => Some(value),
            Err(cause) if cause.is::<Abandoned>() => None,
            Err(cause) => std::panic::resume_unwind(cause),
        }
    }

    fn step() {
        STEPS_LEFT.with(|left| match left.get() {
            None => (),
            // Not panic_any: no message is wanted.
            Some(0) => std::panic::resume_unwind(Box::new(Abandoned)),
            Some(steps) => left.set(Some(steps - 1)),
        });
    }

    pub fn spin_loop() {}

    macro_rules! fused {
        ($name:ident, $value:ty) => {
            pub struct $name(crate::atomics::$name);

            impl $name {
                pub fn new(value: $value) -> Self {
                    $name(crate::atomics::$name::new(value))
                }

                pub fn load(&self, order: Ordering) -> $value {
                    step();
                    self.0.load(order)
                }

                pub fn store(&self, value: $value, order: Ordering) {
                    step();
                    self.0.store(value, order)
                }

                pub fn compare_exchange(
                    &self,
                    current: $value,
                    new: $value,
                    success: Ordering,
                    failure: Ordering,
                ) -> Result<$value, $value> {
                    step();
                    self.0.compare_exchange(current, new, success, failure)
                }
            }
        };
    }

    fused!(AtomicU64, u64);
    fused!(AtomicUsize, usize);
}

#[path = "../../src/zone/ring.rs"]
pub mod ring;
