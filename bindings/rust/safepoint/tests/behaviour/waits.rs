// SPDX-License-Identifier: MIT OR Apache-2.0
//! Waits, wake-ups and the latch.

use std::cell::Cell;
use std::fs::File;
use std::io::{IoSlice, IoSliceMut, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::process::Command;
use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use safepoint::{Context, Event, Latch, PollFd, Raise, Signal, Wake};

crate::tests![
    a_read_goes_on_after_a_handler_and_ends_with_a_raise
    a_signal_just_before_a_wait_ends_it
    a_sleep_has_the_time_that_is_left
    reads_and_writes_do_what_they_say
    sockets_are_accepted_and_talk
    poll_says_what_is_ready
    a_child_is_waited_for_as_std_has_it
    waiting_takes_a_signal_without_its_handler
    a_futex_and_a_latch_end_waits
    foreign_code_that_waits_is_interrupted
    a_wakeup_descriptor_is_written_to
    the_event_descriptor_is_readable_while_something_is_pending
    a_wakeup_function_is_called
    threads_are_sent_signals_and_processes_by_pidfd
    a_system_call_by_number
    the_kick_can_be_another_signal
];

/// Send this process a signal when its main thread waits in the kernel.
fn send_when_it_waits(signal: Signal) -> thread::JoinHandle<()> {
    let me = std::process::id();
    thread::spawn(move || {
        for _ in 0..100_000 {
            let stat =
                std::fs::read_to_string(format!("/proc/{me}/task/{me}/stat")).unwrap();
            if stat.rsplit(") ").next().unwrap().starts_with('S') {
                return safepoint::kill(me as i32, signal).unwrap();
            }
            thread::sleep(Duration::from_micros(200));
        }
        panic!("it never waited");
    })
}

fn a_read_goes_on_after_a_handler_and_ends_with_a_raise() {
    let context = safepoint::init().unwrap();
    let (other, mine) = UnixStream::pair().unwrap();
    let _hup = context
        .install(Signal::HUP, move |_| (&other).write_all(b"from a handler").unwrap())
        .unwrap();
    let _term = context.install(Signal::TERM, Event::raise).unwrap();
    let mut buffer = [0; 100];
    let sender = send_when_it_waits(Signal::HUP);
    assert_eq!(context.read(&mine, &mut buffer).unwrap(), 14);
    assert_eq!(&buffer[..14], b"from a handler");
    sender.join().unwrap();
    let sender = send_when_it_waits(Signal::TERM);
    let error = context.read(&mine, &mut buffer).unwrap_err();
    assert_eq!(error.raised(), Some(Signal::TERM.into()));
    sender.join().unwrap();
}

fn a_signal_just_before_a_wait_ends_it() {
    let context = safepoint::init().unwrap();
    let _handler = context.install(Signal::USR1, Event::raise).unwrap();
    for _ in 0..100 {
        safepoint::raise(Signal::USR1).unwrap();
        let error = context.sleep(Duration::MAX).unwrap_err();
        assert_eq!(error.raised(), Some(Signal::USR1.into()));
    }
}

fn a_sleep_has_the_time_that_is_left() {
    let context = safepoint::init().unwrap();
    let count = Rc::new(Cell::new(0));
    let counted = count.clone();
    let every = Duration::from_millis(5);
    let _timer = context.call_every(every, every, move |_| counted.set(counted.get() + 1));
    let began = Instant::now();
    context.sleep(Duration::from_millis(100)).unwrap();
    assert!(began.elapsed() >= Duration::from_millis(100));
    assert!(count.get() > 0);
}

fn reads_and_writes_do_what_they_say() {
    let context = safepoint::init().unwrap();
    let folder = std::env::temp_dir().join(format!("safepoint-{}", std::process::id()));
    std::fs::create_dir(&folder).unwrap();
    let flags = libc::O_CREAT | libc::O_RDWR;
    let file = context.open(folder.join("file"), flags, 0o600).unwrap();
    // SAFETY: no preconditions.
    let cloexec = unsafe { libc::fcntl(file.as_raw_fd(), libc::F_GETFD) };
    assert_eq!(cloexec, libc::FD_CLOEXEC);
    context.flock(&file, libc::LOCK_EX).unwrap();
    assert_eq!(context.write(&file, b"hello ").unwrap(), 6);
    let slices = [IoSlice::new(b"wor"), IoSlice::new(b"ld")];
    assert_eq!(context.writev(&file, &slices).unwrap(), 5);
    assert_eq!(context.pwrite(&file, b"H", 0).unwrap(), 1);
    let many = vec![IoSlice::new(b""); 2000];
    assert_eq!(context.writev(&file, &many).unwrap_err().errno(), libc::EINVAL);
    let (mut start, mut rest) = ([0; 5], [0; 20]);
    assert_eq!(context.pread(&file, &mut rest, 6).unwrap(), 5);
    assert_eq!(&rest[..5], b"world");
    let file = File::open(folder.join("file")).unwrap();
    let mut slices = [IoSliceMut::new(&mut start), IoSliceMut::new(&mut rest)];
    assert_eq!(context.readv(&file, &mut slices).unwrap(), 11);
    assert_eq!((&start, &rest[..6]), (b"Hello", &b" world"[..]));
    assert_eq!(context.read(&file, &mut start).unwrap(), 0);
    std::fs::remove_dir_all(folder).unwrap();
    assert_eq!(context.open("a\0b", 0, 0).unwrap_err().errno(), libc::EINVAL);
}

fn sockets_are_accepted_and_talk() {
    let context = safepoint::init().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let client = thread::spawn(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(b"ping").unwrap();
        stream
    });
    let stream = TcpStream::from(context.accept(&listener).unwrap());
    let mut buffer = [0; 10];
    assert_eq!(context.recv(&stream, &mut buffer, libc::MSG_PEEK).unwrap(), 4);
    assert_eq!(context.recv(&stream, &mut buffer, 0).unwrap(), 4);
    assert_eq!(&buffer[..4], b"ping");
    assert_eq!(context.send(&stream, b"pong", libc::MSG_NOSIGNAL).unwrap(), 4);
    assert_eq!(context.read(client.join().unwrap(), &mut buffer).unwrap(), 4);
}

fn poll_says_what_is_ready() {
    let context = safepoint::init().unwrap();
    let (mut one, other) = UnixStream::pair().unwrap();
    let none = Some(Duration::ZERO);
    let mut fds = [PollFd::new(&other, PollFd::IN), PollFd::new(&one, PollFd::OUT)];
    assert_eq!(context.poll(&mut fds, none).unwrap(), 1);
    assert_eq!((fds[0].revents(), fds[1].revents()), (0, PollFd::OUT));
    assert_eq!(context.poll(&mut fds[..1], Some(Duration::from_millis(1))).unwrap(), 0);
    (&one).write_all(b"x").unwrap();
    assert_eq!(context.poll(&mut fds[..1], Some(Duration::MAX)).unwrap(), 1);
    assert_eq!(fds[0].revents(), PollFd::IN);
    one.flush().unwrap();
    let _handler = context.install(Signal::USR1, Event::raise).unwrap();
    let mut nothing = [PollFd::new(&one, PollFd::IN)];
    let sender = send_when_it_waits(Signal::USR1);
    let error = context.poll(&mut nothing, None).unwrap_err();
    assert_eq!(error.raised(), Some(Signal::USR1.into()));
    sender.join().unwrap();
}

fn a_child_is_waited_for_as_std_has_it() {
    let context = safepoint::init().unwrap();
    let _handler = context.install(Signal::CHLD, |_| ()).unwrap();
    let mut child = Command::new("sh").args(["-c", "exit 3"]).spawn().unwrap();
    assert_eq!(context.wait_child(&mut child).unwrap().code(), Some(3));
    assert_eq!(context.wait_child(&mut child).unwrap().code(), Some(3));
    assert_eq!(child.wait().unwrap().code(), Some(3), "std has seen it, too");

    let _term = context.install(Signal::TERM, Event::raise).unwrap();
    let mut child = Command::new("sleep").arg("1000").spawn().unwrap();
    let sender = send_when_it_waits(Signal::TERM);
    let error = context.wait_child(&mut child).unwrap_err();
    assert_eq!(error.raised(), Some(Signal::TERM.into()));
    assert_eq!(context.waitpid(child.id() as i32, libc::WNOHANG).unwrap(), None);
    sender.join().unwrap();
    child.kill().unwrap();
    assert_eq!(context.wait_child(&mut child).unwrap().code(), None);
    assert_eq!(context.waitpid(-1, 0).unwrap_err().errno(), libc::ECHILD);
}

fn waiting_takes_a_signal_without_its_handler() {
    let context = safepoint::init().unwrap();
    let _handler =
        context.install(Signal::USR1, |_| -> () { panic!("not called") }).unwrap();
    let none = context.wait(Signal::USR1, Some(Duration::from_millis(1))).unwrap();
    assert!(none.is_none());
    safepoint::queue(std::process::id() as i32, Signal::USR1, 5).unwrap();
    let event = context.wait(Signal::USR1 | Signal::USR2, None).unwrap().expect("it came");
    assert_eq!((event.signal(), event.value()), (Signal::USR1, 5));
    let nothing = context.wait(safepoint::SignalSet::EMPTY, Some(Duration::ZERO));
    assert_eq!(nothing.unwrap_err().errno(), libc::EINVAL);
}

fn a_futex_and_a_latch_end_waits() {
    let context = safepoint::init().unwrap();
    let word = AtomicU32::new(1);
    let soon = Some(Duration::from_millis(1));
    assert_eq!(context.futex_wait(&word, 0, None).unwrap_err().errno(), libc::EAGAIN);
    let late = context.futex_wait(&word, 1, soon).unwrap_err();
    assert_eq!(late.errno(), libc::ETIMEDOUT);

    static LATCH: Latch = Latch::new();
    assert!(!context.wait_latch(&LATCH, soon).unwrap());
    assert!(!LATCH.wait(soon).unwrap());
    let workers: Vec<_> = (0..3).map(|_| thread::spawn(|| LATCH.wait(None))).collect();
    let _handler = context.install(Signal::USR1, |_| _ = LATCH.set()).unwrap();
    let sender = send_when_it_waits(Signal::USR1);
    assert!(context.wait_latch(&LATCH, None).unwrap());
    sender.join().unwrap();
    assert!(workers.into_iter().all(|worker| worker.join().unwrap().unwrap()));
    assert!(LATCH.is_set() && !LATCH.set());
}

fn foreign_code_that_waits_is_interrupted() {
    let context = safepoint::init().unwrap();
    let _handler = context.install(Signal::USR1, Event::raise).unwrap();
    let sender = send_when_it_waits(Signal::USR1);
    let blocking = context.blocking().unwrap();
    assert!(!blocking.is_pending());
    // SAFETY: no descriptors.
    assert_eq!(unsafe { libc::poll(std::ptr::null_mut(), 0, -1) }, -1);
    drop(blocking);
    sender.join().unwrap();
    assert_eq!(context.check(), Err(Signal::USR1.into()));
    safepoint::raise(Signal::USR1).unwrap();
    assert!(context.blocking().unwrap().is_pending());
}

fn a_wakeup_descriptor_is_written_to() {
    let context = safepoint::init().unwrap();
    let (mine, theirs) = UnixStream::pair().unwrap();
    let wake = context.set_wakeup_fd(Some(theirs.as_fd()), Wake::Signals);
    assert_eq!(wake.unwrap_err().errno(), libc::EINVAL, "it would block");
    theirs.set_nonblocking(true).unwrap();
    let fd = Some(theirs.as_fd());
    assert_eq!(context.set_wakeup_fd(fd, Wake::SignalsAndCalls).unwrap(), None);
    let _handler = context.install(Signal::USR1, |_| ()).unwrap();
    safepoint::raise(Signal::USR1).unwrap();
    context.handle().call(|_| ()).unwrap();
    let mut bytes = [9; 10];
    assert_eq!(context.read(&mine, &mut bytes).unwrap(), 2);
    assert_eq!(bytes[..2], [Signal::USR1.number() as u8, 0]);
    context.check().unwrap();
    let old = context.set_wakeup_fd(None, Wake::Signals).unwrap();
    assert_eq!(old, Some(theirs.as_raw_fd()));
    assert_eq!(context.handle().wakeup_failures().unwrap(), (0, None));
}

fn the_event_descriptor_is_readable_while_something_is_pending() {
    let context = Context::new().unwrap();
    let fd = context.event_fd().unwrap();
    let ready = |context: &Context| {
        let mut fds = [PollFd::new(&fd, PollFd::IN)];
        let other = Context::new().unwrap(); // whose wait nothing ends
        let _still = context.hold().unwrap();
        other.poll(&mut fds, Some(Duration::ZERO)).unwrap() == 1
    };
    assert!(!ready(&context));
    context.handle().call(|_| ()).unwrap();
    assert!(ready(&context));
    context.check().unwrap();
    assert!(!ready(&context));
}

unsafe extern "C" fn count(signum: i32, counter: *mut std::ffi::c_void) {
    // SAFETY: a counter that lives longer.
    unsafe { &*counter.cast::<AtomicU32>() }.fetch_add(signum as u32 + 100, SeqCst);
}

fn a_wakeup_function_is_called() {
    let counter = AtomicU32::new(0);
    let context = safepoint::init().unwrap();
    let argument = counter.as_ptr().cast();
    // SAFETY: the counter lives longer than the context, and is an atomic.
    unsafe { context.set_wakeup_fn(Some(count), argument) }.unwrap();
    let _handler = context.install(Signal::USR1, |_| ()).unwrap();
    safepoint::raise(Signal::USR1).unwrap();
    assert_eq!(counter.load(SeqCst), 110);
    context.handle().call(|_| ()).unwrap();
    assert_eq!(counter.load(SeqCst), 210);
    // SAFETY: none.
    unsafe { context.set_wakeup_fn(None, std::ptr::null_mut()) }.unwrap();
    safepoint::raise(Signal::USR1).unwrap();
    assert_eq!(counter.load(SeqCst), 210);
}

fn threads_are_sent_signals_and_processes_by_pidfd() {
    let context = safepoint::init().unwrap();
    let _handler = context.install(Signal::USR1, Event::raise).unwrap();
    let stop = Arc::new(Latch::new());
    let stopped = stop.clone();
    let worker = thread::spawn(move || stopped.wait(None));
    safepoint::kill_thread(&worker, Signal::USR1).unwrap();
    let error = context.sleep(Duration::MAX).unwrap_err();
    assert_eq!(error.raised(), Some(Signal::USR1.into()));
    // SAFETY: a system call that makes a descriptor.
    let pidfd = unsafe {
        let fd = libc::syscall(libc::SYS_pidfd_open, std::process::id(), 0);
        assert!(fd >= 0);
        OwnedFd::from_raw_fd(fd as i32)
    };
    safepoint::pidfd_send(&pidfd, Signal::USR1).unwrap();
    let error = context.sleep(Duration::MAX).unwrap_err();
    assert_eq!(error.raised(), Some(Signal::USR1.into()));
    stop.set();
    assert!(worker.join().unwrap().unwrap());
    assert_eq!(safepoint::kill(i32::MAX, Signal::USR1).unwrap_err().errno(), libc::ESRCH);
}

fn a_system_call_by_number() {
    let context = safepoint::init().unwrap();
    // SAFETY: getpid takes nothing.
    let pid = unsafe { context.syscall(libc::SYS_getpid, [0; 6]) }.unwrap();
    assert_eq!(pid, std::process::id() as usize);
    // SAFETY: a descriptor that is none.
    let error =
        unsafe { context.syscall(libc::SYS_fsync, [-1, 0, 0, 0, 0, 0]) }.unwrap_err();
    assert_eq!(error.errno(), libc::EBADF);
}

fn the_kick_can_be_another_signal() {
    let context = safepoint::init().unwrap();
    assert_eq!(context.set_kick(Signal::WINCH).unwrap(), Signal::URG);
    let refused = context.set_kick(Signal::CHLD).unwrap_err();
    assert_eq!(refused.errno(), libc::EINVAL);
    let (handle, (begun, begin)) = (context.handle(), mpsc::channel());
    let other = thread::spawn(move || {
        begin.recv().unwrap();
        handle.interrupt(Raise::INTERRUPTED).unwrap();
    });
    begun.send(()).unwrap();
    assert_eq!(
        context.sleep(Duration::MAX).unwrap_err().raised(),
        Some(Raise::INTERRUPTED)
    );
    other.join().unwrap();
}
