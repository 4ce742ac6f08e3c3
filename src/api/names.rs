//! 11 Names

use core::ffi::{CStr, c_char, c_int};
use core::ptr::null;

use super::{number, signal};
use crate::sys::{self, ALIASES, NAMED, Named};
use crate::zone::bit;

/// Whether the signal exists and is not one of the C library's own.
#[inline(always)]
pub(super) fn is_valid(signum: u32) -> bool {
    sys::VALID & bit(signum) != 0 || sys::real_time().contains(&signum)
}

#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
fn named(signum: c_int) -> Option<&'static Named> {
    NAMED.iter().find(|named| named.signum == signum)
}

/// How far into the real-time signals this one is.
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
fn real_time_index(signum: c_int) -> Option<usize> {
    let signum = signal(signum).ok()?;
    let range = sys::real_time();
    range.contains(&signum).then(|| (signum - range.start()) as usize)
}

/// "SIGINT", "SIGRTMIN+3"; NULL where there is no such signal. Static.
///
/// Thread: any · In a signal handler: yes · Errors: NULL
#[unsafe(no_mangle)]
pub extern "C" fn sig_name(signum: c_int) -> *const c_char {
    if let Some(named) = named(signum) {
        return named.name.as_ptr().cast();
    }
    let name = real_time_index(signum).and_then(|index| REAL_TIME_NAMES.get(index));
    name.map_or(null(), |name| name.as_ptr().cast())
}

/// "Interrupt", "Real-time signal 3"; NULL where there is no such signal.
/// Static, and not translated.
///
/// Thread: any · In a signal handler: yes · Errors: NULL
#[unsafe(no_mangle)]
pub extern "C" fn sig_describe(signum: c_int) -> *const c_char {
    if let Some(named) = named(signum) {
        return named.describe.as_ptr().cast();
    }
    let describe =
        real_time_index(signum).and_then(|index| REAL_TIME_DESCRIPTIONS.get(index));
    describe.map_or(null(), |describe| describe.as_ptr().cast())
}

/// The number of a signal by name or number, in any case: "SIGINT", "int",
/// "2", "RTMIN+3", "SIGRTMAX-1", "IOT".
///
/// Thread: any · In a signal handler: yes · Errors: EINVAL NULL or no such
/// signal
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sig_number(name: *const c_char) -> c_int {
    if name.is_null() {
        return -sys::EINVAL;
    }
    // SAFETY: the caller's word that it is a string.
    let name = unsafe { CStr::from_ptr(name) };
    number(parse(name.to_bytes()).ok_or(sys::EINVAL))
}

#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
fn parse(name: &[u8]) -> Option<c_int> {
    if let Some(number) = decimal(name) {
        return signal(number).ok().map(|signum| signum as c_int);
    }
    let short = strip(name, b"SIG").unwrap_or(name);
    let range = sys::real_time();
    let (first, last) = (*range.start() as c_int, *range.end() as c_int);
    let real_time = if let Some(rest) = strip(short, b"RTMIN") {
        first + offset(rest, b'+')?
    } else if let Some(rest) = strip(short, b"RTMAX") {
        last - offset(rest, b'-')?
    } else {
        let own = NAMED.iter().find(|named| same(until_nul(&named.name, 3), short));
        let alias = || ALIASES.iter().find(|(name, _)| same(name.as_bytes(), short));
        return own.map(|named| named.signum).or_else(|| alias().map(|found| found.1));
    };
    (first..=last).contains(&real_time).then_some(real_time)
}

#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
fn strip<'a>(name: &'a [u8], prefix: &[u8]) -> Option<&'a [u8]> {
    let (start, rest) = name.split_at_checked(prefix.len())?;
    same(start, prefix).then_some(rest)
}

/// Whether they are the same, in any case.
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
fn same(one: &[u8], other: &[u8]) -> bool {
    let mut pairs = one.iter().zip(other);
    one.len() == other.len() && pairs.all(|(a, b)| a.eq_ignore_ascii_case(b))
}

/// What a text says behind its first bytes.
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
fn until_nul(text: &[u8], skip: usize) -> &[u8] {
    let end = text.iter().position(|byte| *byte == 0).unwrap_or(text.len());
    text.get(skip..end).unwrap_or_default()
}

/// Nothing, or a sign and a number.
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
fn offset(rest: &[u8], sign: u8) -> Option<c_int> {
    match rest.split_first() {
        None => Some(0),
        Some((first, digits)) if *first == sign => decimal(digits),
        Some(_) => None,
    }
}

/// A number of at most three digits.
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
fn decimal(digits: &[u8]) -> Option<c_int> {
    let fits = !digits.is_empty() && digits.len() <= 3;
    let all = digits.iter().all(u8::is_ascii_digit);
    (fits && all)
        .then(|| digits.iter().fold(0, |value, d| value * 10 + c_int::from(d - b'0')))
}

/// The signals that exist, as a set: bit signum - 1. Without those that the
/// C library keeps for itself.
///
/// Thread: any · In a signal handler: yes · Errors: none
#[unsafe(no_mangle)]
pub extern "C" fn sig_valid() -> u64 {
    (1..=64)
        .filter(|signum| is_valid(*signum))
        .fold(0, |set, signum| set | 1 << (signum - 1))
}

/// A prefix and a number of at most two digits, with a NUL, as text. Tables of
/// these need no relocations.
const fn numbered<const SIZE: usize>(prefix: &[u8], number: u8) -> [u8; SIZE] {
    let mut text = [0; SIZE];
    let mut at = 0;
    while at < prefix.len() {
        text[at] = prefix[at];
        at += 1;
    }
    if number >= 10 {
        text[at] = b'0' + number / 10;
        at += 1;
    }
    text[at] = b'0' + number % 10;
    text
}

/// "SIGRTMIN" itself has no number.
static REAL_TIME_NAMES: [[u8; 12]; 33] = {
    let mut names = [*b"SIGRTMIN\0\0\0\0"; 33];
    let mut i = 1;
    while i < names.len() {
        names[i] = numbered(b"SIGRTMIN+", i as u8);
        i += 1;
    }
    names
};

static REAL_TIME_DESCRIPTIONS: [[u8; 20]; 33] = {
    let mut descriptions = [[0; 20]; 33];
    let mut i = 0;
    while i < descriptions.len() {
        descriptions[i] = numbered(b"Real-time signal ", i as u8);
        i += 1;
    }
    descriptions
};
