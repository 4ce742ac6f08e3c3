//! The reference: what the header says, in plain data and without cleverness.
//!
//! [`Model::run`] performs a step and says all that is to be seen of it, in
//! order. Nothing here knows how the library does it. Where the library is
//! free, a step is [`Seen::Skipped`]: what would kill the process, or wait for
//! ever.

mod dispositions;
mod life;
mod pending;
mod points;

use crate::program::{
    Body, CALLS, CONTEXTS, FLOOD, JOBS, Op, SIGNALS, STORM, Signal, Slot, Step, TIMERS,
    deed, job_body,
};
use dispositions::Line;
pub use dispositions::Stands;
pub use pending::{Counters, Details, ROOM};
use pending::{Item, Pending};

pub const EAGAIN: i64 = -libc::EAGAIN as i64;
const EBUSY: i64 = -libc::EBUSY as i64;
pub const EINTR: i64 = -libc::EINTR as i64;
const EINVAL: i64 = -libc::EINVAL as i64;
const EPERM: i64 = -libc::EPERM as i64;
const ESTALE: i64 = -libc::ESTALE as i64;
const ENOENT: i64 = -libc::ENOENT as i64;

/// Steps of one input, with those that handlers take.
const BUDGET: u32 = 300;

/// What an event says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Signal { signal: Signal, details: Details, count: u64, lost: u64 },
    Call(Body),
    Timer(Body),
    Interrupt(i32),
}

/// What can be seen of the library from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    Skipped,
    /// What a function returned.
    Result(i64),
    /// A handler was called.
    Ran(Slot, What, Body),
    /// A call, a job or a timer was.
    Called(Body),
    /// sig_next() or sig_wait() gave this out.
    Took(Slot, What),
    /// sig_raised(), where a wait returned -EINTR.
    Raised(i32),
    /// Somebody else's C handler ran.
    Foreign(Signal),
    Counted(Counters),
    /// sig_query() and sig_verify(): the body and flags of our handler, whether
    /// it was overwritten, whether it stands.
    Stands(Stands, Option<(Body, u32)>, bool, bool),
}

/// A thread. `Other` lives for one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Owner {
    Nobody,
    Main,
    Other,
    Ended,
}

#[derive(Clone)]
struct Context {
    owner: Owner,
    held: u32,
    /// A handler of its own is running.
    running: bool,
    pending: Pending,
}

impl Context {
    fn new(owner: Owner) -> Self {
        Context { owner, held: 0, running: false, pending: Pending::default() }
    }
}

/// A slot: never used, a context, or a handle of one that was freed.
#[derive(Clone)]
#[allow(clippy::large_enum_variant)] // there are four
enum Place {
    Empty,
    Alive(Context),
    Freed,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Armed,
    Due,
    Gone,
}

#[derive(Clone)]
struct Timer {
    slot: Slot,
    body: Body,
    again: bool,
    state: State,
}

/// A signal that is blocked and waits in the kernel.
#[derive(Clone)]
struct Sent {
    signal: Signal,
    /// For one thread, not for the process.
    private: bool,
    details: Details,
}

#[derive(Clone)]
pub struct Model {
    program: Vec<Step>,
    places: [Place; CONTEXTS],
    /// A context that was freed was there, whatever is there now.
    has_stale: [bool; CONTEXTS],
    lines: [Line; SIGNALS.len()],
    /// Where a job is queued.
    jobs: [Option<Slot>; JOBS],
    timers: Vec<Timer>,
    blocked: [bool; SIGNALS.len()],
    sent: Vec<Sent>,
    /// The calling thread.
    me: Owner,
    depth: u32,
    left: u32,
    forks: u32,
    flooded: bool,
    rang: bool,
    seen: Vec<Seen>,
}

impl Model {
    pub fn new(program: &[Step]) -> Self {
        let main = Place::Alive(Context::new(Owner::Nobody));
        Model {
            program: program.to_vec(),
            places: [main, Place::Empty, Place::Empty, Place::Empty],
            has_stale: [false; CONTEXTS],
            lines: Default::default(),
            jobs: [None; JOBS],
            timers: Vec::new(),
            blocked: [false; SIGNALS.len()],
            sent: Vec::new(),
            me: Owner::Main,
            depth: 0,
            left: BUDGET,
            forks: 0,
            flooded: false,
            rang: false,
            seen: Vec::new(),
        }
    }

    /// Perform one step: what is seen of it.
    pub fn run(&mut self, step: Step) -> Vec<Seen> {
        self.perform(step);
        std::mem::take(&mut self.seen)
    }

    /// Take no notice of how many steps there were.
    pub fn be_patient(&mut self) {
        self.left = BUDGET;
    }

    /// Whether the breaker has to be set.
    pub fn is_announced(&self, slot: Slot) -> bool {
        matches!(&self.places[slot], Place::Alive(context)
            if context.held == 0 && context.pending.is_any())
    }

    pub fn is_alive(&self, slot: Slot) -> bool {
        matches!(self.places[slot], Place::Alive(_))
    }

    /// Who stands at a signal.
    pub fn stands(&self, signal: Signal) -> Stands {
        self.lines[signal].kernel
    }

    fn see(&mut self, seen: Seen) {
        self.seen.push(seen);
    }

    /// A context that is alive, which was asked before.
    fn at(&mut self, slot: Slot) -> &mut Context {
        match &mut self.places[slot] {
            Place::Alive(context) => context,
            _ => panic!("no context in slot {slot}"),
        }
    }

    fn owner(&mut self, slot: Slot) -> Owner {
        self.at(slot).owner
    }

    fn alive(&self) -> Vec<Slot> {
        (0..CONTEXTS).filter(|&slot| self.is_alive(slot)).collect()
    }

    fn perform(&mut self, step: Step) {
        let before = self.me;
        if step.elsewhere {
            self.me = Owner::Other;
        }
        let result = match self.left.checked_sub(1) {
            None => None,
            Some(left) => {
                self.left = left;
                self.op(step.op)
            }
        };
        self.see(result.map_or(Seen::Skipped, Seen::Result));
        self.me = before;
        if step.elsewhere {
            self.thread_ends();
        }
    }

    /// What a handler or a call does, and what it returns.
    fn call(&mut self, body: Body) -> i32 {
        self.depth += 1;
        if let Some(step) = deed(&self.program, body, self.depth) {
            self.perform(step);
        }
        self.depth -= 1;
        body.result()
    }

    /// `None`: not to be performed.
    fn op(&mut self, op: Op) -> Option<i64> {
        let elsewhere = self.me == Owner::Other;
        if let Some(slot) = op.slot() {
            match (&self.places[slot], op) {
                (_, Op::Stale(_)) => {}
                (Place::Empty, Op::New(_)) | (Place::Freed, Op::New(_)) => {}
                (Place::Alive(_), Op::New(_)) | (Place::Empty, _) => return None,
                (Place::Freed, _) => return Some(ESTALE),
                (Place::Alive(_), _) => {}
            }
        }
        Some(match op {
            Op::Init => self.as_owner(0, |_| 0),
            Op::Fini => self.fini(),
            Op::New(slot) => {
                self.places[slot] = Place::Alive(Context::new(self.me));
                0
            }
            Op::Free(slot) => self.free(slot),
            Op::Adopt(slot) => self.adopt(slot),
            Op::Stale(slot) if self.has_stale[slot] => ESTALE,
            Op::Stale(_) => return None,
            Op::Install(slot, signal, flags, body) => {
                self.as_owner(slot, |model| model.install(slot, signal, flags, body))
            }
            Op::Ignore(slot, signal) => {
                self.as_owner(slot, |model| model.set_plain(slot, signal, true))
            }
            Op::Default(slot, signal) => {
                self.as_owner(slot, |model| model.set_plain(slot, signal, false))
            }
            Op::Restore(slot, signal) => match self.owner(slot) {
                Owner::Nobody => 0,
                owner if owner != self.me => EPERM,
                _ => self.restore(slot, signal),
            },
            Op::Query(slot, signal) => self.query(slot, signal),
            Op::Foreign(signal) => {
                self.stand(signal, Stands::Foreign);
                0
            }
            Op::Raise(signal) => {
                self.send(signal, true, Details::sent(libc::SI_TKILL, 0))?
            }
            // Which thread takes what another sends to the process is open.
            Op::Kill(_) | Op::Queue(..) if elsewhere => return None,
            Op::Kill(signal) => {
                self.send(signal, false, Details::sent(libc::SI_USER, 0))?
            }
            Op::Queue(signal, value) => {
                self.send(signal, false, Details::sent(libc::SI_QUEUE, value))?
            }
            Op::Trip(signal) => {
                self.record(signal, Details::sent(libc::SI_USER, 0));
                0
            }
            Op::TripOne(slot, signal) => {
                self.record_one(slot, signal, Details::sent(libc::SI_USER, 0));
                0
            }
            Op::Flood(slot, signal) => {
                if std::mem::replace(&mut self.flooded, true) {
                    return None;
                }
                for _ in 0..FLOOD {
                    self.record_one(slot, signal, Details::sent(libc::SI_USER, 0));
                }
                0
            }
            Op::Check(slot) => self.check(slot).into(),
            Op::Next(slot) => self.next(slot),
            Op::Wait(..) | Op::Pause(_) | Op::Block(_) | Op::Unblock(_) if elsewhere => {
                return None;
            }
            Op::Wait(slot, signal) => self.wait(slot, signal),
            Op::Pause(slot) => self.pause(slot)?,
            Op::Hold(slot) => self.owned(slot, |context| {
                context.held += 1;
                0
            }),
            Op::Release(slot) => self.owned(slot, |context| {
                let held = context.held.checked_sub(1);
                context.held = held.unwrap_or(0);
                held.map_or(EINVAL, |_| 0)
            }),
            Op::Call(slot, body) => self.at(slot).pending.add_call(body),
            Op::Calls(slot, body) => {
                if std::mem::replace(&mut self.rang, true) {
                    return None;
                }
                self.add_calls(slot, body, CALLS)
            }
            Op::CallStorm(..) | Op::PostStorm(..) | Op::RaiseStorm(_) if elsewhere => {
                return None;
            }
            Op::CallStorm(slot, body) => self.add_calls(slot, body, STORM),
            Op::Post(slot, job) => self.post(slot, job),
            // How many of them queued it.
            Op::PostStorm(slot, job) => 1 - self.post(slot, job),
            Op::RaiseStorm(signal) => self.raise_storm(signal)?,
            Op::Interrupt(slot, value) => {
                self.at(slot).pending.interrupt = Some(value);
                0
            }
            Op::Later(..) | Op::Now(..) if self.timers.len() == TIMERS => return None,
            Op::Later(slot, body) => {
                self.timers.push(Timer { slot, body, again: false, state: State::Armed });
                0
            }
            Op::Now(slot, body, again) => {
                let name = self.timers.len();
                self.timers.push(Timer { slot, body, again, state: State::Due });
                self.at(slot).pending.add(Item::Timer(name));
                0
            }
            Op::Cancel(name) => self.cancel(name)?,
            Op::Stats(slot) => {
                let counters = self.at(slot).pending.counters();
                self.see(Seen::Counted(counters));
                0
            }
            Op::EventFd(slot) => {
                self.owned(slot, |context| context.pending.is_any().into())
            }
            Op::Block(signal) => {
                self.blocked[signal] = true;
                self.mask_is_changed()
            }
            Op::Unblock(signal) => self.unblock(signal)?,
            Op::Pending(slot) => self.pending(slot),
            Op::Fork if elsewhere || self.depth != 0 || self.forks == 2 => return None,
            Op::Fork => {
                self.forks += 1;
                0
            }
        })
    }

    fn add_calls(&mut self, slot: Slot, body: Body, times: usize) -> i64 {
        let pending = &mut self.at(slot).pending;
        (0..times).filter(|_| pending.add_call(body) == 0).count() as i64
    }

    /// 1 where it was queued already.
    fn post(&mut self, slot: Slot, job: usize) -> i64 {
        if self.jobs[job].is_some() {
            return 1;
        }
        self.jobs[job] = Some(slot);
        self.at(slot).pending.add(Item::Job(job));
        0
    }

    fn cancel(&mut self, name: usize) -> Option<i64> {
        let timer = self.timers.get_mut(name)?;
        let (slot, state) = (timer.slot, timer.state);
        timer.state = State::Gone;
        match state {
            State::Gone => return Some(ENOENT),
            State::Due => self.at(slot).pending.remove(Item::Timer(name)),
            State::Armed => {}
        }
        Some(0)
    }
}
