//! The list of posted jobs.

use loom::sync::Arc;
use loom::sync::atomic::Ordering::Relaxed;
use loom::thread;

use crate::atomics::AtomicUsize;
use crate::explore;
use crate::plain::posted::{Link, Posted};

/// Jobs by number from 1, which is their address here, and what was written
/// for each before it was posted.
struct Jobs {
    posted: Posted,
    links: [Link; 3],
    written: [AtomicUsize; 3],
}

impl Jobs {
    fn new() -> Arc<Self> {
        Arc::new(Jobs {
            posted: Posted::new(),
            links: core::array::from_fn(|_| Link::new()),
            written: core::array::from_fn(|_| AtomicUsize::new(0)),
        })
    }

    /// Post; true where it was not queued already.
    fn post(&self, job: usize) -> bool {
        self.posted.push(job, &self.links[job - 1], 1)
    }

    /// What a check does: the jobs that ran, with what each saw. `again`
    /// posts itself once more from inside its own run.
    fn check(&self, ran: &mut Vec<(usize, usize)>, again: Option<usize>) {
        if !self.posted.is_pending() {
            return;
        }
        let mut jobs = Vec::new();
        let mut job = self.posted.take_all();
        while job != 0 {
            jobs.push(job);
            job = self.links[job - 1].next();
        }
        for job in jobs.into_iter().rev() {
            self.links[job - 1].release();
            ran.push((job, self.written[job - 1].load(Relaxed)));
            if again == Some(job) {
                assert!(self.post(job), "it is not queued while it runs");
            }
        }
    }
}

#[test]
fn each_posted_job_is_run_once_and_in_its_producers_order() {
    explore(Some(5), || {
        let jobs = Jobs::new();
        let producer = thread::spawn({
            let jobs = jobs.clone();
            move || assert!(jobs.post(1) && jobs.post(2))
        });
        let other = thread::spawn({
            let jobs = jobs.clone();
            move || assert!(jobs.post(3))
        });
        let mut ran = Vec::new();
        jobs.check(&mut ran, None);
        producer.join().unwrap();
        other.join().unwrap();
        jobs.check(&mut ran, None);
        let order: Vec<usize> = ran.into_iter().map(|(job, _)| job).collect();
        let own: Vec<usize> = order.iter().copied().filter(|job| *job < 3).collect();
        assert_eq!(own, [1, 2]);
        assert_eq!(order.iter().filter(|job| **job == 3).count(), 1);
        assert_eq!(order.len(), 3);
    });
}

#[test]
fn a_run_sees_what_a_poster_wrote_who_found_it_queued_already() {
    explore(None, || {
        let jobs = Jobs::new();
        let posters: Vec<_> = [1, 2]
            .into_iter()
            .map(|value| {
                let jobs = jobs.clone();
                thread::spawn(move || {
                    jobs.written[0].fetch_add(value, Relaxed);
                    jobs.post(1)
                })
            })
            .collect();
        let mut ran = Vec::new();
        jobs.check(&mut ran, None);
        let posted =
            posters.into_iter().filter_map(|poster| poster.join().unwrap().then_some(()));
        let posted = posted.count();
        jobs.check(&mut ran, None);
        assert_eq!(ran.len(), posted, "runs, where {posted} were not queued already");
        assert_eq!(ran.last(), Some(&(1, 3)), "the last run sees what both wrote");
    });
}

#[test]
fn a_job_may_post_itself_while_it_runs() {
    explore(None, || {
        let jobs = Jobs::new();
        let poster = thread::spawn({
            let jobs = jobs.clone();
            move || jobs.post(1)
        });
        let other = thread::spawn({
            let jobs = jobs.clone();
            move || assert!(jobs.post(2))
        });
        let mut ran = Vec::new();
        jobs.check(&mut ran, Some(1));
        let again = usize::from(ran.iter().any(|(job, _)| *job == 1));
        let first = usize::from(poster.join().unwrap());
        other.join().unwrap();
        jobs.check(&mut ran, None);
        let runs = ran.iter().filter(|(job, _)| *job == 1).count();
        assert_eq!(runs, first + again);
        assert_eq!(ran.iter().filter(|(job, _)| *job == 2).count(), 1);
        assert!(!jobs.posted.is_pending());
    });
}
