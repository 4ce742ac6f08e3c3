// SPDX-License-Identifier: MIT OR Apache-2.0
//! Forked children.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::time::Duration;

use safepoint::{Context, Event, Signal};

crate::tests![
    a_child_has_the_handlers_and_nothing_pending
    a_child_of_another_thread_installs_anew
    a_child_forked_in_a_handler_goes_on
];

/// A child does this, and ends well if it does not panic.
fn in_a_child(work: impl FnOnce()) -> i32 {
    // SAFETY: other threads of this process are in nothing that the child uses.
    let pid = unsafe { libc::fork() };
    assert!(pid >= 0, "{}", std::io::Error::last_os_error());
    if pid == 0 {
        let done = catch_unwind(AssertUnwindSafe(work));
        // SAFETY: ends the process.
        unsafe { libc::_exit(i32::from(done.is_err())) };
    }
    pid
}

fn ends_well(context: &Context, pid: i32) {
    let (child, status) = context.waitpid(pid, 0).unwrap().unwrap();
    assert!(child == pid && status.success(), "{status}");
}

fn a_child_has_the_handlers_and_nothing_pending() {
    let context = safepoint::init().unwrap();
    let count = Rc::new(Cell::new(0));
    let counted = count.clone();
    let add = move |event: &Event| counted.set(counted.get() + event.count());
    let _handler = context.install(Signal::USR1, add).unwrap();
    let timer =
        context.call_after(Duration::ZERO, |_| -> () { panic!("a parent's") }).unwrap();
    let called = Rc::new(Cell::new(false));
    let own = Context::new().unwrap();
    let hold = Cell::new(Some(context.hold().unwrap()));
    safepoint::raise(Signal::USR1).unwrap();
    context.handle().call(|_| -> () { panic!("a parent's call") }).unwrap();
    own.handle().call(|_| -> () { panic!("a parent's call") }).unwrap();
    let pid = in_a_child(|| {
        drop(hold.take());
        assert!(context.is_owner() && own.is_owner());
        assert!(!timer.cancel());
        context.sleep(Duration::from_millis(5)).unwrap();
        context.check().unwrap();
        own.check().unwrap();
        assert_eq!(count.get(), 0);
        safepoint::raise(Signal::USR1).unwrap();
        context.check().unwrap();
        assert_eq!(count.get(), 1);
        context
            .handle()
            .call(|context| context.handle().trip(Signal::USR1).unwrap())
            .unwrap();
        context.check().unwrap();
        context.check().unwrap();
        assert_eq!(count.get(), 2);
        let (calls, flag) = (
            own.call_after(Duration::from_millis(1), {
                let called = called.clone();
                move |_| called.set(true)
            }),
            called.clone(),
        );
        own.pause().unwrap();
        assert!(flag.get() && !calls.unwrap().cancel());
        drop((context.clone(), own.clone()));
    });
    ends_well(&context, pid); // held: nothing is handled meanwhile
    assert_eq!(count.get(), 0);
    assert!(!called.get());
}

fn a_child_of_another_thread_installs_anew() {
    let context = safepoint::init().unwrap();
    let _handler =
        context.install(Signal::USR1, |_| -> () { panic!("the other thread's") }).unwrap();
    let pid = std::thread::spawn(|| {
        in_a_child(|| {
            let context = safepoint::init().unwrap();
            safepoint::raise(Signal::USR1).unwrap();
            assert_eq!(context.check(), Ok(()));
            let _handler = context.install(Signal::USR1, Event::raise).unwrap();
            safepoint::raise(Signal::USR1).unwrap();
            assert_eq!(context.check(), Err(Signal::USR1.into()));
        })
    })
    .join()
    .unwrap();
    ends_well(&context, pid);
}

fn a_child_forked_in_a_handler_goes_on() {
    let context = safepoint::init().unwrap();
    let child = Rc::new(Cell::new(None));
    let forked = child.clone();
    let _handler = context.install(Signal::USR1, move |event| {
        // SAFETY: this process has one thread.
        let pid = unsafe { libc::fork() };
        assert!(pid >= 0);
        forked.set(Some(pid));
        if pid == 0 { event.raise() } else { Ok(()) }
    });
    safepoint::raise(Signal::USR1).unwrap();
    let raised = context.check().is_err();
    if child.get() == Some(0) {
        let again = safepoint::raise(Signal::USR2).is_err();
        // SAFETY: ends the process.
        unsafe { libc::_exit(i32::from(!raised || again)) };
    }
    assert!(!raised);
    let pid = child.get().unwrap();
    let (_, status) = context.waitpid(pid, 0).unwrap().unwrap();
    use std::os::unix::process::ExitStatusExt;
    assert_eq!(status.signal(), Some(libc::SIGUSR2), "it had its default: {status}");
}
