//! The only calls of the operating system. `zone` is what a signal handler
//! may use; `unix` is the owner's side.

#[cfg(unix)]
mod signals;
#[cfg(unix)]
mod unix;
#[cfg(unix)]
pub use signals::{ALIASES, NAMED, Named};
#[cfg(unix)]
pub use unix::*;
pub mod zone;

#[cfg(all(not(feature = "std"), not(test)))]
mod panic;
