//! Posted jobs: nodes that their callers own.
#![allow(unsafe_code)] // the callers' nodes are raw memory

use core::ffi::c_void;
use core::sync::atomic::Ordering::Relaxed;
use core::sync::atomic::{AtomicU64, AtomicUsize};

use super::Context;
use super::counters::add;
use super::event::Call;
use crate::zone::{Inbox, Link};

/// A call whose memory the caller owns, for sig_post(): it is never refused.
/// Make it with SAFEPOINT_JOB(fn, arg), and keep it alive until its function
/// is called (in there it may be freed, or posted again), sig_next() gives it
/// out, or sig_fini() or sig_context_free() drops it.
#[repr(C)]
pub struct Job {
    /// sizeof(sig_job).
    pub size: u32,
    /// Zero.
    pub reserved: u32,
    /// What the owner's next check runs. Non-zero raises.
    pub r#fn: Call,
    /// Its argument.
    pub arg: *mut c_void,
    /// The library's own. Zero at first.
    pub link: [usize; 2],
}

const _: () = assert!(size_of::<Link>() <= size_of::<[usize; 2]>());
const _: () = assert!(align_of::<Link>() <= align_of::<usize>());

/// The link inside a job.
///
/// # Safety
/// `job` points to a job that stays where it is until it was run.
#[inline(always)]
pub unsafe fn link<'a>(job: *mut Job) -> &'a Link {
    // SAFETY: the caller's word; a link is two words of atomics, and any
    // value is valid for it.
    unsafe { &*(&raw mut (*job).link).cast::<Link>() }
}

/// Jobs that the owner has collected, first posted first. Owner only.
pub struct Jobs {
    first: AtomicUsize,
    last: AtomicUsize,
    collected: AtomicU64,
    taken: AtomicU64,
}

impl Jobs {
    pub const fn new() -> Self {
        Jobs {
            first: AtomicUsize::new(0),
            last: AtomicUsize::new(0),
            collected: AtomicU64::new(0),
            taken: AtomicU64::new(0),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.first.load(Relaxed) == 0
    }

    /// Move what was posted into here: how many were ever collected, which
    /// is the limit of this check.
    #[inline(always)]
    pub fn collect(&self, inbox: &Inbox) -> u64 {
        if inbox.posted.is_pending() {
            self.append(inbox.posted.take_all());
        }
        self.collected.load(Relaxed)
    }

    #[inline(never)]
    fn append(&self, newest: usize) {
        let (mut address, mut after) = (newest, 0);
        while address != 0 {
            // SAFETY: posted, so alive until run.
            let link = unsafe { link(address as *mut Job) };
            let before = link.next();
            link.set_next(after);
            (after, address) = (address, before);
            add(&self.collected, 1);
        }
        if newest != 0 {
            match self.last.load(Relaxed) {
                0 => self.first.store(after, Relaxed),
                // SAFETY: as above.
                last => unsafe { link(last as *mut Job) }.set_next(after),
            }
            self.last.store(newest, Relaxed);
        }
    }

    /// Take out the next job in front of `limit`: what it runs. From here on
    /// its owner may free or post it again.
    pub fn take(&self, limit: u64) -> Option<(Call, *mut c_void)> {
        let job = self.first.load(Relaxed) as *mut Job;
        if job.is_null() || self.taken.load(Relaxed) >= limit {
            return None;
        }
        add(&self.taken, 1);
        // SAFETY: posted, so alive until run.
        unsafe {
            let next = link(job).next();
            self.first.store(next, Relaxed);
            if next == 0 {
                self.last.store(0, Relaxed);
            }
            let what = ((*job).r#fn, (*job).arg);
            link(job).release();
            Some(what)
        }
    }

    /// A forked child's: the marks of its parent's jobs mean nothing here.
    pub fn reset(&self) {
        self.first.store(0, Relaxed);
        self.last.store(0, Relaxed);
        // Not to 0: a check that is under way has a limit.
        self.taken.store(self.collected.load(Relaxed), Relaxed);
    }
}

impl Context {
    /// Drop what was posted to a context that is no more: whoever has pinned
    /// it, on any thread and in a signal handler.
    #[inline(never)]
    #[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
    pub fn abandon_jobs(&self) {
        let mut address = self.inbox().posted.take_all();
        while address != 0 {
            // SAFETY: posted, so alive until it is released.
            let link = unsafe { link(address as *mut Job) };
            address = link.next();
            link.release();
        }
    }
}
