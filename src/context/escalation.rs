//! The owner's side of escalation: see `zone::escalation`.

use super::Context;
use super::disposition::take_down_if_unneeded;
use crate::sys::zone::{Sent, delete_timer, new_timer};
use crate::sys::{self, Errno};
use crate::zone::Escalation;

impl Context {
    /// Do the default of this signal at so many deliveries, or after so many
    /// nanoseconds, without a safe point; 0 is never.
    pub fn escalate(&self, signum: u32, limit: u32, patience: u64) -> Result<(), Errno> {
        let timer = match patience {
            0 => Ok(None),
            _ => self.new_overdue_timer(signum).map(Some),
        };
        let set = timer.map(|timer| {
            self.set_escalation(signum, Escalation { limit, patience, timer });
        });
        self.leave_if_none();
        if set.is_err() {
            take_down_if_unneeded();
        }
        set
    }

    /// Where no time counts, no signal is needed that says so.
    fn leave_if_none(&self) {
        let mut any = false;
        self.each_escalation(|_, escalation| any |= escalation.timer.is_some());
        if !any {
            self.overdue.leave();
        }
    }

    fn set_escalation(&self, signum: u32, escalation: Escalation) {
        let escalations = &self.inbox().escalations;
        let before = escalations.get(signum).timer;
        escalations.set(signum, escalation);
        if let Some(timer) = before {
            delete_timer(timer);
        }
    }

    /// It sends the signal that kicks, to whichever thread takes it: that does
    /// no harm where it goes astray.
    fn new_overdue_timer(&self, signum: u32) -> Result<i32, Errno> {
        let by = self.overdue.need(self)?;
        sys::unblock(by)?;
        new_timer(None, by as i32, Sent::Overdue(self.number, signum))
    }

    pub fn stop_escalations(&self) {
        self.each_escalation(|signum, _| {
            self.set_escalation(signum, Escalation::default());
        });
        self.overdue.leave();
    }

    /// A forked child has none of its parent's timers. Where it can have none
    /// of its own, only the number counts; and nothing, where the owner does
    /// not exist here.
    pub fn escalations_in_child(&self, has_owner: bool) {
        self.each_escalation(|signum, mut escalation| {
            if !has_owner {
                escalation = Escalation::default();
            } else if escalation.timer.is_some() {
                escalation.timer = self.new_overdue_timer(signum).ok();
            }
            self.inbox().escalations.set(signum, escalation);
        });
        self.leave_if_none();
    }

    fn each_escalation(&self, mut work: impl FnMut(u32, Escalation)) {
        let escalations = &self.inbox().escalations;
        let mut on = escalations.on();
        while on != 0 {
            let signum = on.trailing_zeros() + 1;
            work(signum, escalations.get(signum));
            on &= on - 1;
        }
    }
}
