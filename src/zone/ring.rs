//! The ring of pending calls: many producers, some of them signal handlers
//! that interrupted another producer half-way; one consumer, the owner.
//!
//! # Algorithm
//!
//! Vyukov's bounded queue, with one change. A producer claims the position
//! `tail` by compare-and-swap, writes the call into that position's cell, and
//! publishes by storing the cell's `turn`. In lap `n` (position / N) a cell's
//! turn is `2n` when it is free or claimed, `2n + 1` when it is published,
//! and `2n + 2` once it was taken: free for the next lap. All zero is empty.
//!
//! The change: between claim and publication a producer can be stopped for
//! as long as it likes, or never come back (a handler that longjmps). In
//! Vyukov's queue everything behind it then waits. Here the consumer steps
//! over such a cell and marks it *late*; it takes it whenever it turns out
//! published. A producer that comes round to a late cell steps over it too.
//! So no thread waits for another: the ring only has one place less, for as
//! long as the cell is late.
//!
//! Both have to agree which positions were stepped over. A producer steps
//! only over a position whose cell the consumer has left late a lap before,
//! which `head` tells; and a cell that was late is made free for the next lap
//! by the consumer alone, on its way past the cell. So a position is either
//! claimed or stepped over, whatever anybody read a moment ago, and the tail
//! is never more than a lap ahead of the head.
//!
//! # Ordering
//!
//! - The publication is a Release store, the consumer's look an Acquire load:
//!   the call's words are seen with it.
//! - The claim is a SeqCst swap of `tail`, and a check reads `tail` with
//!   Acquire *before* it looks at the late cells. A producer's later claim
//!   follows its earlier publication, so whoever sees the later call within
//!   the limit sees the earlier one too: order per producer holds across
//!   late cells.
//! - `head` is stored with Release behind the turn, and a producer loads it
//!   with Acquire and then the turn once more: a cell that the consumer has
//!   made free on its way is seen to be free.
#![allow(unsafe_code)] // a link section

use super::atomic::{
    Acquire, AtomicU64, AtomicUsize, Relaxed, Release, SeqCst, constructor, fresh_array,
    spin_loop,
};

/// The ring that ships: 1,024 calls.
pub const ROOM: usize = 1024;

/// `LATE` is `N / 64` words, a bit for each cell.
///
/// In this order: producers meet at the tail, which has half a cache line to
/// itself; the consumer's part begins one; no cell lies in two.
#[repr(C)]
pub struct Ring<const N: usize, const LATE: usize> {
    tail: AtomicU64,
    _half_a_line: [u64; 3],
    consumer: Consumer<LATE>,
    cells: [Cell; N],
}

/// Two to a cache line, none across two.
#[repr(align(32))]
struct Cell {
    turn: AtomicU64,
    function: AtomicUsize,
    argument: AtomicUsize,
}

/// Only the owner writes these; atomics so that nothing here is unsafe.
#[repr(C)]
struct Consumer<const LATE: usize> {
    head: AtomicU64,
    late_count: AtomicUsize,
    late: [AtomicU64; LATE],
}

/// A call as it lies in the ring: two words that the ring does not interpret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    pub function: usize,
    pub argument: usize,
}

/// The ring was full.
#[derive(Debug, PartialEq, Eq)]
pub struct Full;

impl<const N: usize, const LATE: usize> Ring<N, LATE> {
    constructor! {
        pub fn new() -> Self {
            Ring {
                tail: AtomicU64::new(0),
                _half_a_line: [0; 3],
                cells: fresh_array![Cell {
                    turn: AtomicU64::new(0),
                    function: AtomicUsize::new(0),
                    argument: AtomicUsize::new(0),
                }; N],
                consumer: Consumer {
                    head: AtomicU64::new(0),
                    late_count: AtomicUsize::new(0),
                    late: fresh_array![AtomicU64::new(0); LATE],
                },
            }
        }
    }

    /// Turn of a cell that is free for, or claimed at, this position.
    #[inline(always)]
    fn free_turn(position: u64) -> u64 {
        (position / N as u64) * 2
    }

    #[inline(always)]
    fn index(position: u64) -> usize {
        (position % N as u64) as usize
    }

    /// Queue a call. Any thread, and in a signal handler; never waits.
    #[inline(always)]
    pub fn push(&self, call: Call) -> Result<(), Full> {
        let mut lost = 0;
        // Each turn of this loop either ends it, or steps over a late cell,
        // or means that another producer got on: the definition of lock-free.
        loop {
            let position = self.tail.load(Relaxed);
            let cell = &self.cells[Self::index(position)];
            let free = Self::free_turn(position);
            let mut turn = cell.turn.load(Acquire);
            if turn < free {
                turn = self.look_again(position)?;
            }
            // A free cell, or a late one; or the tail has moved on, which the
            // swap tells. At least AcqRel for the order of late cells, see
            // above; SeqCst since the producer goes on to ask whether to wake.
            if self.tail.compare_exchange(position, position + 1, SeqCst, Relaxed).is_err()
            {
                back_off(&mut lost);
            } else if turn == free {
                cell.function.store(call.function, Relaxed);
                cell.argument.store(call.argument, Relaxed);
                cell.turn.store(free + 1, Release);
                return Ok(());
            }
        }
    }

    /// The turn at a position whose cell was not free for it: as long as it
    /// still is not, the cell is late. Full if the consumer has not come by.
    #[inline(never)]
    #[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
    fn look_again(&self, position: u64) -> Result<u64, Full> {
        if self.consumer.head.load(Acquire) + N as u64 <= position {
            return Err(Full);
        }
        Ok(self.cells[Self::index(position)].turn.load(Acquire))
    }

    /// What was claimed when a check began: it takes nothing beyond. Owner.
    #[inline(always)]
    pub fn limit(&self) -> u64 {
        self.tail.load(Acquire)
    }

    /// The position of the next call. Owner.
    #[inline(always)]
    pub fn head(&self) -> u64 {
        self.consumer.head.load(Relaxed)
    }

    /// Whether a call can be taken, or is about to be published. Owner.
    #[inline(always)]
    pub fn is_pending(&self) -> bool {
        self.consumer.head.load(Relaxed) != self.limit()
            || self.is_late() && self.published_late().is_some()
    }

    /// Whether a call may be published, or just was, that nobody waits for at
    /// its place any more. Owner.
    #[inline(always)]
    pub fn is_late(&self) -> bool {
        self.consumer.late_count.load(Relaxed) != 0
    }

    /// Whether nothing in front of `limit` is left to look at. Not the tail:
    /// to read it after each call is to take its line from the producers.
    /// Owner.
    #[inline(always)]
    pub fn is_drained(&self, limit: u64) -> bool {
        self.consumer.head.load(Relaxed) >= limit && !self.is_late()
    }

    /// Take a call that was passed over and has been published since. Owner,
    /// after [`limit`](Self::limit).
    #[inline(always)]
    pub fn take_late(&self) -> Option<Call> {
        if self.is_late() { self.take_any_late() } else { None }
    }

    #[inline(never)]
    fn take_any_late(&self) -> Option<Call> {
        let index = self.published_late()?;
        let cell = self.cells.get(index)?;
        let call = cell.read();
        // As if it had never been published: `take` makes it free again.
        cell.turn.store(cell.turn.load(Relaxed) - 1, Relaxed);
        self.set_late(index, false);
        Some(call)
    }

    /// Take the next call in front of `limit`. Owner.
    #[inline(always)]
    pub fn take(&self, limit: u64) -> Option<Call> {
        loop {
            let position = self.consumer.head.load(Relaxed);
            if position >= limit {
                return None;
            }
            let index = Self::index(position);
            let cell = &self.cells[index];
            let free = Self::free_turn(position);
            let turn = cell.turn.load(Acquire);
            let call = (turn == free + 1).then(|| cell.read());
            if call.is_some() || turn < free && !self.cell_is_late(index) {
                // Taken; or stepped over here, and taken late before that.
                cell.turn.store(free + 2, Release);
            } else if turn == free {
                self.set_late(index, true); // claimed and not published
            }
            self.consumer.head.store(position + 1, Release);
            if call.is_some() {
                return call;
            }
        }
    }

    /// As if it had always been empty. Only where no other thread can be in
    /// here, whatever it was doing when it vanished: a forked child, before it
    /// goes on.
    pub fn reset(&self) {
        let tail = self.tail.load(Relaxed);
        if tail == 0 {
            return; // never used: leave its pages alone
        }
        self.consumer.head.store(tail, Relaxed);
        self.consumer.late_count.store(0, Relaxed);
        for word in &self.consumer.late {
            word.store(0, Relaxed);
        }
        for position in tail..tail + N as u64 {
            let cell = &self.cells[Self::index(position)];
            cell.turn.store(Self::free_turn(position), Relaxed);
        }
    }

    #[inline(never)]
    fn published_late(&self) -> Option<usize> {
        for (word_index, word) in self.consumer.late.iter().enumerate() {
            let mut bits = word.load(Relaxed);
            while bits != 0 {
                let index = word_index * 64 + bits.trailing_zeros() as usize;
                if self.cells.get(index)?.turn.load(Acquire) % 2 == 1 {
                    return Some(index);
                }
                bits &= bits - 1;
            }
        }
        None
    }

    #[inline(never)]
    fn cell_is_late(&self, index: usize) -> bool {
        let word = self.consumer.late.get(index / 64);
        word.is_some_and(|word| word.load(Relaxed) & 1 << (index % 64) != 0)
    }

    #[inline(never)]
    fn set_late(&self, index: usize, late: bool) {
        let Some(word) = self.consumer.late.get(index / 64) else { return };
        let bit = 1 << (index % 64);
        let count = &self.consumer.late_count;
        if late {
            word.store(word.load(Relaxed) | bit, Relaxed);
            count.store(count.load(Relaxed) + 1, Relaxed);
        } else {
            word.store(word.load(Relaxed) & !bit, Relaxed);
            count.store(count.load(Relaxed).wrapping_sub(1), Relaxed);
        }
    }
}

impl Cell {
    #[inline(always)]
    fn read(&self) -> Call {
        Call {
            function: self.function.load(Relaxed),
            argument: self.argument.load(Relaxed),
        }
    }
}

/// After a lost race: let the winners finish, for at most 64 pauses.
#[inline(always)]
fn back_off(lost: &mut u32) {
    for _ in 0..1u32 << (*lost).min(6) {
        spin_loop();
    }
    *lost += 1;
}
