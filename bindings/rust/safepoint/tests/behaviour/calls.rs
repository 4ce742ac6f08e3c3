// SPDX-License-Identifier: MIT OR Apache-2.0
//! Pending calls, interrupts, and what becomes of them.

use std::ffi::c_void;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;
use std::time::Duration;

use safepoint::{Context, Latch, Next, Raise, Signal};

crate::tests![
    calls_of_many_threads_all_run_in_order_on_the_owner
    a_call_that_raises_leaves_the_others_pending
    a_call_in_a_call_waits_for_the_next_check
    a_check_in_a_call_runs_the_others
    calls_that_never_ran_are_dropped_with_the_context
    no_call_leaks_while_contexts_come_and_go
    a_call_that_was_taken_out_can_be_run_or_dropped
    raw_calls_run_and_are_refused_where_there_is_no_room
    an_interrupt_comes_first_and_leaves_the_rest
    a_gone_context_is_stale
    a_tripped_signal_is_handled
];

/// Counts those that are alive.
struct Alive(Arc<AtomicUsize>);

impl Alive {
    fn new(count: &Arc<AtomicUsize>) -> Alive {
        count.fetch_add(1, SeqCst);
        Alive(count.clone())
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
    }
}

fn raise(number: i32) -> Raise {
    Raise::new(number).unwrap()
}

fn calls_of_many_threads_all_run_in_order_on_the_owner() {
    const THREADS: usize = 4;
    const EACH: usize = 5000;
    let context = safepoint::init().unwrap();
    let owner = thread::current().id();
    let next: Arc<[AtomicUsize; THREADS]> = Arc::default();
    let adding: Vec<_> = (0..THREADS)
        .map(|which| {
            let (handle, next) = (context.handle(), next.clone());
            thread::spawn(move || {
                assert!(!handle.is_owner());
                for turn in 0..EACH {
                    let next = next.clone();
                    let call = move |context: &Context| {
                        assert_eq!(next[which].fetch_add(1, SeqCst), turn);
                        assert_eq!(thread::current().id(), owner);
                        assert!(context.is_owner());
                    };
                    handle.call(call).unwrap();
                }
            })
        })
        .collect();
    while next.iter().map(|n| n.load(SeqCst)).sum::<usize>() < THREADS * EACH {
        context.pause().unwrap();
    }
    adding.into_iter().for_each(|thread| thread.join().unwrap());
    let stats = context.handle().stats().unwrap();
    assert_eq!((stats.calls_run, stats.calls_refused), ((THREADS * EACH) as u64, 0));
}

fn a_call_that_raises_leaves_the_others_pending() {
    let context = safepoint::init().unwrap();
    for number in 1..=3 {
        context.handle().call(move |_| Err(raise(number))).unwrap();
    }
    assert_eq!(context.check(), Err(raise(1)));
    assert_eq!(context.check(), Err(raise(2)));
    assert_eq!(context.sleep(Duration::MAX).unwrap_err().raised(), Some(raise(3)));
    assert_eq!(context.check(), Ok(()));
}

fn a_call_in_a_call_waits_for_the_next_check() {
    let context = safepoint::init().unwrap();
    let ran = Arc::new(AtomicUsize::new(0));
    let runs = ran.clone();
    let first = move |context: &Context| {
        context.handle().call(move |_| _ = runs.fetch_add(1, SeqCst)).unwrap();
    };
    context.handle().call(first).unwrap();
    context.check().unwrap();
    assert_eq!(ran.load(SeqCst), 0);
    context.check().unwrap();
    assert_eq!(ran.load(SeqCst), 1);
}

fn a_check_in_a_call_runs_the_others() {
    let context = safepoint::init().unwrap();
    let ran = Arc::new(AtomicUsize::new(0));
    let (outer, inner) = (ran.clone(), ran.clone());
    let first = move |context: &Context| {
        context.check().unwrap();
        assert_eq!(outer.load(SeqCst), 1);
    };
    context.handle().call(first).unwrap();
    context.handle().call(move |_| _ = inner.fetch_add(1, SeqCst)).unwrap();
    context.check().unwrap();
    assert_eq!(ran.load(SeqCst), 1, "and once");
}

fn calls_that_never_ran_are_dropped_with_the_context() {
    let alive = Arc::new(AtomicUsize::new(0));
    for context in [safepoint::init().unwrap(), Context::new().unwrap()] {
        for _ in 0..2000 {
            let one = Alive::new(&alive);
            context.handle().call(move |_| drop(one)).unwrap();
        }
        assert_eq!(alive.load(SeqCst), 2000);
        drop(context);
        assert_eq!(alive.load(SeqCst), 0);
    }
}

fn no_call_leaks_while_contexts_come_and_go() {
    let alive = Arc::new(AtomicUsize::new(0));
    let mut in_time = 0;
    for round in 0..200 {
        let main = round % 2 == 0;
        let context = if main { safepoint::init() } else { Context::new() }.unwrap();
        let adding: Vec<_> = (0..2)
            .map(|_| {
                let (handle, alive) = (context.handle(), alive.clone());
                thread::spawn(move || {
                    // More than are added before the context goes.
                    for _ in 0..2000 {
                        let one = Alive::new(&alive);
                        let Err(error) = handle.call(move |_| drop(one)) else { continue };
                        assert_eq!(error.errno(), libc::ESTALE);
                        return true;
                    }
                    false
                })
            })
            .collect();
        for _ in 0..round % 5 {
            context.check().unwrap();
        }
        drop(context);
        for thread in adding {
            in_time += usize::from(thread.join().unwrap());
        }
        assert_eq!(alive.load(SeqCst), 0, "round {round}");
    }
    assert!(in_time > 0, "no context went while calls were added");
}

fn a_call_that_was_taken_out_can_be_run_or_dropped() {
    let context = safepoint::init().unwrap();
    let alive = Arc::new(AtomicUsize::new(0));
    for _ in 0..2 {
        let one = Alive::new(&alive);
        let call = move |_: &Context| {
            drop(one);
            Err(raise(4))
        };
        context.handle().call(call).unwrap();
    }
    let Some(Next::Call(first)) = context.next().unwrap() else { panic!("no call") };
    let Some(Next::Call(second)) = context.next().unwrap() else { panic!("no call") };
    assert!(context.next().unwrap().is_none());
    assert_eq!((first.count(), alive.load(SeqCst)), (1, 2));
    drop(first);
    assert_eq!(alive.load(SeqCst), 1);
    assert_eq!(second.run(), Err(raise(4)));
    assert_eq!(alive.load(SeqCst), 0);
}

unsafe extern "C" fn set(latch: *mut c_void) -> i32 {
    // SAFETY: a latch that lives as long as the program.
    i32::from(!unsafe { &*latch.cast::<Latch>() }.set())
}

fn raw_calls_run_and_are_refused_where_there_is_no_room() {
    static LATCH: Latch = Latch::new();
    let context = safepoint::init().unwrap();
    let argument = (&raw const LATCH).cast_mut().cast();
    // SAFETY: the latch is static, and `set` does not unwind.
    let add = || unsafe { context.handle().add_pending_call(set, argument) };
    let refused = (0..100_000).find_map(|_| add().err()).expect("no room at last");
    assert_eq!(refused.errno(), libc::EAGAIN);
    assert!(refused.to_string().contains("no room"), "{refused}");
    assert!(!LATCH.is_set());
    assert_eq!(context.check(), Err(raise(1)), "the second: it was set");
    assert!(LATCH.is_set());
    while context.check().is_err() {}
    assert_eq!(context.handle().stats().unwrap().calls_refused, 1);
    add().unwrap();
}

fn an_interrupt_comes_first_and_leaves_the_rest() {
    let context = safepoint::init().unwrap();
    context.handle().call(|_| Err(raise(2))).unwrap();
    let handle = context.handle();
    thread::spawn(move || handle.interrupt(raise(77))).join().unwrap().unwrap();
    assert_eq!(context.check(), Err(raise(77)));
    assert_eq!(context.check(), Err(raise(2)));
    let handle = context.handle();
    let other = thread::spawn(move || {
        thread::sleep(Duration::from_millis(20));
        handle.interrupt(raise(78)).unwrap();
    });
    assert_eq!(context.sleep(Duration::MAX).unwrap_err().raised(), Some(raise(78)));
    other.join().unwrap();
}

fn a_gone_context_is_stale() {
    for context in [safepoint::init().unwrap(), Context::new().unwrap()] {
        let handle = context.handle();
        drop(context);
        let stale = |result: Result<(), safepoint::Error>| {
            assert_eq!(result.unwrap_err().errno(), libc::ESTALE);
        };
        stale(handle.call(|_| ()));
        stale(handle.interrupt(raise(1)));
        stale(handle.trip(Signal::USR1));
        // SAFETY: as above.
        stale(unsafe { handle.add_pending_call(set, std::ptr::null_mut()) });
        assert!(!handle.is_owner());
    }
    let context = safepoint::init().unwrap();
    assert_eq!(context.check(), Ok(()), "nothing of all that has come");
}

fn a_tripped_signal_is_handled() {
    let context = safepoint::init().unwrap();
    let _handler = context.install(Signal::USR1, |event| event.raise()).unwrap();
    context.handle().trip(Signal::USR1).unwrap();
    assert_eq!(context.check(), Err(Signal::USR1.into()));
    safepoint::trip(Signal::USR1).unwrap();
    assert_eq!(context.check(), Err(Signal::USR1.into()));
}
