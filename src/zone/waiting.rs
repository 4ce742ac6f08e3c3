//! The owner's waits: who is told that the owner is about to wait.
//!
//! # Algorithm
//!
//! The owner says that it waits, and then looks whether anything is pending;
//! a producer records, and then looks whether the owner waits (libev's
//! handshake). One of them sees the other: the owner does not wait, or the
//! producer kicks it, when it has set the breaker. A kick is a signal to the
//! owner's thread. It runs our handler there, which moves the program counter
//! out of the few instructions between the owner's last look and the system
//! call: `sys::zone::leave_wait`. Code that is not ours has no such instructions
//! that we know: while the owner is in there, a timer kicks it again and again,
//! until it has left. So it does where somebody else's handler lies over the
//! wait, and what arrives is in that one.
//!
//! Every producer kicks: to trust in the kick of another would be to wait for
//! it. A kick that comes late finds nobody waiting, and has done no harm.
//!
//! # Ordering
//!
//! Store, then load, on both sides: the producer's record is a SeqCst
//! read-modify-write, its look a SeqCst load; the owner's word is a SeqCst
//! compare-and-swap with a full fence behind it. The one record that is
//! published by less, a late call, is seen to by the owner: `Inbox::look`.
//!
//! The thread's number is stored before its name, with Release: whoever reads
//! the name (Acquire) kicks the thread of that name, or a later one.

use super::atomic::{
    Acquire, AtomicU32, AtomicU64, AtomicUsize, Relaxed, Release, SeqCst, constructor,
    full_fence_after_swap,
};
use crate::sys::zone as sys;

/// It fills a cache line, so that what comes behind it begins one.
#[repr(C, align(64))]
pub struct Waiting {
    /// The owner's thread while it waits, as `this_thread` names it; or 0.
    thread: AtomicUsize,
    /// The same thread as the kernel numbers it, and what it is kicked with.
    number: AtomicU32,
    signum: AtomicU32,
    /// Which context this is.
    context: AtomicU32,
    /// The owner's own: the thread for which all is in place that a kick needs,
    /// or 0; and what the handler that ended its last wait has returned.
    prepared: AtomicUsize,
    raised: AtomicU32,
    /// The timer that kicks again, plus 1; 0 is none.
    timer: AtomicU32,
    /// Every kick is to be repeated: code that is not ours waits.
    repeat: AtomicU32,
    /// The timer runs, or is about to; and this thread itself has started it.
    runs: AtomicU32,
    mine: AtomicU32,
    kicks: AtomicU64,
}

impl Waiting {
    constructor! {
        pub fn new() -> Self {
            Waiting {
                thread: AtomicUsize::new(0),
                number: AtomicU32::new(0),
                signum: AtomicU32::new(0),
                context: AtomicU32::new(0),
                prepared: AtomicUsize::new(0),
                raised: AtomicU32::new(0),
                timer: AtomicU32::new(0),
                repeat: AtomicU32::new(0),
                runs: AtomicU32::new(0),
                mine: AtomicU32::new(0),
                kicks: AtomicU64::new(0),
            }
        }
    }

    // Producers: any thread, and in a signal handler.

    /// The thread that waits, or 0. SeqCst: see above.
    #[inline(always)]
    pub fn thread(&self) -> usize {
        self.thread.load(SeqCst)
    }

    /// End the owner's wait, if there is one. `me` calls; `led_out` is whether
    /// it is the owner, on its way out of the wait already.
    #[inline(never)]
    #[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
    pub fn kick(&self, me: usize, led_out: bool) {
        let thread = self.thread();
        if thread == me {
            self.kick_myself(led_out);
        } else if thread != 0 {
            if self.repeat.load(Acquire) != 0 {
                self.run_timer();
            }
            let number = self.number.load(Acquire) as i32;
            let context = self.context.load(Relaxed) as usize;
            sys::kick(number, self.signum.load(Relaxed) as i32, context);
            self.kicks.fetch_add(1, Relaxed);
        }
    }

    /// Something has arrived on the owner's own thread. Unless that was seen
    /// to be in the wait, it may be in a handler of somebody else's that has
    /// interrupted the wait: a kick now would not reach what lies below. It
    /// comes when that has returned, or some milliseconds later.
    #[inline(always)]
    fn kick_myself(&self, led_out: bool) {
        let again = !led_out || self.repeat.load(Acquire) != 0;
        // Not begun anew each time: that would put it off.
        if again && self.mine.load(Relaxed) == 0 {
            self.run_timer();
            self.mine.store(1, Relaxed);
        }
    }

    #[inline(always)]
    fn run_timer(&self) {
        if let Some(timer) = self.timer.load(Acquire).checked_sub(1) {
            self.runs.store(1, SeqCst);
            sys::run_timer(timer as i32, true);
        }
    }

    /// A kick has arrived on the thread `me`. Where that waits no more, whoever
    /// has started the timer came too late; an owner that was is nobody.
    #[inline(always)]
    pub fn kicked(&self, me: usize, led_out: bool) {
        if self.thread() == me {
            self.kick_myself(led_out);
        } else if self.is_prepared_for(me) {
            self.stop_timer();
        }
    }

    #[inline(never)]
    #[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
    fn stop_timer(&self) {
        self.runs.store(0, SeqCst);
        self.mine.store(0, Relaxed);
        if let Some(timer) = self.timer.load(Acquire).checked_sub(1) {
            sys::run_timer(timer as i32, false);
        }
    }

    // The owner.

    /// Say that `me` waits, before it looks for what is pending. True where it
    /// has to say when that is over: not inside a longer wait of its own.
    #[inline(always)]
    pub fn begin(&self, me: usize) -> bool {
        let mut found = 0;
        // At most once more: for one that waits no more, or is no owner.
        while let Err(other) = self.thread.compare_exchange(found, me, SeqCst, Relaxed) {
            if other == me {
                full_fence_after_swap();
                return false;
            }
            found = other;
        }
        full_fence_after_swap();
        true
    }

    /// It is over. Another owner may have come meanwhile: leave it its word.
    /// A compare-and-swap here would cost as much again as the one above; one
    /// who adopts while the owner waits has its kicks repeated instead.
    #[inline(always)]
    pub fn end(&self, me: usize) {
        if self.thread.load(Relaxed) == me {
            self.thread.store(0, Release);
        }
        self.rest();
    }

    /// Stop the timer, if it runs, before a look at what is pending.
    #[inline(always)]
    pub fn rest(&self) {
        if self.runs.load(Relaxed) != 0 {
            self.stop_timer();
        }
    }

    /// Something is pending: if that is to end a wait around the caller, kick.
    #[inline(always)]
    pub fn kick_around(&self, me: usize) {
        if self.thread() == me {
            self.kick_myself(true);
        }
    }

    /// Whom to kick for this context, and by which signal; `me` is its name.
    pub fn prepare(&self, context: usize, me: usize, number: i32, signum: u32) {
        self.context.store(context as u32, Relaxed);
        self.signum.store(signum, Relaxed);
        self.number.store(number as u32, Release);
        self.prepared.store(me, Relaxed);
    }

    /// Whether it was, and `me` is the owner since.
    #[inline(always)]
    pub fn is_prepared_for(&self, me: usize) -> bool {
        self.prepared.load(Relaxed) == me
    }

    /// What the handler that ended the last wait has returned, or 0.
    pub fn raised(&self) -> i32 {
        self.raised.load(Relaxed) as i32
    }

    #[inline(always)]
    pub fn set_raised(&self, value: i32) {
        self.raised.store(value as u32, Relaxed);
    }

    /// The timer that kicks again: or none.
    pub fn set_timer(&self, timer: Option<i32>) {
        self.rest();
        self.timer.store(timer.map_or(0, |timer| timer as u32 + 1), SeqCst);
    }

    pub fn timer(&self) -> Option<i32> {
        self.timer.load(Relaxed).checked_sub(1).map(|timer| timer as i32)
    }

    /// Have every kick repeated, or not.
    pub fn repeat(&self, on: bool) {
        self.repeat.store(u32::from(on), SeqCst);
    }

    pub fn kicks(&self) -> u64 {
        self.kicks.load(Relaxed)
    }

    pub fn begin_counting(&self) {
        self.kicks.store(0, Relaxed);
    }

    /// Nobody waits, and who will has to prepare first. The timer is gone.
    pub fn reset(&self) {
        for word in [&self.raised, &self.timer, &self.repeat, &self.runs, &self.mine] {
            word.store(0, Relaxed);
        }
        self.prepared.store(0, Relaxed);
        self.thread.store(0, Relaxed);
    }
}
