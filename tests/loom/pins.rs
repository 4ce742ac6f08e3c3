//! Storage that is pinned is not given to the next one, and a wake-up function
//! that was taken away is called no more.
//!
//! Caught: a pin, or a call, that is counted after the look, or by less than
//! SeqCst.

use loom::sync::Arc;
use loom::sync::atomic::Ordering::Relaxed;
use loom::thread;

use crate::atomics::AtomicUsize;
use crate::explore;
use crate::machine::pins::Pins;
use crate::machine::wake::Wake;
use crate::sys::zone::CALLED;

#[test]
fn what_is_done_by_an_old_handle_is_done_before_the_next_one_has_it() {
    explore(None, || {
        // Whose the storage is.
        let shared = Arc::new((Pins::new(), AtomicUsize::new(0)));
        let other = thread::spawn({
            let shared = shared.clone();
            move || {
                shared.0.pin();
                if shared.0.generation() == 0 {
                    assert_eq!(shared.1.load(Relaxed), 0, "it is the next one's");
                }
                shared.0.unpin();
            }
        });
        shared.0.give_back();
        if !shared.0.is_pinned() {
            shared.1.store(1, Relaxed);
        }
        other.join().unwrap();
        assert!(!shared.0.is_pinned());
    });
}

#[test]
fn a_function_that_was_taken_away_is_called_no_more() {
    explore(None, || {
        let wake = Arc::new(Wake::new());
        wake.set_function([1, 0]);
        let producer = thread::spawn({
            let wake = wake.clone();
            move || wake.call_function(0)
        });
        assert_eq!(wake.stop_function(), [1, 0]);
        if !wake.is_calling() {
            let before = CALLED.load(Relaxed);
            producer.join().unwrap();
            assert_eq!(CALLED.load(Relaxed), before, "called when nobody was in it");
        } else {
            producer.join().unwrap();
        }
        assert!(!wake.is_calling());
        assert!(CALLED.load(Relaxed) <= 1);
    });
}
