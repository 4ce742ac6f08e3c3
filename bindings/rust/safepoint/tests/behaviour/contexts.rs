// SPDX-License-Identifier: MIT OR Apache-2.0
//! Contexts: whose they are, and that they come and go.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;
use std::time::Duration;

use safepoint::{Context, Event, Kind, Raise, Signal};

crate::tests![
    the_main_context_is_one_threads_at_a_time
    a_signal_goes_to_every_context_that_has_a_handler
    many_threads_have_contexts_of_their_own
    there_are_4096_contexts_and_each_comes_back
    the_main_context_comes_and_goes
    an_adopted_context_runs_no_closure_of_the_old_owner
    a_thread_that_ends_takes_its_context_along
    a_guest_leaves_the_hosts_handler_working
    a_panic_in_a_dropped_call_leaves_no_context_half_gone
    a_dropped_call_may_make_the_main_context_anew
    handlers_and_calls_run_while_their_thread_ends
];

fn the_main_context_is_one_threads_at_a_time() {
    let context = safepoint::init().unwrap();
    assert!(context.is_owner() && context.handle().is_owner());
    let again = safepoint::init().unwrap();
    assert_eq!(again.as_ptr(), context.as_ptr());
    let other = || thread::spawn(|| safepoint::init().map(drop)).join().unwrap();
    assert_eq!(other().unwrap_err().errno(), libc::EPERM);
    drop(context);
    assert_eq!(other().unwrap_err().errno(), libc::EPERM);
    drop(again);
    other().unwrap();
}

fn a_signal_goes_to_every_context_that_has_a_handler() {
    let contexts = [safepoint::init().unwrap(), Context::new().unwrap()];
    let _handlers =
        contexts.each_ref().map(|context| context.install(Signal::USR1, Event::raise));
    safepoint::raise(Signal::USR1).unwrap();
    for context in &contexts {
        assert_eq!(context.check(), Err(Signal::USR1.into()));
        assert_eq!(context.check(), Ok(()));
    }
    contexts[1].handle().trip(Signal::USR1).unwrap();
    assert_eq!(contexts[0].check(), Ok(()));
    assert_eq!(contexts[1].check(), Err(Signal::USR1.into()));
    assert!(!contexts[0].default(Signal::USR1).unwrap(), "the other has a handler");
}

fn many_threads_have_contexts_of_their_own() {
    let threads: Vec<_> = (0..8)
        .map(|number: i32| {
            thread::spawn(move || {
                let context = Context::new().unwrap();
                let count = Rc::new(Cell::new(0)); // not Send, nor need it be
                let counted = count.clone();
                let add = move |_: &Event| counted.set(counted.get() + 1);
                let _handler = context.install(Signal::USR1, add).unwrap();
                for round in 1..=100 {
                    context.handle().trip(Signal::USR1).unwrap();
                    context.sleep(Duration::ZERO).unwrap();
                    context.check().unwrap();
                    assert_eq!(count.get(), round);
                }
                let raise = Raise::new(number + 1).unwrap();
                let _timer =
                    context.call_after(Duration::from_millis(1), move |_| Err(raise));
                let raised = context.sleep(Duration::MAX).unwrap_err().raised();
                assert_eq!(raised, Some(raise));
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    let main = safepoint::init().unwrap();
    assert_eq!(main.query(Signal::USR1).unwrap().kind, Kind::Default);
}

fn there_are_4096_contexts_and_each_comes_back() {
    for _ in 0..2 {
        let contexts: Vec<_> = (0..4096).map(|_| Context::new().unwrap()).collect();
        assert_eq!(Context::new().unwrap_err().errno(), libc::ENOMEM);
        contexts[4095].handle().interrupt(Raise::INTERRUPTED).unwrap();
        assert_eq!(contexts[4095].check(), Err(Raise::INTERRUPTED));
        assert!(contexts.iter().all(|context| context.check().is_ok()));
    }
}

fn the_main_context_comes_and_goes() {
    for round in 0..100 {
        let context = safepoint::init().unwrap();
        let handler = context.install(Signal::USR1, Event::raise).unwrap();
        safepoint::raise(Signal::USR1).unwrap();
        if round % 2 == 0 {
            assert_eq!(context.check(), Err(Signal::USR1.into()));
        }
        drop(context);
        assert!(handler.stands(), "its guard keeps the context");
    }
}

fn an_adopted_context_runs_no_closure_of_the_old_owner() {
    let context = safepoint::init().unwrap();
    let ran = Arc::new(AtomicUsize::new(0));
    let runs = ran.clone();
    let add = move |_: &Event| _ = runs.fetch_add(1, SeqCst);
    let handler = context.install(Signal::USR1, add).unwrap();
    safepoint::raise(Signal::USR1).unwrap();
    thread::spawn(|| {
        // SAFETY: the other thread waits for this one to end.
        let context = unsafe { safepoint::adopt() }.unwrap();
        assert_eq!(context.check(), Ok(()));
        let _handler = context.install(Signal::USR1, Event::raise).unwrap();
        safepoint::raise(Signal::USR1).unwrap();
        assert_eq!(context.check(), Err(Signal::USR1.into()));
    })
    .join()
    .unwrap();
    assert_eq!(ran.load(SeqCst), 0);
    assert!(!context.is_owner());
    assert_eq!(context.hold().unwrap_err().errno(), libc::EPERM);
    drop(handler);
    drop(context);
    assert!(safepoint::init().unwrap().is_owner());
}

fn a_thread_that_ends_takes_its_context_along() {
    thread_local! {
        static KEPT: Cell<Option<Context>> = const { Cell::new(None) };
    }
    for round in 0..50 {
        let ended = thread::spawn(move || {
            if round % 2 == 0 {
                KEPT.set(None); // so that it is the older of two places
            }
            let context = Context::new().unwrap();
            context.install(Signal::USR1, Event::raise).unwrap().keep();
            context.call_after(Duration::from_secs(3600), |_| ()).unwrap().keep();
            context.handle().call(|_| ()).unwrap();
            KEPT.set(Some(context)); // dropped when the thread ends, first or last
        });
        ended.join().unwrap();
    }
    let main = safepoint::init().unwrap();
    assert_eq!(main.query(Signal::USR1).unwrap().kind, Kind::Default);
}

static FOREIGN: AtomicUsize = AtomicUsize::new(0);

extern "C" fn foreign(_: i32) {
    FOREIGN.fetch_add(1, SeqCst);
}

fn a_guest_leaves_the_hosts_handler_working() {
    use safepoint::Flags;
    // SAFETY: a handler that only counts.
    unsafe { libc::signal(libc::SIGUSR1, foreign as extern "C" fn(i32) as usize) };
    let context = Context::new().unwrap();
    let handler = context.install_with(Signal::USR1, Flags::CHAIN, Event::raise).unwrap();
    safepoint::raise(Signal::USR1).unwrap();
    assert_eq!(FOREIGN.load(SeqCst), 1);
    assert_eq!(context.check(), Err(Signal::USR1.into()));
    drop(handler);
    safepoint::raise(Signal::USR1).unwrap();
    assert_eq!(FOREIGN.load(SeqCst), 2);
    assert_eq!(context.check(), Ok(()));
}

/// Does this when it is dropped.
struct OnDrop(fn());

impl Drop for OnDrop {
    fn drop(&mut self) {
        (self.0)();
    }
}

fn a_panic_in_a_dropped_call_leaves_no_context_half_gone() {
    std::panic::set_hook(Box::new(|_| {})); // it would only disturb
    for main in [true, false] {
        let context = if main { safepoint::init() } else { Context::new() }.unwrap();
        let (handle, alive) = (context.handle(), Arc::new(()));
        let (bad, other) = (OnDrop(|| panic!("in Drop")), alive.clone());
        handle.call(move |_| drop(bad)).unwrap();
        handle.call(move |_| drop(other)).unwrap();
        let gone = catch_unwind(AssertUnwindSafe(|| drop(context)));
        assert!(gone.is_err());
        assert_eq!(Arc::strong_count(&alive), 1, "the other closure went, too");
        assert!(main || handle.stats().is_err_and(|error| error.errno() == libc::ESTALE));
    }
    thread::spawn(|| safepoint::init().map(drop)).join().unwrap().unwrap();
}

fn a_dropped_call_may_make_the_main_context_anew() {
    thread_local! {
        static ANEW: Cell<Option<Context>> = const { Cell::new(None) };
    }
    let context = safepoint::init().unwrap();
    let dropped = OnDrop(|| ANEW.set(Some(safepoint::init().unwrap())));
    context.handle().call(move |_| drop(dropped)).unwrap();
    drop(context);
    let context = ANEW.take().unwrap();
    assert!(context.is_owner());
    let _handler = context.install(Signal::USR1, Event::raise).unwrap();
    safepoint::raise(Signal::USR1).unwrap();
    assert_eq!(context.check(), Err(Signal::USR1.into()));
    assert_eq!(safepoint::init().unwrap().check(), Ok(()));
    let raise = |_: &Context| Err::<(), Raise>(Raise::INTERRUPTED);
    context.handle().call(raise).unwrap();
    assert_eq!(context.check(), Err(Raise::INTERRUPTED));
}

fn handlers_and_calls_run_while_their_thread_ends() {
    static RAN: AtomicUsize = AtomicUsize::new(0);
    struct Last(Option<Context>);
    impl Drop for Last {
        fn drop(&mut self) {
            let own = Context::new().unwrap();
            for context in [self.0.take().unwrap(), own] {
                let ran = || _ = RAN.fetch_add(1, SeqCst);
                context.install(Signal::USR1, move |_| ran()).unwrap().keep();
                context.handle().call(move |_| ran()).unwrap();
                context.call_after(Duration::ZERO, move |_| ran()).unwrap().keep();
                safepoint::raise(Signal::USR1).unwrap();
                let before = RAN.load(SeqCst);
                while RAN.load(SeqCst) < before + 3 {
                    context.pause().unwrap();
                }
            }
        }
    }
    thread_local! {
        static LAST: RefCell<Last> = const { RefCell::new(Last(None)) };
    }
    // What a thread has had longest goes last.
    let ends = thread::spawn(|| {
        LAST.with_borrow_mut(|_| ());
        let context = Context::new().unwrap();
        LAST.with_borrow_mut(|last| last.0 = Some(context));
    });
    ends.join().unwrap();
    assert_eq!(RAN.load(SeqCst), 6);
}
