//! The C shell: one file for each section of the header, in its order. Each
//! function checks its arguments, calls the core, and turns the result into
//! an int. The header is made of these files: their first lines are the
//! sections' prose, their items' comments the manual.
#![allow(unsafe_code)] // exported names, and pointers from C

pub mod blocking;
pub mod calls;
pub mod contexts;
pub mod files;
pub mod handlers;
pub mod latch;
pub mod life;
pub mod names;
pub mod points;
pub mod sending;
pub mod sleeps;
pub mod sockets;
pub mod stats;
pub mod time;
pub mod trip;
pub mod version;
pub mod wakeup;

use core::ffi::{c_int, c_void};
use core::mem::offset_of;

use self::handlers::Disposition;
use self::time::Itimer;
use crate::context::{Context, Counters, Event, Handle, Job, MAIN};
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

/// Which context a call is about, if there is one.
type Of = Result<&'static Context, Errno>;

/// The main context, by its handle.
fn main() -> *mut Handle {
    MAIN.handle()
}

/// Only its owner may go on.
fn owned(of: Of) -> Of {
    of.and_then(|context| context.owned().map(|()| context))
}

/// The same, where it has an owner.
fn owned_if_at_all(of: Of) -> Of {
    of.and_then(
        |context| if context.has_owner() { owned(Ok(context)) } else { Ok(context) },
    )
}

/// A signal that exists: not one of the C library's own.
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
fn signal(signum: c_int) -> Result<u32, Errno> {
    let signum = u32::try_from(signum).map_err(|_| sys::EINVAL)?;
    if names::is_valid(signum) { Ok(signum) } else { Err(sys::EINVAL) }
}

/// A signal whose disposition can be changed.
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
fn catchable(signum: c_int) -> Result<u32, Errno> {
    if signum == sys::SIGKILL || signum == sys::SIGSTOP {
        return Err(sys::EINVAL);
    }
    signal(signum)
}

const _: () = assert!(SIGNALS == 64);

/// The largest struct that anybody passes: more is a mistake, as in openat2.
const LARGEST: usize = 4096;

/// A struct that later versions make longer, at its end.
trait Grows {
    /// Its size in the first version: no program passes less.
    const FIRST_SIZE: usize;
}

impl Grows for Event {
    const FIRST_SIZE: usize = offset_of!(Event, context) + size_of::<usize>();
}
impl Grows for Disposition {
    const FIRST_SIZE: usize = offset_of!(Disposition, overwritten) + size_of::<u32>();
}
impl Grows for Counters {
    const FIRST_SIZE: usize = offset_of!(Counters, latency) + 40 * size_of::<u64>();
}
impl Grows for Itimer {
    const FIRST_SIZE: usize = offset_of!(Itimer, interval) + size_of::<u64>();
}
impl Grows for Job {
    const FIRST_SIZE: usize = offset_of!(Job, link) + size_of::<[usize; 2]>();
}

/// Whether a struct of this size can be filled.
fn fits<T: Grows>(out: *mut T, size: usize) -> Result<(), Errno> {
    match size {
        _ if out.is_null() || size < T::FIRST_SIZE => Err(sys::EINVAL),
        _ if size > LARGEST => Err(sys::E2BIG),
        _ => Ok(()),
    }
}

/// The size that a struct says it has, in its first field; 0 for NULL.
///
/// # Safety
/// It is null, or begins with its size.
#[inline(always)]
unsafe fn said_size<T: Grows>(of: *const T) -> usize {
    // SAFETY: the caller's word.
    if of.is_null() { 0 } else { unsafe { of.cast::<u32>().read() as usize } }
}

/// Whether a caller's struct can be read, and says nothing in what it has
/// beyond what we know.
///
/// # Safety
/// `value` is null, or can be read for the size that it says it has.
#[inline(always)]
unsafe fn is_known<T: Grows>(value: *const T) -> Result<(), Errno> {
    // SAFETY: the caller's word.
    let size = unsafe { said_size(value) };
    if size < T::FIRST_SIZE {
        return Err(sys::EINVAL);
    }
    let mut at = size_of::<T>();
    while at < size {
        // SAFETY: inside the size that it says it has.
        if size > LARGEST || unsafe { *value.cast::<u8>().add(at) } != 0 {
            return Err(sys::E2BIG);
        }
        at += 1;
    }
    Ok(())
}

/// Fill a caller's struct; what it has beyond what we know becomes zero.
///
/// # Safety
/// `out` can be written for `size` bytes, which [`fits`].
unsafe fn fill<T: Grows>(out: *mut T, size: usize, value: T) {
    let (out, known) = (out.cast::<u8>(), size.min(size_of::<T>()));
    // SAFETY: the caller's word.
    unsafe {
        out.copy_from_nonoverlapping((&raw const value).cast(), known);
        out.add(known).write_bytes(0, size - known);
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
