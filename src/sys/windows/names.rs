//! The signals of this system, by the C runtime's numbers.

use core::ffi::c_int;

use super::super::signals::{Named, padded};
use super::super::zone::{SIGABRT, SIGBREAK, SIGFPE, SIGILL, SIGINT, SIGSEGV, SIGTERM};

macro_rules! named {
    ($($signum:ident $name:literal $describe:literal,)*) => {
        &[$(Named {
            signum: $signum,
            name: padded($name),
            describe: padded($describe),
        },)*]
    };
}

pub static NAMED: &[Named] = named![
    SIGINT c"SIGINT" c"Interrupt",
    SIGILL c"SIGILL" c"Illegal instruction",
    SIGFPE c"SIGFPE" c"Floating-point exception",
    SIGSEGV c"SIGSEGV" c"Segmentation fault",
    SIGTERM c"SIGTERM" c"Terminated",
    SIGBREAK c"SIGBREAK" c"Ctrl-Break",
    SIGABRT c"SIGABRT" c"Aborted",
];

pub static ALIASES: &[(&str, c_int)] = &[("IOT", SIGABRT)];
