//! Threads: that they end; one of our own.
#![allow(unsafe_code)] // the boundary to the system

use core::ffi::{CStr, c_void};
use core::mem::transmute;
use core::ptr::{null, null_mut};
use core::sync::atomic::AtomicUsize;
use core::sync::atomic::Ordering::{Acquire, Release};

use windows_sys::Win32::Foundation::{CloseHandle, HANDLE};
use windows_sys::Win32::System::Threading::{
    CreateThread, FLS_OUT_OF_INDEXES, FlsAlloc, FlsGetValue, FlsSetValue, INFINITE,
    WaitForSingleObject,
};

use super::{EAGAIN, ENOMEM, Errno};
use crate::sys::zone::{keep_loaded, process_ends};

/// Nothing is blocked.
pub fn unblock(_: u32) -> Result<(), Errno> {
    Ok(())
}

/// Nothing is.
pub fn blocked_and_sent() -> Result<u64, Errno> {
    Ok(0)
}

/// There is no fork.
pub fn at_fork(
    _: unsafe extern "C" fn(),
    _: unsafe extern "C" fn(),
    _: unsafe extern "C" fn(),
) -> Result<(), Errno> {
    keep_loaded();
    Ok(())
}

/// Called with a value of its own when a thread ends that was marked with it.
pub struct AtThreadExit(AtomicUsize);

/// What is called, as only one is there.
static FUNCTION: AtomicUsize = AtomicUsize::new(0);

unsafe extern "system" fn thread_ends(value: *const c_void) {
    let function = FUNCTION.load(Acquire);
    // SAFETY: no preconditions; stored by `AtThreadExit::call`.
    unsafe {
        if function != 0 && !process_ends() {
            let function: unsafe extern "C" fn(*mut c_void) = transmute(function);
            function(value.cast_mut());
        }
    }
}

impl AtThreadExit {
    pub const fn new() -> Self {
        AtThreadExit(AtomicUsize::new(0))
    }

    /// Before any thread is marked; once is enough.
    pub fn call(&self, function: unsafe extern "C" fn(*mut c_void)) -> Result<(), Errno> {
        if self.0.load(Acquire) != 0 {
            return Ok(());
        }
        FUNCTION.store(function as usize, Release);
        // SAFETY: the function is static.
        let slot = unsafe { FlsAlloc(Some(thread_ends)) };
        if slot == FLS_OUT_OF_INDEXES {
            return Err(ENOMEM);
        }
        // Where two threads come here at once, one slot is left unused.
        self.0.store(slot as usize + 1, Release);
        Ok(())
    }

    fn slot(&self) -> u32 {
        self.0.load(Acquire).wrapping_sub(1) as u32
    }

    /// Mark the calling thread; the value is not null.
    pub fn mark(&self, value: *const c_void) {
        // SAFETY: a slot that was made. Where it fails, the end goes unnoticed.
        unsafe { FlsSetValue(self.slot(), value) };
    }

    /// Whether the calling thread is marked.
    pub fn is_marked(&self) -> bool {
        // SAFETY: a slot that was made.
        self.0.load(Acquire) != 0 && !unsafe { FlsGetValue(self.slot()) }.is_null()
    }
}

/// What `start_thread` was last told to run: there is one function.
static RUN: AtomicUsize = AtomicUsize::new(0);

unsafe extern "system" fn run(argument: *mut c_void) -> u32 {
    // SAFETY: stored by `start_thread`.
    unsafe {
        let function: extern "C" fn(*mut c_void) -> *mut c_void =
            transmute(RUN.load(Acquire));
        function(argument);
    }
    0
}

/// Start a thread.
pub fn start_thread(
    function: extern "C" fn(*mut c_void) -> *mut c_void,
    argument: usize,
) -> Result<usize, Errno> {
    RUN.store(function as usize, Release);
    // SAFETY: the caller's function; no security, the usual stack.
    let thread = unsafe {
        CreateThread(null(), 0, Some(run), argument as *const c_void, 0, null_mut())
    };
    if thread.is_null() { Err(EAGAIN) } else { Ok(thread as usize) }
}

/// Wait until a thread that was started here has ended.
pub fn join(thread: usize) {
    // SAFETY: started here, and joined once.
    unsafe {
        WaitForSingleObject(thread as HANDLE, INFINITE);
        CloseHandle(thread as HANDLE);
    }
}

/// Nobody lists threads by their names.
pub fn name_thread(_: &CStr) {}
