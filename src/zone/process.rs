//! What an arrival needs to know of the process: a disposition belongs to the
//! process, not to a context.
#![allow(unsafe_code)] // a link section

use super::atomic::{Acquire, AtomicU32, AtomicU64, Release, SeqCst};
use super::deliveries::SIGNALS;
use super::inbox::{Inbox, bit};
use super::published::Published;
use crate::sys::zone::{Action, DEFAULT};

/// The one process-wide table.
pub static PROCESS: Process = Process::new();

/// The main context's inbox. It begins a page: see [`Inbox`].
pub static MAIN: Pages = Pages(Inbox::new());

#[repr(align(4096))]
pub struct Pages(pub Inbox);

/// The inbox of the context in this slot. There is one today: slot 0.
#[inline(always)]
pub fn inbox(_slot: usize) -> &'static Inbox {
    &MAIN.0
}

/// An action that is written down for arrivals to read. Zero, which is the
/// default, until something is.
pub struct Remembered(Published<4>);

impl Remembered {
    pub const fn new() -> Self {
        Remembered(Published::new())
    }

    /// One writer at a time.
    pub fn set(&self, action: &Action) {
        let (low, high) = (action.mask as u32, (action.mask >> 32) as u32);
        let flags = action.flags as usize;
        self.0.write([action.handler, flags, low as usize, high as usize]);
    }

    #[inline(always)]
    pub fn get(&self) -> Action {
        let [handler, flags, low, high] = self.0.read();
        let mask = (high as u64) << 32 | low as u64;
        Action { handler, flags: flags as u32, mask }
    }
}

pub struct Process {
    /// The process that installed: an arrival anywhere else (a vfork child
    /// runs our handler on our memory) touches nothing.
    id: AtomicU32,
    /// How many forks this process is away from the one that began.
    era: AtomicU32,
    /// Signals for which the main context has a handler. With more contexts
    /// this becomes a list per signal, behind `subscribers`.
    subscribed: AtomicU64,
    /// Signals that are passed on after recording.
    chained: AtomicU64,
    /// Signals whose SA_RESETHAND action from before us has run.
    spent: AtomicU64,
    /// To what they are passed on.
    next: [Remembered; SIGNALS],
}

impl Process {
    const fn new() -> Self {
        Process {
            id: AtomicU32::new(0),
            era: AtomicU32::new(0),
            subscribed: AtomicU64::new(0),
            chained: AtomicU64::new(0),
            spent: AtomicU64::new(0),
            next: [const { Remembered::new() }; SIGNALS],
        }
    }

    pub fn set_id(&self, id: i32) {
        self.id.store(id as u32, Release);
    }

    #[inline(always)]
    pub fn id(&self) -> i32 {
        self.id.load(Acquire) as i32
    }

    #[inline(always)]
    pub fn era(&self) -> u32 {
        self.era.load(Acquire).wrapping_add(1)
    }

    /// In a forked child, before it goes on.
    pub fn begin_in_child(&self, id: i32) {
        self.era.store(self.era(), Release);
        self.set_id(id);
    }

    /// The inboxes of all contexts.
    #[inline(always)]
    pub fn inboxes(&self) -> impl Iterator<Item = &'static Inbox> {
        [&MAIN.0].into_iter()
    }

    /// Whether an owner is kicked by this signal.
    #[inline(always)]
    pub fn is_kicked_by(&self, signum: i32) -> bool {
        self.inboxes().any(|inbox| inbox.waiting.is_kicked_by(signum))
    }

    /// The inboxes of all contexts that have a handler for this signal.
    #[inline(always)]
    pub fn subscribers(&self, signum: u32) -> impl Iterator<Item = &'static Inbox> {
        let subscribed = self.subscribed.load(Acquire) & bit(signum) != 0;
        subscribed.then_some(&MAIN.0).into_iter()
    }

    pub fn subscribe(&self, signum: u32, on: bool) {
        put(&self.subscribed, signum, on);
    }

    pub fn chain(&self, signum: u32, on: bool) {
        put(&self.chained, signum, on);
    }

    #[inline(always)]
    pub fn is_chained(&self, signum: u32) -> bool {
        self.chained.load(Acquire) & bit(signum) != 0
    }

    /// Spend an SA_RESETHAND action: false where it was spent before.
    #[inline(always)]
    pub fn spend(&self, signum: u32) -> bool {
        self.spent.fetch_or(bit(signum), SeqCst) & bit(signum) == 0
    }

    /// What stood before us has just been put there: it has not run yet.
    pub fn renew(&self, signum: u32) {
        put(&self.spent, signum, false);
    }

    /// Say what an arrival passes on to. One writer at a time.
    pub fn set_next(&self, signum: u32, action: &Action) {
        if let Some(next) = self.next.get((signum as usize).wrapping_sub(1)) {
            next.set(action);
        }
    }

    /// What an arrival passes on to, and a fault; the default, if nothing was
    /// said.
    #[inline(never)]
    #[unsafe(link_section = ".text.safepoint_zone")]
    pub fn next(&self, signum: u32) -> Action {
        let next = self.next.get((signum as usize).wrapping_sub(1));
        next.map_or(DEFAULT, Remembered::get)
    }
}

fn put(bits: &AtomicU64, signum: u32, on: bool) {
    if on {
        bits.fetch_or(bit(signum), SeqCst);
    } else {
        bits.fetch_and(!bit(signum), SeqCst);
    }
}
