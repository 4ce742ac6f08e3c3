//! A few words that are read together, and never torn, inside an arrival.
//!
//! # Algorithm
//!
//! Two slots and a version. The writer fills the slot that is not current
//! and then counts the version up, which makes it current. A reader takes the
//! current slot and looks whether the version still is the one it began with.
//! A reader that interrupted the writer sees the old slot, whole: it never
//! waits. A reader on another thread retries only when a write went by.
//!
//! One writer at a time: owners write under the process-wide lock.
//!
//! # Ordering
//!
//! As in a sequence lock (Boehm, MSPC 2012): the Release fence before the
//! words and the Acquire fence behind the reader's words see to it that
//! whoever read a word of a later write also sees a later version.

use super::atomic::{
    Acquire, AtomicUsize, Relaxed, Release, constructor, fence, fresh_array,
};

pub struct Published<const N: usize> {
    version: AtomicUsize,
    slots: [[AtomicUsize; N]; 2],
}

impl<const N: usize> Published<N> {
    constructor! {
        /// All words zero.
        pub fn new() -> Self {
            Published {
                version: AtomicUsize::new(0),
                slots: fresh_array![fresh_array![AtomicUsize::new(0); N]; 2],
            }
        }
    }

    #[inline(always)]
    fn slot(&self, version: usize) -> &[AtomicUsize; N] {
        &self.slots[version % 2]
    }

    /// Any thread, and in a signal handler.
    #[inline(always)]
    pub fn read(&self) -> [usize; N] {
        self.read_version().1
    }

    /// And which version that is.
    #[inline(always)]
    pub fn read_version(&self) -> (usize, [usize; N]) {
        loop {
            let version = self.version.load(Acquire);
            let mut words = [0; N];
            for (word, from) in words.iter_mut().zip(self.slot(version)) {
                *word = from.load(Relaxed);
            }
            if self.is_at(version) {
                return (version, words);
            }
        }
    }

    /// Whether nothing was written since that version was read.
    #[inline(always)]
    pub fn is_at(&self, version: usize) -> bool {
        fence(Acquire);
        self.version.load(Relaxed) == version
    }

    /// One writer at a time.
    pub fn write(&self, words: [usize; N]) {
        let version = self.version.load(Relaxed).wrapping_add(1);
        fence(Release);
        for (word, to) in words.into_iter().zip(self.slot(version)) {
            to.store(word, Relaxed);
        }
        self.version.store(version, Release);
    }
}
