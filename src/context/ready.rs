//! What the owner has collected and not yet handled.
//!
//! A check first moves everything that arrived into here, and then handles it
//! one by one, each taken out before its handler is called. So what a handler
//! makes pending waits for the next check, and what a handler leaves behind by
//! raising, or by longjmping out, is still here. Each collection is a round; a
//! check handles no round later than its own, however its handlers check.
//!
//! Only the owner comes here; atomics so that nothing here is unsafe.

use core::sync::atomic::Ordering::Relaxed;
use core::sync::atomic::{AtomicU32, AtomicU64};

use super::counters::add;
use super::event::Event;
use crate::zone::{Details, Inbox, SIGNALS, bit};

struct Line {
    /// The chain of records, first to last, by name; 0 is none.
    first: AtomicU32,
    last: AtomicU32,
    /// Deliveries that found no record, in front of the chain.
    bare: AtomicU64,
    bare_round: AtomicU64,
}

#[repr(C)]
pub struct Ready {
    /// Signals whose line is not empty.
    bits: AtomicU64,
    round: AtomicU64,
    /// Deliveries that were collected, ever.
    collected: AtomicU64,
    lines: [Line; SIGNALS],
}

impl Ready {
    pub const fn new() -> Self {
        Ready {
            bits: AtomicU64::new(0),
            round: AtomicU64::new(0),
            collected: AtomicU64::new(0),
            lines: [const {
                Line {
                    first: AtomicU32::new(0),
                    last: AtomicU32::new(0),
                    bare: AtomicU64::new(0),
                    bare_round: AtomicU64::new(0),
                }
            }; SIGNALS],
        }
    }

    pub fn is_empty(&self) -> bool {
        self.bits.load(Relaxed) == 0
    }

    pub fn bits(&self) -> u64 {
        self.bits.load(Relaxed)
    }

    pub fn collected(&self) -> u64 {
        self.collected.load(Relaxed)
    }

    /// Count anew, from what waits here.
    pub fn begin_counting(&self, inbox: &Inbox) {
        self.collected.store(0, Relaxed);
        for line in &self.lines {
            add(&self.collected, line.bare.load(Relaxed));
            let mut name = line.first.load(Relaxed);
            while let Some(record) = inbox.deliveries.get(name) {
                add(&self.collected, record.count.load(Relaxed));
                add(&self.collected, record.lost.load(Relaxed));
                name = record.next();
            }
        }
    }

    /// Move what arrived into here, as a round of its own: its number.
    pub fn collect(&self, inbox: &Inbox) -> u64 {
        add(&self.round, 1);
        let mut arrived = inbox.arrived();
        while arrived != 0 {
            let signum = arrived.trailing_zeros() + 1;
            arrived &= arrived - 1;
            self.append(inbox, signum);
        }
        self.round.load(Relaxed)
    }

    fn line(&self, signum: u32) -> Option<&Line> {
        self.lines.get((signum as usize).wrapping_sub(1))
    }

    #[inline(never)]
    fn append(&self, inbox: &Inbox, signum: u32) {
        let taken = inbox.deliveries.take(signum as usize);
        let Some(line) = self.line(signum) else { return };
        add(&self.collected, u64::from(taken.count));
        self.bits.store(self.bits.load(Relaxed) | bit(signum), Relaxed);
        let queue = inbox.queues(signum);
        let first = if queue || line.last.load(Relaxed) == 0 {
            self.chain(inbox, line, taken.newest)
        } else {
            self.discard(inbox, taken.newest); // joins the one that waits
            0
        };
        let extra = taken.count - first;
        let lost = match extra {
            0 => 0,
            _ => u64::from(inbox.deliveries.take_unkept(signum as usize, extra)),
        };
        let extra = u64::from(extra);
        match inbox.deliveries.get(line.last.load(Relaxed)) {
            // What joins there came before they were to be kept apart.
            Some(last) if queue => {
                add(&last.lost, lost);
                add(&last.count, extra - lost);
            }
            Some(last) => {
                add(&last.count, extra + line.bare.load(Relaxed));
                line.bare.store(0, Relaxed);
            }
            None => {
                if line.bare.load(Relaxed) == 0 {
                    line.bare_round.store(self.round.load(Relaxed), Relaxed);
                }
                add(&line.bare, extra);
            }
        }
    }

    fn discard(&self, inbox: &Inbox, mut name: u32) {
        while let Some(record) = inbox.deliveries.get(name) {
            let next = record.next();
            inbox.deliveries.release(name);
            name = next;
        }
    }

    /// Turn a newest-first chain round and append it: its length.
    fn chain(&self, inbox: &Inbox, line: &Line, newest: u32) -> u32 {
        let (mut name, mut after, mut length) = (newest, 0, 0);
        while let Some(record) = inbox.deliveries.get(name) {
            let before = record.next();
            record.set_next(after);
            record.count.store(1, Relaxed);
            record.lost.store(0, Relaxed);
            record.round.store(self.round.load(Relaxed), Relaxed);
            (after, name, length) = (name, before, length + 1);
        }
        if length != 0 {
            match inbox.deliveries.get(line.last.load(Relaxed)) {
                Some(last) => last.set_next(after),
                None => line.first.store(after, Relaxed),
            }
            line.last.store(newest, Relaxed);
        }
        length
    }

    /// Take out the next of a round up to `limit`, lowest signal first: into
    /// `event`, whose kind is SIGNAL. False where there is none.
    #[inline(always)]
    pub fn take(&self, inbox: &Inbox, limit: u64, event: &mut Event) -> bool {
        let mut bits = self.bits.load(Relaxed);
        while bits != 0 {
            let signum = bits.trailing_zeros() + 1;
            bits &= bits - 1;
            if self.take_from(inbox, signum, limit, event) {
                return true;
            }
        }
        false
    }

    /// Take out the next of one signal. Straight from the record into the
    /// event: copies of it, one after the other, showed in the figures.
    #[inline(never)]
    pub fn take_from(
        &self,
        inbox: &Inbox,
        signum: u32,
        limit: u64,
        event: &mut Event,
    ) -> bool {
        let Some(line) = self.line(signum) else { return false };
        let bare = line.bare.load(Relaxed);
        let first = line.first.load(Relaxed);
        if bare != 0 {
            if line.bare_round.load(Relaxed) > limit {
                return false;
            }
            line.bare.store(0, Relaxed);
            let queue = inbox.queues(signum);
            event.put(signum, &Details::default());
            (event.count, event.lost) = if queue { (1, bare - 1) } else { (bare, 0) };
        } else {
            let Some(record) = inbox.deliveries.get(first) else { return false };
            if record.round.load(Relaxed) > limit {
                return false;
            }
            event.put(signum, &record.details());
            event.count = record.count.load(Relaxed);
            event.lost = record.lost.load(Relaxed);
            let next = record.next();
            line.first.store(next, Relaxed);
            if next == 0 {
                line.last.store(0, Relaxed);
            }
            inbox.deliveries.release(first);
        }
        if line.first.load(Relaxed) == 0 {
            self.bits.store(self.bits.load(Relaxed) & !bit(signum), Relaxed);
        }
        true
    }

    /// A forked child's: nothing was ever collected. The records are reset
    /// with the inbox.
    pub fn reset(&self) {
        self.bits.store(0, Relaxed);
        self.collected.store(0, Relaxed);
        for line in &self.lines {
            line.first.store(0, Relaxed);
            line.last.store(0, Relaxed);
            line.bare.store(0, Relaxed);
        }
    }
}
