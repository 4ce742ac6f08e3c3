//! Arrivals, and the safe points at which they are handled.

use super::pending::{Item, Limit};
use super::*;
use dispositions::{ONESHOT, Want};

const ETIMEDOUT: i64 = -libc::ETIMEDOUT as i64;

impl Model {
    /// A signal is sent to this thread, or to the process.
    pub(super) fn send(
        &mut self,
        signal: Signal,
        private: bool,
        details: Details,
    ) -> Option<i64> {
        if !self.blocked[signal] {
            if self.kills(signal) {
                return None;
            }
            self.arrive(signal, details);
        } else if self.me == Owner::Main {
            let is_same = |sent: &Sent| sent.signal == signal && sent.private == private;
            if is_real_time(signal) || !self.sent.iter().any(is_same) {
                self.sent.push(Sent { signal, private, details });
            }
        } // else it vanishes with its thread
        Some(0)
    }

    pub(super) fn raise_storm(&mut self, signal: Signal) -> Option<i64> {
        let line = &self.lines[signal];
        let is_foreign = line.chains() && line.before == Stands::Foreign;
        if line.kernel == Stands::Foreign || is_foreign || self.kills(signal) {
            return None;
        }
        if !self.blocked[signal] {
            (0..STORM).for_each(|_| self.arrive(signal, Details::sent(libc::SI_TKILL, 0)));
        }
        Some(0)
    }

    /// Whether it would kill the process, if it arrived.
    fn kills(&self, signal: Signal) -> bool {
        let line = &self.lines[signal];
        let is_default = match line.kernel {
            Stands::Ours => line.chains() && line.before == Stands::Default,
            other => other == Stands::Default,
        };
        is_default && !does_nothing(signal)
    }

    fn arrive(&mut self, signal: Signal, details: Details) {
        let line = &self.lines[signal];
        let (kernel, chains, before) = (line.kernel, line.chains(), line.before);
        if kernel == Stands::Ours {
            self.record(signal, details);
        }
        if kernel == Stands::Foreign
            || kernel == Stands::Ours && chains && before == Stands::Foreign
        {
            self.see(Seen::Foreign(signal));
        }
    }

    /// For each context that has a handler.
    pub(super) fn record(&mut self, signal: Signal, details: Details) {
        for slot in self.alive() {
            self.record_one(slot, signal, details);
        }
    }

    pub(super) fn record_one(&mut self, slot: Slot, signal: Signal, details: Details) {
        if let Want::Handler(..) = self.lines[signal].wants[slot] {
            self.at(slot).pending.arrive(signal, details);
        }
    }

    /// What was raised; nothing on another thread than the owner's, nor while
    /// held.
    pub(super) fn check(&mut self, slot: Slot) -> i32 {
        let me = self.me;
        let context = self.at(slot);
        if context.owner != me || context.held != 0 || !context.pending.is_any() {
            return 0;
        }
        let outermost = !std::mem::replace(&mut context.running, true);
        let raised = self.run_pending(slot);
        let context = self.at(slot);
        if outermost && context.owner == me {
            context.running = false;
        }
        raised
    }

    fn run_pending(&mut self, slot: Slot) -> i32 {
        let me = self.me;
        let limit = self.at(slot).pending.begin();
        if let Some(value) = self.at(slot).pending.interrupt.take() {
            return value;
        }
        loop {
            let (seen, body) = match self.take_signal(slot, limit) {
                Some((what, body)) => (Seen::Ran(slot, what, body), body),
                None => match self.take_item(slot, limit) {
                    Some((_, body)) => (Seen::Called(body), body),
                    None => return 0,
                },
            };
            self.see(seen);
            let raised = self.call(body);
            let context = self.at(slot);
            if raised != 0 || context.held != 0 || context.owner != me {
                return raised;
            }
        }
    }

    fn take_signal(&mut self, slot: Slot, limit: Limit) -> Option<(What, Body)> {
        let (signal, event) = self.at(slot).pending.take(limit)?;
        Some(self.handle(slot, signal, event))
    }

    /// Count an event that is handled; a ONESHOT handler goes.
    fn handle(
        &mut self,
        slot: Slot,
        signal: Signal,
        event: pending::Event,
    ) -> (What, Body) {
        let Want::Handler(body, flags) = self.lines[signal].wants[slot] else {
            panic!("pending without a handler");
        };
        let counted = &mut self.at(slot).pending.counted;
        counted.handled += 1;
        counted.coalesced += event.count - 1;
        counted.lost += event.lost;
        if flags & ONESHOT != 0 {
            self.restore(slot, signal);
        }
        let (details, count, lost) = (event.details(), event.count, event.lost);
        (What::Signal { signal, details, count, lost }, body)
    }

    /// A call, a timer or a job.
    fn take_item(&mut self, slot: Slot, limit: Limit) -> Option<(What, Body)> {
        let item = self.at(slot).pending.take_item(limit)?;
        Some(match item {
            Item::Call(body) => (What::Call(body), body),
            Item::Job(job) => {
                self.jobs[job] = None;
                (What::Call(job_body(job)), job_body(job))
            }
            Item::Timer(name) => {
                let timer = &mut self.timers[name];
                timer.state = if timer.again { State::Armed } else { State::Gone };
                (What::Timer(timer.body), timer.body)
            }
        })
    }

    pub(super) fn next(&mut self, slot: Slot) -> i64 {
        let me = self.me;
        let context = self.at(slot);
        if context.owner != me {
            return EPERM;
        }
        if context.held != 0 {
            return 0;
        }
        let limit = context.pending.begin();
        let what = match context.pending.interrupt.take() {
            Some(value) => Some(What::Interrupt(value)),
            None => {
                let taken = self.take_signal(slot, limit);
                taken.or_else(|| self.take_item(slot, limit)).map(|(what, _)| what)
            }
        };
        if let Some(what) = what {
            self.see(Seen::Took(slot, what));
        }
        what.is_some().into()
    }

    /// Without time: what is recorded, else what is blocked; others are handled
    /// meanwhile.
    pub(super) fn wait(&mut self, slot: Slot, signal: Signal) -> i64 {
        let me = self.me;
        loop {
            let context = self.at(slot);
            let looks = context.owner == me && context.held == 0;
            if looks && context.pending.is_pending(signal) {
                context.pending.look();
                let event = context.pending.take_of(signal, None).expect("it is pending");
                let (what, _) = self.handle(slot, signal, event);
                self.see(Seen::Took(slot, what));
                return SIGNALS[signal].into();
            }
            if looks && context.pending.is_any() {
                match self.check(slot) {
                    0 => continue,
                    raised => return self.raised(slot, raised),
                }
            }
            let Some(details) = self.take_sent(signal) else { return ETIMEDOUT };
            if let Want::Handler(_, flags) = self.lines[signal].wants[slot] {
                let context = self.at(slot);
                if context.owner == me && context.held == 0 {
                    context.pending.arrive(signal, details); // has arrived after all
                    continue;
                } else if context.owner == me && flags & ONESHOT != 0 {
                    self.restore(slot, signal);
                }
            }
            self.see(Seen::Took(slot, What::Signal { signal, details, count: 1, lost: 0 }));
            return SIGNALS[signal].into();
        }
    }

    /// The kernel gives out what was sent to the thread first.
    fn take_sent(&mut self, signal: Signal) -> Option<Details> {
        let find = |private| {
            let is_it = |sent: &Sent| sent.signal == signal && sent.private == private;
            self.sent.iter().position(is_it)
        };
        let place = find(true).or_else(|| find(false))?;
        Some(self.sent.remove(place).details)
    }

    /// Only the owner is told, and the handler may have ended that.
    fn raised(&mut self, slot: Slot, value: i32) -> i64 {
        let is_owner = self.owner(slot) == self.me;
        self.see(Seen::Raised(if is_owner { value } else { 0 }));
        EINTR
    }

    /// Until something was handled.
    pub(super) fn pause(&mut self, slot: Slot) -> Option<i64> {
        let me = self.me;
        let context = self.at(slot);
        if context.owner != me {
            return Some(EPERM);
        }
        if context.held != 0 || !context.pending.is_any() {
            return None; // it would wait for ever
        }
        Some(match self.check(slot) {
            0 => 0,
            raised => self.raised(slot, raised),
        })
    }

    /// A safe point, for the main context.
    pub(super) fn mask_is_changed(&mut self) -> i64 {
        match self.check(0) {
            0 => 0,
            raised => self.raised(0, raised),
        }
    }

    pub(super) fn unblock(&mut self, signal: Signal) -> Option<i64> {
        if self.sent.iter().any(|sent| sent.signal == signal) && self.kills(signal) {
            return None;
        }
        self.blocked[signal] = false;
        while let Some(details) = self.take_sent(signal) {
            self.arrive(signal, details);
        }
        Some(self.mask_is_changed())
    }

    /// As bits of [`SIGNALS`].
    pub(super) fn pending(&mut self, slot: Slot) -> i64 {
        let me = self.me;
        let context = self.at(slot);
        let mut set = 0;
        for signal in 0..SIGNALS.len() {
            let recorded = context.owner == me && context.pending.is_pending(signal);
            set |= i64::from(recorded) << signal;
        }
        for sent in self.sent.iter().filter(|sent| me == Owner::Main || !sent.private) {
            set |= 1 << sent.signal;
        }
        set
    }
}

fn is_real_time(signal: Signal) -> bool {
    SIGNALS[signal] >= 34
}

/// What it does by default is nothing.
pub(super) fn does_nothing(signal: Signal) -> bool {
    [libc::SIGCONT, libc::SIGWINCH].contains(&SIGNALS[signal])
}
