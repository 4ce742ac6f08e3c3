//! A producer that never comes back.

use loom::sync::Arc;
use loom::thread;

use crate::explore;
use crate::fused::atomic::abandon_before;
use crate::fused::ring::{Call, Full, Ring};

/// The atomics of a push that nobody disturbs, if the ring has a free place.
const STEPS: u32 = 6;

/// A push is at least six atomics: the tail, the cell's turn, the claim, the
/// two words, the publication. Left in front of any of them, it costs at most
/// the place that it had claimed.
#[test]
fn an_abandoned_push_costs_its_own_place_and_nothing_else() {
    for steps in 0..STEPS {
        explore(Some(4), move || {
            let ring = Arc::new(Ring::<2, 1>::new());
            let abandoned = thread::spawn({
                let ring = ring.clone();
                move || {
                    let call = Call { function: 666, argument: 666 };
                    let done = abandon_before(steps, || ring.push(call));
                    assert!(
                        done != Some(Ok(())),
                        "step {steps} is not in front of the end"
                    );
                }
            });
            let other = thread::spawn({
                let ring = ring.clone();
                move || -> Vec<usize> {
                    (1..3)
                        .filter(|n| ring.push(Call { function: *n, argument: *n }).is_ok())
                        .collect()
                }
            });
            let mut taken = Vec::new();
            check(&ring, &mut taken);
            abandoned.join().unwrap();
            let accepted = other.join().unwrap();
            check(&ring, &mut taken);
            assert_eq!(taken, accepted);
            let places: Vec<usize> = (0..3).map(|_| places(&ring)).collect();
            // Its own place, if it had claimed one before it was left; and
            // in the first lap those of calls that were taken late.
            assert!(matches!(places[1..], [1, 1] | [2, 2]), "{places:?}");
            assert!(places[2] == 2 || steps >= 3, "left in front of the claim: {places:?}");
        });
    }
}

/// Where every place is lost, a push says so: it does not go round for ever.
#[test]
fn a_ring_without_a_place_is_full() {
    explore(None, || {
        let ring = Arc::new(Ring::<2, 1>::new());
        for _ in 0..2 {
            let call = Call { function: 666, argument: 666 };
            assert_eq!(abandon_before(5, || ring.push(call)), None);
        }
        let other = thread::spawn({
            let ring = ring.clone();
            move || assert_eq!(ring.push(Call { function: 1, argument: 1 }), Err(Full))
        });
        let mut taken = Vec::new();
        check(&ring, &mut taken);
        other.join().unwrap();
        check(&ring, &mut taken);
        assert_eq!(ring.push(Call { function: 2, argument: 2 }), Err(Full));
        check(&ring, &mut taken);
        assert!(taken.is_empty());
        assert!(!ring.is_pending());
    });
}

/// How many calls the empty ring takes; they come out again, in order.
fn places(ring: &Ring<2, 1>) -> usize {
    assert!(!ring.is_pending());
    let accepted: Vec<usize> =
        (1..4).filter(|n| ring.push(Call { function: *n, argument: *n }).is_ok()).collect();
    let mut taken = Vec::new();
    check(ring, &mut taken);
    assert_eq!(taken, accepted);
    taken.len()
}

fn check(ring: &Ring<2, 1>, taken: &mut Vec<usize>) {
    let limit = ring.limit();
    while let Some(call) = ring.take_late().or_else(|| ring.take(limit)) {
        taken.push(call.function);
    }
}
