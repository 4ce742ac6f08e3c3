//! The handler table of one context. Only its owner reads and writes it; it
//! is made of atomics so that nothing here is unsafe.

use core::sync::atomic::AtomicU32;
use core::sync::atomic::AtomicUsize;
use core::sync::atomic::Ordering::Relaxed;

use crate::zone::SIGNALS;

/// Restart system calls that the signal interrupts (SA_RESTART). Off unless
/// asked for, as PEP 475 wants: a wait that is cut short reaches its safe
/// point. Windows: accepted, and does nothing: no signal interrupts a call.
pub const SAFEPOINT_RESTART: u32 = 1;
/// After recording, run the C handler that stood before, inside the signal
/// handler, as it would have run: how a guest library watches its host's
/// Ctrl-C without taking it.
pub const SAFEPOINT_CHAIN: u32 = 2;
/// sig_restore() just before the handler is called, or sig_next() or sig_wait()
/// gives the event out: it runs once, and a second Ctrl-C kills. What was kept
/// apart behind it is dropped.
pub const SAFEPOINT_ONESHOT: u32 = 4;
/// Keep every delivery apart, each an event with its own siginfo. Always so
/// for real-time signals. 8,192 deliveries can wait. Of those that were on
/// their way when this was switched on, one may join another: see `count`.
pub const SAFEPOINT_QUEUE: u32 = 8;
/// -EEXIST, and no change, where somebody else's handler stands.
pub const SAFEPOINT_IF_DEFAULT: u32 = 16;
/// Return 1, and leave the signal alone, where it was ignored before us, as
/// under nohup.
pub const SAFEPOINT_KEEP_IGNORED: u32 = 32;

pub const ALL_FLAGS: u32 = 63;

/// In an entry without a handler: this context wants it ignored, or by
/// default.
const IGNORED: u32 = 1 << 31;
const DEFAULT: u32 = 1 << 30;

/// What a context wants done with a signal; `handler` is 0 where it has none.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Entry {
    pub handler: usize,
    pub user: usize,
    pub flags: u32,
}

impl Entry {
    /// No handler: ignore it, or do the default.
    pub const fn plain(ignore: bool) -> Self {
        Entry { handler: 0, user: 0, flags: if ignore { IGNORED } else { DEFAULT } }
    }

    pub fn is_handler(&self) -> bool {
        self.handler != 0
    }

    pub fn is_ignored(&self) -> bool {
        !self.is_handler() && self.flags == IGNORED
    }

    pub fn is_default(&self) -> bool {
        !self.is_handler() && self.flags == DEFAULT
    }

    /// Nothing is wanted.
    pub fn is_nothing(&self) -> bool {
        !self.is_handler() && self.flags == 0
    }
}

struct Slot {
    handler: AtomicUsize,
    user: AtomicUsize,
    flags: AtomicU32,
}

pub struct Handlers([Slot; SIGNALS]);

impl Handlers {
    pub const fn new() -> Self {
        Handlers(
            [const {
                Slot {
                    handler: AtomicUsize::new(0),
                    user: AtomicUsize::new(0),
                    flags: AtomicU32::new(0),
                }
            }; SIGNALS],
        )
    }

    pub fn get(&self, signum: u32) -> Entry {
        let Some(slot) = self.0.get((signum as usize).wrapping_sub(1)) else {
            return Entry::default();
        };
        Entry {
            handler: slot.handler.load(Relaxed),
            user: slot.user.load(Relaxed),
            flags: slot.flags.load(Relaxed),
        }
    }

    pub fn set(&self, signum: u32, entry: Entry) {
        if let Some(slot) = self.0.get((signum as usize).wrapping_sub(1)) {
            slot.handler.store(entry.handler, Relaxed);
            slot.user.store(entry.user, Relaxed);
            slot.flags.store(entry.flags, Relaxed);
        }
    }
}
