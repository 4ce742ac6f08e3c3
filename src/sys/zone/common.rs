//! What is the same on every system: sets of signals, what a delivery says of
//! itself, what stands at a signal, and what is written to as a wake-up.
#![allow(unsafe_code)] // handlers of others

use core::ffi::{c_int, c_void};
use core::mem::transmute;

use super::{SA_SIGINFO, SigInfo};

/// A set of signals: bit `signum - 1`.
pub const fn set(signums: &[c_int]) -> u64 {
    let mut bits = 0;
    let mut i = 0;
    while i < signums.len() {
        bits |= 1 << (signums[i] - 1);
        i += 1;
    }
    bits
}

/// What a delivery says of itself.
#[derive(Clone, Copy)]
pub struct Siginfo {
    pub code: i32,
    pub pid: i32,
    pub uid: u32,
    pub status: i32,
    pub value: usize,
}

/// One signal's action, as Unix keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Action {
    pub handler: usize,
    pub flags: u32,
    pub mask: u64,
}

impl Action {
    /// Call it, with what its type takes.
    ///
    /// # Safety
    /// It is a handler that somebody installed, and the rest is what was passed
    /// to ours.
    #[inline(always)]
    pub unsafe fn call(&self, signum: c_int, info: *mut SigInfo, context: *mut c_void) {
        // SAFETY: SA_SIGINFO says which of the two types it has.
        unsafe {
            if self.flags & SA_SIGINFO != 0 {
                let handler: extern "C" fn(c_int, *mut SigInfo, *mut c_void) =
                    transmute(self.handler);
                handler(signum, info, context);
            } else {
                let handler: extern "C" fn(c_int) = transmute(self.handler);
                handler(signum);
            }
        }
    }
}

/// What is written to as a wake-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WakeKind {
    Pipe = 0,
    Socket = 1,
    Event = 2,
}

impl WakeKind {
    pub const ALL: [WakeKind; 3] = [WakeKind::Pipe, WakeKind::Socket, WakeKind::Event];

    pub fn to_bits(self) -> u32 {
        self as u32
    }

    #[inline(always)]
    pub fn from_bits(bits: u32) -> Self {
        match bits & 3 {
            0 => WakeKind::Pipe,
            1 => WakeKind::Socket,
            _ => WakeKind::Event,
        }
    }
}
