//! The only calls of the operating system. `zone` is what a signal handler
//! may use; `unix` is the owner's side, and `windows` both of them there.

#[cfg_attr(not(target_os = "linux"), path = "calls_bsd.rs")]
#[cfg(unix)]
mod calls;
#[cfg(unix)]
mod send;
mod signals;
#[cfg(unix)]
mod threads;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;
#[cfg(unix)]
pub use calls::*;
#[cfg(unix)]
pub use send::*;
pub use signals::Named;
#[cfg(unix)]
pub use signals::{ALIASES, NAMED};
#[cfg(unix)]
pub use threads::*;
#[cfg(unix)]
pub use unix::*;
#[cfg(windows)]
pub use windows::*;
#[cfg(unix)]
pub mod zone;
#[cfg(windows)]
#[path = "windows/zone/mod.rs"]
pub mod zone;

#[cfg(all(not(feature = "std"), not(test)))]
mod panic;
