//! Saying who stands at a signal.

use super::line::{Line, Ours, is_arrival};
use crate::context::{Context, Entry};
use crate::sys::Errno;
use crate::sys::zone::{DEFAULT, IGNORE, swap_action};

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

impl Context {
    /// What is ours of another context is a handler too, and none of this one.
    pub fn query(&self, signum: u32) -> Result<Disposition, Errno> {
        let entry = self.handlers.get(signum);
        let entry = if entry.is_handler() { entry } else { Entry::default() };
        let line = Line::of(signum);
        let current = line.current(signum)?;
        let kind = if is_arrival(&current) && line.ours() == Ours::Handler {
            Kind::Handler
        } else if current.handler == DEFAULT.handler {
            Kind::Default
        } else if current.handler == IGNORE.handler {
            Kind::Ignored
        } else {
            Kind::Foreign
        };
        let overwritten = entry.is_handler() && kind != Kind::Handler;
        Ok(Disposition { kind, entry, overwritten })
    }

    /// Whether this context has a handler, and ours stands there.
    pub fn stands(&self, signum: u32) -> Result<bool, Errno> {
        let current = swap_action(signum as i32, None)?;
        Ok(is_arrival(&current) && self.handlers.get(signum).is_handler())
    }
}
