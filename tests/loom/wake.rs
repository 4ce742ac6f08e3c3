//! The eventfd: readable while something is pending.

use loom::sync::atomic::Ordering::SeqCst;
use loom::thread;

use crate::explore;
use crate::handshake::{Owner, Shared};
use crate::sys::zone::EVENT;

/// Its number, which the models' kernel does not look at.
const FD: i32 = 3;

fn readable() -> bool {
    EVENT.load(SeqCst) != 0
}

/// At rest, a poll that finds it readable is followed by a check that does
/// something about it, and what is pending is found by a poll.
fn assert_at_rest(shared: &Shared) {
    let pending = shared.inbox.is_pending();
    assert!(readable() || !pending, "pending, and a poll would sleep");
    assert!(shared.breaker() || !readable(), "readable, and no check would change that");
}

fn finish(owner: &mut Owner, shared: &Shared) {
    assert_at_rest(shared);
    owner.finish(shared);
    assert!(!readable(), "readable, and nothing is pending");
}

fn producers(
    preemptions: Option<usize>,
    producers: &'static [fn(&Shared)],
    owner: fn(&mut Owner, &Shared),
) {
    explore(preemptions, move || {
        let shared = Shared::new();
        shared.inbox.wake.start_event([FD; 2]);
        let threads: Vec<_> = producers
            .iter()
            .map(|producer| {
                let shared = shared.clone();
                thread::spawn(move || producer(&shared))
            })
            .collect();
        let mut own = Owner::default();
        owner(&mut own, &shared);
        for thread in threads {
            thread.join().unwrap();
        }
        finish(&mut own, &shared);
        assert_eq!(own.signals as usize, producers.len());
    });
}

#[test]
fn the_eventfd_is_readable_while_an_arrival_is_pending() {
    producers(Some(3), &[|shared| shared.arrive(10)], |owner, shared| {
        owner.check(shared);
        owner.check(shared);
    });
}

#[test]
fn hold_and_release_take_no_writes_breaker_away() {
    producers(Some(3), &[|shared| shared.arrive(10)], |owner, shared| {
        owner.check(shared);
        owner.hold(shared);
        owner.release(shared);
    });
}

#[test]
fn no_arrivals_write_is_drained_away_for_anothers() {
    let both: &[fn(&Shared)] = &[|shared| shared.arrive(10), |shared| shared.arrive(12)];
    producers(Some(2), both, |owner, shared| {
        owner.check(shared);
        owner.check(shared);
    });
}

/// `Context::event_fd`: switched on, then looked whether anything is pending.
#[test]
fn what_comes_while_the_eventfd_is_switched_on_makes_it_readable() {
    explore(Some(3), || {
        let shared = Shared::new();
        let producer = thread::spawn({
            let shared = shared.clone();
            move || shared.arrive(10)
        });
        shared.inbox.wake.start_event([FD; 2]);
        if shared.inbox.is_pending() {
            shared.inbox.wake.raise_event();
        }
        producer.join().unwrap();
        let mut owner = Owner::default();
        finish(&mut owner, &shared);
        assert_eq!(owner.signals, 1);
    });
}
