// SPDX-License-Identifier: MIT OR Apache-2.0
//! The C library safepoint as it is: each function,
//! struct and constant of `safepoint.h`, with its comment. The crate `safepoint`
//! makes of them what Rust programs want.
//!
//! The library has to be installed, and is found by `pkg-config`:
//! `PKG_CONFIG_PATH` says where, if that is not below `/usr`. `SAFEPOINT_STATIC=1`
//! links it statically. With the feature `vendored` it is built from its sources
//! and linked statically. A plugin with a static one inside must stay mapped
//! after `dlclose`: link it with `-C link-arg=-Wl,-z,nodelete`.
//!
//! All functions are `unsafe`, as C's are; the header says what each expects.
//! `struct pollfd` and other types of the C library's are opaque here: cast the
//! pointers of those that you have, of the crate `libc` say.
#![no_std]
#![allow(non_camel_case_types, non_upper_case_globals)] // C's names

// Generated: SAFEPOINT_REWRITE_BINDINGS=1 cargo test --manifest-path
// contract/Cargo.toml --test bindings
#[rustfmt::skip]
mod bindings;

pub use bindings::*;

/// A time that never comes.
pub const SAFEPOINT_FOREVER: u64 = u64::MAX;

/// A latch's initial value.
pub const SAFEPOINT_LATCH: sig_latch = sig_latch { word: 0 };

/// A job's initial value.
#[allow(non_snake_case)] // C's name
#[must_use]
pub const fn SAFEPOINT_JOB(fn_: sig_call, arg: *mut core::ffi::c_void) -> sig_job {
    sig_job { size: size_of::<sig_job>() as u32, reserved: 0, fn_, arg, link: [0, 0] }
}

/// What the header inlines.
pub mod inline {
    use core::ffi::c_int;
    use core::sync::atomic::{AtomicU32, Ordering::Relaxed};

    /// [`sig_check`](crate::sig_check) as C has it inline: one load and one
    /// predicted branch, and a call only where something is pending.
    ///
    /// # Safety
    /// What the handlers that it runs expect.
    #[inline(always)]
    pub unsafe fn sig_check() -> c_int {
        // SAFETY: the library's constant, which leads to its breaker for ever.
        // The constant and not its address: where a program has a copy of the
        // library's data, a copy of this pointer still leads to the one breaker.
        let breaker = unsafe { AtomicU32::from_ptr(crate::safepoint_breaker.cast_mut()) };
        if breaker.load(Relaxed) == 0 {
            return 0;
        }
        // SAFETY: the caller's word.
        unsafe { crate::sig_check_frame(core::ptr::null_mut()) }
    }
}
