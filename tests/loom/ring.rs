//! The ring of pending calls.

use loom::sync::Arc;
use loom::thread;

use crate::explore;
use crate::plain::ring::{Call, Ring};

/// The call number `number` of a producer: both words say which it is.
fn call(producer: usize, number: usize) -> Call {
    Call { function: producer * 100 + number, argument: !(producer * 100 + number) }
}

/// What an owner's check does with the ring.
fn check<const N: usize>(ring: &Ring<N, 1>, taken: &mut Vec<usize>) {
    let limit = ring.limit();
    while let Some(call) = ring.take_late().or_else(|| ring.take(limit)) {
        assert_eq!(call.argument, !call.function, "a torn call");
        taken.push(call.function);
    }
}

/// Each accepted call was taken once, each producer's in its order.
fn assert_exact(taken: &[usize], accepted: &[Vec<usize>]) {
    for (producer, accepted) in accepted.iter().enumerate() {
        let own: Vec<usize> =
            taken.iter().copied().filter(|function| function / 100 == producer).collect();
        assert_eq!(&own, accepted, "taken and accepted of producer {producer}");
    }
    let all: usize = accepted.iter().map(Vec::len).sum();
    assert_eq!(taken.len(), all, "calls that nobody made: {taken:?}");
}

/// Nothing is left, and every place can be used again: those that were taken
/// late from the next lap on.
fn assert_has_all_its_places<const N: usize>(ring: &Ring<N, 1>) {
    for lap in 0..3 {
        assert!(ring.is_drained(ring.limit()), "drained before lap {lap}");
        assert!(!ring.is_pending(), "pending before lap {lap}");
        let accepted = (0..=N).filter(|number| ring.push(call(9, *number)).is_ok()).count();
        assert!(accepted <= N, "{accepted} in a ring of {N}");
        assert!(
            accepted == N || lap == 0,
            "{accepted} places of {N} are left in lap {lap}"
        );
        let mut taken = Vec::new();
        check(ring, &mut taken);
        assert_eq!(taken, (900..900 + accepted).collect::<Vec<_>>(), "lap {lap}");
    }
}

/// Producers that push so many calls each, and an owner who checks so often
/// meanwhile, and once more when they are done.
fn producers_and_owner<const N: usize>(
    preemptions: Option<usize>,
    pushes: &'static [usize],
    checks: usize,
) {
    explore(preemptions, move || {
        let ring = Arc::new(Ring::<N, 1>::new());
        let producers: Vec<_> = pushes
            .iter()
            .enumerate()
            .map(|(producer, pushes)| {
                let ring = ring.clone();
                thread::spawn(move || {
                    let accepted = (0..*pushes)
                        .filter(|number| ring.push(call(producer, *number)).is_ok());
                    accepted.map(|number| call(producer, number).function).collect()
                })
            })
            .collect();
        let mut taken = Vec::new();
        for _ in 0..checks {
            check(&ring, &mut taken);
        }
        let accepted: Vec<Vec<usize>> =
            producers.into_iter().map(|producer| producer.join().unwrap()).collect();
        check(&ring, &mut taken);
        assert_exact(&taken, &accepted);
        assert_has_all_its_places(&ring);
    });
}

#[test]
fn two_producers_and_the_owner_exchange_each_call_once_and_in_order() {
    producers_and_owner::<2>(Some(5), &[1, 1], 1);
}

#[test]
fn order_per_producer_holds_across_a_late_cell() {
    producers_and_owner::<4>(Some(4), &[2, 1], 2);
}

#[test]
fn a_producer_may_wrap_round_while_another_has_not_published() {
    producers_and_owner::<2>(Some(3), &[1, 3], 1);
}

#[test]
fn a_full_ring_refuses_and_has_all_its_places_again_afterwards() {
    producers_and_owner::<2>(Some(3), &[2, 1], 2);
}

#[test]
fn the_ring_of_four_wraps_round() {
    producers_and_owner::<4>(Some(2), &[3, 2], 1);
}
