//! The owner's side of waits: whom an arrival kicks, with what, and until when.

use core::sync::atomic::AtomicU32;
use core::sync::atomic::Ordering::Relaxed;

use super::Context;
use super::disposition::{Stand, take_down_if_unneeded};
use super::lock::locked;
use crate::sys::zone::{HAS_NO_WINDOW, Sent, delete_timer, new_timer};
use crate::sys::{self, Errno};

/// Only the owner writes these.
pub struct Waits {
    /// Needed since the first wait.
    stand: Stand,
    /// How many sig_blocking_begin() are open.
    depth: AtomicU32,
    /// Its owner was adopted out of a wait: the one before may still be about
    /// to end that, and say that nobody waits.
    hurried: AtomicU32,
}

impl Waits {
    pub const fn new() -> Self {
        Waits { stand: Stand::new(), depth: AtomicU32::new(0), hurried: AtomicU32::new(0) }
    }
}

impl Context {
    /// `me` is about to wait: `None` if it is not the owner, who is kicked
    /// from here on; true where it has to say when that is over.
    #[inline(always)]
    pub fn begin_wait(&self, me: usize) -> Result<Option<bool>, Errno> {
        let waiting = &self.inbox().waiting;
        let is_owner = waiting.is_prepared_for(me)
            || self.is_owned_by(me) && self.prepare_waits(me)?;
        if !is_owner {
            return Ok(None);
        }
        // One that was left by a longjmp is none any more.
        Ok(Some(waiting.begin(me) || self.waits.depth.load(Relaxed) == 0))
    }

    #[inline(always)]
    pub fn end_wait(&self, me: usize) {
        self.inbox().waiting.end(me);
    }

    /// Whether something has arrived, so that a wait that has begun has to end
    /// at once. The breaker then says so, too: it is set a little later than
    /// what arrives is recorded. What was collected and is not handled has
    /// left it set.
    #[inline(always)]
    pub fn has_come(&self) -> bool {
        let inbox = self.inbox();
        let come = inbox.look() || inbox.breaker.0.load(Relaxed) != 0;
        let come = come && !self.is_held();
        if come {
            inbox.breaker.0.store(1, Relaxed);
        }
        come
    }

    /// Once for each owner: its handler for kicks, its number, and that it
    /// does not block them. False where `me` is the owner no more.
    #[inline(never)]
    fn prepare_waits(&self, me: usize) -> Result<bool, Errno> {
        // Under the lock: what an adopter has begun anew is not to be spoilt.
        let signum = locked(|| match self.is_owned_by(me) {
            true => self.prepare_as_owner(me).map(Some),
            false => Ok(None),
        })?;
        if let Some(signum) = signum {
            sys::unblock(signum).inspect_err(|_| self.give_waits_up())?;
        }
        Ok(signum.is_some())
    }

    /// What it is kicked with.
    fn prepare_as_owner(&self, me: usize) -> Result<u32, Errno> {
        let signum = self.waits.stand.need(self)?;
        let waiting = &self.inbox().waiting;
        self.delete_timer();
        // Without one, what comes in somebody else's handler over a wait, and
        // nothing else, may be late; where all depends on it, it has to be.
        let (thread, says) = (sys::thread_number(), Sent::Kick(self.number));
        let timer = new_timer(Some(thread), signum as i32, says);
        waiting.set_timer(timer.ok());
        if self.always_repeats() {
            timer.inspect_err(|_| self.give_waits_up())?;
        }
        waiting.repeat(self.always_repeats());
        waiting.prepare(self.number, me, thread, signum);
        Ok(signum)
    }

    /// Whether every wait needs repeated kicks, not only code that is not ours.
    fn always_repeats(&self) -> bool {
        !HAS_NO_WINDOW || self.waits.hurried.load(Relaxed) != 0
    }

    fn delete_timer(&self) {
        let waiting = &self.inbox().waiting;
        if let Some(timer) = waiting.timer() {
            waiting.set_timer(None);
            delete_timer(timer);
        }
    }

    /// Code that is not ours, and may wait, begins: whether something is
    /// pending already. EAGAIN at 2^32 of them.
    pub fn blocking_begin(&self, me: usize) -> Result<bool, Errno> {
        let depth = self.waits.depth.load(Relaxed).checked_add(1).ok_or(sys::EAGAIN)?;
        if depth == 1 {
            self.enter_blocking(me)?;
        }
        self.waits.depth.store(depth, Relaxed);
        let come = self.has_come();
        if come {
            self.inbox().waiting.kick_around(me);
        }
        Ok(come)
    }

    fn enter_blocking(&self, me: usize) -> Result<(), Errno> {
        let waiting = &self.inbox().waiting;
        let prepared = waiting.is_prepared_for(me);
        // Without a timer one is asked for again: there may be one by now.
        let is_ready = prepared && waiting.timer().is_some();
        if !is_ready && !self.prepare_waits(me)? {
            return Err(sys::EPERM);
        }
        let timer = waiting.timer().ok_or(sys::ENOMEM);
        if let Err(error) = timer.and_then(|_| sys::enter_foreign(me)) {
            if !prepared {
                self.give_waits_up();
            }
            return Err(error);
        }
        waiting.repeat(true);
        waiting.begin(me);
        Ok(())
    }

    /// It has ended: EINVAL where none has begun.
    pub fn blocking_end(&self, me: usize) -> Result<(), Errno> {
        let depth = self.waits.depth.load(Relaxed).checked_sub(1).ok_or(sys::EINVAL)?;
        self.waits.depth.store(depth, Relaxed);
        if depth == 0 {
            sys::leave_foreign();
            self.end_wait(me);
            self.inbox().waiting.repeat(self.always_repeats());
        }
        Ok(())
    }

    /// Kick with this signal from now on; the one before. EBUSY between
    /// sig_blocking_begin() and its end, and where other contexts wait by it.
    pub fn set_kick_signal(&self, signum: u32) -> Result<u32, Errno> {
        if self.waits.depth.load(Relaxed) != 0 {
            return Err(sys::EBUSY);
        }
        let before = self.waits.stand.choose(signum)?;
        self.stop_waits();
        Ok(before)
    }

    /// The caller has just become the owner, and the one before may wait.
    pub fn take_waits_over(&self) {
        let inside = self.inbox().waiting.thread() != 0;
        self.stop_waits();
        self.waits.hurried.store(u32::from(inside), Relaxed);
    }

    /// Nobody waits any more, and the next one prepares anew.
    pub fn stop_waits(&self) {
        self.waits.depth.store(0, Relaxed);
        self.delete_timer();
        self.inbox().waiting.reset();
        self.waits.stand.leave();
    }

    /// The first wait could not be prepared.
    fn give_waits_up(&self) {
        self.stop_waits();
        take_down_if_unneeded();
    }

    /// A forked child has none of its parent's timers, and another number.
    pub fn waits_in_child(&self) {
        let me = sys::this_thread();
        let depth = self.waits.depth.load(Relaxed);
        let inside = depth != 0 && self.inbox().waiting.is_prepared_for(me);
        self.waits.hurried.store(0, Relaxed);
        self.waits.depth.store(0, Relaxed);
        self.inbox().waiting.reset();
        self.waits.stand.leave();
        // Where no timer is to be had, it is kicked once.
        if inside && (self.enter_blocking(me).is_ok() || self.begin_wait(me).is_ok()) {
            self.waits.depth.store(depth, Relaxed);
        }
    }
}
