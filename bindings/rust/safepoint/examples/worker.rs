// SPDX-License-Identifier: MIT OR Apache-2.0
//! The worker in Rust: one scenario, of its command line. See
//! bindings/worker/README.md.

use std::cell::{Cell, RefCell};
use std::hint::black_box;
use std::process::{Command, ExitCode, exit};
use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

use safepoint::{Context, Error, Event, Raise, Signal};

/// Where a loop's safe points are.
#[derive(Clone, Copy)]
enum How {
    Spin,
    Wait,
    Read,
}

/// The command line has no such scenario or argument.
struct Usage;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let Ok(result) = run(&arguments) else {
        eprintln!("usage: worker SCENARIO [ARGUMENT...]");
        return ExitCode::from(2);
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("worker: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> Result<Result<(), Error>, Usage> {
    Ok(match arguments {
        ["arrival", how] => arrival(how_of(how, false)?),
        ["storm"] => storm(),
        ["values"] => values(),
        ["calls", threads, count] => calls(number(threads, 1)?, number(count, 1)?),
        ["deadline", ms] => deadline(Duration::from_millis(number(ms, 1)?)),
        ["interrupt", how] => interrupt(how_of(how, true)?),
        ["hang", deliveries, ms] => {
            let deliveries = u32::try_from(number(deliveries, 0)?).map_err(|_| Usage)?;
            hang(deliveries, Duration::from_millis(number(ms, 0)?))
        }
        ["fork"] => fork(),
        ["child"] => child(),
        ["errors"] => errors(),
        ["cost", rounds] => cost(number(rounds, 1)?),
        _ => return Err(Usage),
    })
}

fn how_of(how: &str, may_read: bool) -> Result<How, Usage> {
    match how {
        "spin" => Ok(How::Spin),
        "wait" => Ok(How::Wait),
        "read" if may_read => Ok(How::Read),
        _ => Err(Usage),
    }
}

fn number(argument: &str, least: u64) -> Result<u64, Usage> {
    argument.parse().ok().filter(|number| *number >= least).ok_or(Usage)
}

/// Safe points until a handler raises: what it raised.
fn raised_in(context: &Context, how: How) -> Result<Raise, Error> {
    loop {
        let error = match how {
            How::Spin => context.check().err().map(Error::from),
            How::Wait => context.sleep(Duration::MAX).err(),
            How::Read => context.read(std::io::stdin(), &mut [0]).err(),
        };
        match error.map(|error| error.raised().ok_or(error)) {
            Some(raised) => return raised,
            None if matches!(how, How::Read) => return Ok(Raise::INTERRUPTED),
            None => {}
        }
    }
}

fn arrival(how: How) -> Result<(), Error> {
    let context = safepoint::init()?;
    for signal in [Signal::HUP, Signal::USR1, Signal::USR2] {
        let sender = |event: &Event| {
            println!("{} from {} uid {}", event.signal(), event.pid(), event.uid());
        };
        context.install(signal, sender)?.keep();
    }
    let _term = context.install(Signal::TERM, Event::raise)?;
    println!("ready");
    println!("raised {}", raised_in(&context, how)?.number());
    Ok(())
}

fn storm() -> Result<(), Error> {
    let context = safepoint::init()?;
    let counts = Rc::new([Cell::new(0), Cell::new(0)]);
    let signals = [Signal::USR1, "RTMIN+1".parse()?];
    for (index, signal) in signals.into_iter().enumerate() {
        let counts = counts.clone();
        let add = move |event: &Event| {
            counts[index].set(counts[index].get() + event.count());
        };
        context.install(signal, add)?.keep();
    }
    let so_far = counts.clone();
    let _usr2 = context.install(Signal::USR2, move |_| {
        let [usr1, rtmin1] = [so_far[0].get(), so_far[1].get()];
        println!("so far SIGUSR1 {usr1} SIGRTMIN+1 {rtmin1}");
    })?;
    let _term = context.install(Signal::TERM, Event::raise)?;
    println!("ready");
    println!("raised {}", raised_in(&context, How::Wait)?.number());
    while context.check().is_err() {}
    let stats = context.handle().stats()?;
    println!("SIGUSR1 {}\nSIGRTMIN+1 {}", counts[0].get(), counts[1].get());
    println!(
        "{} arrivals = {} handled + {} coalesced + {} lost + {} dropped",
        stats.arrivals, stats.handled, stats.coalesced, stats.lost, stats.dropped
    );
    Ok(())
}

fn values() -> Result<(), Error> {
    let context = safepoint::init()?;
    for signal in ["RTMIN+1", "RTMIN+2"] {
        let value = |event: &Event| println!("{} value {}", event.signal(), event.value());
        context.install(signal.parse()?, value)?.keep();
    }
    let _term = context.install(Signal::TERM, Event::raise)?;
    println!("ready");
    println!("raised {}", raised_in(&context, How::Wait)?.number());
    Ok(())
}

/// What the calls of all threads have found. It is the owner's, and the calls
/// run on the owner's thread: they find it in its thread-local place.
#[derive(Default)]
struct Turns {
    run: u64,
    /// Of each thread, the turn to come.
    next: Vec<u64>,
    disorder: bool,
    elsewhere: bool,
}

thread_local! {
    static TURNS: RefCell<Turns> = RefCell::default();
}

fn calls(threads: u64, count: u64) -> Result<(), Error> {
    let context = safepoint::init()?;
    TURNS.with_borrow_mut(|turns| turns.next = vec![0; threads as usize]);
    println!("ready");
    let queue_turns = |thread: u64| {
        let handle = context.handle();
        thread::spawn(move || {
            for turn in 0..count {
                handle.call(move |context| take_turn(context, thread, turn))?;
            }
            Ok::<(), Error>(())
        })
    };
    let queueing: Vec<_> = (0..threads).map(queue_turns).collect();
    while TURNS.with_borrow(|turns| turns.run) < threads * count {
        context.check()?;
    }
    for thread in queueing {
        thread.join().expect("it does not panic")?;
    }
    let yes = |yes: bool| if yes { "yes" } else { "no" };
    TURNS.with_borrow(|turns| {
        println!("{} calls\nin order {}", turns.run, yes(!turns.disorder));
        println!("on the owner {}", yes(!turns.elsewhere));
    });
    let handle = context.handle();
    let raising =
        thread::spawn(move || handle.call(|_| Err(Raise::new(7).expect("not 0"))));
    println!("raised {}", raised_in(&context, How::Spin)?.number());
    raising.join().expect("it does not panic")
}

fn take_turn(context: &Context, thread: u64, turn: u64) {
    TURNS.with_borrow_mut(|turns| {
        turns.run += 1;
        turns.elsewhere |= !context.is_owner();
        // Where this is another thread's place, it is empty.
        if let Some(next) = turns.next.get_mut(thread as usize) {
            turns.disorder |= *next != turn;
            *next = turn + 1;
        } else {
            turns.elsewhere = true;
        }
    });
}

fn deadline(time: Duration) -> Result<(), Error> {
    const NINE: Raise = Raise::new(9).unwrap();
    let context = safepoint::init()?;
    println!("ready");
    let began = Instant::now();
    let _deadline = context.call_after(time, |_| Err(NINE))?;
    println!("raised {}", raised_in(&context, How::Spin)?.number());
    println!("early {}", if began.elapsed() < time { "yes" } else { "no" });

    let ticks = Rc::new(Cell::new(0));
    let timer = Rc::new(Cell::new(None));
    let (count, itself) = (ticks.clone(), timer.clone());
    timer.set(Some(context.call_every(time, time, move |_| {
        count.set(count.get() + 1);
        println!("tick {}", count.get());
        if count.get() == 3 {
            drop(itself.take()); // which cancels it
        }
    })?));
    while ticks.get() < 3 {
        context.check()?;
    }
    context.sleep(5 * time)?;
    println!("cancelled");
    Ok(())
}

fn interrupt(how: How) -> Result<(), Error> {
    let context = safepoint::init_interpreter()?;
    println!("ready");
    println!("interrupted {}", raised_in(&context, how)?.number());
    context.default(Signal::INT)?;
    safepoint::raise(Signal::INT)
}

fn hang(deliveries: u32, after: Duration) -> Result<(), Error> {
    let context = safepoint::init()?;
    let _int = context.install(Signal::INT, |_| println!("handled"))?;
    context.set_escalation(Signal::INT, deliveries, after)?;
    println!("ready");
    loop {
        std::hint::spin_loop();
    }
}

fn fork() -> Result<(), Error> {
    let context = safepoint::init()?;
    let count = Rc::new(Cell::new(0));
    let counted = count.clone();
    let add = move |event: &Event| counted.set(counted.get() + event.count());
    let _usr1 = context.install(Signal::USR1, add)?;
    println!("ready");
    safepoint::raise(Signal::USR1)?;
    // SAFETY: no other thread of this process is in anything.
    let pid = unsafe { libc::fork() };
    assert!(pid >= 0, "fork: {}", std::io::Error::last_os_error());
    if pid == 0 {
        println!("child owner {}", if context.is_owner() { "yes" } else { "no" });
        context.check()?;
        println!("child handled {}", count.get());
        safepoint::raise(Signal::USR1)?;
        context.check()?;
        println!("child handled {}", count.get());
        exit(3);
    }
    let ended = context.waitpid(pid, 0)?;
    context.check()?;
    println!("parent handled {}", count.get());
    let status = ended.and_then(|(_, status)| status.code());
    println!("child ended {}", status.expect("an exit status"));
    Ok(())
}

fn child() -> Result<(), Error> {
    use std::os::unix::process::ExitStatusExt;

    let context = safepoint::init()?;
    let seen = Rc::new(Cell::new(None));
    let status = seen.clone();
    let _chld =
        context.install(Signal::CHLD, move |event| status.set(Some(event.status())))?;
    println!("ready");
    // It is waited for with the library's waitpid; then its SIGCHLD.
    let ended = |command: &mut Command, send: Option<Signal>| {
        seen.set(None);
        let pid = command.spawn().expect("sh and sleep").id() as i32;
        if let Some(signal) = send {
            safepoint::kill(pid, signal)?;
        }
        let ended = context.waitpid(pid, 0)?;
        while seen.get().is_none() {
            context.check()?;
        }
        println!("SIGCHLD status {}", seen.get().unwrap_or_default());
        Ok::<_, Error>(ended.expect("no WNOHANG").1)
    };
    let status = ended(Command::new("sh").args(["-c", "exit 3"]), None)?;
    println!("child ended {}", status.code().unwrap_or_default());
    let status = ended(Command::new("sleep").arg("100"), Some(Signal::TERM))?;
    println!("child died by {}", Signal::try_from(status.signal().unwrap_or_default())?);
    Ok(())
}

fn errors() -> Result<(), Error> {
    let context = safepoint::init()?;
    println!("ready");
    println!("SIGKILL {}", name(context.install(Signal::KILL, Event::raise).map(drop)));
    println!("0 {}", name(Signal::try_from(0).map(drop)));
    let elsewhere = thread::spawn(|| safepoint::init().map(drop));
    println!("another thread {}", name(elsewhere.join().expect("it does not panic")));
    println!("no timer {}", name(safepoint::cancel(1)));
    Ok(())
}

fn name(result: Result<(), Error>) -> String {
    match result.map_err(|error| error.errno()) {
        Ok(()) => "0".to_string(),
        Err(libc::EINVAL) => "EINVAL".to_string(),
        Err(libc::EPERM) => "EPERM".to_string(),
        Err(libc::ENOENT) => "ENOENT".to_string(),
        Err(other) => other.to_string(),
    }
}

fn cost(rounds: u64) -> Result<(), Error> {
    static WORD: AtomicU32 = AtomicU32::new(0);
    let context = safepoint::init()?;
    println!("ready\nother: a relaxed load of an AtomicU32");
    let word = black_box(&WORD);
    for round in 0..rounds {
        let mut both = [0.0; 2];
        for turn in 0..2 {
            let which = ((turn + round) % 2) as usize;
            both[which] = if which == 0 {
                nanoseconds_of(|| context.check().is_err())
            } else {
                nanoseconds_of(|| word.load(Relaxed) != 0)
            };
        }
        println!("{:.3} {:.3}", both[0], both[1]);
    }
    Ok(())
}

/// One of a few million rounds.
#[inline(never)]
fn nanoseconds_of(mut round: impl FnMut() -> bool) -> f64 {
    const TIMES: u32 = 5_000_000;
    let began = Instant::now();
    for _ in 0..TIMES {
        if round() {
            println!("something came");
        }
    }
    began.elapsed().as_nanos() as f64 / f64::from(TIMES)
}
