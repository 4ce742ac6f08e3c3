//! What is pending in one context, and what was counted.

use std::collections::VecDeque;

use super::EAGAIN;
use crate::program::{Body, SIGNALS, Signal};

/// Deliveries of all queued signals that can wait, and calls.
pub const ROOM: usize = 8192;
const CALLS: usize = 1024;

/// What a delivery says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Details {
    pub code: i32,
    pub value: i32,
    /// It came from this process.
    pub own: bool,
}

impl Details {
    pub fn sent(code: i32, value: i32) -> Self {
        Details { code, value, own: true }
    }

    /// Of a delivery whose details found no room.
    const NONE: Details = Details { code: 0, value: 0, own: false };
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    pub arrivals: u64,
    pub handled: u64,
    pub coalesced: u64,
    pub lost: u64,
    pub dropped: u64,
    pub calls_run: u64,
    pub calls_refused: u64,
    pub calls_dropped: u64,
}

/// A call, a timer that has fallen due, or a posted job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    Call(Body),
    Timer(usize),
    Job(usize),
}

/// An event of a signal. `None`: it has no details, since there was no room.
#[derive(Clone, Copy)]
pub struct Event {
    pub details: Option<Details>,
    pub count: u64,
    pub lost: u64,
    /// It takes of the queued signals' room.
    kept: bool,
    /// The look at which the owner found it.
    look: u64,
}

impl Event {
    pub fn details(&self) -> Details {
        self.details.unwrap_or(Details::NONE)
    }
}

/// One signal's: what has arrived, and what the owner has found since.
#[derive(Clone, Default)]
struct Line {
    arrived: Vec<Event>,
    /// Deliveries behind those that join them, or are lost.
    more: u64,
    found: VecDeque<Event>,
}

/// How far a check goes: what came later waits for the next one.
#[derive(Clone, Copy)]
pub struct Limit {
    look: u64,
    added: u64,
}

#[derive(Clone, Default)]
pub struct Pending {
    lines: [Line; SIGNALS.len()],
    /// Each delivery is kept apart.
    queues: [bool; SIGNALS.len()],
    /// How many are.
    kept: usize,
    pub interrupt: Option<i32>,
    /// Calls in the order added, and timers in the order due.
    calls: VecDeque<(u64, Item)>,
    /// How many of them take of the calls' room.
    ring: usize,
    jobs: VecDeque<(u64, Item)>,
    looks: u64,
    added: u64,
    pub counted: Counters,
}

impl Pending {
    pub fn arrive(&mut self, signal: Signal, details: Details) {
        self.counted.arrivals += 1;
        let kept = self.queues[signal];
        let line = &mut self.lines[signal];
        if if kept { self.kept < ROOM } else { line.arrived.is_empty() } {
            self.kept += usize::from(kept);
            let details = Some(details);
            line.arrived.push(Event { details, count: 1, lost: 0, kept, look: 0 });
        } else {
            line.more += 1;
        }
    }

    /// The owner looks at what has arrived. A delivery that is not kept apart
    /// joins the event of its signal that waits, if one does.
    pub fn look(&mut self) {
        self.looks += 1;
        for (line, &queues) in self.lines.iter_mut().zip(&self.queues) {
            let (mut more, look) = (std::mem::take(&mut line.more), self.looks);
            let arrived = std::mem::take(&mut line.arrived);
            if queues || !line.found.iter().any(|event| event.details.is_some()) {
                line.found.extend(arrived.into_iter().map(|event| Event { look, ..event }));
            } else {
                more += arrived.len() as u64;
            }
            if more != 0 {
                line.join(more, queues, look);
            }
        }
    }

    pub fn set_queues(&mut self, signal: Signal, queues: bool) {
        if queues != self.queues[signal] {
            self.look(); // what arrived under the old rule
            self.queues[signal] = queues;
        }
    }

    /// A check begins.
    pub fn begin(&mut self) -> Limit {
        self.look();
        Limit { look: self.looks, added: self.added }
    }

    /// Take the next event of a signal, if it was found in time.
    pub fn take_of(&mut self, signal: Signal, limit: Option<Limit>) -> Option<Event> {
        let line = &mut self.lines[signal];
        let first = line.found.front()?;
        if limit.is_some_and(|limit| first.look > limit.look) {
            return None;
        }
        let mut event = line.found.pop_front()?;
        self.kept -= usize::from(event.kept);
        if event.details.is_none() && self.queues[signal] {
            (event.count, event.lost) = (1, event.count - 1);
        }
        Some(event)
    }

    /// Take the next event, of the lowest signal.
    pub fn take(&mut self, limit: Limit) -> Option<(Signal, Event)> {
        (0..SIGNALS.len())
            .find_map(|signal| Some((signal, self.take_of(signal, Some(limit))?)))
    }

    pub fn add(&mut self, item: Item) {
        self.added += 1;
        let list = if let Item::Job(_) = item { &mut self.jobs } else { &mut self.calls };
        list.push_back((self.added, item));
    }

    pub fn add_call(&mut self, body: Body) -> i64 {
        if self.ring == CALLS {
            self.counted.calls_refused += 1;
            return EAGAIN;
        }
        self.ring += 1;
        self.add(Item::Call(body));
        0
    }

    /// Calls and timers in the order they came to be pending, and then jobs.
    pub fn take_item(&mut self, limit: Limit) -> Option<Item> {
        for list in [&mut self.calls, &mut self.jobs] {
            if list.front().is_some_and(|(added, _)| *added <= limit.added) {
                self.counted.calls_run += 1;
                let (_, item) = list.pop_front()?;
                self.ring -= usize::from(matches!(item, Item::Call(_)));
                return Some(item);
            }
        }
        None
    }

    pub fn remove(&mut self, item: Item) {
        self.calls.retain(|(_, other)| *other != item);
    }

    pub fn is_any(&self) -> bool {
        self.interrupt.is_some()
            || !self.calls.is_empty()
            || !self.jobs.is_empty()
            || (0..SIGNALS.len()).any(|signal| self.is_pending(signal))
    }

    pub fn is_pending(&self, signal: Signal) -> bool {
        let line = &self.lines[signal];
        !line.arrived.is_empty() || line.more != 0 || !line.found.is_empty()
    }

    pub fn drop_signal(&mut self, signal: Signal) {
        self.look();
        while let Some(event) = self.take_of(signal, None) {
            self.counted.dropped += event.count + event.lost;
        }
    }

    pub fn drop_calls(&mut self) {
        (self.interrupt, self.ring) = (None, 0);
        let all = self.calls.drain(..).chain(self.jobs.drain(..));
        let dropped = all.filter(|(_, item)| !matches!(item, Item::Timer(_))).count();
        self.counted.calls_dropped += dropped as u64;
    }

    fn waiting(&self) -> u64 {
        let waits = |line: &Line| {
            let events = line.arrived.iter().chain(&line.found);
            line.more + events.map(|event| event.count + event.lost).sum::<u64>()
        };
        self.lines.iter().map(waits).sum()
    }

    pub fn begin_counting(&mut self) {
        self.counted = Counters { arrivals: self.waiting(), ..Counters::default() };
    }

    /// The header's own sum holds here as well.
    pub fn counters(&self) -> Counters {
        let Counters { arrivals, handled, coalesced, lost, dropped, .. } = self.counted;
        assert_eq!(arrivals, handled + coalesced + lost + dropped + self.waiting());
        self.counted
    }

    /// A forked child's.
    pub fn forget(&mut self) {
        *self = Pending { queues: self.queues, ..Pending::default() };
    }
}

impl Line {
    /// So many deliveries without details: they join the last event, or are
    /// lost behind it.
    fn join(&mut self, more: u64, queues: bool, look: u64) {
        let is_bare = self.found.front().is_some_and(|first| first.details.is_none());
        if self.found.len() == usize::from(is_bare) {
            let fresh = Event { details: None, count: 0, lost: 0, kept: false, look };
            let mut bare = self.found.pop_front().unwrap_or(fresh);
            bare.count += more;
            self.found.push_front(bare);
        } else if queues {
            self.found.back_mut().expect("it has details").lost += more;
        } else {
            let bare = if is_bare { self.found.pop_front() } else { None };
            let before = bare.map_or(0, |bare| bare.count);
            self.found.back_mut().expect("it has details").count += more + before;
        }
    }
}
