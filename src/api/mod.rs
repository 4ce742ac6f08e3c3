//! The C shell: one file for each section of the header, in its order. Each
//! function checks its arguments, calls the core, and turns the result into
//! an int. The header is made of these files: their first lines are the
//! sections' prose, their items' comments the manual.
#![allow(unsafe_code)] // exported names, and pointers from C

pub mod calls;
pub mod handlers;
pub mod life;
pub mod names;
pub mod points;
pub mod stats;
pub mod trip;
pub mod version;
pub mod wakeup;

use core::ffi::{c_int, c_void};

use crate::sys::{self, Errno};
use crate::zone::SIGNALS;

/// Success is 0, a failure is the negative errno.
fn status(result: Result<(), Errno>) -> c_int {
    number(result.map(|()| 0))
}

/// A number that is not negative, or the negative errno.
fn number(result: Result<c_int, Errno>) -> c_int {
    match result {
        Ok(value) => value,
        Err(error) => -error,
    }
}

/// A signal that exists: not one of the C library's own.
fn signal(signum: c_int) -> Result<u32, Errno> {
    let signum = u32::try_from(signum).map_err(|_| sys::EINVAL)?;
    if names::is_valid(signum) { Ok(signum) } else { Err(sys::EINVAL) }
}

/// A signal whose disposition can be changed.
fn catchable(signum: c_int) -> Result<u32, Errno> {
    if signum == sys::SIGKILL || signum == sys::SIGSTOP {
        return Err(sys::EINVAL);
    }
    signal(signum)
}

const _: () = assert!(SIGNALS == 64);

/// The largest struct that anybody passes: more is a mistake, as in openat2.
const LARGEST: usize = 4096;

/// Whether a struct of this size can be filled.
fn fits<T>(out: *mut T, size: usize) -> Result<(), Errno> {
    match size {
        _ if out.is_null() || size < size_of::<T>() => Err(sys::EINVAL),
        _ if size > LARGEST => Err(sys::E2BIG),
        _ => Ok(()),
    }
}

/// Fill a caller's struct; what it has beyond what we know becomes zero.
///
/// # Safety
/// `out` can be written for `size` bytes, which [`fits`].
unsafe fn fill<T>(out: *mut T, size: usize, value: T) {
    // SAFETY: the caller's word.
    unsafe {
        out.write(value);
        let beyond = size.saturating_sub(size_of::<T>());
        out.add(1).cast::<u8>().write_bytes(0, beyond);
    }
}

/// Write a result that the caller may not want.
///
/// # Safety
/// `out` is null or can be written.
unsafe fn maybe<T>(out: *mut T, value: T) {
    if !out.is_null() {
        // SAFETY: the caller's word.
        unsafe { out.write(value) }
    }
}

/// A function pointer as it is stored.
fn address(function: *const c_void) -> usize {
    function as usize
}
