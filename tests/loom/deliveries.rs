//! What arrived and was not yet collected.

use loom::sync::Arc;
use loom::thread;

use crate::explore;
use crate::plain::deliveries::{Deliveries, Details};

/// One record for signals that coalesce, two for those that queue.
type Three = Deliveries<1, 3>;

const SIGNUM: usize = 10;
const OTHER: usize = 12;

/// All fields say the same, so that a torn record shows.
fn details(value: usize) -> Details {
    Details {
        code: value as i32,
        pid: value as i32,
        uid: value as u32,
        status: value as i32,
        value,
        time: value as u64,
    }
}

/// What an owner collects of a signal: how many deliveries, how many of them
/// found no record, and the values of those that were kept, oldest first.
#[derive(Default)]
struct Collected {
    count: u32,
    unkept: u32,
    values: Vec<usize>,
}

fn collect(deliveries: &Three, signum: usize, into: &mut Collected) -> usize {
    let taken = deliveries.take(signum);
    let mut values = Vec::new();
    let mut name = taken.newest;
    while let Some(record) = deliveries.get(name) {
        let read = record.details();
        assert_eq!(read, details(read.value), "a torn record");
        values.push(read.value);
        let next = record.next();
        deliveries.release(name);
        name = next;
    }
    assert!(values.len() <= taken.count as usize, "more records than deliveries");
    let kept = values.len();
    into.count += taken.count;
    into.unkept += deliveries.take_unkept(signum, taken.count - kept as u32);
    values.reverse();
    into.values.extend(values);
    kept
}

/// Every record is free: the one for a signal that coalesces, and the two
/// for those that queue, by their numbers and what they hold.
fn assert_all_records_are_free(deliveries: &Three) {
    for _ in 0..2 {
        deliveries.record(OTHER, false, &details(1));
        for value in 2..=4 {
            deliveries.record(SIGNUM, true, &details(value));
        }
        let (mut single, mut queued) = (Collected::default(), Collected::default());
        collect(deliveries, OTHER, &mut single);
        collect(deliveries, SIGNUM, &mut queued);
        assert_eq!((single.count, single.values), (1, vec![1]));
        assert_eq!((queued.count, queued.values), (3, vec![2, 3]), "two were kept");
    }
    assert_eq!((deliveries.waiting(OTHER), deliveries.waiting(SIGNUM)), (0, 0));
}

/// Arrivals on threads of their own, each so many deliveries of a signal with
/// values of its own, and an owner who collects so often meanwhile.
fn arrivals_and_owner(
    preemptions: Option<usize>,
    arrivals: &'static [usize],
    queue: bool,
    collections: usize,
    judge: fn(&Collected, &[usize]),
) {
    explore(preemptions, move || {
        let deliveries = Arc::new(Three::new());
        let threads: Vec<_> = arrivals
            .iter()
            .enumerate()
            .map(|(thread, count)| {
                let deliveries = deliveries.clone();
                thread::spawn(move || {
                    for number in 1..=*count {
                        let details = details((thread + 1) * 100 + number);
                        deliveries.record(SIGNUM, queue, &details);
                    }
                })
            })
            .collect();
        let mut collected = Collected::default();
        for _ in 0..collections {
            let before = collected.count;
            let kept = collect(&deliveries, SIGNUM, &mut collected);
            // A record is free here whenever a signal begins to coalesce.
            assert!(queue || before == collected.count || kept == 1, "who sent it is lost");
        }
        for thread in threads {
            thread.join().unwrap();
        }
        collect(&deliveries, SIGNUM, &mut collected);
        assert_eq!(collected.count as usize, arrivals.iter().sum::<usize>(), "deliveries");
        let found_none =
            if queue { collected.count - collected.values.len() as u32 } else { 0 };
        assert_eq!(collected.unkept, found_none, "the others joined one");
        judge(&collected, arrivals);
        assert_all_records_are_free(&deliveries);
    });
}

fn once_each_in_order(collected: &Collected, arrivals: &[usize]) {
    for (thread, count) in arrivals.iter().enumerate() {
        let own: Vec<usize> =
            collected.values.iter().copied().filter(|v| v / 100 == thread + 1).collect();
        assert!(own.len() <= *count && own.is_sorted(), "out of order: {own:?}");
        assert!(own.windows(2).all(|pair| pair[0] != pair[1]), "twice: {own:?}");
    }
}

fn all_kept(collected: &Collected, arrivals: &[usize]) {
    once_each_in_order(collected, arrivals);
    assert_eq!(collected.values.len(), collected.count as usize, "there was room for all");
}

#[test]
fn deliveries_that_coalesce_are_counted_exactly() {
    arrivals_and_owner(Some(4), &[1, 1], false, 1, once_each_in_order);
}

#[test]
fn who_sent_the_first_of_them_is_known_however_the_owner_collects() {
    arrivals_and_owner(Some(3), &[2], false, 2, once_each_in_order);
}

#[test]
fn queued_deliveries_are_each_kept_once_and_in_order() {
    arrivals_and_owner(Some(3), &[1, 1], true, 1, all_kept);
}

#[test]
fn queued_deliveries_that_find_no_record_are_counted_all_the_same() {
    arrivals_and_owner(Some(2), &[2, 2], true, 1, once_each_in_order);
}

#[test]
fn a_record_that_is_given_back_while_others_take_is_given_out_once() {
    // Tag of the free list: without it, a taker that was interrupted between
    // reading the top and swapping it puts a record that is in use on top.
    arrivals_and_owner(Some(2), &[2, 1], true, 2, once_each_in_order);
}

#[test]
fn a_delivery_that_joins_one_that_queues_did_find_a_record() {
    // An arrival that was on its way when its signal came to be kept apart.
    explore(Some(3), || {
        let deliveries = Arc::new(Three::new());
        let joins = thread::spawn({
            let deliveries = deliveries.clone();
            move || deliveries.record(SIGNUM, false, &details(1))
        });
        let queues = thread::spawn({
            let deliveries = deliveries.clone();
            move || deliveries.record(SIGNUM, true, &details(2))
        });
        let mut collected = Collected::default();
        collect(&deliveries, SIGNUM, &mut collected);
        joins.join().unwrap();
        queues.join().unwrap();
        collect(&deliveries, SIGNUM, &mut collected);
        assert_eq!((collected.count, collected.unkept), (2, 0));
        assert_all_records_are_free(&deliveries);
    });
}
