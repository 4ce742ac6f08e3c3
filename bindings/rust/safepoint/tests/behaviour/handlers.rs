// SPDX-License-Identifier: MIT OR Apache-2.0
//! Handlers, and the guards that keep them there.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use safepoint::{Context, Event, Flags, Handler, Kind, Mask, Raise, Signal, SignalSet};

crate::tests![
    a_handler_runs_at_a_check_and_knows_who_sent_it
    a_dropped_guard_puts_the_default_back
    guards_nest_and_the_handler_below_comes_back
    a_kept_handler_stays
    a_guard_may_be_dropped_in_its_own_handler
    a_handler_may_come_again_in_its_own_check
    a_handler_may_install_another_over_itself
    a_handler_once_runs_once
    one_that_runs_once_leaves_the_one_below
    queued_deliveries_are_kept_apart
    a_held_context_runs_nothing
    signals_that_cannot_be_caught_are_refused
    a_mask_blocks_and_what_it_lets_through_is_handled
    escalation_of_what_does_nothing_is_refused
    next_gives_events_out
];

pub fn counting(context: &Context, signal: Signal) -> (Handler, Rc<Cell<u64>>) {
    let count = Rc::new(Cell::new(0));
    let counted = count.clone();
    let add = move |event: &Event| counted.set(counted.get() + event.count());
    (context.install(signal, add).unwrap(), count)
}

pub fn kind(context: &Context, signal: Signal) -> Kind {
    context.query(signal).unwrap().kind
}

fn a_handler_runs_at_a_check_and_knows_who_sent_it() {
    let context = safepoint::init().unwrap();
    let seen = Rc::new(RefCell::new(Vec::new()));
    let events = seen.clone();
    let signal: Signal = "RTMIN+2".parse().unwrap();
    let frame = (&raw const seen).cast_mut().cast();
    let _handler = context
        .install(signal, move |event| {
            let facts = (event.signal(), event.pid() as u32, event.value(), event.frame());
            events.borrow_mut().push(facts);
            assert!(event.time() > Duration::ZERO);
            assert!((event.count(), event.lost()) == (1, 0));
        })
        .unwrap();
    for value in [7, -1] {
        safepoint::queue(std::process::id() as i32, signal, value).unwrap();
    }
    assert!(seen.borrow().is_empty(), "before the check");
    context.check_frame(frame).unwrap();
    let me = std::process::id();
    assert_eq!(*seen.borrow(), [(signal, me, 7, frame), (signal, me, -1, frame)]);
}

fn a_dropped_guard_puts_the_default_back() {
    let context = safepoint::init().unwrap();
    let (handler, count) = counting(&context, Signal::USR1);
    assert!(handler.stands());
    assert_eq!(kind(&context, Signal::USR1), Kind::Handler);
    safepoint::raise(Signal::USR1).unwrap();
    drop(handler);
    assert_eq!(kind(&context, Signal::USR1), Kind::Default);
    context.check().unwrap();
    assert_eq!(count.get(), 0, "what was pending is dropped");
    assert_eq!(Rc::strong_count(&count), 1, "and so is the closure");
    let (handler, _) = counting(&context, Signal::USR1);
    assert!(handler.remove().unwrap());
}

fn guards_nest_and_the_handler_below_comes_back() {
    let context = safepoint::init().unwrap();
    let raise = |context: &Context| {
        safepoint::raise(Signal::USR1).unwrap();
        context.check().unwrap();
    };
    let (outer, outer_count) = counting(&context, Signal::USR1);
    let (middle, middle_count) = counting(&context, Signal::USR1);
    let (inner, inner_count) = counting(&context, Signal::USR1);
    raise(&context);
    assert!(!outer.stands() && !middle.stands() && inner.stands());
    drop(middle); // it did not stand: nothing changes
    raise(&context);
    drop(inner);
    raise(&context);
    assert!(outer.stands());
    let counts = [outer_count.get(), middle_count.get(), inner_count.get()];
    assert_eq!(counts, [1, 0, 2]);
    drop(outer);
    assert_eq!(kind(&context, Signal::USR1), Kind::Default);
}

fn a_kept_handler_stays() {
    let context = safepoint::init().unwrap();
    let (handler, count) = counting(&context, Signal::USR1);
    handler.keep();
    safepoint::raise(Signal::USR1).unwrap();
    context.check().unwrap();
    assert_eq!(count.get(), 1);
    drop(context);
    assert_eq!(Rc::strong_count(&count), 1, "it goes with the context");
    assert_eq!(kind(&safepoint::init().unwrap(), Signal::USR1), Kind::Default);
}

fn a_guard_may_be_dropped_in_its_own_handler() {
    let context = safepoint::init().unwrap();
    let slot: Rc<RefCell<Option<Handler>>> = Rc::default();
    let (itself, witness) = (slot.clone(), Rc::new(Cell::new(0)));
    let seen = witness.clone();
    let handler = context.install(Signal::USR1, move |_| {
        let gone = itself.borrow_mut().take();
        drop(gone);
        seen.set(seen.get() + 1); // its closure is alive while it runs
    });
    *slot.borrow_mut() = Some(handler.unwrap());
    safepoint::raise(Signal::USR1).unwrap();
    context.check().unwrap();
    assert_eq!(witness.get(), 1);
    assert_eq!(Rc::strong_count(&witness), 1, "and is dropped when it has run");
    assert_eq!(kind(&context, Signal::USR1), Kind::Default);
}

fn a_handler_may_come_again_in_its_own_check() {
    let context = safepoint::init().unwrap();
    let depths = Rc::new(RefCell::new(Vec::new()));
    let (depth, seen) = (Cell::new(0), depths.clone());
    let _handler = context.install(Signal::USR1, move |event| {
        depth.set(depth.get() + 1);
        seen.borrow_mut().push(depth.get());
        if depth.get() < 5 {
            safepoint::raise(Signal::USR1).unwrap();
            event.context().check()?;
        }
        depth.set(depth.get() - 1);
        Ok::<(), Raise>(())
    });
    safepoint::raise(Signal::USR1).unwrap();
    context.check().unwrap();
    assert_eq!(*depths.borrow(), [1, 2, 3, 4, 5]);
}

fn a_handler_may_install_another_over_itself() {
    let context = safepoint::init().unwrap();
    let seen = Rc::new(RefCell::new(Vec::new()));
    let events = seen.clone();
    let _first = context.install(Signal::USR1, move |event| {
        events.borrow_mut().push("first");
        let later = events.clone();
        let second = move |_: &Event| later.borrow_mut().push("second");
        event.context().install(Signal::USR1, second).unwrap().keep();
    });
    for _ in 0..3 {
        safepoint::raise(Signal::USR1).unwrap();
        context.check().unwrap();
    }
    assert_eq!(*seen.borrow(), ["first", "second", "second"]);
}

fn a_handler_once_runs_once() {
    let context = safepoint::init().unwrap();
    let count = Rc::new(Cell::new(0));
    let counted = count.clone();
    let handler = context
        .install_with(Signal::USR1, Flags::ONESHOT, move |event| {
            counted.set(counted.get() + 1);
            assert_eq!(kind(event.context(), Signal::USR1), Kind::Default);
        })
        .unwrap();
    assert!(handler.stands());
    safepoint::raise(Signal::USR1).unwrap();
    context.check().unwrap();
    assert_eq!(count.get(), 1);
    assert!(!handler.stands());
    assert_eq!(Rc::strong_count(&count), 1);
}

fn one_that_runs_once_leaves_the_one_below() {
    let context = safepoint::init().unwrap();
    let (below, count) = counting(&context, Signal::USR1);
    let once = context.install_with(Signal::USR1, Flags::ONESHOT, |_| ()).unwrap();
    for _ in 0..3 {
        safepoint::raise(Signal::USR1).unwrap();
        context.check().unwrap();
    }
    assert_eq!(count.get(), 2);
    assert!(below.stands() && !once.stands());
    drop(once);
    assert!(below.stands());
}

fn queued_deliveries_are_kept_apart() {
    let context = safepoint::init().unwrap();
    let counts = Rc::new(RefCell::new(Vec::new()));
    let seen = counts.clone();
    let count = move |event: &Event| seen.borrow_mut().push(event.count());
    let _handler = context.install_with(Signal::USR1, Flags::QUEUE | Flags::RESTART, count);
    for _ in 0..3 {
        safepoint::raise(Signal::USR1).unwrap();
    }
    context.check().unwrap();
    assert_eq!(*counts.borrow(), [1, 1, 1]);
    let flags = context.query(Signal::USR1).unwrap().flags;
    assert_eq!(flags, Flags::QUEUE | Flags::RESTART);
    let stats = context.handle().stats().unwrap();
    assert_eq!((stats.arrivals, stats.handled, stats.coalesced), (3, 3, 0));
}

fn a_held_context_runs_nothing() {
    let context = safepoint::init().unwrap();
    let (_handler, count) = counting(&context, Signal::USR1);
    let outer = context.hold().unwrap();
    let inner = context.hold().unwrap();
    for held in [Some(outer), Some(inner), None] {
        safepoint::raise(Signal::USR1).unwrap();
        let before = count.get();
        let still = held.is_some();
        context.check().unwrap();
        assert_eq!(count.get() == before, still);
        drop(held);
    }
    assert_eq!(count.get(), 3, "none was lost");
}

fn signals_that_cannot_be_caught_are_refused() {
    let context = safepoint::init().unwrap();
    for signal in [Signal::KILL, Signal::STOP] {
        let error = context.install(signal, |_| ()).unwrap_err();
        assert_eq!(error.errno(), libc::EINVAL);
        assert_eq!(context.ignore(signal).unwrap_err().errno(), libc::EINVAL);
    }
}

fn a_mask_blocks_and_what_it_lets_through_is_handled() {
    let context = safepoint::init().unwrap();
    let (_handler, count) = counting(&context, Signal::USR1);
    let before = context.mask(Mask::Block, Signal::USR1).unwrap();
    assert!(!before.contains(Signal::USR1));
    safepoint::raise(Signal::USR1).unwrap();
    context.check().unwrap();
    assert_eq!(count.get(), 0);
    assert!(context.pending().unwrap().contains(Signal::USR1));
    let blocked = safepoint::mask(Mask::Set, before).unwrap();
    assert!(blocked.contains(Signal::USR1));
    assert_eq!(count.get(), 1, "in the call that let it through");
    assert_eq!(context.pending().unwrap(), SignalSet::EMPTY);
}

fn escalation_of_what_does_nothing_is_refused() {
    let context = safepoint::init().unwrap();
    let refused = context.set_escalation(Signal::CHLD, 2, Duration::ZERO).unwrap_err();
    assert_eq!(refused.errno(), libc::EINVAL);
    context.set_escalation(Signal::INT, 2, Duration::ZERO).unwrap();
}

fn next_gives_events_out() {
    use safepoint::Next;
    let context = safepoint::init().unwrap();
    let (_handler, count) = counting(&context, Signal::USR1);
    let ran = Rc::new(Cell::new(0));
    let (once, every) = (ran.clone(), ran.clone());
    safepoint::raise(Signal::USR1).unwrap();
    let _timer = context.call_after(Duration::ZERO, move |_| once.set(once.get() + 1));
    let _other = context.call_every(Duration::ZERO, Duration::from_secs(3600), move |_| {
        every.set(every.get() + 10);
    });
    context.handle().call(|_| Err(Raise::new(5).unwrap())).unwrap();
    context.handle().interrupt(Raise::new(6).unwrap()).unwrap();
    let (mut signals, mut raised, mut interrupts) = (0, Vec::new(), Vec::new());
    while ran.get() < 11 || raised.is_empty() {
        match context.next().unwrap() {
            Some(Next::Signal(event)) => signals += event.count(),
            Some(Next::Call(call)) => raised.extend(call.run().err()),
            Some(Next::Interrupt(raise)) => interrupts.push(raise.number()),
            Some(other) => panic!("{other:?}"),
            None => {}
        }
    }
    assert_eq!((signals, count.get()), (1, 0));
    assert_eq!(raised, [Raise::new(5).unwrap()]);
    assert_eq!(interrupts, [6]);
}
