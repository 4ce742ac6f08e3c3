// SPDX-License-Identifier: MIT OR Apache-2.0
#![doc = include_str!("../README.md")]
#![warn(clippy::pedantic)]
#![allow(
    clippy::cast_possible_truncation, // C's numbers, within what C says of them
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::doc_markdown, // SIGINT, EINVAL
    clippy::many_single_char_names,
    clippy::must_use_candidate // of alarm() and cancel()
)]

mod call;
mod context;
mod disposition;
mod error;
mod event;
mod files;
mod handle;
mod handler;
mod latch;
mod panics;
mod sending;
mod signal;
mod time;
mod timer;
mod wait;
mod wakeup;

pub use call::{Call, Next};
pub use context::{Context, Hold, adopt, init, init_interpreter};
pub use disposition::{Disposition, Kind};
pub use error::{Error, Outcome, Raise};
pub use event::Event;
pub use files::PollFd;
pub use handle::Handle;
pub use handler::{Flags, Handler, interrupted};
pub use latch::Latch;
pub use sending::{Mask, kill, kill_thread, mask, pidfd_send, queue, raise, trip};
pub use signal::{Signal, SignalSet};
pub use time::{Itimer, ItimerValue, alarm};
pub use timer::{Timer, cancel};
pub use wait::Blocking;
pub use wakeup::Wake;

/// What happened in a context: of [`Handle::stats`].
pub use safepoint_sys::sig_counters as Stats;

/// "major.minor.patch", of the C library that is loaded, which may be newer
/// than this crate.
#[must_use]
pub fn version() -> &'static str {
    // SAFETY: a static string that ends in zero.
    unsafe { std::ffi::CStr::from_ptr(safepoint_sys::sig_version_string()) }
        .to_str()
        .unwrap_or("")
}

/// major << 16 | minor << 8 | patch.
#[must_use]
pub fn version_number() -> u32 {
    // SAFETY: no preconditions.
    unsafe { safepoint_sys::sig_version() }
}
