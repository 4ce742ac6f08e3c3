//! Installing and removing: the one disposition per signal that the process
//! has.
//!
//! Each context wants something of a signal: to handle it, to ignore it, the
//! default, or nothing. Ours stands there while any handles it; or else it is
//! ignored while any wants that, and so on in that order; and what stood there
//! before us is put back when nobody wants anything.
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

use core::sync::atomic::Ordering::Relaxed;

use self::line::{Line, Ours, is_arrival, is_function, let_go};
use super::Context;
use super::handlers::{
    Entry, SAFEPOINT_IF_DEFAULT, SAFEPOINT_KEEP_IGNORED, SAFEPOINT_QUEUE,
};
use super::lock::locked;
use crate::sys::zone::{Action, DEFAULT, IGNORE, swap_action};
use crate::sys::{self, Errno};
use crate::zone::{ACTION_FLAGS, ACTION_MASK, PROCESS, SIGNALS, When, arrival, is_sibling};

mod kicks;
mod line;
mod query;
mod restart;
mod wanted;

pub use kicks::{Stand, kick_signal, take_down_if_unneeded};
pub use query::Kind;

/// What installing did.
pub enum Installed {
    Yes,
    /// It was ignored before us, and stays so.
    KeptIgnored,
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
        show(context, signum, entry, undo_ours);
        match swap_action(signum as i32, Some(&ours_at(signum))) {
            Ok(was) => {
                if was != current && !is_arrival(&was) {
                    // Somebody was quicker: that is what stood before us.
                    line.set_before(signum, &was);
                    show(context, signum, entry, undo_ours);
                }
                Ok(Installed::Yes)
            }
            Err(error) => {
                show(context, signum, undo_entry, undo_ours);
                Err(error)
            }
        }
    })
}

/// Have arrivals see what this context wants, and what they are to do besides:
/// in all but the first case only if somebody passes on to us, or puts us
/// back. Without anybody who wants anything it is `otherwise`.
fn show(context: &Context, signum: u32, entry: Entry, otherwise: Ours) {
    let line = Line::of(signum);
    line.wanted.change(&context.handlers.get(signum), &entry);
    let ours = line.wanted.all(otherwise);
    let (when, next) = match ours {
        Ours::Handler => {
            let before = line.before.get();
            let chains = line.wanted.chains() || is_sibling(&before);
            (if chains { When::Behind } else { When::Never }, before)
        }
        Ours::Ignored => (When::Instead, IGNORE),
        Ours::Default => (When::Instead, DEFAULT),
        Ours::Nothing | Ours::Beneath => (When::Instead, PROCESS.origin(signum)),
    };
    line.ours.store(ours as u32, Relaxed);
    let queue = sys::real_time().contains(&signum) || entry.flags & SAFEPOINT_QUEUE != 0;
    if queue != context.inbox().queues(signum) {
        // What arrived under the old rule is collected under the old rule.
        context.ready.collect(context.inbox());
        context.inbox().set_queue(signum, queue);
    }
    context.handlers.set(signum, entry);
    // Whoever reads that there is a handler finds it: so it is there before
    // that is said, and goes after.
    let subscribe = |on| PROCESS.subscribe(context.number, signum, on);
    if entry.is_handler() {
        subscribe(true);
    }
    PROCESS.set_next(signum, when, &next);
    if !entry.is_handler() {
        subscribe(false);
    }
}

/// Our action, as all of them want it. A guest's keeps what its host chose:
/// whether system calls restart, and what SIGCHLD does to children.
fn ours_at(signum: u32) -> Action {
    let line = Line::of(signum);
    let mut action = Action {
        handler: arrival as *const () as usize,
        flags: ACTION_FLAGS,
        mask: ACTION_MASK,
    };
    if line.wanted.restarts() {
        action.flags |= sys::SA_RESTART;
    }
    if line.wanted.chains() {
        let before = line.before.get();
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

/// What is to stand at this signal, as all of them want it.
fn wanted_at(signum: u32) -> Action {
    let line = Line::of(signum);
    match line.ours() {
        Ours::Handler => ours_at(signum),
        Ours::Ignored => kicks::over(signum, &IGNORE),
        Ours::Default => kicks::over(signum, &DEFAULT),
        Ours::Nothing | Ours::Beneath => kicks::over(signum, &line.to_put_back(signum)),
    }
}

/// Ignore the signal, or do the default: false where another context wants
/// otherwise.
pub fn set_plain(context: &Context, signum: u32, ignore: bool) -> Result<bool, Errno> {
    locked(|| {
        let line = Line::of(signum);
        let entry = Entry::plain(ignore);
        let (ours, plain) =
            if ignore { (Ours::Ignored, IGNORE) } else { (Ours::Default, DEFAULT) };
        let all = line.wanted.all_if(&context.handlers.get(signum), &entry);
        if all == ours {
            let was = swap_action(signum as i32, Some(&kicks::over(signum, &plain)))?;
            if !line.is_ours(&was) {
                line.set_before(signum, &was);
            }
        }
        if all != ours {
            want_beside(context, signum, entry, all)?;
        } else {
            show(context, signum, entry, all);
            context.drop_signal(signum);
        }
        Ok(all == ours)
    })
}

/// Want this of a signal of which others want something as well, so that what
/// is to stand there, for all, is no plain disposition of this context's:
/// whether what we had set still stood there.
fn want_beside(
    context: &Context,
    signum: u32,
    entry: Entry,
    all: Ours,
) -> Result<bool, Errno> {
    let (undo, before) = (context.handlers.get(signum), Line::of(signum).ours());
    show(context, signum, entry, all);
    let stood =
        stand_again(signum, before).inspect_err(|_| show(context, signum, undo, before))?;
    context.drop_signal(signum);
    Ok(stood)
}

/// Where what we had set still stands there, let it be what all want: whether it
/// did.
fn stand_again(signum: u32, before: Ours) -> Result<bool, Errno> {
    let current = swap_action(signum as i32, None)?;
    let wanted = wanted_at(signum);
    let stands = before.looks_like(&current);
    if stands && current != wanted {
        let was = swap_action(signum as i32, Some(&wanted))?;
        if was != current {
            swap_action(signum as i32, Some(&was))?; // somebody was quicker
            return Ok(false);
        }
    }
    Ok(stands)
}

/// Want nothing any more of this signal. False where somebody else's stands
/// there.
pub fn restore(context: &Context, signum: u32) -> Result<bool, Errno> {
    locked(|| restore_one(context, signum))
}

fn restore_one(context: &Context, signum: u32) -> Result<bool, Errno> {
    let line = Line::of(signum);
    let entry = context.handlers.get(signum);
    if line.ours() == Ours::Nothing {
        return Ok(true);
    }
    let left = line.wanted.all_if(&entry, &Entry::default());
    if left != Ours::Nothing {
        if entry.is_nothing() {
            return Ok(true);
        }
        return want_beside(context, signum, Entry::default(), left);
    }
    let current = swap_action(signum as i32, None)?;
    let mut is_ours = line.is_ours(&current);
    if line.ours() == Ours::Beneath && !is_ours {
        return Ok(true);
    }
    if is_ours {
        let back = kicks::over(signum, &line.to_put_back(signum));
        let was = swap_action(signum as i32, Some(&back))?;
        is_ours = line.is_ours(&was);
        if !is_ours {
            swap_action(signum as i32, Some(&was))?; // somebody was quicker
        }
    }
    let clean = is_ours && line.before.get() == PROCESS.origin(signum);
    line.before.set(&PROCESS.origin(signum));
    forget(context, signum, if clean { Ours::Nothing } else { Ours::Beneath });
    Ok(is_ours)
}

/// Want nothing any more, and drop what is pending.
fn forget(context: &Context, signum: u32, otherwise: Ours) {
    show(context, signum, Entry::default(), otherwise);
    context.drop_signal(signum);
}

/// Put back what still is ours, but for what other contexts want.
pub fn restore_all(context: &Context) {
    locked(|| {
        kicks::take_down();
        for signum in 1..=SIGNALS as u32 {
            if restore_one(context, signum).is_err() {
                // What cannot be read cannot be put back. It is for nobody
                // any more, and goes when somebody else ends.
                let left = match Line::of(signum).ours() {
                    Ours::Handler => Ours::Beneath,
                    plain => plain,
                };
                forget(context, signum, left);
            }
            let_go(signum);
        }
    });
}

impl Context {
    pub fn install(&self, signum: u32, entry: Entry) -> Result<Installed, Errno> {
        install(self, signum, entry)
    }

    /// False where another context handles it.
    pub fn ignore(&self, signum: u32) -> Result<bool, Errno> {
        set_plain(self, signum, true).inspect(|_| let_go(signum))
    }

    /// False where another context handles or ignores it.
    pub fn default(&self, signum: u32) -> Result<bool, Errno> {
        set_plain(self, signum, false).inspect(|_| let_go(signum))
    }

    pub fn restore(&self, signum: u32) -> Result<bool, Errno> {
        restore(self, signum).inspect(|_| let_go(signum))
    }

    /// Put it back for a ONESHOT handler, which has yet to run: who waits until
    /// the owner has done with the signal goes on waiting.
    pub fn spend(&self, signum: u32) {
        // It fails for no signal that could be installed.
        let _ = restore(self, signum);
    }

    /// What it wanted before, after a change that was made in vain.
    pub fn want_again(&self, signum: u32, entry: Entry) {
        // What fails here has been done the other way a moment ago.
        let _ = match entry {
            entry if entry == self.handlers.get(signum) => Ok(true),
            entry if entry.is_handler() => self.install(signum, entry).map(|_| true),
            entry if entry.is_nothing() => self.restore(signum),
            entry => set_plain(self, signum, entry.is_ignored()),
        };
    }
}
