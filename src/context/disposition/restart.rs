//! Whether what a signal interrupts goes on.

use super::kicks::kick_signal;
use super::line::{Line, Ours, is_arrival};
use super::{ours_at, show};
use crate::context::Context;
use crate::context::handlers::{Entry, SAFEPOINT_RESTART};
use crate::context::lock::locked;
use crate::sys::zone::swap_action;
use crate::sys::{self, Errno};

impl Context {
    /// Whether system calls that the signal interrupts go on by themselves.
    pub fn set_restart(&self, signum: u32, on: bool) -> Result<(), Errno> {
        locked(|| {
            if on && kick_signal() == signum {
                return Err(sys::EBUSY);
            }
            let before = swap_action(signum as i32, None)?;
            let restart =
                |flags: u32, flag: u32| if on { flags | flag } else { flags & !flag };
            let undo = self.handlers.get(signum);
            let is_ours = undo.is_handler() && is_arrival(&before);
            let mut action = before;
            action.flags = restart(action.flags, sys::SA_RESTART);
            if is_ours {
                let flags = restart(undo.flags, SAFEPOINT_RESTART);
                show(self, signum, Entry { flags, ..undo }, Ours::Handler);
                if Line::of(signum).wanted.is_shared() {
                    action = ours_at(signum); // as all of them want it
                }
            }
            let set = swap_action(signum as i32, Some(&action)).and_then(|was| {
                if was == before {
                    return Ok(());
                }
                swap_action(signum as i32, Some(&was))?; // somebody was quicker
                Err(sys::EAGAIN)
            });
            if set.is_err() && is_ours {
                show(self, signum, undo, Ours::Handler);
            }
            set
        })
    }
}
