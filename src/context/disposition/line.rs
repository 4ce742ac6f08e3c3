//! One signal: what we have set there, and what stood there before.

use core::sync::atomic::AtomicU32;
use core::sync::atomic::Ordering::Relaxed;

use super::kicks;
use super::wanted::Wanted;
use crate::sys::zone::{Action, DEFAULT, IGNORE, SA_RESETHAND, swap_action};
use crate::sys::{self, Errno};
use crate::zone::{PROCESS, Remembered, SIGNALS, arrival};

/// What we last set for a signal.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Ours {
    /// Nothing, or it was put back.
    Nothing,
    Handler,
    Ignored,
    Default,
    /// Nothing any more, but there is somebody who may put us back.
    Beneath,
}

impl Ours {
    /// Whether this action is how it looks.
    pub fn looks_like(self, action: &Action) -> bool {
        match self {
            _ if is_arrival(action) => true,
            Ours::Ignored => action.handler == IGNORE.handler,
            Ours::Default => action.handler == DEFAULT.handler,
            _ => false,
        }
    }
}

/// A signal's past, read and written under the lock.
pub struct Line {
    pub ours: AtomicU32,
    pub wanted: Wanted,
    /// What sig_restore() puts back: what stood there before ours.
    pub before: Remembered,
}

static LINES: [Line; SIGNALS] = [const {
    Line { ours: AtomicU32::new(0), wanted: Wanted::new(), before: Remembered::new() }
}; SIGNALS];

impl Line {
    /// Of a signal that was checked at the gate.
    pub fn of(signum: u32) -> &'static Line {
        &LINES[(signum as usize).wrapping_sub(1) % SIGNALS]
    }

    pub fn ours(&self) -> Ours {
        match self.ours.load(Relaxed) {
            1 => Ours::Handler,
            2 => Ours::Ignored,
            3 => Ours::Default,
            4 => Ours::Beneath,
            _ => Ours::Nothing,
        }
    }

    pub fn set_before(&self, signum: u32, action: &Action) {
        if self.ours() == Ours::Nothing {
            PROCESS.set_origin(signum, action);
        } else if self.before.get() == PROCESS.origin(signum) {
            PROCESS.set_origin(signum, &self.to_put_back(signum));
        }
        self.before.set(action);
        PROCESS.renew(signum);
    }

    /// What stood there before ours, as it would stand there now: a handler
    /// with SA_RESETHAND that has run would stand there no more.
    pub fn to_put_back(&self, signum: u32) -> Action {
        let mut before = self.before.get();
        if before.flags & SA_RESETHAND != 0 && PROCESS.is_spent(signum) {
            before.handler = DEFAULT.handler;
        }
        before
    }

    /// What stands there, but for what stands or has stood there for kicks.
    pub fn current(&self, signum: u32) -> Result<Action, Errno> {
        let current = swap_action(signum as i32, None)?;
        let stands = kicks::stand_at(signum);
        Ok(match self.ours() {
            _ if !is_arrival(&current) => current,
            Ours::Nothing => self.before.get(),
            Ours::Beneath if stands => self.before.get(),
            Ours::Ignored if stands => IGNORE,
            Ours::Default if stands => DEFAULT,
            _ => current,
        })
    }

    /// Whether what stands there is what we last set.
    pub fn is_ours(&self, action: &Action) -> bool {
        self.ours().looks_like(action)
    }
}

/// Its owner has done with this signal: if nobody else handles it, say so.
pub fn let_go(signum: u32) {
    if Line::of(signum).ours() != Ours::Handler {
        sys::let_go(signum);
    }
}

pub fn is_arrival(action: &Action) -> bool {
    action.handler == arrival as *const () as usize
}

pub fn is_function(action: &Action) -> bool {
    action.handler != DEFAULT.handler && action.handler != IGNORE.handler
}
