//! The handshake of waits: the owner does not wait, or it is kicked.
//!
//! Caught: a look in front of the word that says it waits; no fence between
//! the two; a producer that looks for the owner before it records.

use loom::sync::atomic::Ordering::{Relaxed, SeqCst};
use loom::thread;

use crate::explore;
use crate::handshake::{Owner, Shared};
use crate::sys::zone::KICKS;

const ME: usize = 7;

/// Against one producer: a wait that was not kicked has seen what came.
fn wait_against(preemptions: Option<usize>, producer: fn(&Shared)) {
    explore(preemptions, move || {
        let shared = Shared::new();
        let thread = thread::spawn({
            let shared = shared.clone();
            move || producer(&shared)
        });
        let inbox = &shared.inbox;
        assert!(inbox.waiting.begin(ME), "nobody waits yet");
        let sees = inbox.look() || inbox.breaker.0.load(Relaxed) != 0;
        if !sees {
            // It waits: here until all is over.
            thread.join().unwrap();
            assert!(KICKS.load(SeqCst) > 0, "it waits, and nobody kicks it");
            inbox.waiting.end(ME);
        } else {
            inbox.waiting.end(ME);
            thread.join().unwrap();
        }
        let mut owner = Owner::default();
        owner.finish(&shared);
        assert_eq!(owner.signals + owner.calls + owner.jobs + owner.interrupts, 1);
    });
}

#[test]
fn an_arrival_is_seen_by_a_wait_or_ends_it() {
    wait_against(None, |shared| shared.arrive(10));
}

#[test]
fn a_call_is_seen_by_a_wait_or_ends_it() {
    wait_against(None, |shared| shared.call(1));
}

#[test]
fn a_job_is_seen_by_a_wait_or_ends_it() {
    wait_against(None, |shared| shared.post(1));
}

#[test]
fn an_interrupt_is_seen_by_a_wait_or_ends_it() {
    wait_against(None, |shared| shared.inbox.interrupt(7));
}
