//! What happens to the process around us: forks, and threads that end.
//!
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

use core::ffi::c_void;
use core::sync::atomic::AtomicU32;
use core::sync::atomic::Ordering::{Acquire, Relaxed, Release};

use super::lock::{LOCK, locked};
use super::{Context, ENDED, MAIN, contexts, timers};
use crate::sys::{self, AtThreadExit, Errno};
use crate::zone::PROCESS;

static WATCHED: AtomicU32 = AtomicU32::new(0);
static AT_EXIT: AtThreadExit = AtThreadExit::new();

/// Have fork, and the ends of owners, tell us, from the first use on. Not
/// under the lock, which a fork in this moment would leave taken in the child:
/// two threads may both have come here first, and then we are told twice.
pub fn watch() -> Result<(), Errno> {
    if WATCHED.load(Acquire) == 0 {
        AT_EXIT.call(owner_ends)?;
        PROCESS.set_id(sys::zone::process_id());
        sys::at_fork(prepare, parent, child)?;
        WATCHED.store(1, Release);
    }
    Ok(())
}

/// The calling thread has become the owner of a context.
pub fn watch_owner() {
    AT_EXIT.mark((&raw const MAIN).cast());
}

/// Whether the calling thread owns a context, or has.
pub fn is_an_owner() -> bool {
    AT_EXIT.is_marked()
}

unsafe extern "C" fn owner_ends(_: *mut c_void) {
    locked(|| contexts::all().for_each(Context::owner_ends));
}

unsafe extern "C" fn prepare() {
    LOCK.lock();
    timers::LOCK.lock();
}

unsafe extern "C" fn parent() {
    timers::LOCK.unlock();
    LOCK.unlock();
}

unsafe extern "C" fn child() {
    PROCESS.begin_in_child(sys::zone::process_id());
    timers::start_in_child();
    contexts::all().for_each(Context::start_in_child);
    for context in contexts::rooms() {
        context.pins.reset();
        if !context.exists() {
            // Nothing of the parent's is to come to who is given it next.
            context.wakeups_in_child();
            context.inbox().reset();
        }
    }
    timers::LOCK.unlock();
    LOCK.unlock();
}

impl Context {
    /// The main context is the forking thread's from now on. The others keep
    /// their owners, most of whom do not exist here.
    fn start_in_child(&self) {
        let me = sys::this_thread();
        let owner = self.owner.load(Relaxed);
        if owner != me {
            // The owner's checks, holds and handlers do not exist here.
            self.running.store(0, Relaxed);
            self.held.store(0, Relaxed);
        }
        let is_main = self.number == 0;
        if owner != 0 && (is_main || owner != me) {
            self.owner.store(if is_main { me } else { ENDED }, Release);
            watch_owner();
        }
        self.wakeups_in_child();
        self.waits_in_child();
        self.escalations_in_child(self.is_owned_by(me));
        self.inbox().reset();
        self.ready.reset();
        self.jobs.reset();
        self.tally.reset();
    }
}
