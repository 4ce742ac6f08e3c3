//! Who owns a context, and how it ends.

use super::*;

impl Model {
    pub(super) fn owned(
        &mut self,
        slot: Slot,
        work: impl FnOnce(&mut Context) -> i64,
    ) -> i64 {
        let me = self.me;
        let context = self.at(slot);
        if context.owner == me { work(context) } else { EPERM }
    }

    /// As the owner of the main context, or else as the first.
    pub(super) fn as_owner(
        &mut self,
        slot: Slot,
        work: impl FnOnce(&mut Self) -> i64,
    ) -> i64 {
        let me = self.me;
        let first = self.at(slot).owner == Owner::Nobody;
        if first {
            self.at(slot).owner = me;
        } else if self.at(slot).owner != me {
            return EPERM;
        }
        let result = work(self);
        if first && result < 0 {
            self.at(slot).owner = Owner::Nobody;
        } else if first {
            self.at(slot).pending.begin_counting();
        }
        result
    }

    pub(super) fn fini(&mut self) -> i64 {
        match self.owner(0) {
            Owner::Nobody => 0,
            owner if owner != self.me => EPERM,
            _ => {
                self.finish(0);
                0
            }
        }
    }

    pub(super) fn free(&mut self, slot: Slot) -> i64 {
        let (me, context) = (self.me, self.at(slot));
        if slot == 0 {
            EINVAL
        } else if context.owner != me && context.owner != Owner::Ended {
            EPERM
        } else if context.running {
            EBUSY
        } else {
            self.finish(slot);
            self.places[slot] = Place::Freed;
            self.has_stale[slot] = true;
            0
        }
    }

    /// Put every disposition back, drop what is pending, have no owner.
    pub(super) fn finish(&mut self, slot: Slot) {
        for signal in 0..SIGNALS.len() {
            self.restore(slot, signal);
        }
        let context = self.at(slot);
        (context.held, context.running, context.owner) = (0, false, Owner::Nobody);
        context.pending.drop_calls();
        for queued in &mut self.jobs {
            queued.take_if(|queued| *queued == slot);
        }
        for timer in self.timers.iter_mut().filter(|timer| timer.slot == slot) {
            timer.state = State::Gone;
        }
    }

    pub(super) fn adopt(&mut self, slot: Slot) -> i64 {
        let (me, context) = (self.me, self.at(slot));
        if context.owner == Owner::Nobody {
            return self.as_owner(slot, |_| 0);
        }
        if context.running {
            return EBUSY;
        }
        context.owner = me;
        0
    }

    /// In a forked child: the same handlers, nothing pending, counters at
    /// zero, and the thread that forked as the main context's owner.
    pub fn become_child(&mut self) {
        for slot in self.alive() {
            let context = self.at(slot);
            if context.owner != Owner::Main {
                (context.held, context.running) = (0, false);
            }
            if !matches!(context.owner, Owner::Nobody | Owner::Main) {
                context.owner = if slot == 0 { Owner::Main } else { Owner::Ended };
            }
            context.pending.forget();
        }
        self.jobs = [None; JOBS];
        self.sent.clear();
        for timer in &mut self.timers {
            timer.state = State::Gone;
        }
    }

    pub(super) fn thread_ends(&mut self) {
        for slot in self.alive() {
            let context = self.at(slot);
            if context.owner == Owner::Other {
                (context.owner, context.held, context.running) = (Owner::Ended, 0, false);
            }
        }
    }
}
