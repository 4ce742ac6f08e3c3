// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a handler raises, and what can go wrong.

use std::ffi::{CStr, c_int, c_long};
use std::fmt;
use std::io;
use std::num::NonZeroI32;

use crate::Signal;

pub(crate) const EINTR: i32 = 4;
pub(crate) const EINVAL: i32 = 22;
pub(crate) const ESTALE: i32 = 116;
pub(crate) const ETIMEDOUT: i32 = 110;

/// A handler *raises*: the check or the wait that ran it stops there and fails
/// with this number, and what had not run yet stays pending.
///
/// The number is the handler's own choice; often it is the signal's, by
/// [`Event::raise`](crate::Event::raise).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Raise(NonZeroI32);

impl Raise {
    /// What [`interrupted`](crate::interrupted) raises: 128 + SIGINT, as a
    /// shell says.
    pub const INTERRUPTED: Raise = match Raise::new(safepoint_sys::SAFEPOINT_INTERRUPTED) {
        Some(raise) => raise,
        None => unreachable!(),
    };

    /// `None` where the number is 0, which raises nothing.
    ///
    /// ```
    /// const CANCELLED: safepoint::Raise = safepoint::Raise::new(7).unwrap();
    /// # assert_eq!(CANCELLED.number(), 7);
    /// ```
    #[must_use]
    pub const fn new(number: i32) -> Option<Raise> {
        match NonZeroI32::new(number) {
            Some(number) => Some(Raise(number)),
            None => None,
        }
    }

    /// The number, which is never 0.
    #[must_use]
    pub const fn number(self) -> i32 {
        self.0.get()
    }
}

/// A signal's number.
impl From<Signal> for Raise {
    fn from(signal: Signal) -> Raise {
        // A signal's number is not 0.
        Raise::new(signal.number()).unwrap_or(Raise::INTERRUPTED)
    }
}

impl fmt::Debug for Raise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Raise({})", self.0)
    }
}

impl fmt::Display for Raise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a handler raised {}", self.0)
    }
}

impl std::error::Error for Raise {}

impl From<Raise> for io::Error {
    /// Not of the kind `Interrupted`: std's loops would try again.
    fn from(raise: Raise) -> io::Error {
        io::Error::other(raise)
    }
}

/// What a handler or a call returns: nothing, or whether it raises. Or it never
/// returns.
#[diagnostic::on_unimplemented(
    message = "a handler or a call returns nothing, or `Result<(), Raise>`",
    label = "this returns `{Self}`"
)]
pub trait Outcome {
    /// Whether it raises.
    ///
    /// # Errors
    /// What it raises.
    fn outcome(self) -> Result<(), Raise>;
}

impl Outcome for () {
    fn outcome(self) -> Result<(), Raise> {
        Ok(())
    }
}

impl Outcome for Result<(), Raise> {
    fn outcome(self) -> Result<(), Raise> {
        self
    }
}

/// What `panic!()` and `std::process::exit` return: `!`, which has no name in
/// stable Rust but this.
type Never = <fn() -> ! as Returns>::Value;

#[doc(hidden)]
pub trait Returns {
    type Value;
}

impl<T> Returns for fn() -> T {
    type Value = T;
}

impl Outcome for Never {
    fn outcome(self) -> Result<(), Raise> {
        self
    }
}

/// Why a function did not do what it is for: an errno, or, where it runs
/// handlers, what one of them raised.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Error(Reason);

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Reason {
    Raised(Raise),
    Errno(i32),
}

impl Error {
    pub(crate) const fn from_errno(errno: i32) -> Error {
        Error(Reason::Errno(errno))
    }

    /// What a handler raised, if that is the reason.
    #[must_use]
    pub const fn raised(&self) -> Option<Raise> {
        match self.0 {
            Reason::Raised(raise) => Some(raise),
            Reason::Errno(_) => None,
        }
    }

    /// The errno, positive: of `errno.h`. EINTR where a handler raised.
    #[must_use]
    pub const fn errno(&self) -> i32 {
        match self.0 {
            Reason::Raised(_) => EINTR,
            Reason::Errno(errno) => errno,
        }
    }
}

impl From<Raise> for Error {
    fn from(raise: Raise) -> Error {
        Error(Reason::Raised(raise))
    }
}

impl From<Error> for io::Error {
    /// The same errno; for what a handler raised, an error that has the
    /// [`Raise`] inside.
    fn from(error: Error) -> io::Error {
        match error.0 {
            Reason::Raised(raise) => raise.into(),
            Reason::Errno(errno) => io::Error::from_raw_os_error(errno),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Reason::Raised(raise) => write!(f, "Error({raise:?})"),
            Reason::Errno(errno) => write!(f, "Error({errno}: {self})"),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Reason::Raised(raise) => raise.fmt(f),
            Reason::Errno(errno) => match sentence(errno) {
                Some(sentence) => f.write_str(sentence),
                None => io::Error::from_raw_os_error(errno).fmt(f),
            },
        }
    }
}

impl std::error::Error for Error {}

/// What the library means by an errno; `None` where it says only that it is
/// the system's.
fn sentence(errno: i32) -> Option<&'static str> {
    let unknown = text_of(i32::MAX);
    Some(text_of(errno)).filter(|sentence| *sentence != unknown)
}

fn text_of(errno: i32) -> &'static str {
    // SAFETY: the library's sentences are never NULL, static, and end in zero.
    unsafe { CStr::from_ptr(safepoint_sys::sig_strerror(errno)) }.to_str().unwrap_or("")
}

/// A result of the library's: a negative one is an errno.
pub(crate) fn done(result: c_int) -> Result<c_int, Error> {
    if result < 0 { Err(Error::from_errno(-result)) } else { Ok(result) }
}

/// The same, of the functions that return a system call's.
pub(crate) fn long_done(result: c_long) -> Result<usize, Error> {
    usize::try_from(result).map_err(|_| Error::from_errno(-result as i32))
}
