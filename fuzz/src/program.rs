//! Bytes as a program: four for each step, and any bytes are one.
//!
//! What a handler or a call does is a step of the same program, by its number:
//! see [`Body`].

/// Contexts besides the main one, which is 0, by slot.
pub const CONTEXTS: usize = 4;
pub const JOBS: usize = 3;
/// Timers that a program can name.
pub const TIMERS: usize = 8;
/// By rising number: two that kill by default, two that then do nothing, and
/// two that are real-time.
pub const SIGNALS: [i32; 6] =
    [libc::SIGUSR1, libc::SIGCONT, libc::SIGWINCH, libc::SIGSYS, 34, 35];
/// More steps are not read.
pub const STEPS: usize = 32;
/// What a storm's two threads do together.
pub const STORM: usize = 40;

/// More than can wait: deliveries of queued signals, and calls.
pub const FLOOD: usize = 8192 + 100;
pub const CALLS: usize = 1024 + 10;
/// Handlers in handlers that still do something.
const DEPTH: u32 = 3;

/// Of [`SIGNALS`], by index.
pub type Signal = usize;
/// A context, by slot.
pub type Slot = usize;

/// What a handler or a call does, in a byte: which step of the program it takes
/// (if bit 6 says so), and whether it raises (bit 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Body(pub u8);

impl Body {
    pub fn step(self) -> Option<usize> {
        (self.0 & 0x40 != 0).then_some(usize::from(self.0 & 0x3f))
    }

    pub fn result(self) -> i32 {
        if self.0 & 0x80 != 0 { 1000 + i32::from(self.0) } else { 0 }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    Init,
    Fini,
    New(Slot),
    Free(Slot),
    Adopt(Slot),
    /// Use the handle of a context that was freed.
    Stale(Slot),
    Install(Slot, Signal, u32, Body),
    Ignore(Slot, Signal),
    Default(Slot, Signal),
    Restore(Slot, Signal),
    Query(Slot, Signal),
    /// sigaction(), by somebody else.
    Foreign(Signal),
    /// To the calling thread, and to the process.
    Raise(Signal),
    Kill(Signal),
    Queue(Signal, i32),
    Trip(Signal),
    TripOne(Slot, Signal),
    /// So many that a queue is full.
    Flood(Slot, Signal),
    Check(Slot),
    Next(Slot),
    /// Wait for one, without time.
    Wait(Slot, Signal),
    Pause(Slot),
    Hold(Slot),
    Release(Slot),
    Call(Slot, Body),
    /// So many that the ring is full.
    Calls(Slot, Body),
    Post(Slot, usize),
    Interrupt(Slot, i32),
    /// Two threads at once.
    RaiseStorm(Signal),
    CallStorm(Slot, Body),
    PostStorm(Slot, usize),
    /// In an hour.
    Later(Slot, Body),
    /// At once; and perhaps each hour from then on.
    Now(Slot, Body, bool),
    Cancel(usize),
    Stats(Slot),
    EventFd(Slot),
    Block(Signal),
    Unblock(Signal),
    Pending(Slot),
    /// The child goes on behind this step, and then the parent does.
    Fork,
}

impl Op {
    /// The context that it is about.
    pub fn slot(self) -> Option<Slot> {
        match self {
            Op::Init
            | Op::Fini
            | Op::Foreign(_)
            | Op::Raise(_)
            | Op::Kill(_)
            | Op::Queue(..)
            | Op::Trip(_)
            | Op::RaiseStorm(_)
            | Op::Cancel(_)
            | Op::Block(_)
            | Op::Unblock(_)
            | Op::Fork => None,
            Op::New(slot)
            | Op::Free(slot)
            | Op::Adopt(slot)
            | Op::Stale(slot)
            | Op::Install(slot, ..)
            | Op::Ignore(slot, _)
            | Op::Default(slot, _)
            | Op::Restore(slot, _)
            | Op::Query(slot, _)
            | Op::TripOne(slot, _)
            | Op::Flood(slot, _)
            | Op::Check(slot)
            | Op::Next(slot)
            | Op::Wait(slot, _)
            | Op::Pause(slot)
            | Op::Hold(slot)
            | Op::Release(slot)
            | Op::Call(slot, _)
            | Op::Calls(slot, _)
            | Op::Post(slot, _)
            | Op::Interrupt(slot, _)
            | Op::CallStorm(slot, _)
            | Op::PostStorm(slot, _)
            | Op::Later(slot, _)
            | Op::Now(slot, ..)
            | Op::Stats(slot)
            | Op::EventFd(slot)
            | Op::Pending(slot) => Some(slot),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    pub op: Op,
    /// On a thread of its own, which then ends.
    pub elsewhere: bool,
}

/// The program that these bytes are.
pub fn read(bytes: &[u8]) -> Vec<Step> {
    bytes
        .chunks_exact(4)
        .take(STEPS)
        .map(|part| step([part[0], part[1], part[2], part[3]]))
        .collect()
}

fn step([what, who, extra, body]: [u8; 4]) -> Step {
    let slot = [0, 0, 0, 0, 1, 1, 2, 3][usize::from(who & 7)];
    let signal = usize::from(who >> 3) % 8 % SIGNALS.len();
    let (number, body) = (usize::from(extra), Body(body));
    let op = match what % 64 {
        0 => Op::Init,
        1 => Op::Fini,
        2 | 3 => Op::New(slot),
        4 => Op::Free(slot),
        5 => Op::Adopt(slot),
        6 => Op::Stale(slot),
        7..=13 => Op::Install(slot, signal, u32::from(extra) & 62, body),
        14 => Op::Ignore(slot, signal),
        15 => Op::Default(slot, signal),
        16 => Op::Restore(slot, signal),
        17 => Op::Query(slot, signal),
        18 => Op::Foreign(signal),
        19..=22 => Op::Raise(signal),
        23 => Op::Kill(signal),
        24 | 25 => Op::Queue(signal, i32::from(extra) + 1),
        26 => Op::Trip(signal),
        27 => Op::TripOne(slot, signal),
        28 => Op::Flood(slot, signal),
        29..=33 => Op::Check(slot),
        34 | 35 => Op::Next(slot),
        36 => Op::Wait(slot, signal),
        37 => Op::Pause(slot),
        38 => Op::Hold(slot),
        39 => Op::Release(slot),
        40..=42 => Op::Call(slot, body),
        43 => Op::Calls(slot, body),
        44..=46 => Op::Post(slot, number % JOBS),
        47 => Op::Interrupt(slot, i32::from(extra) + 1),
        48 => Op::RaiseStorm(signal),
        49 => Op::CallStorm(slot, body),
        50 => Op::PostStorm(slot, number % JOBS),
        51 => Op::Later(slot, body),
        52 => Op::Now(slot, body, extra & 1 != 0),
        53 => Op::Cancel(number % TIMERS),
        54 => Op::Stats(slot),
        55 => Op::EventFd(slot),
        56 => Op::Block(signal),
        57 => Op::Unblock(signal),
        58 => Op::Pending(slot),
        59 => Op::Fork,
        60 => Op::Hold(slot),
        61 => Op::Release(slot),
        62 => Op::Stale(slot),
        _ => Op::Adopt(slot),
    };
    Step { op, elsewhere: who >= 0xc0 }
}

/// What a handler or a call does, as the so-many-th one inside another.
pub fn deed(program: &[Step], body: Body, depth: u32) -> Option<Step> {
    if depth <= DEPTH { program.get(body.step()?).copied() } else { None }
}

/// What a job does.
pub fn job_body(job: usize) -> Body {
    [Body(0), Body(0x41), Body(0xc2)][job]
}
