//! Installing and removing: the one disposition per signal that the process
//! has.
//!
//! What stood before our handler is published before `sigaction`, so that an
//! arrival in the same instant can chain to it, and compared with what
//! `sigaction` gives back. A disposition is put back only where it still is
//! ours. All of it happens under the process-wide lock, which fork takes as
//! well.
//!
//! Whoever stands over us may know our handler as what stood before it, and
//! pass on to it or put it back when we have long gone, or are only to ignore
//! the signal or to do its default. So arrivals know at all times what to do
//! instead. Who has gone while somebody may still know it stands *beneath*.

use core::sync::atomic::AtomicU32;
use core::sync::atomic::Ordering::Relaxed;

use super::Context;
use super::handlers::{
    Entry, SAFEPOINT_CHAIN, SAFEPOINT_IF_DEFAULT, SAFEPOINT_KEEP_IGNORED, SAFEPOINT_QUEUE,
    SAFEPOINT_RESTART,
};
use crate::sys::zone::{Action, DEFAULT, IGNORE, swap_action};
use crate::sys::{self, Errno, Lock};
use crate::zone::{
    ACTION_FLAGS, ACTION_MASK, PROCESS, Remembered, SIGNALS, arrival, is_sibling,
};

mod kicks;
mod query;

pub use kicks::{kick_signal, set_kick_signal, stand_for_kicks};
pub use query::{Disposition, Kind, query};

pub static LOCK: Lock = Lock::new();

/// What we last set for a signal.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ours {
    /// Nothing, or it was put back.
    Nothing,
    Handler,
    Ignored,
    Default,
    /// Nothing any more, but there is somebody who may put us back.
    Beneath,
}

/// A signal's past, read and written under the lock.
struct Line {
    ours: AtomicU32,
    /// What sig_restore() puts back: what stood there before ours.
    before: Remembered,
    /// What stood there before the first of ours.
    origin: Remembered,
}

static LINES: [Line; SIGNALS] = [const {
    Line { ours: AtomicU32::new(0), before: Remembered::new(), origin: Remembered::new() }
}; SIGNALS];

impl Line {
    /// Of a signal that was checked at the gate.
    fn of(signum: u32) -> &'static Line {
        &LINES[(signum as usize).wrapping_sub(1) % SIGNALS]
    }

    fn ours(&self) -> Ours {
        match self.ours.load(Relaxed) {
            1 => Ours::Handler,
            2 => Ours::Ignored,
            3 => Ours::Default,
            4 => Ours::Beneath,
            _ => Ours::Nothing,
        }
    }

    fn set_before(&self, signum: u32, action: &Action) {
        if self.ours() == Ours::Nothing {
            self.origin.set(action);
        }
        self.before.set(action);
        PROCESS.renew(signum);
    }

    /// What stands there, but for what stands or has stood there for kicks.
    fn current(&self, signum: u32) -> Result<Action, Errno> {
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
    fn is_ours(&self, action: &Action) -> bool {
        match self.ours() {
            _ if is_arrival(action) => true,
            Ours::Ignored => action.handler == IGNORE.handler,
            Ours::Default => action.handler == DEFAULT.handler,
            _ => false,
        }
    }
}

/// What installing did.
pub enum Installed {
    Yes,
    /// It was ignored before us, and stays so.
    KeptIgnored,
}

fn is_arrival(action: &Action) -> bool {
    action.handler == arrival as *const () as usize
}

fn is_function(action: &Action) -> bool {
    action.handler != DEFAULT.handler && action.handler != IGNORE.handler
}

/// With the lock held, and not across anything that can fail to return.
fn locked<T>(work: impl FnOnce() -> T) -> T {
    LOCK.lock();
    let result = work();
    LOCK.unlock();
    result
}

pub fn install(context: &Context, signum: u32, entry: Entry) -> Result<Installed, Errno> {
    locked(|| {
        let line = Line::of(signum);
        let current = line.current(signum)?;
        let is_ours = line.is_ours(&current);
        if entry.flags & SAFEPOINT_IF_DEFAULT != 0 && !is_ours && is_function(&current) {
            return Err(sys::EEXIST);
        }
        let ignored = !is_ours && current.handler == IGNORE.handler;
        if entry.flags & SAFEPOINT_KEEP_IGNORED != 0 && ignored {
            return Ok(Installed::KeptIgnored);
        }
        if !is_ours {
            line.set_before(signum, &current);
        }
        let (undo_ours, undo_entry) = (line.ours(), context.handlers.get(signum));
        show(context, signum, Ours::Handler, entry);
        match swap_action(signum as i32, Some(&action_for(signum, entry.flags))) {
            Ok(was) => {
                if was != current && !is_arrival(&was) {
                    // Somebody was quicker: that is what stood before us.
                    line.set_before(signum, &was);
                    show(context, signum, Ours::Handler, entry);
                }
                Ok(Installed::Yes)
            }
            Err(error) => {
                show(context, signum, undo_ours, undo_entry);
                Err(error)
            }
        }
    })
}

/// Have arrivals see what we have set, and what they are to do besides: in
/// all but the first case only if somebody passes on to us, or puts us back.
fn show(context: &Context, signum: u32, ours: Ours, entry: Entry) {
    let line = Line::of(signum);
    let (chain, target) = match ours {
        Ours::Handler => {
            let before = line.before.get();
            (entry.flags & SAFEPOINT_CHAIN != 0 || is_sibling(&before), before)
        }
        Ours::Ignored => (true, IGNORE),
        Ours::Default => (true, DEFAULT),
        Ours::Nothing | Ours::Beneath => (true, line.origin.get()),
    };
    line.ours.store(ours as u32, Relaxed);
    let queue = sys::real_time().contains(&signum) || entry.flags & SAFEPOINT_QUEUE != 0;
    if queue != context.inbox().queues(signum) {
        // What arrived under the old rule is collected under the old rule.
        context.ready.collect(context.inbox());
        context.inbox().set_queue(signum, queue);
    }
    PROCESS.set_next(signum, &target);
    context.handlers.set(signum, entry);
    PROCESS.chain(signum, chain);
    PROCESS.subscribe(signum, entry.handler != 0);
}

/// A guest's action keeps what its host chose: whether system calls restart,
/// and what SIGCHLD does to children.
fn action_for(signum: u32, flags: u32) -> Action {
    let mut action = Action {
        handler: arrival as *const () as usize,
        flags: ACTION_FLAGS,
        mask: ACTION_MASK,
    };
    if flags & SAFEPOINT_RESTART != 0 {
        action.flags |= sys::SA_RESTART;
    }
    if flags & SAFEPOINT_CHAIN != 0 {
        let before = Line::of(signum).before.get();
        let kept = sys::SA_RESTART | sys::SA_NOCLDSTOP | sys::SA_NOCLDWAIT;
        action.flags |= before.flags & kept;
        if before.handler == IGNORE.handler {
            // An ignored signal interrupts nothing, and leaves no zombies.
            action.flags |= sys::SA_RESTART | sys::SA_NOCLDWAIT;
        }
    }
    if kicks::stand_at(signum) {
        action.flags &= !sys::SA_RESTART; // a kick ends what it interrupts
    }
    action
}

/// Ignore the signal, or do the default.
pub fn set_plain(context: &Context, signum: u32, ignore: bool) -> Result<(), Errno> {
    locked(|| {
        let line = Line::of(signum);
        let plain = if ignore { IGNORE } else { DEFAULT };
        let was = swap_action(signum as i32, Some(&kicks::over(signum, &plain)))?;
        if !line.is_ours(&was) {
            line.set_before(signum, &was);
        }
        forget(context, signum, if ignore { Ours::Ignored } else { Ours::Default });
        Ok(())
    })
}

/// Put back what stood before us. False where somebody else's stands there.
pub fn restore(context: &Context, signum: u32) -> Result<bool, Errno> {
    locked(|| restore_one(context, signum))
}

fn restore_one(context: &Context, signum: u32) -> Result<bool, Errno> {
    let line = Line::of(signum);
    if line.ours() == Ours::Nothing {
        return Ok(true);
    }
    let current = swap_action(signum as i32, None)?;
    let mut is_ours = line.is_ours(&current);
    if line.ours() == Ours::Beneath && !is_ours {
        return Ok(true);
    }
    let before = line.before.get();
    if is_ours {
        let was = swap_action(signum as i32, Some(&kicks::over(signum, &before)))?;
        is_ours = line.is_ours(&was);
        if !is_ours {
            swap_action(signum as i32, Some(&was))?; // somebody was quicker
        }
    }
    let clean = is_ours && before == line.origin.get();
    line.before.set(&line.origin.get());
    forget(context, signum, if clean { Ours::Nothing } else { Ours::Beneath });
    Ok(is_ours)
}

/// Have no handler any more, and drop what is pending for it.
fn forget(context: &Context, signum: u32, ours: Ours) {
    show(context, signum, ours, Entry::default());
    context.drop_signal(signum);
}

pub fn restore_all(context: &Context) {
    locked(|| {
        kicks::take_down(context);
        for signum in 1..=SIGNALS as u32 {
            // What cannot be read cannot be put back.
            let _ = restore_one(context, signum);
        }
    });
}

/// Whether system calls that the signal interrupts go on by themselves.
pub fn set_restart(context: &Context, signum: u32, on: bool) -> Result<(), Errno> {
    locked(|| {
        if on && kick_signal() == signum {
            return Err(sys::EBUSY);
        }
        let mut action = swap_action(signum as i32, None)?;
        let before = action;
        action.flags &= !sys::SA_RESTART;
        action.flags |= if on { sys::SA_RESTART } else { 0 };
        let was = swap_action(signum as i32, Some(&action))?;
        if was != before {
            swap_action(signum as i32, Some(&was))?; // somebody was quicker
            return Err(sys::EAGAIN);
        }
        let mut entry = context.handlers.get(signum);
        if entry.handler != 0 && is_arrival(&action) {
            entry.flags &= !SAFEPOINT_RESTART;
            entry.flags |= if on { SAFEPOINT_RESTART } else { 0 };
            context.handlers.set(signum, entry);
        }
        Ok(())
    })
}

impl Context {
    pub fn install(&self, signum: u32, entry: Entry) -> Result<Installed, Errno> {
        install(self, signum, entry)
    }

    pub fn ignore(&self, signum: u32) -> Result<(), Errno> {
        set_plain(self, signum, true)
    }

    pub fn default(&self, signum: u32) -> Result<(), Errno> {
        set_plain(self, signum, false)
    }

    pub fn restore(&self, signum: u32) -> Result<bool, Errno> {
        restore(self, signum)
    }

    pub fn set_restart(&self, signum: u32, on: bool) -> Result<(), Errno> {
        set_restart(self, signum, on)
    }

    pub fn query(&self, signum: u32) -> Result<Disposition, Errno> {
        query(self, signum)
    }
}
