// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the crate promises. Signals are a process's, and the main context is one
//! thread's: so each test is a process of its own, which is killed where it hangs.

mod calls;
mod contexts;
mod dispositions;
mod forks;
mod handlers;
mod raises;
mod sets;
mod timers;
mod waits;

use std::process::{Command, ExitCode, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// What ends a test that hangs: never a measure of speed.
const PATIENCE: Duration = Duration::from_secs(60);

type Test = (&'static str, fn());

/// `tests![name ...]`: the functions of a module, by their names.
macro_rules! tests {
    ($($name:ident)*) => {
        pub const TESTS: &[crate::Test] = &[$((stringify!($name), $name)),*];
    };
}
pub(crate) use tests;

fn all() -> impl Iterator<Item = Test> {
    [
        calls::TESTS,
        contexts::TESTS,
        dispositions::TESTS,
        forks::TESTS,
        handlers::TESTS,
        raises::TESTS,
        sets::TESTS,
        timers::TESTS,
        waits::TESTS,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// `behaviour [PART]`: those whose names have it. `behaviour --one NAME`: here.
fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let part = arguments.next().unwrap_or_default();
    if part == "--one" {
        let name = arguments.next().unwrap_or_default();
        let (_, test) = all().find(|(test, _)| *test == name).expect("a test of this name");
        test();
        return ExitCode::SUCCESS;
    }
    let chosen: Vec<_> = all().filter(|(name, _)| name.contains(&part)).collect();
    let failed: Vec<_> = chosen.iter().filter(|(name, _)| !passes(name)).collect();
    println!("{} passed, {} failed", chosen.len() - failed.len(), failed.len());
    if failed.is_empty() && !chosen.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn passes(name: &str) -> bool {
    let this = std::env::current_exe().expect("its own path");
    let mut child = Command::new(this)
        .args(["--one", name])
        .stdin(Stdio::null())
        .spawn()
        .expect("a process");
    let pid = child.id() as i32;
    let (ended, end) = mpsc::channel::<()>();
    let watchdog = thread::spawn(move || {
        let hangs = end.recv_timeout(PATIENCE) == Err(mpsc::RecvTimeoutError::Timeout);
        if hangs {
            let _ = safepoint::kill(pid, safepoint::Signal::KILL);
        }
        hangs
    });
    let status = child.wait().expect("waiting for it");
    drop(ended);
    let hung = watchdog.join().expect("it does not panic");
    println!("{name} ... {}", if status.success() { "ok" } else { "FAILED" });
    if hung {
        println!("it hung, and was killed after {PATIENCE:?}");
    } else if !status.success() {
        println!("{status}");
    }
    status.success()
}
