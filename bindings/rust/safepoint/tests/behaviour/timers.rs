// SPDX-License-Identifier: MIT OR Apache-2.0
//! Timers, and those of the process.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::thread;
use std::time::{Duration, Instant};

use safepoint::{Context, Itimer, ItimerValue, Raise, Signal, Timer};

crate::tests![
    a_timer_is_never_early_and_ends_a_wait
    a_dropped_timer_is_cancelled_and_its_closure_dropped
    a_kept_timer_runs
    a_timer_comes_again_and_may_cancel_itself
    a_timer_may_be_cancelled_by_number_on_another_thread
    timers_go_with_their_context
    the_alarm_and_the_itimer_send_sigalrm
    one_cancelled_by_number_on_its_thread_is_dropped
];

const SOON: Duration = Duration::from_millis(5);
const NEVER: Duration = Duration::from_secs(3600);

fn a_timer_is_never_early_and_ends_a_wait() {
    let context = safepoint::init().unwrap();
    for _ in 0..20 {
        let began = Instant::now();
        let timer = context.call_after(SOON, |_| Err(Raise::new(9).unwrap())).unwrap();
        assert_eq!(context.sleep(Duration::MAX).unwrap_err().raised(), Raise::new(9));
        assert!(began.elapsed() >= SOON);
        assert!(!timer.cancel(), "it has run");
    }
}

fn a_dropped_timer_is_cancelled_and_its_closure_dropped() {
    let context = safepoint::init().unwrap();
    let alive = Rc::new(());
    let one = alive.clone();
    let timer = context.call_after(SOON, move |_| drop(one)).unwrap();
    assert_eq!(Rc::strong_count(&alive), 2);
    drop(timer);
    assert_eq!(Rc::strong_count(&alive), 1);
    let one = alive.clone();
    assert!(context.call_every(NEVER, NEVER, move |_| drop(one.clone())).unwrap().cancel());
    assert_eq!(Rc::strong_count(&alive), 1);
    context.sleep(4 * SOON).unwrap();
    assert_eq!(context.handle().stats().unwrap().calls_run, 0);
}

fn a_kept_timer_runs() {
    let context = safepoint::init().unwrap();
    let alive = Rc::new(());
    let one = alive.clone();
    context.call_after(SOON, move |_| drop(one)).unwrap().keep();
    context.pause().unwrap();
    assert_eq!(Rc::strong_count(&alive), 1);
    assert_eq!(context.handle().stats().unwrap().calls_run, 1);
}

fn a_timer_comes_again_and_may_cancel_itself() {
    let context = safepoint::init().unwrap();
    let slot: Rc<RefCell<Option<Timer>>> = Rc::default();
    let (itself, count) = (slot.clone(), Rc::new(Cell::new(0)));
    let counted = count.clone();
    let timer = context.call_every(SOON, SOON, move |_| {
        counted.set(counted.get() + 1);
        if counted.get() == 3 {
            let gone = itself.borrow_mut().take();
            assert!(gone.expect("armed").cancel());
            counted.set(counted.get() + 100); // alive while it runs
        }
    });
    *slot.borrow_mut() = Some(timer.unwrap());
    while count.get() < 3 {
        context.pause().unwrap();
    }
    context.sleep(10 * SOON).unwrap();
    assert_eq!(count.get(), 103);
    assert_eq!(Rc::strong_count(&count), 1);
}

fn a_timer_may_be_cancelled_by_number_on_another_thread() {
    let context = safepoint::init().unwrap();
    let timer = context.call_after(NEVER, |_| ()).unwrap();
    let id = timer.id();
    thread::spawn(move || safepoint::cancel(id)).join().unwrap().unwrap();
    assert_eq!(safepoint::cancel(id).unwrap_err().errno(), libc::ENOENT);
    assert!(!timer.cancel());
}

fn timers_go_with_their_context() {
    let main = safepoint::init().unwrap();
    let context = Context::new().unwrap();
    let alive = Rc::new(());
    let mut timers = Vec::new();
    for context in [&main, &context] {
        for _ in 0..10 {
            let one = alive.clone();
            timers.push(context.call_after(SOON, move |_| drop(one)).unwrap());
        }
        let one = alive.clone();
        context.call_every(SOON, SOON, move |_| drop(one.clone())).unwrap().keep();
    }
    drop(context);
    assert_eq!(Rc::strong_count(&alive), 12);
    drop(main);
    assert_eq!(Rc::strong_count(&alive), 1);
    assert!(timers.into_iter().all(|timer| !timer.cancel()));
}

fn the_alarm_and_the_itimer_send_sigalrm() {
    let context = safepoint::init().unwrap();
    let _handler = context.install(Signal::ALRM, |event| event.raise()).unwrap();
    let soon = ItimerValue { value: SOON, interval: NEVER };
    assert_eq!(Itimer::Real.set(soon).unwrap(), ItimerValue::default());
    let raised = context.sleep(Duration::MAX).unwrap_err().raised();
    assert_eq!(raised, Some(Signal::ALRM.into()));
    let left = Itimer::Real.get().unwrap();
    assert!(left.interval == NEVER && left.value > NEVER / 2, "{left:?}");
    assert!(safepoint::alarm(0) > 1000);
    let long = ItimerValue { value: Duration::MAX, interval: SOON };
    assert_eq!(Itimer::Prof.set(long).unwrap_err().errno(), libc::EINVAL);
}

fn one_cancelled_by_number_on_its_thread_is_dropped() {
    let context = safepoint::init().unwrap();
    let alive = Rc::new(());
    let arm = || {
        let one = alive.clone();
        let timer = context.call_every(NEVER, NEVER, move |_| drop(one.clone())).unwrap();
        let id = timer.id();
        timer.keep();
        id
    };
    let (first, second) = (arm(), arm());
    safepoint::cancel(first).unwrap();
    assert_eq!(Rc::strong_count(&alive), 2, "that one alone");
    thread::spawn(move || safepoint::cancel(second)).join().unwrap().unwrap();
    drop(context);
    assert_eq!(Rc::strong_count(&alive), 1, "the other with its context");
}
