//! The signal that kicks an owner out of its wait, and its handler: ours, over
//! whatever stands there, to which what is no kick is passed on.

use core::sync::atomic::AtomicU32;
use core::sync::atomic::Ordering::Relaxed;

use super::{Line, Ours, action_for, is_arrival, locked, show};
use crate::context::Context;
use crate::sys::zone::{Action, DEFAULT, IGNORE, IGNORED_BY_DEFAULT, swap_action};
use crate::sys::{self, Errno};
use crate::zone::bit;

/// Which signal it is, and which one has its handler in place: 0 is none.
static CHOSEN: AtomicU32 = AtomicU32::new(sys::SIGURG as u32);
static STANDS: AtomicU32 = AtomicU32::new(0);

pub fn kick_signal() -> u32 {
    CHOSEN.load(Relaxed)
}

pub fn stand_at(signum: u32) -> bool {
    STANDS.load(Relaxed) == signum
}

/// What to set where this is to stand, or to be seen to stand.
pub fn over(signum: u32, action: &Action) -> Action {
    if stand_at(signum) { action_for(signum, 0) } else { *action }
}

/// Put it in place, if it is not: which signal it is.
pub fn stand_for_kicks(context: &Context) -> Result<u32, Errno> {
    locked(|| {
        let signum = kick_signal();
        if !stand_at(signum) {
            stand(context, signum)?;
        }
        Ok(signum)
    })
}

fn stand(context: &Context, signum: u32) -> Result<(), Errno> {
    let line = Line::of(signum);
    let current = swap_action(signum as i32, None)?;
    if line.ours() == Ours::Handler && !is_arrival(&current) {
        // Somebody has taken over, and is left there.
        return Ok(());
    }
    if !line.is_ours(&current) {
        line.set_before(signum, &current);
    }
    STANDS.store(signum, Relaxed);
    let entry = context.handlers.get(signum);
    show(context, signum, line.ours(), entry);
    match swap_action(signum as i32, Some(&action_for(signum, entry.flags))) {
        Ok(was) => {
            if was != current && !is_arrival(&was) {
                line.set_before(signum, &was); // somebody was quicker
                show(context, signum, line.ours(), entry);
            }
            Ok(())
        }
        Err(error) => {
            STANDS.store(0, Relaxed);
            Err(error)
        }
    }
}

/// Put back what stood there, if that is still for us to do. Under the lock.
/// Not a default that would end the process: somebody may be about to kick.
pub fn take_down(context: &Context) {
    let signum = STANDS.load(Relaxed);
    let line = Line::of(signum);
    let stays = line.ours() == Ours::Nothing && line.before.get() == DEFAULT;
    if signum == 0 || stays && IGNORED_BY_DEFAULT & bit(signum) == 0 {
        return;
    }
    STANDS.store(0, Relaxed);
    let action = match line.ours() {
        Ours::Handler => action_for(signum, context.handlers.get(signum).flags),
        Ours::Ignored => IGNORE,
        Ours::Default => DEFAULT,
        Ours::Nothing | Ours::Beneath => line.before.get(),
    };
    // It fails for no signal at which we have stood.
    if swap_action(signum as i32, None).is_ok_and(|current| is_arrival(&current)) {
        let _ = swap_action(signum as i32, Some(&action));
    }
}

/// Choose another, which is put in place when it is needed: the one before.
pub fn set_kick_signal(context: &Context, signum: u32) -> Result<u32, Errno> {
    locked(|| {
        if kick_signal() != signum {
            take_down(context);
        }
        Ok(CHOSEN.swap(signum, Relaxed))
    })
}
