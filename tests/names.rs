//! Names, numbers and versions: what needs no signal to be tried.
#![cfg(target_os = "linux")]

use std::ffi::{CStr, CString, c_char, c_int};

use safepoint::api::names::{sig_describe, sig_name, sig_number, sig_valid};
use safepoint::api::version::{sig_strerror, sig_version, sig_version_string};

/// Linux's, and what glibc says when asked.
const SIGRTMIN: c_int = 34;
const SIGRTMAX: c_int = 64;
const EINVAL: c_int = 22;

fn text(pointer: *const c_char) -> Option<String> {
    // SAFETY: the library's strings are static and end with a NUL.
    let read = || unsafe { CStr::from_ptr(pointer) }.to_str().expect("ASCII").to_string();
    (!pointer.is_null()).then(read)
}

fn name(signum: c_int) -> Option<String> {
    text(sig_name(signum))
}

fn number(name: &str) -> c_int {
    let name = CString::new(name).expect("no NUL in it");
    // SAFETY: a C string.
    unsafe { sig_number(name.as_ptr()) }
}

#[test]
fn every_signal_that_exists_has_a_name_that_is_its_number_again() {
    for signum in -1..=66 {
        let exists = (1..=31).contains(&signum) || (SIGRTMIN..=SIGRTMAX).contains(&signum);
        assert_eq!(name(signum).is_some(), exists, "{signum}");
        assert_eq!(text(sig_describe(signum)).is_some(), exists, "{signum}");
        if let Some(name) = name(signum) {
            assert!(name.starts_with("SIG"), "{name}");
            assert_eq!(number(&name), signum, "{name}");
            assert_eq!(number(&name.to_lowercase()), signum, "{name} in lower case");
            assert_eq!(number(&name[3..]), signum, "{name} without SIG");
        }
        let by_number = if exists { signum } else { -EINVAL };
        assert_eq!(number(&signum.to_string()), by_number);
    }
}

#[test]
fn the_valid_set_is_the_signals_that_have_names() {
    for signum in 1..=64 {
        let valid = sig_valid() & 1 << (signum - 1) != 0;
        assert_eq!(valid, name(signum).is_some(), "{signum}");
    }
}

#[test]
fn names_are_those_of_posix_and_linux() {
    for (signum, expected) in
        [(1, "SIGHUP"), (2, "SIGINT"), (15, "SIGTERM"), (31, "SIGSYS")]
    {
        assert_eq!(name(signum).as_deref(), Some(expected));
    }
    assert_eq!(name(SIGRTMIN).as_deref(), Some("SIGRTMIN"));
    assert_eq!(name(SIGRTMIN + 3).as_deref(), Some("SIGRTMIN+3"));
    assert_eq!(name(SIGRTMAX).as_deref(), Some("SIGRTMIN+30"));
    assert_eq!(text(sig_describe(2)).as_deref(), Some("Interrupt"));
    assert_eq!(text(sig_describe(SIGRTMIN + 12)).as_deref(), Some("Real-time signal 12"));
}

#[test]
fn numbers_are_found_by_every_spelling() {
    let same = [
        ("RTMIN", SIGRTMIN),
        ("rtmin+0", SIGRTMIN),
        ("SIGRTMIN+30", SIGRTMAX),
        ("SIGRTMAX", SIGRTMAX),
        ("rtmax-1", SIGRTMAX - 1),
        ("SIGRTMAX-30", SIGRTMIN),
        ("IOT", 6),
        ("SIGCLD", 17),
        ("poll", 29),
        ("002", 2),
    ];
    for (spelling, signum) in same {
        assert_eq!(number(spelling), signum, "{spelling}");
    }
}

#[test]
fn what_is_no_signal_is_einval() {
    let none = [
        "",
        "SIG",
        "SIGFOO",
        "INT ",
        " INT",
        "+2",
        "-2",
        "0",
        "32",
        "33",
        "65",
        "999",
        "1000",
        "4294967298",
        "RTMIN+",
        "RTMIN-1",
        "RTMIN+31",
        "RTMIN+999",
        "RTMIN++1",
        "RTMAX+1",
        "RTMAX-31",
        "SIGSIGINT",
        "2.0",
        "0x2",
        "SIG2",
        "INTT",
        "IN",
        "RT",
        "SIGRTMIN +1",
    ];
    for spelling in none {
        assert_eq!(number(spelling), -EINVAL, "{spelling:?}");
    }
    // SAFETY: NULL is an answer of its own.
    assert_eq!(unsafe { sig_number(std::ptr::null()) }, -EINVAL);
    for signum in [c_int::MIN, c_int::MAX] {
        assert_eq!(name(signum), None);
        assert_eq!(text(sig_describe(signum)), None);
    }
}

#[test]
fn the_version_is_the_packages() {
    let manifest = safepoint_tests::read("Cargo.toml");
    let version = manifest.lines().find_map(|line| line.strip_prefix("version = \""));
    let version = version.expect("a version").trim_end_matches('"');
    assert_eq!(text(sig_version_string()).as_deref(), Some(version));
    let parts: Vec<u32> =
        version.split('.').map(|part| part.parse().expect("a number")).collect();
    assert_eq!(sig_version(), parts[0] << 16 | parts[1] << 8 | parts[2]);
}

#[test]
fn every_error_has_a_sentence_and_its_sign_does_not_matter() {
    let errors = [0, 1, 3, 4, 7, 9, 11, 12, 16, 17, 22, 23, 24, 110];
    let mut seen = Vec::new();
    for error in errors {
        let sentence = text(sig_strerror(error)).expect("never NULL");
        assert!(
            sentence.ends_with(['.', ')']) && sentence.len() < 200,
            "{error}: {sentence}"
        );
        assert_eq!(text(sig_strerror(-error)), Some(sentence.clone()), "{error}");
        assert!(
            !seen.contains(&sentence),
            "{error}: {sentence} stands for another error too"
        );
        seen.push(sentence);
    }
    for error in [c_int::MIN, c_int::MAX, 12345] {
        let sentence = text(sig_strerror(error)).expect("never NULL");
        assert!(!seen.contains(&sentence), "{error}: {sentence}");
    }
}
