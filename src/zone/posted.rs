//! Jobs that their callers own: a list that is never full.
//!
//! # Algorithm
//!
//! Producers push onto a stack (Treiber); the owner swaps the whole stack
//! away and reverses it: first posted, first run. Nothing is ever popped
//! singly, so there is no ABA. A job that waits is marked *queued*; the owner
//! takes the mark away before it runs the job, so the job may post itself
//! again, or be freed, from inside its own call. The mark is the *era*, which
//! every forked child begins anew: a job that another thread was just posting
//! when this process was forked off carries a mark that means nothing here.
//!
//! # Ordering
//!
//! The mark is always swapped, also by a poster that finds it set (AcqRel on
//! both sides): what that poster wrote before is seen by the run to come.
//! The push is SeqCst, not Release, since the poster goes on to ask whether to
//! wake anybody.

use super::atomic::{
    AcqRel, Acquire, AtomicU32, AtomicUsize, Relaxed, SeqCst, constructor,
};

/// The part of a job that the list uses.
#[repr(C)]
pub struct Link {
    next: AtomicUsize,
    queued: AtomicU32,
}

impl Link {
    constructor! {
        #[allow(dead_code)] // the models': in C a link begins as zeros
        pub fn new() -> Self {
            Link { next: AtomicUsize::new(0), queued: AtomicU32::new(0) }
        }
    }

    /// Take the mark away. Owner, just before the job runs.
    pub fn release(&self) {
        self.queued.swap(0, AcqRel);
    }

    /// The address of the job behind this one in a taken list, or 0. Owner.
    pub fn next(&self) -> usize {
        self.next.load(Relaxed)
    }

    /// Append to the list that the owner holds. Owner.
    pub fn set_next(&self, address: usize) {
        self.next.store(address, Relaxed);
    }
}

/// The stack of posted jobs, by address.
pub struct Posted {
    top: AtomicUsize,
}

impl Posted {
    constructor! {
        pub fn new() -> Self {
            Posted { top: AtomicUsize::new(0) }
        }
    }

    /// Post the job at `address`, whose link is `link`, in this era (not 0).
    /// False where it was already queued. Any thread, and in a signal handler.
    #[inline(always)]
    pub fn push(&self, address: usize, link: &Link, era: u32) -> bool {
        if link.queued.swap(era, AcqRel) == era {
            return false;
        }
        let mut top = self.top.load(Relaxed);
        loop {
            link.next.store(top, Relaxed);
            match self.top.compare_exchange(top, address, SeqCst, Relaxed) {
                Ok(_) => return true,
                Err(now) => top = now,
            }
        }
    }

    /// Whether anything is posted. Owner.
    #[inline(always)]
    pub fn is_pending(&self) -> bool {
        self.top.load(Relaxed) != 0
    }

    /// Forget what is posted: a forked child's, where its marks mean nothing.
    pub fn reset(&self) {
        self.top.swap(0, AcqRel);
    }

    /// Take all, the last posted first: its address, or 0. Owner.
    #[inline(always)]
    pub fn take_all(&self) -> usize {
        self.top.swap(0, Acquire)
    }
}
