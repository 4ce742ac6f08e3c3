//! A context's inbox: all that an arrival writes and its owner collects.
//!
//! # Order
//!
//! An arrival: record and count, the signal's bit, the breaker, then the
//! wake-up. The owner: swap the breaker, drain the eventfd, then
//! look at the bits; it never clears after it has looked (CPython lost
//! wake-ups that way: python/cpython gh-74224; libuv on arm64: PR 4287).
//!
//! The breaker is *stored* by producers, after their Release of what is
//! pending, and swapped by the owner: either the owner's swap reads that
//! store, and then what it announces is seen, or the store comes after the
//! swap and the breaker stays set. No fence is needed for that. What a wake-
//! up has to know besides, whether anybody wants to be woken or waits, is read
//! after a read-modify-write of the same producer: see [`Wake::active`].

use super::atomic::{
    AcqRel, AtomicU32, AtomicU64, Relaxed, Release, SeqCst, constructor, fence,
};
use super::deliveries::{Deliveries, Details, QUEUED, SINGLES};
use super::escalation::Escalations;
use super::posted::{Link, Posted};
use super::ring::{Call, Full, ROOM, Ring};
use super::waiting::Waiting;
use super::wake::Wake;
use crate::sys::zone as sys;

/// What an arrival writes, and an owner looks at before it waits, lies together
/// in a page, behind the records, which fill whole ones: behind a system call
/// each page costs a miss of the TLB. The breaker and the ring's tail share a
/// cache line, for a producer writes to both and a check reads both: calls from
/// one thread to another go through half as fast again.
#[repr(C, align(64))]
pub struct Inbox {
    pub deliveries: Deliveries<SINGLES, { SINGLES + QUEUED }>,
    pub escalations: Escalations,
    /// Signals that have ever arrived, by bit `signum - 1`: whose counts are
    /// to be looked at. A bit stays, so it is written once.
    known: AtomicU64,
    /// Signals whose deliveries are kept apart.
    queues: AtomicU64,
    /// `INTERRUPT | value`, or 0.
    interrupt: AtomicU64,
    calls_refused: AtomicU64,
    /// Timers that have fallen due and are not taken.
    due: AtomicU64,
    pub posted: Posted,
    pub wake: Wake,
    pub waiting: Waiting,
    pub breaker: Breaker,
    pub calls: Ring<ROOM, { ROOM / 64 }>,
}

/// Non-zero while anything is pending: what every safe point reads.
#[repr(C)]
pub struct Breaker(pub AtomicU32);

const INTERRUPT: u64 = 1 << 32;

/// The bit of a signal, or none for a number that is no signal's.
#[inline(always)]
pub fn bit(signum: u32) -> u64 {
    1u64.checked_shl(signum.wrapping_sub(1)).unwrap_or(0)
}

impl Inbox {
    constructor! {
        pub fn new() -> Self {
            Inbox {
                breaker: Breaker(AtomicU32::new(0)),
                calls: Ring::new(),
                wake: Wake::new(),
                waiting: Waiting::new(),
                deliveries: Deliveries::new(),
                escalations: Escalations::new(),
                posted: Posted::new(),
                known: AtomicU64::new(0),
                queues: AtomicU64::new(0),
                interrupt: AtomicU64::new(0),
                calls_refused: AtomicU64::new(0),
                due: AtomicU64::new(0),
            }
        }
    }

    // Producers: any thread, and in a signal handler.

    /// A signal has come. `led_out`: see [`Waiting::kick`]. True where it has
    /// come too often: see [`Escalations`].
    #[inline(always)]
    pub fn deliver(&self, signum: u32, details: &Details, led_out: bool) -> bool {
        // First: whoever has collected the record can forget the count.
        let too_often = self.escalations.delivered(signum, details.time);
        let queue = self.queues.load(Relaxed) & bit(signum) != 0;
        self.deliveries.record(signum as usize, queue, details);
        // Whoever is told of this delivery by the breaker sees the bit, also
        // where it was another's: no bit is ever taken away.
        if self.known.load(SeqCst) & bit(signum) == 0 {
            self.known.fetch_or(bit(signum), SeqCst);
        }
        self.announce(signum, led_out);
        too_often
    }

    /// Queue a call.
    #[inline(always)]
    pub fn add_call(&self, call: Call) -> Result<(), Full> {
        let result = self.calls.push(call);
        match result {
            Ok(()) => {
                if !sys::FENCES_ALL_THREADS {
                    fence(SeqCst); // see `look`
                }
                self.announce(0, false);
            }
            Err(Full) => {
                self.calls_refused.fetch_add(1, Relaxed);
            }
        }
        result
    }

    /// Post a job in this era; false where it was queued already.
    #[inline(always)]
    pub fn post(&self, address: usize, link: &Link, era: u32) -> bool {
        let posted = self.posted.push(address, link, era);
        if posted {
            self.announce(0, false);
        }
        posted
    }

    /// The next check returns `value`.
    #[inline(always)]
    pub fn interrupt(&self, value: i32) {
        self.interrupt.swap(INTERRUPT | u64::from(value as u32), SeqCst);
        self.announce(0, false);
    }

    /// A timer has fallen due: announce it next.
    pub fn fall_due(&self) {
        self.due.fetch_add(1, SeqCst);
    }

    pub fn announce_due(&self) {
        self.announce(0, false);
    }

    #[inline(always)]
    fn announce(&self, signum: u32, led_out: bool) {
        self.breaker.0.store(1, Release);
        if self.wake.active() != 0 && self.wake.wake(signum) {
            self.breaker.0.store(1, Release);
        }
        if self.waiting.thread() != 0 {
            self.waiting.kick(sys::this_thread(), led_out);
        }
    }

    // The owner.

    /// Signals that have arrived and are not taken, as bits.
    #[inline(always)]
    pub fn arrived(&self) -> u64 {
        let (mut known, mut arrived) = (self.known.load(Relaxed), 0);
        while known != 0 {
            if self.deliveries.waiting(known.trailing_zeros() as usize + 1) != 0 {
                arrived |= known & known.wrapping_neg();
            }
            known &= known - 1;
        }
        arrived
    }

    /// Deliveries of all signals that nobody has taken yet.
    pub fn waiting(&self) -> u64 {
        let (mut known, mut waiting) = (self.known.load(Relaxed), 0);
        while known != 0 {
            let signum = known.trailing_zeros() as usize + 1;
            waiting += u64::from(self.deliveries.waiting(signum));
            known &= known - 1;
        }
        waiting
    }

    /// The value that an interrupt left, if one did.
    #[inline(always)]
    pub fn take_interrupt(&self) -> Option<i32> {
        if self.interrupt.load(Relaxed) == 0 {
            return None;
        }
        match self.interrupt.swap(0, AcqRel) {
            0 => None,
            word => Some(word as u32 as i32),
        }
    }

    /// Whether anything is pending here.
    #[inline(always)]
    pub fn is_pending(&self) -> bool {
        self.arrived() != 0 || self.is_pending_besides_signals()
    }

    /// Whether anything is pending here, when something was switched on that a
    /// producer looks at: whoever did not see that is seen here. A late call
    /// is published by a store alone. So that whoever has published one comes
    /// to its look after we have come to ours, the kernel puts a fence between
    /// its two; where it cannot (before Linux 4.14), the store is seen by all
    /// since entering the kernel to wait takes longer.
    #[inline(always)]
    pub fn look(&self) -> bool {
        if self.calls.is_late() {
            sys::fence_all_threads();
        }
        self.is_pending()
    }

    #[inline(always)]
    pub fn is_pending_besides_signals(&self) -> bool {
        self.calls.is_pending()
            || self.posted.is_pending()
            || self.interrupt.load(Relaxed) != 0
            || self.has_due()
    }

    /// Whether a timer has fallen due that is not taken.
    #[inline(always)]
    pub fn has_due(&self) -> bool {
        self.due.load(Relaxed) != 0
    }

    /// One of those is taken, or cancelled.
    pub fn take_due(&self) {
        self.due.fetch_sub(1, SeqCst);
    }

    /// Counters begin at zero with each first owner.
    pub fn begin_counting(&self) {
        self.calls_refused.store(0, Relaxed);
        self.wake.begin_counting();
        self.waiting.begin_counting();
    }

    /// Keep deliveries of this signal apart, or not.
    pub fn set_queue(&self, signum: u32, queue: bool) {
        let queues = self.queues.load(Relaxed) & !bit(signum);
        self.queues.store(if queue { queues | bit(signum) } else { queues }, Release);
    }

    pub fn queues(&self, signum: u32) -> bool {
        self.queues.load(Relaxed) & bit(signum) != 0
    }

    pub fn calls_refused(&self) -> u64 {
        self.calls_refused.load(Relaxed)
    }

    /// As if nothing had ever come. Only where no other thread can be in
    /// here: a forked child, before it goes on.
    pub fn reset(&self) {
        self.known.store(0, Relaxed);
        self.deliveries.reset();
        self.escalations.forget();
        self.calls.reset();
        self.posted.reset();
        self.take_interrupt();
        self.due.store(0, Relaxed);
        self.begin_counting();
        self.breaker.0.swap(0, SeqCst);
    }
}
