//! What arrived and was not yet collected: per signal a count and the siginfo
//! of deliveries.
//!
//! # Algorithm
//!
//! Each signal has one word: how many deliveries since the owner last
//! collected, and the newest of a chain of records. An arrival fills a record
//! that nobody else sees, then puts count and chain up by one compare-and-
//! swap: there is no moment at which a delivery is counted but its record is
//! half-written, so neither side ever waits. A signal that coalesces keeps
//! the record of the first delivery; one that queues keeps all, and what finds
//! no free record is counted all the same: count minus chain is what joined
//! others or could not be kept, and of the latter there is a count beside.
//!
//! Records come from two free lists (Treiber stacks whose top carries a tag
//! against ABA), so that a flood on a queued signal cannot take the records
//! of the others. They are a static: an arrival can never touch freed memory.
//!
//! # Ordering
//!
//! The swap on a signal's word is AcqRel and the owner's take is Acquire:
//! records are read as they were filled. The arrival's is SeqCst, since it goes
//! on to ask whether to wake anybody. A record's own words are Relaxed, since
//! it has one holder at a time.

use super::atomic::{
    AcqRel, Acquire, AtomicU32, AtomicU64, AtomicUsize, Relaxed, SeqCst, constructor,
    fresh_array,
};

/// Signals are numbered 1 to 64.
pub const SIGNALS: usize = 64;
/// Records kept free for signals that coalesce: one pending of each, and as
/// many being filled on other threads.
pub const SINGLES: usize = 128;
/// Records for signals that queue: how many deliveries can wait.
pub const QUEUED: usize = 8192;

/// What a delivery said of itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Details {
    pub code: i32,
    pub pid: i32,
    pub uid: u32,
    pub status: i32,
    pub value: usize,
    /// CLOCK_MONOTONIC, in nanoseconds.
    pub time: u64,
}

/// A record of one delivery. Records are named by index + 1; 0 is none.
pub struct Record {
    next: AtomicU32,
    code: AtomicU32,
    pid: AtomicU32,
    uid: AtomicU32,
    status: AtomicU32,
    value: AtomicUsize,
    time: AtomicU64,
    /// The owner's, from here on: see `context::ready`.
    pub count: AtomicU64,
    pub lost: AtomicU64,
    pub round: AtomicU64,
}

struct FreeList {
    /// Tag in the upper half, record name in the lower.
    top: AtomicU64,
    /// How many were taken from the untouched part: its pages stay untouched
    /// until they are needed.
    fresh: AtomicU32,
}

/// What the owner took: the deliveries of one signal, newest record first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    pub count: u32,
    pub newest: u32,
}

/// `SINGLE + QUEUE` is `ALL`: stable Rust cannot add them itself. In this
/// order: see `Inbox`.
#[repr(C)]
pub struct Deliveries<const SINGLE: usize, const ALL: usize> {
    records: [Record; ALL],
    singles: FreeList,
    queued: FreeList,
    words: [AtomicU64; SIGNALS],
    /// Per signal, deliveries that queue and found no record.
    unkept: [AtomicU32; SIGNALS],
}

impl Record {
    constructor! {
        fn new() -> Self {
            Record {
                next: AtomicU32::new(0),
                code: AtomicU32::new(0),
                pid: AtomicU32::new(0),
                uid: AtomicU32::new(0),
                status: AtomicU32::new(0),
                value: AtomicUsize::new(0),
                time: AtomicU64::new(0),
                count: AtomicU64::new(0),
                lost: AtomicU64::new(0),
                round: AtomicU64::new(0),
            }
        }
    }

    #[inline(always)]
    fn fill(&self, details: &Details) {
        self.code.store(details.code as u32, Relaxed);
        self.pid.store(details.pid as u32, Relaxed);
        self.uid.store(details.uid, Relaxed);
        self.status.store(details.status as u32, Relaxed);
        self.value.store(details.value, Relaxed);
        self.time.store(details.time, Relaxed);
    }

    /// What [`fill`](Self::fill) wrote. Its holder.
    pub fn details(&self) -> Details {
        Details {
            code: self.code.load(Relaxed) as i32,
            pid: self.pid.load(Relaxed) as i32,
            uid: self.uid.load(Relaxed),
            status: self.status.load(Relaxed) as i32,
            value: self.value.load(Relaxed),
            time: self.time.load(Relaxed),
        }
    }

    /// The next record of a chain, or 0. Its holder.
    pub fn next(&self) -> u32 {
        self.next.load(Relaxed)
    }

    /// Its holder.
    pub fn set_next(&self, name: u32) {
        self.next.store(name, Relaxed);
    }
}

impl FreeList {
    constructor! {
        fn new() -> Self {
            FreeList { top: AtomicU64::new(0), fresh: AtomicU32::new(0) }
        }
    }
}

impl<const SINGLE: usize, const ALL: usize> Deliveries<SINGLE, ALL> {
    constructor! {
        pub fn new() -> Self {
            Deliveries {
                words: fresh_array![AtomicU64::new(0); SIGNALS],
                unkept: fresh_array![AtomicU32::new(0); SIGNALS],
                singles: FreeList::new(),
                queued: FreeList::new(),
                records: fresh_array![Record::new(); ALL],
            }
        }
    }

    /// Count a delivery of `signum`, with its details if a record is free.
    /// Any thread, and in a signal handler; never waits.
    #[inline(always)]
    pub fn record(&self, signum: usize, queue: bool, details: &Details) {
        let Some(word) = self.word(signum) else { return };
        let mut seen = word.load(Acquire);
        let mut mine = if queue { self.acquire(false) } else { 0 };
        if queue && mine == 0 {
            self.keep_not(signum);
        }
        self.fill(mine, details);
        loop {
            let top = newest(seen);
            // One that coalesces needs a record only where none waits, which
            // may also come to be so while it is counted.
            if !queue && top == 0 && mine == 0 {
                mine = match self.acquire(true) {
                    0 => self.acquire(false),
                    name => name,
                };
                self.fill(mine, details);
            }
            let kept = match self.get(mine) {
                Some(record) if queue || top == 0 => {
                    record.next.store(top, Relaxed);
                    mine
                }
                _ => top,
            };
            let next = pack(count(seen).saturating_add(1), kept);
            match word.compare_exchange(seen, next, SeqCst, Acquire) {
                Ok(_) if kept != mine => return self.release(mine),
                Ok(_) => return,
                Err(now) => seen = now,
            }
        }
    }

    #[inline(always)]
    fn fill(&self, name: u32, details: &Details) {
        if let Some(record) = self.get(name) {
            record.fill(details);
        }
    }

    /// Take what arrived of `signum`. Owner.
    pub fn take(&self, signum: usize) -> Taken {
        let seen = self.word(signum).map_or(0, |word| word.swap(0, Acquire));
        Taken { count: count(seen), newest: newest(seen) }
    }

    /// One that is about to be counted, which orders this.
    #[cold]
    fn keep_not(&self, signum: usize) {
        if let Some(unkept) = self.unkept(signum) {
            unkept.fetch_add(1, Relaxed);
        }
    }

    /// How many of `extra` deliveries of `signum`, which were taken without a
    /// record, found none: the others joined those that have one. Owner.
    pub fn take_unkept(&self, signum: usize, extra: u32) -> u32 {
        let Some(unkept) = self.unkept(signum) else { return 0 };
        let taken = unkept.load(Relaxed).min(extra);
        unkept.fetch_sub(taken, Relaxed);
        taken
    }

    /// Deliveries of `signum` that nobody has taken yet.
    #[inline(always)]
    pub fn waiting(&self, signum: usize) -> u32 {
        self.word(signum).map_or(0, |word| count(word.load(Acquire)))
    }

    /// The record of this name; `None` for 0.
    #[inline(always)]
    pub fn get(&self, name: u32) -> Option<&Record> {
        self.records.get((name as usize).wrapping_sub(1))
    }

    /// Give a record back; 0 is nothing to give. Its holder.
    #[inline(always)]
    pub fn release(&self, name: u32) {
        let Some(record) = self.get(name) else { return };
        let list = if (name as usize) <= SINGLE { &self.singles } else { &self.queued };
        let mut top = list.top.load(Relaxed);
        loop {
            record.next.store(newest(top), Relaxed);
            let next = pack(count(top).wrapping_add(1), name);
            match list.top.compare_exchange(top, next, AcqRel, Relaxed) {
                Ok(_) => return,
                Err(now) => top = now,
            }
        }
    }

    /// As if nothing had ever arrived. Only where no other thread can be in
    /// here: a forked child, before it goes on.
    pub fn reset(&self) {
        for word in &self.words {
            word.swap(0, AcqRel);
        }
        for unkept in &self.unkept {
            unkept.swap(0, Relaxed);
        }
        for list in [&self.singles, &self.queued] {
            list.top.swap(0, AcqRel);
            list.fresh.swap(0, AcqRel);
        }
    }

    #[inline(always)]
    fn word(&self, signum: usize) -> Option<&AtomicU64> {
        self.words.get(signum.wrapping_sub(1))
    }

    fn unkept(&self, signum: usize) -> Option<&AtomicU32> {
        self.unkept.get(signum.wrapping_sub(1))
    }

    /// A free record's name, or 0.
    #[inline(always)]
    fn acquire(&self, single: bool) -> u32 {
        let (list, first, size) = match single {
            true => (&self.singles, 0, SINGLE),
            false => (&self.queued, SINGLE, ALL - SINGLE),
        };
        let mut top = list.top.load(Acquire);
        while let Some(record) = self.get(newest(top)) {
            let next = pack(count(top).wrapping_add(1), record.next.load(Relaxed));
            match list.top.compare_exchange(top, next, AcqRel, Acquire) {
                Ok(_) => return newest(top),
                Err(now) => top = now,
            }
        }
        let mut fresh = list.fresh.load(Relaxed);
        while (fresh as usize) < size {
            match list.fresh.compare_exchange(fresh, fresh + 1, Relaxed, Relaxed) {
                Ok(_) => return first as u32 + fresh + 1,
                Err(now) => fresh = now,
            }
        }
        0
    }
}

// A word's halves: a count (or a tag) above, a record's name below.

#[inline(always)]
fn pack(count: u32, name: u32) -> u64 {
    u64::from(count) << 32 | u64::from(name)
}

#[inline(always)]
fn count(word: u64) -> u32 {
    (word >> 32) as u32
}

#[inline(always)]
fn newest(word: u64) -> u32 {
    word as u32
}
