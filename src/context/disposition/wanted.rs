//! What all contexts want of one signal.

use core::sync::atomic::AtomicU32;
use core::sync::atomic::Ordering::Relaxed;

use super::line::Ours;
use crate::context::handlers::{Entry, SAFEPOINT_CHAIN, SAFEPOINT_RESTART};

/// How many contexts want what.
pub struct Wanted {
    handled: AtomicU32,
    /// Of those: to restart system calls, and to chain.
    restart: AtomicU32,
    chain: AtomicU32,
    ignored: AtomicU32,
    default: AtomicU32,
}

impl Wanted {
    pub const fn new() -> Self {
        Wanted {
            handled: AtomicU32::new(0),
            restart: AtomicU32::new(0),
            chain: AtomicU32::new(0),
            ignored: AtomicU32::new(0),
            default: AtomicU32::new(0),
        }
    }

    /// One context wants this instead of that.
    pub fn change(&self, old: &Entry, new: &Entry) {
        let has = |entry: &Entry, flag| entry.is_handler() && entry.flags & flag != 0;
        let change = |counter: &AtomicU32, old: bool, new: bool| {
            let count = counter.load(Relaxed) + u32::from(new);
            counter.store(count.wrapping_sub(u32::from(old)), Relaxed);
        };
        change(&self.handled, old.is_handler(), new.is_handler());
        change(&self.restart, has(old, SAFEPOINT_RESTART), has(new, SAFEPOINT_RESTART));
        change(&self.chain, has(old, SAFEPOINT_CHAIN), has(new, SAFEPOINT_CHAIN));
        change(&self.ignored, old.is_ignored(), new.is_ignored());
        change(&self.default, old.is_default(), new.is_default());
    }

    /// What is to be done for all of them, and if they want nothing.
    pub fn all(&self, otherwise: Ours) -> Ours {
        let any = |counter: &AtomicU32| counter.load(Relaxed) != 0;
        if any(&self.handled) {
            Ours::Handler
        } else if any(&self.ignored) {
            Ours::Ignored
        } else if any(&self.default) {
            Ours::Default
        } else {
            otherwise
        }
    }

    /// What it would be if one of them wanted this instead of that.
    pub fn all_if(&self, old: &Entry, new: &Entry) -> Ours {
        self.change(old, new);
        let all = self.all(Ours::Nothing);
        self.change(new, old);
        all
    }

    /// Whether more than one handles it.
    pub fn is_shared(&self) -> bool {
        self.handled.load(Relaxed) > 1
    }

    pub fn chains(&self) -> bool {
        self.chain.load(Relaxed) != 0
    }

    /// Whether no handler wants system calls to be interrupted.
    pub fn restarts(&self) -> bool {
        let handled = self.handled.load(Relaxed);
        handled != 0 && self.restart.load(Relaxed) == handled
    }
}
