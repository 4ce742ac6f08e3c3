//! Sequences of calls, arrivals, threads and forks, performed by the library
//! and predicted by a model of it: see docs/fuzzing.md.
//!
//! ```text
//! bytes --> program --> model: what is to be seen of each step
//!                  \--> world: what is seen, compared at once
//! ```

mod coverage;
#[allow(dead_code, non_camel_case_types, clippy::all)] // C's names
#[rustfmt::skip]
#[path = "../../bindings/rust/safepoint-sys/src/bindings.rs"]
mod ffi;
pub mod model;
pub mod program;
mod world;

pub use world::run;
