// SPDX-License-Identifier: MIT OR Apache-2.0
//! What stands at a signal before, beside and after handlers.

use std::rc::Rc;

use safepoint::{Context, Flags, Kind, Mask, Raise, Signal};

use crate::handlers::{counting, kind};

crate::tests![
    ignore_and_default_take_the_handlers_away
    what_is_ignored_can_be_left_alone
    a_foreign_handler_is_seen_and_left_alone
    a_foreign_handler_over_two_of_ours_is_left_alone
    what_the_context_had_there_before_comes_back
    one_that_runs_once_is_over_when_a_held_wait_takes_it
    one_that_runs_once_leaves_a_foreign_handler
    a_handler_over_a_foreign_one_leaves_that
];

extern "C" fn foreign(_: i32) {}

/// Somebody else's handler; what stood there.
fn put_foreign(signal: i32) -> libc::sighandler_t {
    let stands = foreign as extern "C" fn(i32) as libc::sighandler_t;
    // SAFETY: a handler that does nothing.
    unsafe { libc::signal(signal, stands) }
}

fn ignore_and_default_take_the_handlers_away() {
    let context = safepoint::init().unwrap();
    let (handler, count) = counting(&context, Signal::USR1);
    assert!(context.ignore(Signal::USR1).unwrap());
    assert_eq!(kind(&context, Signal::USR1), Kind::Ignored);
    assert_eq!(Rc::strong_count(&count), 1);
    drop(handler); // has nothing to put back any more
    assert_eq!(kind(&context, Signal::USR1), Kind::Ignored);
    assert!(context.default(Signal::USR1).unwrap());
    assert_eq!(kind(&context, Signal::USR1), Kind::Default);
    assert!(context.ignore(Signal::USR1).unwrap());
    assert!(context.restore(Signal::USR1).unwrap());
    assert_eq!(kind(&context, Signal::USR1), Kind::Default);
}

fn what_is_ignored_can_be_left_alone() {
    // SAFETY: no handler.
    unsafe { libc::signal(libc::SIGHUP, libc::SIG_IGN) };
    let context = safepoint::init().unwrap();
    let handler =
        context.install_with(Signal::HUP, Flags::KEEP_IGNORED, |event| event.raise());
    let handler = handler.unwrap();
    assert!(!handler.stands());
    safepoint::raise(Signal::HUP).unwrap();
    context.check().unwrap();
    drop(handler);
    assert_eq!(kind(&context, Signal::HUP), Kind::Ignored);
}

fn a_foreign_handler_is_seen_and_left_alone() {
    put_foreign(libc::SIGUSR2);
    let context = safepoint::init().unwrap();
    let refused = context.install_with(Signal::USR2, Flags::IF_DEFAULT, |_| ());
    assert_eq!(refused.unwrap_err().errno(), libc::EEXIST);
    assert_eq!(kind(&context, Signal::USR2), Kind::Foreign);

    let (below, _) = counting(&context, Signal::USR1);
    let (handler, _) = counting(&context, Signal::USR1);
    put_foreign(libc::SIGUSR1);
    assert!(!handler.stands() && !context.verify(Signal::USR1).unwrap());
    assert!(context.query(Signal::USR1).unwrap().overwritten);
    assert!(below.remove().unwrap(), "it did not stand");
    assert_eq!(kind(&context, Signal::USR1), Kind::Foreign);
    assert!(!handler.remove().unwrap());
    assert_eq!(kind(&context, Signal::USR1), Kind::Foreign);
}

fn a_foreign_handler_over_two_of_ours_is_left_alone() {
    let context = safepoint::init().unwrap();
    let (below, count) = counting(&context, Signal::USR1);
    let (handler, _) = counting(&context, Signal::USR1);
    let ours = put_foreign(libc::SIGUSR1);
    assert!(!handler.remove().unwrap());
    assert_eq!(kind(&context, Signal::USR1), Kind::Foreign);
    // SAFETY: the library's, which stood there before.
    unsafe { libc::signal(libc::SIGUSR1, ours) };
    safepoint::raise(Signal::USR1).unwrap();
    context.check().unwrap();
    assert_eq!(count.get(), 1, "the one below is there again");
    put_foreign(libc::SIGUSR1);
    assert!(!below.remove().unwrap());
    assert_eq!(kind(&context, Signal::USR1), Kind::Foreign);

    context.ignore(Signal::HUP).unwrap();
    let handler = context.install(Signal::HUP, |_| ()).unwrap();
    put_foreign(libc::SIGHUP);
    assert!(!handler.remove().unwrap(), "nor is it ignored again");
    assert_eq!(kind(&context, Signal::HUP), Kind::Foreign);
}

fn what_the_context_had_there_before_comes_back() {
    let context = safepoint::init_interpreter().unwrap();
    for signal in [Signal::HUP, Signal::TERM] {
        assert!(context.ignore(signal).unwrap());
    }
    for signal in [Signal::INT, Signal::PIPE, Signal::XFSZ, Signal::HUP] {
        let before = context.query(signal).unwrap();
        for flags in [Flags::NONE, Flags::ONESHOT] {
            let handler = context.install_with(signal, flags, |_| ()).unwrap();
            assert!(handler.stands());
            safepoint::raise(signal).unwrap();
            context.check().unwrap();
            assert_eq!(handler.stands(), flags == Flags::NONE);
            assert!(handler.remove().unwrap());
            assert_eq!(context.query(signal).unwrap(), before, "{signal}");
        }
    }
    safepoint::raise(Signal::INT).unwrap();
    assert_eq!(context.check(), Err(Raise::INTERRUPTED));

    // The last change counts, and a restore takes it back.
    context.default(Signal::PIPE).unwrap(); // which Rust's programs ignore
    drop(context.install(Signal::PIPE, |_| ()).unwrap());
    assert_eq!(kind(&context, Signal::PIPE), Kind::Default);
    context.restore(Signal::PIPE).unwrap();
    drop(context.install(Signal::PIPE, |_| ()).unwrap());
    assert_eq!(kind(&context, Signal::PIPE), Kind::Ignored);
    context.restore(Signal::TERM).unwrap();
    drop(context.install(Signal::TERM, |_| ()).unwrap());
    assert_eq!(kind(&context, Signal::TERM), Kind::Default);

    drop(context);
    let context = safepoint::init().unwrap();
    for signal in [Signal::INT, Signal::XFSZ, Signal::HUP] {
        assert_eq!(kind(&context, signal), Kind::Default, "{signal}");
    }
}

fn one_that_runs_once_is_over_when_a_held_wait_takes_it() {
    let context = Context::new().unwrap();
    let once = context.install_with(Signal::USR1, Flags::ONESHOT, |_| ()).unwrap();
    context.mask(Mask::Block, Signal::USR1).unwrap();
    safepoint::raise(Signal::USR1).unwrap();
    let hold = context.hold().unwrap();
    assert!(context.wait(Signal::USR1, None).unwrap().is_some());
    drop(hold);
    let disposition = context.query(Signal::USR1).unwrap();
    assert!(!once.stands() && !disposition.has_handler);
    assert_eq!(disposition.kind, Kind::Default);
}

fn a_handler_over_a_foreign_one_leaves_that() {
    let context = safepoint::init_interpreter().unwrap();
    context.ignore(Signal::HUP).unwrap();
    for signal in [Signal::HUP, Signal::INT] {
        put_foreign(signal.number()); // over what the context has there
        drop(context.install(signal, |_| ()).unwrap());
        assert_eq!(kind(&context, signal), Kind::Foreign, "{signal}");
    }
}

fn one_that_runs_once_leaves_a_foreign_handler() {
    let context = safepoint::init().unwrap();
    let once = context.install_with(Signal::USR1, Flags::ONESHOT, |_| ()).unwrap();
    safepoint::raise(Signal::USR1).unwrap();
    put_foreign(libc::SIGUSR1);
    context.check().unwrap();
    assert!(!once.stands());
    assert_eq!(kind(&context, Signal::USR1), Kind::Foreign);
}
