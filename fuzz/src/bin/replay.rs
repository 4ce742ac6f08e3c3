//! replay FILE_OR_FOLDER...: run inputs that were kept, each in a process of its
//! own, and name those that are not as the model says.

use std::path::{Path, PathBuf};

/// No input takes so many seconds.
const WATCHDOG: u32 = 60;

fn main() {
    let inputs: Vec<PathBuf> =
        std::env::args_os().skip(1).flat_map(|name| files(Path::new(&name))).collect();
    let failed = inputs.iter().filter(|input| !passes(input)).count();
    println!("{} of {} inputs passed", inputs.len() - failed, inputs.len());
    std::process::exit((failed != 0 || inputs.is_empty()).into());
}

fn files(name: &Path) -> Vec<PathBuf> {
    if !name.is_dir() {
        return vec![name.to_path_buf()];
    }
    let entries =
        std::fs::read_dir(name).unwrap_or_else(|error| panic!("{name:?}: {error}"));
    let mut files: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files
}

fn passes(input: &Path) -> bool {
    let bytes = std::fs::read(input).unwrap_or_else(|error| panic!("{input:?}: {error}"));
    // SAFETY: this process has one thread.
    let pid = unsafe { libc::fork() };
    if pid == 0 {
        // SAFETY: no preconditions.
        unsafe { libc::alarm(WATCHDOG) };
        safepoint_fuzz::run(&bytes);
        std::process::exit(0);
    }
    let mut status = 0;
    // SAFETY: our own child.
    let ended = unsafe { libc::waitpid(pid, &mut status, 0) };
    if ended == pid && status == 0 {
        return true;
    }
    let why = if status == libc::SIGALRM { ": it hung" } else { "" };
    eprintln!("{}: status {status:#x}{why}", input.display());
    false
}
