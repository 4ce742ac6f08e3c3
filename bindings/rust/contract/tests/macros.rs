// SPDX-License-Identifier: MIT OR Apache-2.0
//! The initial values that src/lib.rs has by hand are those of the header's
//! macros, as a C compiler has them.

use core::ffi::{c_int, c_void};

use safepoint_contract as _; // which macros.c is linked to
use safepoint_sys as sys;

// macros.c
unsafe extern "C" {
    static contract_forever: u64;
    static contract_latch: sys::sig_latch;
    static contract_job: sys::sig_job;
    fn contract_call(argument: *mut c_void) -> c_int;
}

#[test]
fn forever_is_the_headers() {
    // SAFETY: a constant of macros.c.
    assert_eq!(sys::SAFEPOINT_FOREVER, unsafe { contract_forever });
}

#[test]
fn a_latch_begins_as_the_headers() {
    // SAFETY: a constant of macros.c.
    assert_eq!(sys::SAFEPOINT_LATCH.word, unsafe { contract_latch.word });
}

#[test]
fn a_job_begins_as_the_headers() {
    // SAFETY: a constant of macros.c.
    let c = unsafe { &contract_job };
    let argument = (&raw const contract_latch).cast_mut().cast();
    let rust = sys::SAFEPOINT_JOB(Some(contract_call), argument);
    assert_eq!((rust.size, rust.reserved), (c.size, c.reserved));
    assert_eq!((rust.arg, rust.link), (c.arg, c.link));
    let called = |job: &sys::sig_job| job.fn_.map(|call| call as usize);
    assert_eq!(called(&rust), called(c));
}
