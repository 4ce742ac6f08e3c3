// SPDX-License-Identifier: MIT OR Apache-2.0
//! Raises, panics and errors.

use std::cell::{Cell, RefCell};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::time::Duration;

use safepoint::{Context, Error, Event, Mask, Raise, Signal};

crate::tests![
    a_raise_ends_the_check_and_leaves_the_rest_pending
    a_raise_goes_through_a_check_in_a_handler
    a_panic_in_a_handler_goes_on_out_of_the_check
    a_panic_goes_on_out_of_every_kind_of_wait
    a_panic_in_a_check_of_a_handler_goes_through_both
    interpreters_defaults_raise_130
    an_error_is_an_errno_with_a_sentence
    a_panic_goes_on_where_the_main_context_went_in_its_handler
    a_handler_that_never_returns_compiles
];

fn panic_of(code: impl FnOnce()) -> String {
    // What it says would only disturb.
    std::panic::set_hook(Box::new(|_| {}));
    let panic = catch_unwind(AssertUnwindSafe(code)).expect_err("a panic");
    let _ = std::panic::take_hook();
    panic.downcast_ref::<&str>().expect("a text").to_string()
}

fn a_raise_ends_the_check_and_leaves_the_rest_pending() {
    let context = safepoint::init().unwrap();
    let _first = context.install(Signal::HUP, |event| event.raise()).unwrap();
    let ran = Rc::new(Cell::new(false));
    let runs = ran.clone();
    let _second = context.install(Signal::USR1, move |_| runs.set(true)).unwrap();
    safepoint::raise(Signal::USR1).unwrap();
    safepoint::raise(Signal::HUP).unwrap();
    assert_eq!(context.check(), Err(Raise::from(Signal::HUP)));
    assert!(!ran.get());
    assert_eq!(context.check(), Ok(()));
    assert!(ran.get());
}

fn a_raise_goes_through_a_check_in_a_handler() {
    let context = safepoint::init().unwrap();
    let _inner = context.install(Signal::USR2, |event| event.raise()).unwrap();
    let _outer = context
        .install(Signal::USR1, |event| {
            safepoint::raise(Signal::USR2).unwrap();
            event.context().check()
        })
        .unwrap();
    safepoint::raise(Signal::USR1).unwrap();
    assert_eq!(context.check(), Err(Signal::USR2.into()));
}

fn a_panic_in_a_handler_goes_on_out_of_the_check() {
    let context = safepoint::init().unwrap();
    let _handler =
        context.install(Signal::USR1, |_| -> () { panic!("in a handler") }).unwrap();
    safepoint::raise(Signal::USR1).unwrap();
    assert_eq!(panic_of(|| _ = context.check()), "in a handler");
    assert_eq!(context.check(), Ok(()), "and it is over");
}

fn a_panic_goes_on_out_of_every_kind_of_wait() {
    let context = safepoint::init().unwrap();
    let waits: [fn(&Context); 5] = [
        |context| _ = context.sleep(Duration::MAX),
        |context| _ = context.pause(),
        |context| _ = context.poll(&mut [], None),
        |context| _ = context.wait_latch(&safepoint::Latch::new(), None),
        |_| _ = safepoint::Latch::new().wait(None),
    ];
    for wait in waits {
        context.handle().call(|_| -> () { panic!("in a call") }).unwrap();
        assert_eq!(panic_of(|| wait(&context)), "in a call");
        let after = Duration::from_millis(1);
        let _timer = context.call_after(after, |_| -> () { panic!("in a timer") }).unwrap();
        assert_eq!(panic_of(|| wait(&context)), "in a timer");
    }
}

fn a_panic_in_a_check_of_a_handler_goes_through_both() {
    let context = safepoint::init().unwrap();
    let _inner = context.install(Signal::USR2, |_| -> () { panic!("deep") }).unwrap();
    let _outer = context
        .install(Signal::USR1, |event| {
            safepoint::raise(Signal::USR2).unwrap();
            event.context().check()
        })
        .unwrap();
    safepoint::raise(Signal::USR1).unwrap();
    assert_eq!(panic_of(|| _ = context.check()), "deep");
}

fn interpreters_defaults_raise_130() {
    let context = safepoint::init_interpreter().unwrap();
    safepoint::raise(Signal::INT).unwrap();
    assert_eq!(context.check(), Err(Raise::INTERRUPTED));
    assert_eq!(Raise::INTERRUPTED.number(), 130);
    let _own = context.install(Signal::TERM, safepoint::interrupted).unwrap();
    safepoint::raise(Signal::TERM).unwrap();
    assert_eq!(
        context.sleep(Duration::MAX).unwrap_err().raised(),
        Some(Raise::INTERRUPTED)
    );
}

fn an_error_is_an_errno_with_a_sentence() {
    let error = "FOO".parse::<Signal>().unwrap_err();
    assert_eq!((error.errno(), error.raised()), (libc::EINVAL, None));
    assert!(error.to_string().starts_with("An argument is not acceptable"), "{error}");
    assert_eq!(io::Error::from(error).raw_os_error(), Some(libc::EINVAL));
    let context = safepoint::init().unwrap();
    let closed = std::fs::File::open("/proc/self/mem").unwrap();
    let error = context.write(&closed, b"x").unwrap_err();
    assert_eq!(error.errno(), libc::EBADF);
    let error = context.open("/no/such/file", 0, 0).unwrap_err();
    assert!(error.to_string().len() > 10, "{error}");
    let error = context.open("/etc/passwd/x", 0, 0).unwrap_err();
    assert!(error.to_string().contains("Not a directory"), "{error}");

    let raised = Error::from(Raise::from(Signal::INT));
    assert_eq!(raised.errno(), libc::EINTR);
    let error = io::Error::from(raised);
    assert_ne!(error.kind(), io::ErrorKind::Interrupted);
    let inside = error.get_ref().and_then(|inside| inside.downcast_ref::<Raise>());
    assert_eq!(inside, Some(&Raise::from(Signal::INT)));
    assert_eq!(Raise::new(0), None);
}

fn a_panic_goes_on_where_the_main_context_went_in_its_handler() {
    let calls: [fn(); 2] = [
        || _ = safepoint::Latch::new().wait(None),
        || _ = safepoint::mask(Mask::Unblock, Signal::USR1),
    ];
    for call in calls {
        let context = safepoint::init().unwrap();
        let last = Rc::new(RefCell::new(None));
        let slot = last.clone();
        let panics = move |_: &Event| -> () {
            drop(slot.take());
            panic!("of the last");
        };
        context.install(Signal::USR1, panics).unwrap().keep();
        *last.borrow_mut() = Some(context);
        safepoint::raise(Signal::USR1).unwrap();
        assert_eq!(panic_of(call), "of the last");
        let other = Context::new().unwrap();
        let _handler = other.install(Signal::USR2, |event| event.raise()).unwrap();
        safepoint::raise(Signal::USR2).unwrap();
        assert_eq!(other.check(), Err(Signal::USR2.into()), "its own, and no panic");
    }
}

fn a_handler_that_never_returns_compiles() {
    let context = safepoint::init().unwrap();
    let _ends = context.install(Signal::TERM, |_| std::process::exit(3)).unwrap();
    let _panics = context.install(Signal::USR1, |_| panic!("always")).unwrap();
    safepoint::raise(Signal::USR1).unwrap();
    assert_eq!(panic_of(|| _ = context.check()), "always");
}
