//! Words that are read together.

use loom::sync::Arc;
use loom::sync::atomic::Ordering::Relaxed;
use loom::thread;

use crate::atomics::AtomicUsize;
use crate::explore;
use crate::plain::published::Published;

/// A writer of so many values, and so many readers.
fn writer_and_readers(preemptions: usize, writes: usize, readers: usize) {
    explore(Some(preemptions), move || {
        let published = Arc::new(Published::<2>::new());
        let readers: Vec<_> = (0..readers)
            .map(|_| {
                let published = published.clone();
                thread::spawn(move || {
                    let [first, second] = published.read();
                    assert_eq!(first, second, "torn");
                })
            })
            .collect();
        for value in 1..=writes {
            published.write([value, value]);
        }
        for reader in readers {
            reader.join().unwrap();
        }
        assert_eq!(published.read(), [writes, writes]);
    });
}

#[test]
fn two_readers_never_see_words_of_two_writes() {
    writer_and_readers(2, 2, 2);
}

#[test]
fn a_reader_that_both_slots_are_changed_under_reads_again() {
    writer_and_readers(4, 3, 1);
}

#[test]
fn a_reader_never_goes_back() {
    explore(Some(4), || {
        let published = Arc::new(Published::<2>::new());
        let reader = thread::spawn({
            let published = published.clone();
            move || {
                let [first, _] = published.read();
                let [again, _] = published.read();
                assert!(again >= first, "{again} after {first}");
            }
        });
        published.write([1, 1]);
        published.write([2, 2]);
        reader.join().unwrap();
    });
}

/// What was written before it is seen by whoever reads it: an arrival that
/// finds a handler also finds what that handler was installed with.
#[test]
fn a_read_sees_what_was_done_before_the_write() {
    explore(None, || {
        let shared = Arc::new((Published::<1>::new(), AtomicUsize::new(0)));
        let reader = thread::spawn({
            let shared = shared.clone();
            move || {
                if shared.0.read() == [1] {
                    assert_eq!(shared.1.load(Relaxed), 1);
                }
            }
        });
        shared.1.store(1, Relaxed);
        shared.0.write([1]);
        reader.join().unwrap();
    });
}
