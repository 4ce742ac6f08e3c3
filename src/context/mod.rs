//! A context: its owner, its handlers, and what is pending for it.
//!
//! The process has a main one, [`MAIN`], and others that come and go
//! (`contexts`). Nothing here is global but those and what belongs to the
//! process (`disposition`).

mod contexts;
mod counters;
mod disposition;
mod escalation;
mod event;
mod fork;
mod handlers;
mod jobs;
mod lock;
mod ready;
mod timers;
mod waits;
mod wakeup;

use core::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst};
use core::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize};

pub use contexts::{adopt, free, new, pinned, resolve};
pub use counters::{Counters, Tally, add};
use disposition::Stand;
pub use disposition::{Installed, Kind, kick_signal};
pub use event::{
    Call, Event, Handle, Handler, SAFEPOINT_EVENT_CALL, SAFEPOINT_EVENT_INTERRUPT,
    SAFEPOINT_EVENT_SIGNAL, SAFEPOINT_EVENT_TIMER,
};
pub use fork::is_an_owner;
pub use handlers::{ALL_FLAGS, Entry, Handlers, SAFEPOINT_ONESHOT};
pub use jobs::{Job, Jobs, link};
pub use ready::Ready;
pub use timers::{Due, Timers, cancel, end_timers};
pub use waits::Waits;

use crate::sys::{self, Errno};
use crate::zone::{Inbox, Pins, Place};

/// The main context.
pub static MAIN: Context = Context::new(0, Place::MAIN);

/// In this order: what an owner looks at before it waits lies together.
#[repr(C, align(256))]
pub struct Context {
    /// The owner's thread; 0 is none, `ENDED` one that is no more.
    owner: AtomicUsize,
    pub waits: Waits,
    /// Needed while a timer says that a safe point is overdue.
    overdue: Stand,
    /// How many sig_hold() are open.
    held: AtomicU32,
    /// A hold took the breaker down: a check has yet to see to the eventfd.
    unsettled: AtomicU32,
    /// Where on the stack the outermost check that is running a handler is;
    /// 0 is none, `ADOPTING` keeps the owner out.
    running: AtomicUsize,
    pub jobs: Jobs,
    pub ready: Ready,
    pub handlers: Handlers,
    pub tally: Tally,
    pub timers: Timers,
    pub pins: Pins,
    /// Failed wake-ups that sig_wakeup_failures() has told of.
    failures_told: AtomicU64,
    /// The number that the user knows the wake-up fd by, plus 1.
    wakeup_fd: AtomicU32,
    /// 0 is the main one.
    number: usize,
    place: Place,
}

const ADOPTING: usize = usize::MAX;

/// The owner of a context whose owner has ended: no thread's number.
const ENDED: usize = usize::MAX;

impl Context {
    pub const fn new(number: usize, place: Place) -> Self {
        Context {
            number,
            place,
            owner: AtomicUsize::new(0),
            held: AtomicU32::new(0),
            unsettled: AtomicU32::new(0),
            running: AtomicUsize::new(0),
            handlers: Handlers::new(),
            ready: Ready::new(),
            jobs: Jobs::new(),
            tally: Tally::new(),
            waits: Waits::new(),
            overdue: Stand::new(),
            timers: Timers::new(),
            pins: Pins::new(),
            failures_told: AtomicU64::new(0),
            wakeup_fd: AtomicU32::new(0),
        }
    }

    #[inline(always)]
    pub fn inbox(&self) -> &'static Inbox {
        self.place.inbox()
    }

    #[inline(always)]
    pub fn is_owner(&self) -> bool {
        self.is_owned_by(sys::this_thread())
    }

    #[inline(always)]
    pub fn is_owned_by(&self, thread: usize) -> bool {
        self.owner.load(Acquire) == thread
    }

    pub fn has_owner(&self) -> bool {
        self.owner.load(Acquire) != 0
    }

    /// Become the owner, where there is none: of the main context alone.
    pub fn claim(&self) -> Result<(), Errno> {
        if self.number != 0 {
            return self.owned();
        }
        fork::watch()?;
        let me = sys::this_thread();
        match self.owner.compare_exchange(0, me, AcqRel, Acquire) {
            Ok(_) => {
                fork::watch_owner();
                Ok(())
            }
            Err(owner) if owner == me => Ok(()),
            Err(_) => Err(sys::EPERM),
        }
    }

    /// As the owner, or else as the first: who fails does not become it.
    pub fn as_owner<T>(&self, work: impl FnOnce() -> Result<T, Errno>) -> Result<T, Errno> {
        let first = !self.has_owner();
        self.claim()?;
        let result = work();
        if first && result.is_err() {
            self.owner.store(0, Release);
        } else if first {
            self.begin_counting();
            self.take_waits_over();
        }
        result
    }

    /// Only the owner may go on.
    pub fn owned(&self) -> Result<(), Errno> {
        if self.is_owner() { Ok(()) } else { Err(sys::EPERM) }
    }

    /// Become the owner, whoever was. Under the lock.
    fn adopt(&self) -> Result<(), Errno> {
        if !self.has_owner() {
            return self.as_owner(|| Ok(()));
        }
        if self.is_owner() {
            return if self.is_in_a_handler() { Err(sys::EBUSY) } else { Ok(()) };
        }
        self.running
            .compare_exchange(0, ADOPTING, AcqRel, Relaxed)
            .map_err(|_| sys::EBUSY)?;
        self.owner.store(sys::this_thread(), Release);
        self.take_waits_over();
        self.running.store(0, Release);
        fork::watch_owner();
        self.settle(); // whatever the old owner was in the middle of
        Ok(())
    }

    /// The calling thread ends: if it was the owner, nobody is any more, but
    /// the context still has to be adopted. Another thread that gets the same
    /// number is not taken for it, and whatever handler it was in is over.
    ///
    /// Under the lock: nobody else has it before all that is done.
    fn owner_ends(&self) {
        let me = sys::this_thread();
        if self.owner.compare_exchange(me, ENDED, AcqRel, Relaxed).is_ok() {
            self.held.store(0, Relaxed);
            self.stop_waits();
            self.stop_escalations(); // there are no safe points any more
            self.running.store(0, Release);
        }
    }

    /// Whether the calling owner is in a handler: below the frame of a check,
    /// not above the frame of one that was left by longjmp.
    fn is_in_a_handler(&self) -> bool {
        let here = 0u8;
        (&raw const here as usize) < self.running.load(Relaxed)
    }

    /// The owner, `me`, begins to run handlers, in a frame at this address. True
    /// for the outermost check, which has to call [`leave`](Self::leave).
    /// `None` where the context is being adopted.
    ///
    /// A handler may longjmp out over the check and never come back to leave.
    /// Then the next check does not stand below the one that was left, as one
    /// inside a handler does, and takes its place.
    #[inline(always)]
    pub fn enter(&self, me: usize, frame: usize) -> Option<bool> {
        match self.running.compare_exchange(0, frame, AcqRel, Acquire) {
            Ok(_) if self.is_owned_by(me) => Some(true),
            Ok(_) => {
                self.running.store(0, Release);
                None
            }
            Err(ADOPTING) => None,
            Err(outer) if frame < outer => Some(false),
            Err(_) => {
                self.running.store(frame, Relaxed);
                Some(true)
            }
        }
    }

    /// The outermost check ends, unless a handler has ended its ownership.
    #[inline(always)]
    pub fn leave(&self, me: usize) {
        if self.is_owned_by(me) {
            self.running.store(0, Release);
        }
    }

    /// Whether a check by `me` that has called a handler is to stop there.
    #[inline(always)]
    pub fn is_over(&self, me: usize) -> bool {
        self.is_held() || !self.is_owned_by(me)
    }

    #[inline(always)]
    pub fn is_held(&self) -> bool {
        self.held.load(Relaxed) != 0
    }

    /// Open one more hold: EAGAIN at 2^32 of them.
    pub fn hold(&self) -> Result<(), Errno> {
        let held = self.held.load(Relaxed).checked_add(1).ok_or(sys::EAGAIN)?;
        self.held.store(held, Relaxed);
        if self.inbox().breaker.0.swap(0, SeqCst) != 0 {
            self.unsettled.store(1, Relaxed);
        }
        Ok(())
    }

    /// Close one hold: EINVAL where none is open.
    pub fn release(&self) -> Result<(), Errno> {
        let held = self.held.load(Relaxed).checked_sub(1).ok_or(sys::EINVAL)?;
        self.held.store(held, Relaxed);
        if held == 0 && (self.unsettled.load(Relaxed) != 0 || self.is_pending()) {
            self.unsettled.store(0, Relaxed);
            self.announce_again();
        }
        Ok(())
    }

    /// Whether anything waits, arrived or collected.
    #[inline(always)]
    pub fn is_pending(&self) -> bool {
        !self.ready.is_empty() || !self.jobs.is_empty() || self.inbox().is_pending()
    }

    /// Whether a call, a job, a timer or an interrupt waits.
    pub fn is_pending_besides_signals(&self) -> bool {
        !self.jobs.is_empty() || self.inbox().is_pending_besides_signals()
    }

    /// Signals that are pending, as bits.
    pub fn pending(&self) -> u64 {
        self.ready.bits() | self.inbox().arrived()
    }

    /// Something is left: say so, also to code that is not ours and will wait.
    fn announce_again(&self) {
        let inbox = self.inbox();
        inbox.breaker.0.store(1, Relaxed);
        inbox.waiting.kick_around(sys::this_thread());
    }

    /// Bring breaker and eventfd to what is pending: clear first, look after.
    /// While held, the one check that an arrival costs takes the breaker down.
    #[inline(never)]
    pub fn settle(&self) {
        let inbox = self.inbox();
        inbox.breaker.0.swap(0, SeqCst);
        inbox.wake.drain_event();
        inbox.waiting.rest();
        if self.is_pending() {
            inbox.wake.raise_event();
            if !self.is_held() {
                self.announce_again();
            }
        }
    }

    /// Drop what is pending of one signal, counted.
    pub fn drop_signal(&self, signum: u32) {
        self.ready.collect(self.inbox());
        self.inbox().escalations.forget_one(signum);
        let mut event = Event::of(SAFEPOINT_EVENT_SIGNAL);
        while self.ready.take_from(self.inbox(), signum, u64::MAX, &mut event) {
            add(&self.tally.dropped, event.count + event.lost);
        }
    }

    /// Drop everything that is pending, counted.
    pub fn drop_pending(&self) {
        let inbox = self.inbox();
        inbox.take_interrupt();
        let limit = self.ready.collect(inbox);
        let mut event = Event::of(SAFEPOINT_EVENT_SIGNAL);
        while self.ready.take(inbox, limit, &mut event) {
            add(&self.tally.dropped, event.count + event.lost);
        }
        let limit = inbox.calls.limit();
        while inbox.calls.take_late().or_else(|| inbox.calls.take(limit)).is_some() {
            add(&self.tally.calls_dropped, 1);
        }
        let limit = self.jobs.collect(inbox);
        while self.jobs.take(limit).is_some() {
            add(&self.tally.calls_dropped, 1);
        }
        self.drop_timers();
        self.settle();
    }

    /// Put every disposition back, drop what is pending, have no owner.
    pub fn finish(&self) {
        self.stop_waits();
        self.stop_escalations();
        disposition::restore_all(self);
        self.stop_wakeups();
        self.held.store(0, Relaxed);
        self.drop_pending();
        // Also inside a handler: the check that called it sees who owns it.
        self.running.store(0, Release);
        self.owner.store(0, Release);
    }
}
