// SPDX-License-Identifier: MIT OR Apache-2.0
//! The README's first program works as it stands there, in a crate of its own.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use safepoint::Signal;

/// What ends a program that hangs: never a measure of speed.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program that is killed at the end.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn program() -> String {
    let (_, behind) = include_str!("../README.md").split_once("```rust,no_run\n").unwrap();
    behind.split_once("```").unwrap().0.to_string()
}

#[test]
fn the_first_program_counts_until_ctrl_c() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("readme");
    let crate_here = env!("CARGO_MANIFEST_DIR");
    fs::create_dir_all(folder.join("src")).unwrap();
    fs::write(folder.join("src/main.rs"), program()).unwrap();
    let manifest = format!(
        "[package]\nname = \"readme\"\nedition = \"2024\"\n[workspace]\n\
         [dependencies]\nsafepoint = {{ path = \"{crate_here}\" }}\n"
    );
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--offline"])
        .current_dir(&folder)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .status();
    assert!(built.unwrap().success());

    let program = Command::new(folder.join("target/debug/readme"))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut program = Killed(program);
    let pid = program.0.id() as i32;
    let (_ended, end) = mpsc::channel::<()>();
    thread::spawn(move || {
        if end.recv_timeout(PATIENCE) == Err(mpsc::RecvTimeoutError::Timeout) {
            let _ = safepoint::kill(pid, Signal::KILL);
        }
    });
    // Until its handler stands, SIGINT would only kill it.
    let stands = (0..10_000).any(|_| {
        thread::sleep(Duration::from_millis(1));
        catches(pid, Signal::INT)
    });
    assert!(stands, "it installed no handler");
    safepoint::kill(pid, Signal::INT).unwrap();
    let mut line = String::new();
    BufReader::new(program.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let words: Vec<&str> = line.split_whitespace().collect();
    let ["SIGINT", "after", rounds, "rounds"] = words[..] else { panic!("{line:?}") };
    assert!(rounds.parse::<u64>().is_ok(), "{line:?}");
    assert!(program.0.wait().unwrap().success());
}

fn catches(pid: i32, signal: Signal) -> bool {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap();
    let caught = u64::from_str_radix(caught.trim(), 16).unwrap();
    safepoint::SignalSet::from_bits(caught).contains(signal)
}
