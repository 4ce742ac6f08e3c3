//! Saying who stands at a signal.

use super::{Line, is_arrival};
use crate::context::{Context, Entry};
use crate::sys::Errno;
use crate::sys::zone::{DEFAULT, IGNORE};

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

pub fn query(context: &Context, signum: u32) -> Result<Disposition, Errno> {
    let entry = context.handlers.get(signum);
    let current = Line::of(signum).current(signum)?;
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
