//! Where timers lie: one piece of memory, mapped with the first of them.
//!
//! Written and read under the lock; atomics so that little here is unsafe.
#![allow(unsafe_code)] // memory of our own

use core::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use core::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, AtomicUsize};

use crate::sys::{self, Errno};

/// How many there can be.
pub const ROOM: usize = 65536;

/// States of a node. A free one is zeros at first.
const FREE: u32 = 0;
pub const ARMED: u32 = 1;
pub const DUE: u32 = 2;

/// A timer. Nodes are named by index + 1; 0 is none.
pub struct Node {
    pub state: AtomicU32,
    /// How often it was given back, which is part of its timer's name.
    generation: AtomicU32,
    /// Where in the heap it is.
    pub at: AtomicU32,
    /// Behind it, in a list of those that are due or free; and before it.
    pub next: AtomicU32,
    pub before: AtomicU32,
    pub context: AtomicU32,
    pub due: AtomicU64,
    pub every: AtomicU64,
    /// Among those of the same time, and of those that have fallen due.
    pub order: AtomicU64,
    /// At which position among the calls it belongs, when it has fallen due.
    pub position: AtomicU64,
    pub function: AtomicUsize,
    pub argument: AtomicUsize,
}

pub struct Store {
    /// How many are in the heap, and how many ever were.
    pub armed: AtomicU32,
    pub ever: AtomicU64,
    /// How many there are, armed or due.
    pub open: AtomicU32,
    free: AtomicU32,
    /// How many nodes have been used: all behind them are untouched.
    used: AtomicU32,
    /// The heap: names.
    pub heap: [AtomicU32; ROOM],
    /// The first is none's.
    nodes: [Node; ROOM + 1],
}

static STORE: AtomicPtr<Store> = AtomicPtr::new(core::ptr::null_mut());

/// Under the lock.
pub fn store() -> Result<&'static Store, Errno> {
    known().or_else(|_| {
        let memory = sys::map(size_of::<Store>())?.cast::<Store>();
        STORE.store(memory, Release);
        known()
    })
}

/// If there was ever a timer.
pub fn known() -> Result<&'static Store, Errno> {
    // SAFETY: null, or memory for a store that is never unmapped, and in which
    // zeros are valid: atomics, and nothing else.
    unsafe { STORE.load(Acquire).as_ref() }.ok_or(sys::ENOENT)
}

impl Node {
    /// Whether it is a timer's, armed or due.
    pub fn is_open(&self) -> bool {
        self.state.load(Relaxed) != FREE
    }

    /// What its timer is called outside.
    pub fn name_of(&self, name: u32) -> u64 {
        u64::from(self.generation.load(Relaxed)) << 32 | u64::from(name)
    }
}

impl Store {
    pub fn node(&self, name: u32) -> &Node {
        &self.nodes[name as usize % (ROOM + 1)]
    }

    /// All that were ever used.
    pub fn names(&self) -> impl Iterator<Item = u32> + use<> {
        1..=self.used.load(Relaxed)
    }

    /// The node of a timer that is called so outside.
    pub fn find(&self, called: u64) -> Option<u32> {
        let name = called as u32;
        let node = self.node(name);
        let is_it = name != 0
            && name as usize <= ROOM
            && node.name_of(name) == called
            && node.is_open();
        is_it.then_some(name)
    }

    pub fn take_free(&self) -> Option<u32> {
        let name = match self.free.load(Relaxed) {
            0 => {
                let name = self.used.load(Relaxed) + 1;
                if name as usize > ROOM {
                    return None;
                }
                self.used.store(name, Relaxed);
                name
            }
            name => {
                self.free.store(self.node(name).next.load(Relaxed), Relaxed);
                name
            }
        };
        self.open.store(self.open.load(Relaxed) + 1, Relaxed);
        Some(name)
    }

    pub fn release(&self, name: u32) {
        let node = self.node(name);
        node.state.store(FREE, Relaxed);
        self.open.store(self.open.load(Relaxed) - 1, Relaxed);
        node.generation.store(node.generation.load(Relaxed).wrapping_add(1), Relaxed);
        node.next.store(self.free.swap(name, Relaxed), Relaxed);
    }

    /// Forget all.
    pub fn reset(&self) {
        self.armed.store(0, Relaxed);
        for name in self.names() {
            if self.node(name).is_open() {
                self.release(name);
            }
        }
    }
}
