//! THE ASYNC-SIGNAL-SAFE ZONE: all that can run inside a signal handler.
//!
//! No lock, no allocation, no formatting, no panic, no thread-local storage;
//! errno is saved first and restored last. It uses `core::sync::atomic` and
//! `sys::zone`, nothing else. Its functions lie in a link section of their
//! own, `.text.safepoint_zone`, whose relocations a test compares with a list:
//! whatever they call shows there.
//!
//! What it reads is immortal: statics that are recycled and never freed.

mod arrival;
mod atomic;
mod chain;
mod deliveries;
mod escalation;
mod inbox;
mod pins;
mod posted;
mod process;
mod published;
mod ring;
mod subscribers;
mod waiting;
mod wake;

pub use crate::sys::zone::now;
pub use arrival::{ACTION_FLAGS, ACTION_MASK, arrival, details, trip, trip_one};
pub use chain::is_sibling;
pub use deliveries::{Details, SIGNALS};
pub use escalation::Escalation;
pub use inbox::{Breaker, Inbox, bit};
pub use pins::Pins;
pub use posted::Link;
pub use process::{CONTEXTS, MAIN, PROCESS, Place, Remembered, When, add_inbox};
pub use ring::{Call, Full};
pub use wake::Target;
