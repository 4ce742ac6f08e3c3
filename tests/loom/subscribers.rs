//! Who an arrival is for: whoever has subscribed before it, once each.
//!
//! Caught: a word that is named before its bit is set, or with less than
//! Release; a word that is no longer named while it has a bit.

use loom::sync::Arc;
use loom::sync::atomic::Ordering::Relaxed;
use loom::thread;

use crate::atomics::AtomicUsize;
use crate::explore;
use crate::plain::subscribers::Subscribers;

/// One that stays, one that goes and one that comes, in words of their own or
/// in one, while an arrival walks along.
fn walk(stays: usize, goes: usize, comes: usize) {
    explore(Some(4), move || {
        let shared = Arc::new((Subscribers::new(), AtomicUsize::new(0)));
        shared.0.set(stays, true);
        shared.0.set(goes, true);
        let arrival = thread::spawn({
            let shared = shared.clone();
            move || {
                let found: Vec<usize> = shared.0.iter().collect();
                let times = |of| found.iter().filter(|number| **number == of).count();
                assert_eq!(times(stays), 1, "who stays is found, and once");
                assert!(times(goes) <= 1 && times(comes) <= 1, "twice");
                if times(comes) == 1 {
                    assert_eq!(shared.1.load(Relaxed), 7, "found before it was set up");
                }
                assert_eq!(found.len(), 1 + times(goes) + times(comes), "{found:?}");
                assert!(!shared.0.is_empty());
            }
        });
        shared.0.set(goes, false);
        shared.1.store(7, Relaxed);
        shared.0.set(comes, true);
        arrival.join().unwrap();
        let mut expected = [stays, comes];
        expected.sort();
        assert_eq!(shared.0.iter().collect::<Vec<_>>(), expected);
    });
}

#[test]
fn an_arrival_finds_who_stays_once_whoever_comes_and_goes() {
    walk(5, 6, 7);
    walk(5, 64, 65);
    walk(4095, 0, 1);
    walk(64, 4095, 0);
}

#[test]
fn who_comes_and_goes_again_is_found_at_most_once() {
    explore(None, || {
        let shared = Arc::new(Subscribers::new());
        let arrival = thread::spawn({
            let shared = shared.clone();
            move || assert!(shared.iter().count() <= 1)
        });
        shared.set(70, true);
        shared.set(70, false);
        shared.set(70, true);
        arrival.join().unwrap();
        assert_eq!(shared.iter().collect::<Vec<_>>(), [70]);
    });
}
