//! What an arrival needs to know of the process: a disposition belongs to the
//! process, not to a context.
#![allow(unsafe_code)] // a link section

use super::atomic::{
    Acquire, AtomicPtr, AtomicU32, AtomicU64, Relaxed, Release, SeqCst, null_mut,
    with_exposed_provenance,
};
use super::deliveries::SIGNALS;
use super::inbox::{Inbox, bit};
use super::published::Published;
use super::subscribers::{NUMBERS, Subscribers};
use crate::sys::zone::{Action, DEFAULT};

/// The one process-wide table.
pub static PROCESS: Process = Process::new();

/// The main context's inbox. It begins a page: see [`Inbox`].
pub static MAIN: Pages = Pages(Inbox::new());

#[repr(align(4096))]
pub struct Pages(pub Inbox);

/// How many contexts there can be besides the main one. They are numbered from
/// 1, and the main one is number 0.
pub const CONTEXTS: usize = NUMBERS;

/// The inboxes of those that there ever were: none is ever unmapped.
static INBOXES: [AtomicPtr<Inbox>; CONTEXTS] =
    [const { AtomicPtr::new(null_mut()) }; CONTEXTS];

/// The inbox of the context of this number, if there ever was one.
#[inline(always)]
pub fn known_inbox(number: usize) -> Option<&'static Inbox> {
    let Some(index) = number.checked_sub(1) else { return Some(&MAIN.0) };
    let inbox = INBOXES.get(index)?.load(Acquire);
    // SAFETY: null, or published by `add_inbox`.
    unsafe { inbox.as_ref() }
}

/// Where an inbox is, as its distance from the main one: 0 is that one. So a
/// context knows its own by an addition, and the main one is zeros, which take
/// no room in the file.
#[derive(Clone, Copy)]
pub struct Place(usize);

impl Place {
    pub const MAIN: Place = Place(0);

    #[inline(always)]
    pub fn inbox(self) -> &'static Inbox {
        let address = (&raw const MAIN.0).expose_provenance().wrapping_add(self.0);
        // SAFETY: the main inbox, or one that was given to `add_inbox`.
        unsafe { &*with_exposed_provenance(address) }
    }
}

/// There is a new one.
pub fn add_inbox(number: usize, inbox: &'static Inbox) -> Place {
    let address = &raw const *inbox;
    if let Some(place) = INBOXES.get(number.wrapping_sub(1)) {
        place.store(address.cast_mut(), Release);
    }
    let from = (&raw const MAIN.0).expose_provenance();
    Place(address.expose_provenance().wrapping_sub(from))
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
        self.0.write(words(action));
    }

    #[inline(always)]
    pub fn get(&self) -> Action {
        action(self.0.read())
    }
}

fn words(action: &Action) -> [usize; 4] {
    let (low, high) = (action.mask as u32, (action.mask >> 32) as u32);
    [action.handler, action.flags as usize, low as usize, high as usize]
}

#[inline(always)]
fn action([handler, flags, low, high]: [usize; 4]) -> Action {
    let mask = (high as u64) << 32 | low as u64;
    Action { handler, flags: flags as u32, mask }
}

/// When an arrival does what else there is to do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Instead of recording: no context has a handler.
    Instead,
    /// After recording.
    Behind,
    /// Never: only a fault goes there.
    Never,
}

/// What an arrival does besides recording. When and what are read together: in
/// between a handler might be installed, and what stood before it be taken for
/// what is to be done without one.
pub struct Next {
    pub when: When,
    pub action: Action,
    version: usize,
}

pub struct Process {
    /// The process that installed: an arrival anywhere else (a vfork child
    /// runs our handler on our memory) touches nothing.
    id: AtomicU32,
    /// How many forks this process is away from the one that began.
    era: AtomicU32,
    /// Signals for which the main context has a handler.
    subscribed: AtomicU64,
    /// The other contexts that have one, by signal: their numbers less 1.
    others: [Subscribers; SIGNALS],
    /// The signal that kicks owners, or 0 where none has yet.
    kick: AtomicU32,
    /// Signals that are passed on after recording.
    chained: AtomicU64,
    /// Signals whose SA_RESETHAND action from before us has run.
    spent: AtomicU64,
    /// When, and to what. [`When::Instead`] of anything, the default, if nothing
    /// was said.
    next: [Published<5>; SIGNALS],
    /// What stood there before the first of ours.
    origin: [Remembered; SIGNALS],
}

impl Process {
    const fn new() -> Self {
        Process {
            id: AtomicU32::new(0),
            era: AtomicU32::new(0),
            subscribed: AtomicU64::new(0),
            others: [const { Subscribers::new() }; SIGNALS],
            kick: AtomicU32::new(0),
            chained: AtomicU64::new(0),
            spent: AtomicU64::new(0),
            next: [const { Published::new() }; SIGNALS],
            origin: [const { Remembered::new() }; SIGNALS],
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

    /// Owners are kicked by this signal from now on.
    pub fn set_kick(&self, signum: u32) {
        self.kick.store(signum, Relaxed);
    }

    /// Whether owners are kicked by this signal.
    #[inline(always)]
    pub fn is_kicked_by(&self, signum: i32) -> bool {
        self.kick.load(Relaxed) == signum as u32
    }

    /// Whether the main context has a handler for this signal, and which others
    /// have, by their numbers less 1.
    #[inline(always)]
    pub fn subscribers(&self, signum: u32) -> (bool, Option<&Subscribers>) {
        (self.subscribed.load(Acquire) & bit(signum) != 0, self.others(signum))
    }

    /// Whether any context has one.
    #[inline(always)]
    pub fn is_subscribed(&self, signum: u32) -> bool {
        let (main, others) = self.subscribers(signum);
        main || others.is_some_and(|others| !others.is_empty())
    }

    /// Whether the context of this number has.
    #[inline(always)]
    pub fn has_subscribed(&self, number: usize, signum: u32) -> bool {
        let (main, others) = self.subscribers(signum);
        match number.checked_sub(1) {
            None => main,
            Some(index) => others.is_some_and(|others| others.has(index)),
        }
    }

    #[inline(always)]
    fn others(&self, signum: u32) -> Option<&Subscribers> {
        self.others.get((signum as usize).wrapping_sub(1))
    }

    /// The context of this number has a handler for this signal, or none. One
    /// writer at a time.
    pub fn subscribe(&self, number: usize, signum: u32, on: bool) {
        match number.checked_sub(1) {
            None => put(&self.subscribed, signum, on),
            Some(index) => {
                if let Some(others) = self.others(signum) {
                    others.set(index, on);
                }
            }
        }
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

    /// Whether it was spent.
    pub fn is_spent(&self, signum: u32) -> bool {
        self.spent.load(Acquire) & bit(signum) != 0
    }

    /// What stood before us has just been put there: it has not run yet.
    pub fn renew(&self, signum: u32) {
        put(&self.spent, signum, false);
    }

    /// Say what an arrival passes on to, and when. One writer at a time.
    pub fn set_next(&self, signum: u32, when: When, action: &Action) {
        if let Some(next) = of(&self.next, signum) {
            let [a, b, c, d] = words(action);
            next.write([a, b, c, d, when as usize]);
        }
        put(&self.chained, signum, when != When::Never);
    }

    /// What an arrival passes on to, and when; a fault always.
    #[inline(never)]
    #[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
    pub fn next(&self, signum: u32) -> Next {
        let next = of(&self.next, signum).map(Published::read_version);
        let (version, [a, b, c, d, when]) = next.unwrap_or((0, [0; 5]));
        let when = match when {
            0 => When::Instead,
            1 => When::Behind,
            _ => When::Never,
        };
        Next { when, action: action([a, b, c, d]), version }
    }

    /// Whether that is what is to be done still.
    #[inline(always)]
    pub fn is_still(&self, signum: u32, next: &Next) -> bool {
        of(&self.next, signum).is_none_or(|now| now.is_at(next.version))
    }

    /// Say what stood there before the first of ours. One writer at a time.
    pub fn set_origin(&self, signum: u32, action: &Action) {
        if let Some(origin) = of(&self.origin, signum) {
            origin.set(action);
        }
    }

    /// What stood there before the first of ours.
    #[inline(never)]
    #[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
    pub fn origin(&self, signum: u32) -> Action {
        of(&self.origin, signum).map_or(DEFAULT, Remembered::get)
    }
}

#[inline(always)]
fn of<T>(table: &[T; SIGNALS], signum: u32) -> Option<&T> {
    table.get((signum as usize).wrapping_sub(1))
}

fn put(bits: &AtomicU64, signum: u32, on: bool) {
    if on {
        bits.fetch_or(bit(signum), SeqCst);
    } else {
        bits.fetch_and(!bit(signum), SeqCst);
    }
}
