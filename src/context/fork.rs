//! fork: the child starts with the same handlers, nothing pending, no wake-up
//! of its parent's, counters at zero, and the thread that forked as owner.
//!
//! The C library calls these around fork, in ordinary code. The forking
//! thread holds the lock and blocks every signal from before the fork until
//! the child is in order: a signal that is sent to the child meanwhile waits
//! in the kernel. Other threads do not exist in the child, wherever in here
//! they were, so everything is put back rather than finished. `_Fork`, vfork
//! and clone do not call these: arrivals in such a child touch nothing.
#![allow(unsafe_code)] // functions with C's calling convention

use core::sync::atomic::Ordering::{Relaxed, Release, SeqCst};

use super::disposition::LOCK;
use super::{Context, MAIN};
use crate::sys::{self, Errno};
use crate::zone::PROCESS;

pub fn watch() -> Result<(), Errno> {
    sys::at_fork(prepare, parent, child)
}

unsafe extern "C" fn prepare() {
    LOCK.lock();
}

unsafe extern "C" fn parent() {
    LOCK.unlock();
}

unsafe extern "C" fn child() {
    PROCESS.set_id(sys::zone::process_id());
    MAIN.start_in_child();
    LOCK.unlock();
}

impl Context {
    fn start_in_child(&self) {
        let inbox = self.inbox();
        let me = sys::this_thread();
        let owner = self.owner.load(Relaxed);
        if owner != me {
            // The owner's checks, holds and handlers do not exist here.
            self.running.store(0, Relaxed);
            self.held.store(0, Relaxed);
        }
        if owner != 0 {
            self.owner.store(me, Release);
        }
        self.wakeups_in_child();
        inbox.forget();
        inbox.deliveries.reset();
        self.ready.forget();
        self.drop_calls();
        self.tally.forget();
        inbox.breaker.0.store(0, SeqCst);
    }
}
