// SPDX-License-Identifier: MIT OR Apache-2.0
//! Each function of safepoint-sys is of the type that the header gives it,
//! which the compiler says; and there are as many as the library has.
#![allow(dead_code, unused_imports)] // the breaker, and what only types need

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

use safepoint_sys as sys;

// DECLARED, and an array of two for each function.
include!(concat!(env!("OUT_DIR"), "/functions.rs"));

fn declared() -> BTreeSet<String> {
    let mut names: BTreeSet<String> =
        DECLARED.iter().map(|name| name.to_string()).collect();
    names.insert("safepoint_breaker".to_string());
    names
}

/// tests/lists/exports.txt: a name and a reason on each line.
fn listed() -> BTreeSet<String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../tests/lists/exports.txt");
    let text = std::fs::read_to_string(path).expect("the list");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| Some(line.split_whitespace().next()?.to_string())).collect()
}

/// What the installed library exports, as nm says.
fn exported() -> BTreeSet<String> {
    let include = PathBuf::from(env!("SAFEPOINT_INCLUDE"));
    let folder = include.parent().expect("a prefix").join("lib");
    let output = Command::new("nm")
        .args(["--dynamic", "--defined-only", "--format=posix"])
        .arg(folder.join("libsafepoint.so"))
        .output()
        .expect("nm, of the binutils");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("text");
    let names = text.lines().filter_map(|line| line.split_whitespace().next());
    names.map(str::to_string).collect()
}

#[test]
fn the_header_declares_what_is_on_the_list() {
    assert_eq!(declared(), listed());
}

#[test]
fn the_library_exports_what_the_header_declares() {
    assert_eq!(exported(), declared());
}

#[test]
fn the_breaker_is_that_of_the_main_context() {
    // SAFETY: no preconditions; the library's constant.
    unsafe {
        assert_eq!(sys::safepoint_breaker, sys::sig_breaker());
        assert_eq!(*sys::safepoint_breaker, 0);
    }
}
