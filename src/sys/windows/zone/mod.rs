//! What an arrival may ask of Windows. Nothing interrupts a thread there: an
//! arrival is a call, on the console's thread, or inside raise() on that of its
//! caller. So locks are allowed, where they are held for a moment.
#![allow(unsafe_code)] // the boundary to the system

mod action;
#[path = "../../zone/common.rs"]
mod common;
mod console;
mod faults;
mod parking;
mod siginfo;
mod timers;
mod wait;
mod wakeup;

use core::ffi::c_int;
use core::sync::atomic::AtomicU32;
use core::sync::atomic::Ordering::{Acquire, Relaxed, Release};

use windows_sys::Win32::Foundation::{GetLastError, SetLastError};
use windows_sys::Win32::System::Performance::{
    QueryPerformanceCounter, QueryPerformanceFrequency,
};
use windows_sys::Win32::System::SystemInformation::GetSystemTimeAsFileTime;
use windows_sys::Win32::System::Threading::{
    FlushProcessWriteBuffers, GetCurrentProcessId, GetCurrentThreadId, SwitchToThread,
};

pub use action::*;
pub use common::*;
pub use console::let_go;
pub use parking::{park, thread_number, wake_all};
pub use siginfo::*;
pub use timers::*;
pub use wait::*;
pub use wakeup::*;

pub const SIGINT: c_int = 2;
pub const SIGILL: c_int = 4;
pub const SIGFPE: c_int = 8;
pub const SIGSEGV: c_int = 11;
pub const SIGTERM: c_int = 15;
pub const SIGBREAK: c_int = 21;
pub const SIGABRT: c_int = 22;

/// All that there are.
pub const VALID: u64 = set(&[SIGINT, SIGILL, SIGFPE, SIGSEGV, SIGTERM, SIGBREAK, SIGABRT]);

/// Signals that the processor raises.
pub const FAULTS: u64 = set(&[SIGSEGV, SIGFPE, SIGILL]);

/// Held for a moment, and never across anybody else's code.
struct Spin(AtomicU32);

impl Spin {
    const fn new() -> Self {
        Spin(AtomicU32::new(0))
    }

    fn with<T>(&self, work: impl FnOnce() -> T) -> T {
        while self.0.compare_exchange(0, 1, Acquire, Relaxed).is_err() {
            // SAFETY: no preconditions.
            unsafe { SwitchToThread() };
        }
        let result = work();
        self.0.store(0, Release);
        result
    }
}

#[link(name = "ntdll")]
unsafe extern "system" {
    fn RtlDllShutdownInProgress() -> u8;
}

/// Whether the process ends: other threads are no more, and may have held any
/// lock.
pub fn process_ends() -> bool {
    // SAFETY: no preconditions.
    unsafe { RtlDllShutdownInProgress() != 0 }
}

/// The console, timers and the ends of threads may come at any time: from the
/// first of them on the library stays where it is.
pub fn keep_loaded() {
    use windows_sys::Win32::System::LibraryLoader::{
        GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS, GET_MODULE_HANDLE_EX_FLAG_PIN,
        GetModuleHandleExW,
    };
    let flags = GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_PIN;
    let mut module = core::ptr::null_mut();
    let inside = keep_loaded as *const () as *const u16;
    // SAFETY: an address inside the module; a valid place.
    unsafe { GetModuleHandleExW(flags, inside, &mut module) };
}

unsafe extern "C" {
    /// The C runtime's, where errno is.
    fn _errno() -> *mut c_int;
}

/// errno and the system's last error as they were, put back when this goes out
/// of scope.
pub struct SavedErrno {
    place: *mut c_int,
    value: c_int,
    last: u32,
}

impl SavedErrno {
    pub fn new() -> Self {
        // SAFETY: the address of errno is valid for the calling thread.
        unsafe {
            let place = _errno();
            SavedErrno { place, value: *place, last: GetLastError() }
        }
    }
}

impl Drop for SavedErrno {
    fn drop(&mut self) {
        // SAFETY: as above; it is not sent to another thread.
        unsafe {
            *self.place = self.value;
            SetLastError(self.last);
        }
    }
}

/// The C runtime's errno.
pub fn last_error() -> c_int {
    // SAFETY: the address of errno is valid for the calling thread.
    unsafe { *_errno() }
}

/// Put errno to this.
pub fn set_errno(error: c_int) {
    // SAFETY: the address of errno is valid for the calling thread.
    unsafe { *_errno() = error }
}

/// The calling thread, as a number that no other living thread has; not 0.
#[inline(always)]
pub fn this_thread() -> usize {
    // SAFETY: no preconditions.
    unsafe { GetCurrentThreadId() as usize }
}

/// The calling process.
pub fn process_id() -> i32 {
    // SAFETY: no preconditions.
    unsafe { GetCurrentProcessId() as i32 }
}

/// Nobody has a number there.
pub fn user_id() -> u32 {
    0
}

/// Whether the owner can put a fence on all threads.
pub const FENCES_ALL_THREADS: bool = true;

/// A full fence on every thread of the process, wherever it is.
pub fn fence_all_threads() {
    // SAFETY: no preconditions.
    unsafe { FlushProcessWriteBuffers() }
}

const SECOND: u64 = 1_000_000_000;

/// Nanoseconds since the machine has started: the clock that winpthreads shows
/// as CLOCK_MONOTONIC.
pub fn now() -> u64 {
    static FREQUENCY: AtomicU32 = AtomicU32::new(0);
    let (mut ticks, mut frequency) = (0, i64::from(FREQUENCY.load(Relaxed)));
    // SAFETY: valid places; neither fails since Windows XP.
    unsafe {
        if frequency == 0 {
            QueryPerformanceFrequency(&mut frequency);
            // 10 MHz, or some MHz: one that does not fit is asked for each time.
            FREQUENCY.store(u32::try_from(frequency).unwrap_or(0), Relaxed);
        }
        QueryPerformanceCounter(&mut ticks);
    }
    let (ticks, frequency) = (ticks as u64, (frequency as u64).max(1));
    let (seconds, rest) = (ticks / frequency, ticks % frequency);
    seconds.wrapping_mul(SECOND).wrapping_add(rest.wrapping_mul(SECOND) / frequency)
}

/// The numbers that winpthreads gives to clocks.
pub const CLOCK_REALTIME: c_int = 0;
pub const CLOCK_MONOTONIC: c_int = 1;

/// A clock in nanoseconds; `None` for one that does not exist.
pub fn clock(clock: c_int) -> Option<u64> {
    match clock {
        CLOCK_MONOTONIC => Some(now()),
        CLOCK_REALTIME => {
            let mut time = Default::default();
            // SAFETY: a valid place.
            unsafe { GetSystemTimeAsFileTime(&mut time) };
            let since_1601 =
                u64::from(time.dwHighDateTime) << 32 | u64::from(time.dwLowDateTime);
            Some(since_1601.wrapping_sub(116_444_736_000_000_000).wrapping_mul(100))
        }
        _ => None,
    }
}
