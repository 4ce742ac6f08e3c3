//! The signals of this system, by the C library's own numbers.

use core::ffi::{CStr, c_int};

/// A signal that has a name of its own. Both texts end with a NUL. They lie
/// in here, not behind pointers: each pointer of a table is a relocation, 24
/// bytes and some time to load.
pub struct Named {
    pub signum: c_int,
    pub name: [u8; 10],
    pub describe: [u8; 30],
}

pub const fn padded<const SIZE: usize>(text: &CStr) -> [u8; SIZE] {
    let (text, mut padded, mut at) = (text.to_bytes(), [0; SIZE], 0);
    assert!(text.len() < SIZE);
    while at < text.len() {
        padded[at] = text[at];
        at += 1;
    }
    padded
}

#[cfg(unix)]
macro_rules! named {
    ($($(#[$cfg:meta])* $signum:ident $name:literal $describe:literal,)*) => {
        &[$($(#[$cfg])* Named {
            signum: libc::$signum,
            name: padded($name),
            describe: padded($describe),
        },)*]
    };
}

#[cfg(unix)]
pub static NAMED: &[Named] = named![
    SIGHUP c"SIGHUP" c"Hangup",
    SIGINT c"SIGINT" c"Interrupt",
    SIGQUIT c"SIGQUIT" c"Quit",
    SIGILL c"SIGILL" c"Illegal instruction",
    SIGTRAP c"SIGTRAP" c"Trace or breakpoint trap",
    SIGABRT c"SIGABRT" c"Aborted",
    SIGBUS c"SIGBUS" c"Bus error",
    SIGFPE c"SIGFPE" c"Floating-point exception",
    SIGKILL c"SIGKILL" c"Killed",
    SIGUSR1 c"SIGUSR1" c"User-defined signal 1",
    SIGSEGV c"SIGSEGV" c"Segmentation fault",
    SIGUSR2 c"SIGUSR2" c"User-defined signal 2",
    SIGPIPE c"SIGPIPE" c"Broken pipe",
    SIGALRM c"SIGALRM" c"Alarm clock",
    SIGTERM c"SIGTERM" c"Terminated",
    #[cfg(not(target_os = "linux"))]
    SIGEMT c"SIGEMT" c"Emulator trap",
    #[cfg(target_os = "linux")]
    SIGSTKFLT c"SIGSTKFLT" c"Stack fault",
    SIGCHLD c"SIGCHLD" c"Child stopped or ended",
    SIGCONT c"SIGCONT" c"Continued",
    SIGSTOP c"SIGSTOP" c"Stopped",
    SIGTSTP c"SIGTSTP" c"Stopped from the terminal",
    SIGTTIN c"SIGTTIN" c"Stopped on terminal input",
    SIGTTOU c"SIGTTOU" c"Stopped on terminal output",
    SIGURG c"SIGURG" c"Urgent condition on a socket",
    SIGXCPU c"SIGXCPU" c"CPU time limit exceeded",
    SIGXFSZ c"SIGXFSZ" c"File size limit exceeded",
    SIGVTALRM c"SIGVTALRM" c"Virtual timer expired",
    SIGPROF c"SIGPROF" c"Profiling timer expired",
    SIGWINCH c"SIGWINCH" c"Window size changed",
    SIGIO c"SIGIO" c"I/O possible",
    #[cfg(not(target_os = "linux"))]
    SIGINFO c"SIGINFO" c"Status request from keyboard",
    #[cfg(target_os = "linux")]
    SIGPWR c"SIGPWR" c"Power failure",
    SIGSYS c"SIGSYS" c"Bad system call",
];

/// Other names that POSIX, System V or the C library have for them.
#[cfg(unix)]
pub static ALIASES: &[(&str, c_int)] = &[
    ("CLD", libc::SIGCHLD),
    ("IOT", libc::SIGABRT),
    #[cfg(target_os = "linux")]
    ("POLL", libc::SIGIO),
];
