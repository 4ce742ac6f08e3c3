//! Deadlines: calls that fall due, of all contexts.
//!
//! They lie in one heap, the earliest on top, and a thread of the library's
//! own sleeps until that one is due. Then it moves it to the end of its
//! context's list and sets that one's breaker, as any other producer: no signal
//! is sent to an owner who does not wait, and an idle check has nothing more to
//! look at. The thread is started with the first timer, takes no signals, and
//! is ended by sig_fini() where no timer is left.
//!
//! Everything here happens under a lock of its own, which fork takes as well:
//! a child has no timers.

mod heap;
mod store;
mod thread;

use core::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use core::sync::atomic::{AtomicU32, AtomicU64};

use self::store::{DUE, Store, store};
pub use self::thread::end_timers;
use super::Context;
use super::contexts::{room, rooms};
use crate::sys::{self, Errno, Lock};
use crate::zone::{CONTEXTS, now};

pub static LOCK: Lock = Lock::new();

/// A context's timers that have fallen due, first to last: named by index + 1,
/// 0 is none.
pub struct Timers {
    first: AtomicU32,
    last: AtomicU32,
    /// How many have ever fallen due, and at which position among the calls the
    /// first that waits belongs: for its owner to read without the lock.
    fallen: AtomicU64,
    position: AtomicU64,
    /// How many there are, armed or due.
    count: AtomicU32,
}

impl Timers {
    pub const fn new() -> Self {
        Timers {
            first: AtomicU32::new(0),
            last: AtomicU32::new(0),
            fallen: AtomicU64::new(0),
            position: AtomicU64::new(0),
            count: AtomicU32::new(0),
        }
    }

    /// Which have fallen due by now: the limit of a check. Owner.
    #[inline(always)]
    pub fn limit(&self) -> u64 {
        self.fallen.load(Acquire)
    }

    fn append(&self, store: &Store, name: u32, position: u64) {
        let fallen = self.fallen.load(Relaxed) + 1;
        let node = store.node(name);
        node.state.store(DUE, Relaxed);
        node.next.store(0, Relaxed);
        node.before.store(self.last.load(Relaxed), Relaxed);
        node.position.store(position, Relaxed);
        node.order.store(fallen, Relaxed);
        match self.last.swap(name, Relaxed) {
            0 => {
                self.first.store(name, Relaxed);
                self.position.store(position, Relaxed);
            }
            last => store.node(last).next.store(name, Relaxed),
        }
        self.fallen.store(fallen, Release);
    }

    /// Take one out of the list, wherever it is.
    fn remove(&self, store: &Store, name: u32) {
        let node = store.node(name);
        let (next, before) = (node.next.load(Relaxed), node.before.load(Relaxed));
        if before == 0 {
            self.first.store(next, Relaxed);
            self.position.store(store.node(next).position.load(Relaxed), Relaxed);
        } else {
            store.node(before).next.store(next, Relaxed);
        }
        if next == 0 {
            self.last.store(before, Relaxed);
        } else {
            store.node(next).before.store(before, Relaxed);
        }
    }
}

/// A timer that is about to run.
pub struct Due {
    pub function: usize,
    pub argument: usize,
    /// When it fell due, and how often it has since.
    pub time: u64,
    pub count: u64,
}

impl Context {
    /// Call a function in so many nanoseconds, and then every so many; 0 is
    /// not again. `tell` is told its name. Any thread.
    pub fn call_after(
        &self,
        after: u64,
        every: u64,
        function: usize,
        argument: usize,
        tell: impl FnOnce(u64),
    ) -> Result<(), Errno> {
        super::fork::watch()?;
        LOCK.with(|| {
            let store = store()?;
            let name = store.take_free().ok_or(sys::EAGAIN)?;
            let node = store.node(name);
            node.context.store(self.number as u32, Relaxed);
            node.function.store(function, Relaxed);
            node.argument.store(argument, Relaxed);
            node.due.store(now().saturating_add(after), Relaxed);
            node.every.store(every, Relaxed);
            self.timers.count.store(self.timers.count.load(Relaxed) + 1, Relaxed);
            let armed = arm(store, name);
            if armed.is_err() {
                store.take_out(name);
                self.give_back(store, name);
            }
            armed.map(|()| tell(node.name_of(name))) // before it can run
        })
    }

    /// Take the first that has fallen due: if it did in front of `limit`, and
    /// of the call at `position`. Owner.
    #[inline(always)]
    pub fn take_timer(&self, limit: u64, position: u64) -> Option<Due> {
        if !self.inbox().has_due() || self.timers.position.load(Relaxed) > position {
            return None;
        }
        self.take_first(limit, position)
    }

    #[inline(never)]
    fn take_first(&self, limit: u64, position: u64) -> Option<Due> {
        LOCK.with(|| {
            let store = store().ok()?;
            let name = self.timers.first.load(Relaxed);
            let node = store.node(name);
            let is_in_front = name != 0
                && node.order.load(Relaxed) <= limit
                && node.position.load(Relaxed) <= position;
            if !is_in_front {
                return None;
            }
            self.timers.remove(store, name);
            self.inbox().take_due();
            let (time, every) = (node.due.load(Relaxed), node.every.load(Relaxed));
            let missed = now().saturating_sub(time).checked_div(every);
            let due = Due {
                function: node.function.load(Relaxed),
                argument: node.argument.load(Relaxed),
                time,
                count: missed.unwrap_or(0) + 1,
            };
            match missed {
                None => self.give_back(store, name),
                Some(missed) => {
                    let next = every.saturating_mul(missed + 1).saturating_add(time);
                    node.due.store(next, Relaxed);
                    // Where no thread can be had, the next one armed tries.
                    let _ = arm(store, name);
                }
            }
            Some(due)
        })
    }

    fn give_back(&self, store: &Store, name: u32) {
        store.release(name);
        self.timers.count.store(self.timers.count.load(Relaxed) - 1, Relaxed);
    }

    /// Cancel one, armed or due.
    fn cancel(&self, store: &Store, name: u32) {
        if store.node(name).state.load(Relaxed) == DUE {
            self.timers.remove(store, name);
            self.inbox().take_due();
        } else {
            store.take_out(name);
        }
        self.give_back(store, name);
    }

    /// Cancel all.
    pub fn drop_timers(&self) {
        if self.timers.count.load(Acquire) == 0 {
            return;
        }
        LOCK.with(|| {
            let Ok(store) = store() else { return };
            for name in store.names() {
                let node = store.node(name);
                if node.context.load(Relaxed) == self.number as u32 && node.is_open() {
                    self.cancel(store, name);
                }
            }
        });
    }
}

/// Whose it is.
fn context_of(store: &Store, name: u32) -> Option<&'static Context> {
    room(store.node(name).context.load(Relaxed) as usize)
}

/// Put one in the heap, and have the thread see to it.
fn arm(store: &Store, name: u32) -> Result<(), Errno> {
    if store.put_in(name) || !thread::runs() { thread::wake() } else { Ok(()) }
}

/// Cancel the timer of this name: ENOENT where there is none, any more.
pub fn cancel(name: u64) -> Result<(), Errno> {
    LOCK.with(|| {
        let store = store()?;
        let name = store.find(name).ok_or(sys::ENOENT)?;
        let context = context_of(store, name).ok_or(sys::ENOENT)?;
        context.cancel(store, name);
        Ok(())
    })
}

/// Let all fall due whose time has come, and then tell their owners, without
/// the lock: a wake-up function may take its time. When the next one is due.
fn let_fall_due() -> u64 {
    let mut told = [0u64; CONTEXTS / 64 + 1];
    let next = LOCK.with(|| collect_due(&mut told));
    for (index, mut word) in told.into_iter().enumerate() {
        while word != 0 {
            let number = index * 64 + word.trailing_zeros() as usize;
            word &= word - 1;
            // Where it was given back meanwhile, it is told of nothing.
            if let Some(context) = room(number) {
                context.inbox().announce_due();
            }
        }
    }
    next
}

fn collect_due(told: &mut [u64]) -> u64 {
    let Ok(store) = store() else { return u64::MAX };
    loop {
        match store.first() {
            None => return u64::MAX,
            Some((_, due)) if due > now() => return due,
            Some((name, _)) => {
                store.take_out(name);
                let Some(context) = context_of(store, name) else { continue };
                context.timers.append(store, name, context.inbox().calls.limit());
                context.inbox().fall_due();
                if let Some(word) = told.get_mut(context.number / 64) {
                    *word |= 1 << (context.number % 64);
                }
            }
        }
    }
}

/// A forked child has no timers, and no thread for them.
pub fn start_in_child() {
    thread::forget();
    let Ok(store) = store::known() else { return };
    store.reset();
    for context in core::iter::once(&super::MAIN).chain(rooms()) {
        context.timers.first.store(0, Relaxed);
        context.timers.last.store(0, Relaxed);
        context.timers.count.store(0, Relaxed);
    }
}
