//! Which contexts an arrival is for: for each signal, a set of numbers.
//!
//! # Algorithm
//!
//! A bit for each context, in 64 words, and a word that says which of those
//! are not empty: an arrival looks at the first, and at those that it names,
//! so it costs by the number of those who subscribed, not of those who exist.
//! Nothing is linked, so there is nothing that could be freed, moved or come
//! round again while an arrival walks along: a set that changes meanwhile is
//! seen with or without what has changed, and all that stayed is seen once.
//!
//! One writer at a time: under the process-wide lock.
//!
//! # Ordering
//!
//! A number's bit is set before its word is named, Release, and a word is no
//! longer named when its last bit has gone; both are read with Acquire. What
//! a context has set up before it subscribes is seen by whoever finds it.

use super::atomic::{Acquire, AtomicU64, Relaxed, Release, constructor, fresh_array};

const WORD: usize = 64;
/// Numbers below this can subscribe.
pub const NUMBERS: usize = WORD * WORD;

pub struct Subscribers {
    named: AtomicU64,
    words: [AtomicU64; WORD],
}

impl Subscribers {
    constructor! {
        pub fn new() -> Self {
            Subscribers {
                named: AtomicU64::new(0),
                words: fresh_array![AtomicU64::new(0); WORD],
            }
        }
    }

    /// Put a number in, or take it out. One writer at a time.
    pub fn set(&self, number: usize, on: bool) {
        let (index, bit) = (number / WORD, 1 << (number % WORD));
        let Some(word) = self.words.get(index) else { return };
        let named = self.named.load(Relaxed) & !(1 << index);
        let others = word.load(Relaxed) & !bit;
        if on {
            word.store(others | bit, Release);
            self.named.store(named | 1 << index, Release);
        } else {
            word.store(others, Release);
            let left = if others == 0 { 0 } else { 1 << index };
            self.named.store(named | left, Release);
        }
    }

    /// Whether this number is in. Any thread, and in a signal handler.
    #[inline(always)]
    pub fn has(&self, number: usize) -> bool {
        let word = self.words.get(number / WORD);
        word.is_some_and(|word| word.load(Acquire) & 1 << (number % WORD) != 0)
    }

    /// Whether none is in. Any thread, and in a signal handler.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.named.load(Acquire) == 0
    }

    /// The numbers that are in, the lowest first. Any thread, and in a signal
    /// handler.
    #[inline(always)]
    pub fn iter(&self) -> Iter<'_> {
        Iter { of: self, named: self.named.load(Acquire), word: 0, index: 0 }
    }
}

/// See [`Subscribers::iter`].
pub struct Iter<'a> {
    of: &'a Subscribers,
    named: u64,
    word: u64,
    index: usize,
}

impl Iterator for Iter<'_> {
    type Item = usize;

    #[inline(always)]
    fn next(&mut self) -> Option<usize> {
        while self.word == 0 {
            if self.named == 0 {
                return None;
            }
            self.index = self.named.trailing_zeros() as usize;
            self.named &= self.named - 1;
            self.word = self.of.words.get(self.index).map_or(0, |word| word.load(Acquire));
        }
        let bit = self.word.trailing_zeros() as usize;
        self.word &= self.word - 1;
        Some(self.index * WORD + bit)
    }
}
