// SPDX-License-Identifier: MIT OR Apache-2.0
//! Signals and sets of them.

use std::ffi::{CStr, CString, c_char};
use std::fmt;
use std::ops::{BitAnd, BitAndAssign, BitOr, BitOrAssign, Not, Sub, SubAssign};
use std::str::FromStr;

use crate::error::{EINVAL, Error, done};

/// A signal that exists on this system.
///
/// By name or number: `"SIGINT"`, `"int"`, `"RTMIN+3"`, `"SIGRTMAX-1"`, `"2"`.
///
/// ```
/// use safepoint::Signal;
///
/// let signal: Signal = "rtmin+3".parse()?;
/// assert_eq!(signal.to_string(), "SIGRTMIN+3");
/// assert_eq!(Signal::try_from(2)?, Signal::INT);
/// assert!(Signal::try_from(0).is_err());
/// # Ok::<(), safepoint::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Signal(i32);

macro_rules! signals {
    ($($name:ident $number:literal)*) => {
        #[allow(missing_docs)] // POSIX's
        impl Signal {
            $(pub const $name: Signal = Signal($number);)*
        }
    };
}

#[cfg(all(
    target_os = "linux",
    not(any(
        target_arch = "mips",
        target_arch = "mips64",
        target_arch = "sparc",
        target_arch = "sparc64"
    ))
))]
signals! {
    HUP 1 INT 2 QUIT 3 ILL 4 TRAP 5 ABRT 6 BUS 7 FPE 8 KILL 9 USR1 10 SEGV 11
    USR2 12 PIPE 13 ALRM 14 TERM 15 STKFLT 16 CHLD 17 CONT 18 STOP 19 TSTP 20
    TTIN 21 TTOU 22 URG 23 XCPU 24 XFSZ 25 VTALRM 26 PROF 27 WINCH 28 IO 29
    PWR 30 SYS 31
}

impl Signal {
    /// As `signal.h` has it.
    #[must_use]
    pub const fn number(self) -> i32 {
        self.0
    }

    /// "SIGINT", "SIGRTMIN+3".
    #[must_use]
    pub fn name(self) -> &'static str {
        // SAFETY: no preconditions.
        text(unsafe { safepoint_sys::sig_name(self.0) }).unwrap_or("")
    }

    /// "Interrupt", "Real-time signal 3".
    #[must_use]
    pub fn describe(self) -> &'static str {
        // SAFETY: no preconditions.
        text(unsafe { safepoint_sys::sig_describe(self.0) }).unwrap_or("")
    }

    pub(crate) fn known(number: i32) -> Option<Signal> {
        // SAFETY: no preconditions.
        text(unsafe { safepoint_sys::sig_name(number) }).map(|_| Signal(number))
    }
}

fn text(pointer: *const c_char) -> Option<&'static str> {
    // SAFETY: the library's strings are static, and end in zero.
    let text = (!pointer.is_null()).then(|| unsafe { CStr::from_ptr(pointer) })?;
    text.to_str().ok()
}

impl TryFrom<i32> for Signal {
    type Error = Error;

    /// EINVAL where there is no such signal.
    fn try_from(number: i32) -> Result<Signal, Error> {
        Signal::known(number).ok_or(Error::from_errno(EINVAL))
    }
}

impl FromStr for Signal {
    type Err = Error;

    /// EINVAL where there is no such signal.
    fn from_str(name: &str) -> Result<Signal, Error> {
        let name = CString::new(name).map_err(|_| Error::from_errno(EINVAL))?;
        // SAFETY: a string that ends in zero.
        done(unsafe { safepoint_sys::sig_number(name.as_ptr()) }).map(Signal)
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl fmt::Debug for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A set of signals.
///
/// ```
/// use safepoint::{Signal, SignalSet};
///
/// let set = Signal::INT | Signal::TERM;
/// assert!(set.contains(Signal::INT) && !set.contains(Signal::HUP));
/// assert_eq!(set, [Signal::TERM, Signal::INT].into_iter().collect());
/// assert_eq!(set - Signal::INT, Signal::TERM.into());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct SignalSet(u64);

impl SignalSet {
    /// No signal.
    pub const EMPTY: SignalSet = SignalSet(0);

    /// Every signal that exists.
    #[must_use]
    pub fn all() -> SignalSet {
        // SAFETY: no preconditions.
        SignalSet(unsafe { safepoint_sys::sig_valid() })
    }

    /// Of bits, as the C library has them: bit `number - 1`. Those of signals
    /// that do not exist are dropped.
    #[must_use]
    pub fn from_bits(bits: u64) -> SignalSet {
        SignalSet(bits & SignalSet::all().0)
    }

    /// Bit `number - 1` for each signal.
    #[must_use]
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// Whether the signal is in the set.
    #[must_use]
    pub fn contains(self, signal: Signal) -> bool {
        self & signal != SignalSet::EMPTY
    }

    /// Whether no signal is.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// By rising number.
    pub fn iter(self) -> impl Iterator<Item = Signal> {
        (1..=64).map(Signal).filter(move |signal| self.contains(*signal))
    }
}

impl From<Signal> for SignalSet {
    fn from(signal: Signal) -> SignalSet {
        SignalSet(1 << (signal.0 - 1))
    }
}

impl FromIterator<Signal> for SignalSet {
    fn from_iter<I: IntoIterator<Item = Signal>>(signals: I) -> SignalSet {
        signals.into_iter().fold(SignalSet::EMPTY, |set, signal| set | signal)
    }
}

impl Extend<Signal> for SignalSet {
    fn extend<I: IntoIterator<Item = Signal>>(&mut self, signals: I) {
        signals.into_iter().for_each(|signal| *self |= signal);
    }
}

impl<S: Into<SignalSet>> BitOr<S> for SignalSet {
    type Output = SignalSet;
    fn bitor(self, other: S) -> SignalSet {
        SignalSet(self.0 | other.into().0)
    }
}

impl<S: Into<SignalSet>> BitOr<S> for Signal {
    type Output = SignalSet;
    fn bitor(self, other: S) -> SignalSet {
        SignalSet::from(self) | other
    }
}

impl<S: Into<SignalSet>> BitAnd<S> for SignalSet {
    type Output = SignalSet;
    fn bitand(self, other: S) -> SignalSet {
        SignalSet(self.0 & other.into().0)
    }
}

impl<S: Into<SignalSet>> Sub<S> for SignalSet {
    type Output = SignalSet;
    fn sub(self, other: S) -> SignalSet {
        SignalSet(self.0 & !other.into().0)
    }
}

impl<S: Into<SignalSet>> BitOrAssign<S> for SignalSet {
    fn bitor_assign(&mut self, other: S) {
        *self = *self | other;
    }
}

impl<S: Into<SignalSet>> BitAndAssign<S> for SignalSet {
    fn bitand_assign(&mut self, other: S) {
        *self = *self & other;
    }
}

impl<S: Into<SignalSet>> SubAssign<S> for SignalSet {
    fn sub_assign(&mut self, other: S) {
        *self = *self - other;
    }
}

/// The signals that exist and are not in the set.
impl Not for SignalSet {
    type Output = SignalSet;
    fn not(self) -> SignalSet {
        SignalSet::all() - self
    }
}

impl fmt::Debug for SignalSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
