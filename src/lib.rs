//! safepoint: signals that are recorded when they arrive and handled later,
//! by the thread that owns them, at a point where it is safe.
//!
//! The way through the house, in one direction only:
//!
//! ```text
//! the OS --> zone (arrival) --> context (what is pending)
//!               |                   --> safepoint (dispatch) --> the handler
//!               +--> wake: function, fd, eventfd
//!               +--> waiting: a kick --> blocking (a wait that ends)
//! context::timers (a thread) ---> context
//! ```
//!
//! An arrival never calls anything on the owner's side, and the owner's side
//! never waits for an arrival: only whoever takes a wake-up function away does,
//! until nobody is in it. `api` is the C shell over it; `sys` holds the
//! only calls of the C library, and `sys::zone` those that a signal handler
//! may make.

#![cfg_attr(not(feature = "std"), no_std)]

pub mod api;
mod blocking;
mod context;
mod safepoint;
mod sys;
mod zone;
