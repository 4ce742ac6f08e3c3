//! What happened, counted by the owner.

use core::sync::atomic::AtomicU64;
use core::sync::atomic::Ordering::Relaxed;

use super::Context;

/// Buckets of the latency histogram.
pub const SAFEPOINT_LATENCY_BUCKETS: usize = 40;

/// What happened in a context since sig_init() or sig_context_new(), or since
/// the fork in a child.
/// Once nothing is pending, arrivals = handled + coalesced + lost + dropped.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Counters {
    /// Deliveries of signals that have a handler.
    pub arrivals: u64,
    /// Events of signals that a handler was called for, or sig_next() took.
    pub handled: u64,
    /// Deliveries that joined an event that was pending already.
    pub coalesced: u64,
    /// Deliveries kept apart that found no room.
    pub lost: u64,
    /// Deliveries that were pending when their handler was removed.
    pub dropped: u64,
    /// Pending calls, posted jobs and timers that were run, or that sig_next()
    /// took.
    pub calls_run: u64,
    /// Pending calls that found the ring full: -EAGAIN.
    pub calls_refused: u64,
    /// Pending calls and posted jobs dropped by sig_fini() or
    /// sig_context_free().
    pub calls_dropped: u64,
    /// Wake-ups that could not be written.
    pub wakeups_failed: u64,
    /// Kicks sent to an owner that waited, for what came elsewhere.
    pub forwards: u64,
    /// From arrival to handler: latency[n] counts the events that waited at
    /// least 2^n and less than 2^(n+1) nanoseconds. The last has all above.
    pub latency: [u64; SAFEPOINT_LATENCY_BUCKETS],
}

/// Add to what only the owner writes: no locked instruction is needed.
#[inline(always)]
pub fn add(counter: &AtomicU64, by: u64) {
    counter.store(counter.load(Relaxed).wrapping_add(by), Relaxed);
}

/// Owner writes, any thread reads.
pub struct Tally {
    pub handled: AtomicU64,
    pub coalesced: AtomicU64,
    pub lost: AtomicU64,
    pub dropped: AtomicU64,
    pub calls_run: AtomicU64,
    pub calls_dropped: AtomicU64,
    /// Events and calls that were handled since the process began: never reset.
    pub ever: AtomicU64,
    latency: [AtomicU64; SAFEPOINT_LATENCY_BUCKETS],
}

impl Tally {
    pub const fn new() -> Self {
        Tally {
            handled: AtomicU64::new(0),
            coalesced: AtomicU64::new(0),
            lost: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
            calls_run: AtomicU64::new(0),
            calls_dropped: AtomicU64::new(0),
            ever: AtomicU64::new(0),
            latency: [const { AtomicU64::new(0) }; SAFEPOINT_LATENCY_BUCKETS],
        }
    }

    /// Count a call or a job that is about to run.
    pub fn runs_call(&self) {
        add(&self.calls_run, 1);
        add(&self.ever, 1);
    }

    /// Count one event that waited so many nanoseconds.
    pub fn waited(&self, nanoseconds: u64) {
        let bucket = nanoseconds.max(1).ilog2() as usize;
        if let Some(counter) = self.latency.get(bucket).or(self.latency.last()) {
            add(counter, 1);
        }
    }

    pub fn latency(&self) -> [u64; SAFEPOINT_LATENCY_BUCKETS] {
        let mut read = [0; SAFEPOINT_LATENCY_BUCKETS];
        for (to, from) in read.iter_mut().zip(&self.latency) {
            *to = from.load(Relaxed);
        }
        read
    }

    pub fn reset(&self) {
        let all = [
            &self.handled,
            &self.coalesced,
            &self.lost,
            &self.dropped,
            &self.calls_run,
            &self.calls_dropped,
        ];
        for counter in all.into_iter().chain(&self.latency) {
            counter.store(0, Relaxed);
        }
    }
}

impl Context {
    /// Counters begin at zero, with what is pending.
    pub fn begin_counting(&self) {
        self.tally.reset();
        self.ready.begin_counting(self.inbox());
        self.failures_told.store(0, Relaxed);
        self.inbox().begin_counting();
    }

    pub fn counters(&self) -> Counters {
        let tally = &self.tally;
        Counters {
            arrivals: self.ready.collected() + self.inbox().waiting(),
            handled: tally.handled.load(Relaxed),
            coalesced: tally.coalesced.load(Relaxed),
            lost: tally.lost.load(Relaxed),
            dropped: tally.dropped.load(Relaxed),
            calls_run: tally.calls_run.load(Relaxed),
            calls_refused: self.inbox().calls_refused(),
            calls_dropped: tally.calls_dropped.load(Relaxed),
            wakeups_failed: self.inbox().wake.failures().0,
            forwards: self.inbox().waiting.kicks(),
            latency: tally.latency(),
        }
    }
}
