//! The only calls of the operating system. `zone` is what a signal handler
//! may use; `unix` is the owner's side.

#[cfg_attr(not(target_os = "linux"), path = "calls_bsd.rs")]
#[cfg(unix)]
mod calls;
#[cfg(unix)]
mod send;
#[cfg(unix)]
mod signals;
#[cfg(unix)]
mod threads;
#[cfg(unix)]
mod unix;
#[cfg(unix)]
pub use calls::*;
#[cfg(unix)]
pub use send::*;
#[cfg(unix)]
pub use signals::{ALIASES, NAMED, Named};
#[cfg(unix)]
pub use threads::*;
#[cfg(unix)]
pub use unix::*;
pub mod zone;

#[cfg(all(not(feature = "std"), not(test)))]
mod panic;
