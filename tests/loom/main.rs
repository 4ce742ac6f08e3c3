//! Net 5: the zone's lock-free structures under loom, which runs a model in
//! every order that its threads and a weak memory allow.
//!
//! The files are the library's own, compiled over loom's atomics: see
//! [`plain`], [`fused`] and [`machine`]. Each model says which change of the
//! code it is there to catch; each was made once, and caught.
//!
//! A model that would take too long is bounded to so many preemptions, and
//! says so: most bugs of this kind need two (Musuvathi and Qadeer, 2007).
#![allow(clippy::duplicate_mod)] // on purpose: a file over more than one machine

mod atomics;
mod macros;

mod fused;
mod machine;
mod plain;
mod sys;

mod abandoned;
mod deliveries;
mod handshake;
mod pins;
mod posted;
mod published;
mod ring;
mod subscribers;
mod waiting;
mod wake;

/// Run a model, with at most so many preemptions if a number is given;
/// `LOOM_MAX_PREEMPTIONS` has precedence.
pub fn explore(preemptions: Option<usize>, model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = builder.preemption_bound.or(preemptions);
    builder.max_branches = 5_000;
    let runs = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counter = runs.clone();
    let start = std::time::Instant::now();
    builder.check(move || {
        counter.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        model();
    });
    println!("{runs:?} executions in {:?}", start.elapsed());
}
