//! The handshake of arrivals and checks: what was recorded is handled, or the
//! breaker is set.
//!
//! The owner's side is `src/safepoint` and `Context::settle` in a few lines:
//! they are not the zone's, and run on one thread. A test compares the order
//! in which `settle` does things, on which all depends.

use loom::sync::Arc;
use loom::sync::atomic::Ordering::{Relaxed, SeqCst};
use loom::thread;

use crate::explore;
use crate::machine::deliveries::Details;
use crate::machine::inbox::Inbox;
use crate::machine::posted::Link;
use crate::machine::ring::Call;

/// The era that jobs are posted in: one process, which never forks.
const ERA: u32 = 1;

/// An inbox, and the links of two jobs whose addresses are 1 and 2.
pub struct Shared {
    pub inbox: Inbox,
    links: [Link; 2],
}

impl Shared {
    pub fn new() -> Arc<Self> {
        let links = core::array::from_fn(|_| Link::new());
        Arc::new(Shared { inbox: Inbox::new(), links })
    }

    pub fn arrive(&self, signum: u32) {
        self.inbox.deliver(signum, &Details::default(), false);
    }

    pub fn call(&self, number: usize) {
        let call = Call { function: number, argument: number };
        assert!(self.inbox.add_call(call).is_ok(), "there is room");
    }

    pub fn post(&self, job: usize) {
        assert!(self.inbox.post(job, &self.links[job - 1], ERA));
    }

    pub fn breaker(&self) -> bool {
        self.inbox.breaker.0.load(Relaxed) != 0
    }
}

/// The owner: what it has handled, and what it holds.
#[derive(Default)]
pub struct Owner {
    pub signals: u32,
    pub calls: u32,
    pub jobs: u32,
    pub interrupts: u32,
    held: bool,
    unsettled: bool,
}

impl Owner {
    /// `sig_check()`.
    pub fn check(&mut self, shared: &Shared) {
        if !shared.breaker() {
            return;
        }
        if self.held {
            return self.settle(shared);
        }
        let inbox = &shared.inbox;
        let mut ran = false;
        let mut arrived = inbox.arrived();
        while arrived != 0 {
            ran |= self.take_signal(inbox, arrived.trailing_zeros() + 1);
            arrived &= arrived - 1;
        }
        let limit = inbox.calls.limit();
        if inbox.posted.is_pending() {
            ran |= self.take_jobs(shared);
        }
        if inbox.take_interrupt().is_some() {
            self.interrupts += 1;
            return self.settle(shared);
        }
        while inbox.calls.take_late().or_else(|| inbox.calls.take(limit)).is_some() {
            self.calls += 1;
            ran = true;
        }
        // Before the last handler is called, or because there was none.
        if !ran || inbox.calls.is_drained(limit) {
            self.settle(shared);
        }
    }

    fn take_signal(&mut self, inbox: &Inbox, signum: u32) -> bool {
        let taken = inbox.deliveries.take(signum as usize);
        inbox.deliveries.release(taken.newest);
        self.signals += taken.count;
        taken.count != 0
    }

    fn take_jobs(&mut self, shared: &Shared) -> bool {
        let mut job = shared.inbox.posted.take_all();
        while job != 0 {
            let link = &shared.links[job - 1];
            job = link.next();
            link.release();
            self.jobs += 1;
        }
        true
    }

    /// `Context::settle`.
    pub fn settle(&self, shared: &Shared) {
        let inbox = &shared.inbox;
        inbox.breaker.0.swap(0, SeqCst);
        inbox.wake.drain_event();
        if inbox.is_pending() {
            inbox.wake.raise_event();
            if !self.held {
                inbox.breaker.0.store(1, Relaxed);
            }
        }
    }

    pub fn hold(&mut self, shared: &Shared) {
        self.held = true;
        self.unsettled |= shared.inbox.breaker.0.swap(0, SeqCst) != 0;
    }

    pub fn release(&mut self, shared: &Shared) {
        self.held = false;
        if core::mem::take(&mut self.unsettled) || shared.inbox.is_pending() {
            shared.inbox.breaker.0.store(1, Relaxed);
        }
    }

    /// Check while the breaker says so: twice is enough once all producers
    /// are done.
    pub fn finish(&mut self, shared: &Shared) {
        assert!(
            shared.breaker() || !shared.inbox.is_pending(),
            "pending, and nobody says so"
        );
        for _ in 0..3 {
            self.check(shared);
        }
        assert!(!shared.breaker(), "the breaker does not come to rest");
        assert!(!shared.inbox.is_pending());
    }
}

/// These producers, each on a thread of its own, against an owner.
fn producers(
    preemptions: Option<usize>,
    producers: &'static [fn(&Shared)],
    owner: fn(&mut Owner, &Shared),
    judge: fn(&Owner),
) {
    explore(preemptions, move || {
        let shared = Shared::new();
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
        own.finish(&shared);
        judge(&own);
    });
}

fn check_twice(owner: &mut Owner, shared: &Shared) {
    owner.check(shared);
    owner.check(shared);
}

#[test]
fn an_arrival_is_handled_or_the_breaker_is_set() {
    producers(None, &[|shared| shared.arrive(10)], check_twice, |owner| {
        assert_eq!(owner.signals, 1);
    });
}

#[test]
fn two_arrivals_of_one_signal_are_both_counted() {
    let both: &[fn(&Shared)] = &[|shared| shared.arrive(10), |shared| shared.arrive(10)];
    producers(Some(3), both, check_twice, |owner| assert_eq!(owner.signals, 2));
}

#[test]
fn arrivals_of_two_signals_are_both_handled() {
    let both: &[fn(&Shared)] = &[|shared| shared.arrive(10), |shared| shared.arrive(12)];
    producers(Some(3), both, check_twice, |owner| assert_eq!(owner.signals, 2));
}

#[test]
fn a_signal_a_call_and_a_job_are_each_handled_once() {
    let all: &[fn(&Shared)] = &[
        |shared| {
            shared.arrive(10);
            shared.call(1);
        },
        |shared| shared.post(1),
    ];
    producers(Some(2), all, check_twice, |owner| {
        assert_eq!((owner.signals, owner.calls, owner.jobs), (1, 1, 1));
    });
}

#[test]
fn two_calls_are_each_run_once() {
    let both: &[fn(&Shared)] = &[|shared| shared.call(1), |shared| shared.call(2)];
    producers(Some(2), both, check_twice, |owner| assert_eq!(owner.calls, 2));
}

#[test]
fn an_interrupt_is_returned_and_leaves_the_rest_pending() {
    let both: &[fn(&Shared)] =
        &[|shared| shared.inbox.interrupt(7), |shared| shared.arrive(10)];
    producers(Some(3), both, check_twice, |owner| {
        assert_eq!((owner.interrupts, owner.signals), (1, 1));
    });
}

#[test]
fn what_comes_while_held_is_handled_after_release() {
    let both: &[fn(&Shared)] = &[|shared| shared.arrive(10), |shared| shared.call(1)];
    let owner = |owner: &mut Owner, shared: &Shared| {
        owner.hold(shared);
        owner.check(shared);
        assert_eq!((owner.signals, owner.calls), (0, 0), "held");
        owner.release(shared);
        owner.check(shared);
    };
    producers(Some(2), both, owner, |owner| {
        assert_eq!((owner.signals, owner.calls), (1, 1))
    });
}

/// In this order it clears and looks: each step here has a race behind it.
#[test]
fn settle_does_the_same_in_the_library() {
    let library = safepoint_tests::read("src/context/mod.rs");
    assert!(library.contains("fn announce_again(&self) {\n        let inbox = self.inbox();\n        inbox.breaker.0.store(1"));
    let library = library.replace("self.announce_again()", "breaker.0.store(1");
    let model = safepoint_tests::read("tests/loom/handshake.rs");
    let steps = |text: &str| -> Vec<&str> {
        let (_, body) = text.split_once("fn settle(").expect("a function settle");
        let (body, _) = body.split_once("\n    }\n").expect("its end");
        let steps = [
            "drain_event()",
            "breaker.0.swap(0",
            "is_pending()",
            "raise_event()",
            "breaker.0.store(1",
        ];
        let mut found: Vec<_> =
            steps.iter().filter_map(|step| Some((body.find(step)?, *step))).collect();
        assert_eq!(found.len(), steps.len(), "steps in\n{body}");
        found.sort();
        found.into_iter().map(|(_, step)| step).collect()
    };
    assert_eq!(steps(&library), steps(&model), "Context::settle, and the models' owner");
}
