//! Installing and removing: the one disposition per signal that the process
//! has.
//!
//! What stood before us is published before `sigaction`, so that an arrival
//! in the same instant can chain to it, and compared with what `sigaction`
//! gives back. A disposition is put back only where it still is ours. All of
//! it happens under the process-wide lock, which fork takes as well.
//!
//! Whoever stands over us may know our handler as what stood before it, and
//! pass on to it or put it back when we have long gone. Then we stand
//! *beneath*, and do what was done before we first came.

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

pub static LOCK: Lock = Lock::new();

/// What we last set for a signal.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ours {
    Nothing,
    Handler,
    Ignored,
    Default,
    /// Nothing, but somebody may pass on to us, or put us back.
    Beneath,
}

/// What stood there before the first of ours.
static ORIGIN: [Remembered; SIGNALS] = [const { Remembered::new() }; SIGNALS];

static OURS: [AtomicU32; SIGNALS] = [const { AtomicU32::new(0) }; SIGNALS];

fn ours(signum: u32) -> Ours {
    let slot = OURS.get(signum as usize - 1);
    match slot.map_or(0, |slot| slot.load(Relaxed)) {
        1 => Ours::Handler,
        2 => Ours::Ignored,
        3 => Ours::Default,
        4 => Ours::Beneath,
        _ => Ours::Nothing,
    }
}

fn set_ours(signum: u32, ours: Ours) {
    if let Some(slot) = OURS.get(signum as usize - 1) {
        slot.store(ours as u32, Relaxed);
    }
}

/// Who stands there now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Default,
    Ignored,
    Handler,
    Foreign,
}

/// A signal's disposition: what stands there, and our entry if there is one.
pub struct Disposition {
    pub kind: Kind,
    pub entry: Entry,
    pub overwritten: bool,
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

/// Whether what stands there is what we last set.
fn is_ours(signum: u32, action: &Action) -> bool {
    match ours(signum) {
        _ if is_arrival(action) => true,
        Ours::Ignored => action.handler == IGNORE.handler,
        Ours::Default => action.handler == DEFAULT.handler,
        _ => false,
    }
}

/// Say what stands before us.
fn set_before(signum: u32, action: &Action) {
    if let (Ours::Nothing, Some(origin)) = (ours(signum), ORIGIN.get(signum as usize - 1)) {
        origin.set(action);
    }
    PROCESS.set_before(signum, action);
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
        let current = swap_action(signum as i32, None)?;
        let ours = is_ours(signum, &current);
        if entry.flags & SAFEPOINT_IF_DEFAULT != 0 && !ours && is_function(&current) {
            return Err(sys::EEXIST);
        }
        let ignored = !ours && current.handler == IGNORE.handler;
        if entry.flags & SAFEPOINT_KEEP_IGNORED != 0 && ignored {
            return Ok(Installed::KeptIgnored);
        }
        if !ours {
            set_before(signum, &current);
        }
        let undo = context.handlers.get(signum);
        put_entry(context, signum, entry);
        match swap_action(signum as i32, Some(&action_for(signum, entry.flags))) {
            Ok(was) => {
                if !ours && was != current {
                    // Somebody was quicker: that is what stood before us.
                    set_before(signum, &was);
                    set_chain(signum, entry.flags);
                }
                set_ours(signum, Ours::Handler);
                Ok(Installed::Yes)
            }
            Err(error) => {
                put_entry(context, signum, undo);
                Err(error)
            }
        }
    })
}

/// Make the entry one that arrivals see.
fn put_entry(context: &Context, signum: u32, entry: Entry) {
    let queue = sys::real_time().contains(&signum) || entry.flags & SAFEPOINT_QUEUE != 0;
    if queue != context.inbox().queues(signum) {
        // What arrived under the old rule is collected under the old rule.
        context.ready.collect(context.inbox());
        context.inbox().set_queue(signum, queue);
    }
    context.handlers.set(signum, entry);
    set_chain(signum, entry.flags);
    PROCESS.subscribe(signum, entry.handler != 0);
}

fn set_chain(signum: u32, flags: u32) {
    let chain = flags & SAFEPOINT_CHAIN != 0 || is_sibling(&PROCESS.before(signum));
    PROCESS.chain(signum, chain);
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
        let before = PROCESS.before(signum);
        let kept = sys::SA_RESTART | sys::SA_NOCLDSTOP | sys::SA_NOCLDWAIT;
        action.flags |= before.flags & kept;
        if before.handler == IGNORE.handler {
            // An ignored signal interrupts nothing, and leaves no zombies.
            action.flags |= sys::SA_RESTART | sys::SA_NOCLDWAIT;
        }
    }
    action
}

/// Ignore the signal, or do the default.
pub fn set_plain(context: &Context, signum: u32, ignore: bool) -> Result<(), Errno> {
    locked(|| {
        let current = swap_action(signum as i32, None)?;
        let ours = is_ours(signum, &current);
        let was =
            swap_action(signum as i32, Some(if ignore { &IGNORE } else { &DEFAULT }))?;
        if !ours {
            set_before(signum, &was);
        }
        set_ours(signum, if ignore { Ours::Ignored } else { Ours::Default });
        remove_entry(context, signum);
        Ok(())
    })
}

/// Put back what stood before us. False where somebody else's stands there.
pub fn restore(context: &Context, signum: u32) -> Result<bool, Errno> {
    locked(|| restore_one(context, signum))
}

fn restore_one(context: &Context, signum: u32) -> Result<bool, Errno> {
    if ours(signum) == Ours::Nothing {
        return Ok(true);
    }
    let current = swap_action(signum as i32, None)?;
    let is_ours = is_ours(signum, &current);
    if ours(signum) == Ours::Beneath && !is_ours {
        return Ok(true);
    }
    let before = PROCESS.before(signum);
    if is_ours {
        let was = swap_action(signum as i32, Some(&before))?;
        if was != current {
            swap_action(signum as i32, Some(&was))?; // somebody was quicker
        }
    }
    let origin = ORIGIN.get(signum as usize - 1).map_or(before, Remembered::get);
    let beneath = !is_ours || before != origin;
    set_ours(signum, if beneath { Ours::Beneath } else { Ours::Nothing });
    remove_entry(context, signum);
    if beneath {
        PROCESS.set_before(signum, &origin);
        PROCESS.chain(signum, true);
    }
    Ok(is_ours)
}

fn remove_entry(context: &Context, signum: u32) {
    put_entry(context, signum, Entry::default());
    PROCESS.chain(signum, false);
    context.drop_signal(signum);
}

pub fn restore_all(context: &Context) {
    locked(|| {
        for signum in 1..=SIGNALS as u32 {
            // What cannot be read cannot be put back.
            let _ = restore_one(context, signum);
        }
    });
}

pub fn query(context: &Context, signum: u32) -> Result<Disposition, Errno> {
    let entry = context.handlers.get(signum);
    let current = swap_action(signum as i32, None)?;
    let kind = if is_arrival(&current) && entry.handler != 0 {
        Kind::Handler
    } else if current.handler == DEFAULT.handler {
        Kind::Default
    } else if current.handler == IGNORE.handler {
        Kind::Ignored
    } else {
        Kind::Foreign
    };
    let overwritten = entry.handler != 0 && kind != Kind::Handler;
    Ok(Disposition { kind, entry, overwritten })
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

    pub fn query(&self, signum: u32) -> Result<Disposition, Errno> {
        query(self, signum)
    }
}
