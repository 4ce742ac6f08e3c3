//! The signal that kicks an owner out of its wait, and its handler: ours, over
//! whatever stands there, to which what is no kick is passed on.

use core::sync::atomic::AtomicU32;
use core::sync::atomic::Ordering::Relaxed;

use super::line::{Line, Ours, is_arrival};
use super::{ours_at, show, wanted_at};
use crate::context::Context;
use crate::context::lock::locked;
use crate::sys::zone::{Action, DEFAULT, IGNORED_BY_DEFAULT, swap_action};
use crate::sys::{self, Errno};
use crate::zone::{PROCESS, bit};

/// Which signal it is, and which one has its handler in place: 0 is none.
static CHOSEN: AtomicU32 = AtomicU32::new(sys::SIGURG as u32);
static STANDS: AtomicU32 = AtomicU32::new(0);
/// How many contexts need it there.
static NEEDED: AtomicU32 = AtomicU32::new(0);

/// Whether a context needs the handler for kicks to stand.
pub struct Stand(AtomicU32);

impl Stand {
    pub const fn new() -> Self {
        Stand(AtomicU32::new(0))
    }

    /// Put it in place, if it is not: which signal it is.
    pub fn need(&self, context: &Context) -> Result<u32, Errno> {
        locked(|| {
            let signum = kick_signal();
            if !stand_at(signum) {
                stand(context, signum)?;
            }
            if self.0.swap(1, Relaxed) == 0 {
                NEEDED.fetch_add(1, Relaxed);
            }
            Ok(signum)
        })
    }

    /// This context needs it no more. It stays in place until one ends.
    pub fn leave(&self) {
        locked(|| {
            if self.0.swap(0, Relaxed) != 0 {
                NEEDED.fetch_sub(1, Relaxed);
            }
        });
    }

    /// Choose another signal, which is put in place when it is needed: the one
    /// before. EBUSY where other contexts need that.
    pub fn choose(&self, signum: u32) -> Result<u32, Errno> {
        locked(|| {
            let before = kick_signal();
            if before != signum {
                if NEEDED.load(Relaxed) > self.0.load(Relaxed) {
                    return Err(sys::EBUSY);
                }
                self.leave();
                take_down();
                CHOSEN.store(signum, Relaxed);
            }
            Ok(before)
        })
    }
}

pub fn kick_signal() -> u32 {
    CHOSEN.load(Relaxed)
}

pub fn stand_at(signum: u32) -> bool {
    STANDS.load(Relaxed) == signum
}

/// What to set where this is to stand, or to be seen to stand.
pub fn over(signum: u32, action: &Action) -> Action {
    if stand_at(signum) { ours_at(signum) } else { *action }
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
    PROCESS.set_kick(signum);
    let entry = context.handlers.get(signum);
    show(context, signum, entry, line.ours());
    match swap_action(signum as i32, Some(&ours_at(signum))) {
        Ok(was) => {
            if was != current && !is_arrival(&was) {
                line.set_before(signum, &was); // somebody was quicker
                show(context, signum, entry, line.ours());
            }
            Ok(())
        }
        Err(error) => {
            STANDS.store(0, Relaxed);
            Err(error)
        }
    }
}

/// What it was put in place for has failed: if nobody needs it, it goes.
pub fn take_down_if_unneeded() {
    locked(take_down);
}

/// Put back what stood there, if that is still for us to do, and nobody needs
/// ours. Under the lock. Not a default that would end the process: somebody
/// may be about to kick.
pub fn take_down() {
    let signum = STANDS.load(Relaxed);
    let line = Line::of(signum);
    let stays = line.ours() == Ours::Nothing && line.before.get() == DEFAULT;
    let stays = stays && IGNORED_BY_DEFAULT & bit(signum) == 0;
    if signum == 0 || stays || NEEDED.load(Relaxed) != 0 {
        return;
    }
    STANDS.store(0, Relaxed);
    // It fails for no signal at which we have stood.
    if swap_action(signum as i32, None).is_ok_and(|current| is_arrival(&current)) {
        let _ = swap_action(signum as i32, Some(&wanted_at(signum)));
    }
}
