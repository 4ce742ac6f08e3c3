//! The heap: whose timer is the next one. Of two of the same time it is the
//! one that was armed first.

use core::sync::atomic::Ordering::Relaxed;

use super::store::{ARMED, ROOM, Store};

impl Store {
    /// The first, and when it is due.
    pub fn first(&self) -> Option<(u32, u64)> {
        let is_empty = self.armed.load(Relaxed) == 0;
        let name = self.at(0);
        (!is_empty).then(|| (name, self.node(name).due.load(Relaxed)))
    }

    /// Put one in: whether it is the first now.
    pub fn put_in(&self, name: u32) -> bool {
        let node = self.node(name);
        let ever = self.ever.load(Relaxed) + 1;
        self.ever.store(ever, Relaxed);
        node.order.store(ever, Relaxed);
        node.state.store(ARMED, Relaxed);
        let end = self.armed.load(Relaxed);
        self.armed.store(end + 1, Relaxed);
        self.put(end, name);
        self.rise(end);
        self.at(0) == name
    }

    /// Take one out that is in.
    pub fn take_out(&self, name: u32) {
        let at = self.node(name).at.load(Relaxed);
        let end = self.armed.load(Relaxed) - 1;
        self.armed.store(end, Relaxed);
        if at != end {
            self.put(at, self.at(end));
            self.rise(at);
            self.sink(at);
        }
    }

    fn at(&self, at: u32) -> u32 {
        self.heap[at as usize % ROOM].load(Relaxed)
    }

    fn put(&self, at: u32, name: u32) {
        self.heap[at as usize % ROOM].store(name, Relaxed);
        self.node(name).at.store(at, Relaxed);
    }

    fn is_before(&self, one: u32, other: u32) -> bool {
        let key = |at| {
            let node = self.node(self.at(at));
            (node.due.load(Relaxed), node.order.load(Relaxed))
        };
        key(one) < key(other)
    }

    fn exchange(&self, one: u32, other: u32) {
        let (first, second) = (self.at(one), self.at(other));
        self.put(one, second);
        self.put(other, first);
    }

    fn rise(&self, mut at: u32) {
        while at != 0 && self.is_before(at, (at - 1) / 2) {
            self.exchange(at, (at - 1) / 2);
            at = (at - 1) / 2;
        }
    }

    fn sink(&self, mut at: u32) {
        let end = self.armed.load(Relaxed);
        loop {
            let mut least = at;
            for child in [2 * at + 1, 2 * at + 2] {
                if child < end && self.is_before(child, least) {
                    least = child;
                }
            }
            if least == at {
                return;
            }
            self.exchange(at, least);
            at = least;
        }
    }
}
