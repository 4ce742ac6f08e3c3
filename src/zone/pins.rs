//! Storage that is given to one after another, and who uses it from elsewhere.
//!
//! # Algorithm
//!
//! A generation counts how often it was given back. Whoever has a handle of an
//! earlier one is told so. Anybody but the owner first pins the storage, and
//! then compares: it is not given to the next one while it is pinned. Nobody
//! waits for a pin: one that is left for good, by a longjmp out of a signal
//! handler, costs its place.
//!
//! # Ordering
//!
//! Store, then load, on both sides: who pins counts itself and then looks at
//! the generation; who gives out has seen the generation counted up and then
//! looks at the count. All SeqCst: one of them sees the other.

use super::atomic::{AtomicU32, AtomicUsize, Relaxed, SeqCst, constructor};

pub struct Pins {
    generation: AtomicUsize,
    count: AtomicU32,
}

impl Pins {
    constructor! {
        pub fn new() -> Self {
            Pins { generation: AtomicUsize::new(0), count: AtomicU32::new(0) }
        }
    }

    /// How often it was given back.
    #[inline(always)]
    pub fn generation(&self) -> usize {
        self.generation.load(SeqCst)
    }

    /// Use it from elsewhere: compare the generation next.
    #[inline(always)]
    pub fn pin(&self) {
        self.count.fetch_add(1, SeqCst);
    }

    #[inline(always)]
    pub fn unpin(&self) {
        self.count.fetch_sub(1, SeqCst);
    }

    /// Give it back: from here on all handles are of the past.
    pub fn give_back(&self) {
        self.generation.fetch_add(1, SeqCst);
    }

    /// Whether it can be given to the next one, when it was given back.
    pub fn is_pinned(&self) -> bool {
        self.count.load(SeqCst) != 0
    }

    /// In a forked child there is nobody else.
    pub fn reset(&self) {
        self.count.store(0, Relaxed);
    }
}
