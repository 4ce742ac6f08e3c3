//! Signals that are not to wait for ever: after so many deliveries, or so much
//! time, with no safe point in between, their default action is done.
//!
//! An arrival counts here before it records, and the owner forgets the counts
//! at each safe point, after it has collected: at those that find nothing there
//! is nothing to forget. So what was collected is never counted any more; what
//! was counted and not recorded yet may be forgotten, which is to the good.
//! The time is a timer's of the kernel, which the first delivery after a safe
//! point sets and the next safe point stops; it sends a signal of the library's
//! own, whose arrival looks here whether it still is to act.

use super::atomic::{
    AtomicU32, AtomicU64, Relaxed, Release, SeqCst, constructor, fresh_array,
};
use super::deliveries::SIGNALS;
use super::inbox::bit;
use crate::sys::zone as sys;

struct Line {
    /// The delivery that is one too many; 0 is none.
    limit: AtomicU32,
    /// Deliveries since the last safe point.
    count: AtomicU32,
    /// When the first of them came, and how long after it is too long.
    since: AtomicU64,
    patience: AtomicU64,
    /// The timer for that, plus 1; 0 is none.
    timer: AtomicU32,
}

pub struct Escalations {
    /// Signals for which anything is set.
    on: AtomicU64,
    lines: [Line; SIGNALS],
}

/// What is set for a signal.
#[derive(Clone, Copy, Default)]
pub struct Escalation {
    pub limit: u32,
    pub patience: u64,
    pub timer: Option<i32>,
}

impl Escalations {
    constructor! {
        pub fn new() -> Self {
            Escalations {
                on: AtomicU64::new(0),
                lines: fresh_array![Line {
                    limit: AtomicU32::new(0),
                    count: AtomicU32::new(0),
                    since: AtomicU64::new(0),
                    patience: AtomicU64::new(0),
                    timer: AtomicU32::new(0),
                }; SIGNALS],
            }
        }
    }

    #[inline(always)]
    fn line(&self, signum: u32) -> Option<&Line> {
        self.lines.get((signum as usize).wrapping_sub(1))
    }

    /// One was delivered, at this time: whether it is one too many.
    #[inline(always)]
    pub fn delivered(&self, signum: u32, time: u64) -> bool {
        self.on.load(Relaxed) & bit(signum) != 0 && self.count(signum, time)
    }

    #[inline(never)]
    #[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
    fn count(&self, signum: u32, time: u64) -> bool {
        let Some(line) = self.line(signum) else { return false };
        let count = line.count.fetch_add(1, SeqCst) + 1;
        if count == 1 {
            line.since.store(time, SeqCst);
            if let Some(timer) = line.timer.load(Relaxed).checked_sub(1) {
                sys::set_timer(timer as i32, line.patience.load(Relaxed), 0);
            }
        }
        let limit = line.limit.load(Relaxed);
        limit != 0 && count >= limit
    }

    /// Whether a delivery waits for a safe point since too long.
    #[inline(always)]
    pub fn is_overdue(&self, signum: u32, now: u64) -> bool {
        let Some(line) = self.line(signum) else { return false };
        let patience = line.patience.load(Relaxed);
        let waited = now.saturating_sub(line.since.load(SeqCst));
        patience != 0 && line.count.load(SeqCst) != 0 && waited >= patience
    }

    /// The owner has come to a safe point.
    #[inline(always)]
    pub fn forget(&self) {
        let mut on = self.on.load(Relaxed);
        while on != 0 {
            self.forget_one(on.trailing_zeros() + 1);
            on &= on - 1;
        }
    }

    /// Nothing of this signal is pending any more. Owner.
    #[inline(never)]
    pub fn forget_one(&self, signum: u32) {
        let Some(line) = self.line(signum) else { return };
        if line.count.load(Relaxed) == 0 {
            return;
        }
        // The time first: a timer that comes in between finds it is not over.
        line.since.store(u64::MAX, SeqCst);
        line.count.store(0, SeqCst);
        if let Some(timer) = line.timer.load(Relaxed).checked_sub(1) {
            sys::set_timer(timer as i32, 0, 0);
        }
    }

    /// What is set for a signal. Owner.
    pub fn get(&self, signum: u32) -> Escalation {
        self.line(signum).map_or(Escalation::default(), |line| Escalation {
            limit: line.limit.load(Relaxed),
            patience: line.patience.load(Relaxed),
            timer: line.timer.load(Relaxed).checked_sub(1).map(|timer| timer as i32),
        })
    }

    /// Set it. Owner.
    pub fn set(&self, signum: u32, to: Escalation) {
        let Some(line) = self.line(signum) else { return };
        line.since.store(u64::MAX, SeqCst);
        line.count.store(0, SeqCst);
        line.limit.store(to.limit, Relaxed);
        line.patience.store(to.patience, Relaxed);
        line.timer.store(to.timer.map_or(0, |timer| timer as u32 + 1), Relaxed);
        let others = self.on.load(Relaxed) & !bit(signum);
        let is_on = to.limit != 0 || to.timer.is_some();
        self.on.store(if is_on { others | bit(signum) } else { others }, Release);
    }

    /// Signals for which anything is set.
    #[inline(always)]
    pub fn on(&self) -> u64 {
        self.on.load(Relaxed)
    }
}
