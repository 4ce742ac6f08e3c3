//! Telling a fault of the processor's own from raise(): the C runtime calls
//! the same handler for both.
#![allow(unsafe_code)] // the boundary to the system

use core::ffi::{c_int, c_void};
use core::sync::atomic::AtomicU32;
use core::sync::atomic::Ordering::{Acquire, SeqCst};

use windows_sys::Win32::Foundation::{
    EXCEPTION_ACCESS_VIOLATION, EXCEPTION_ILLEGAL_INSTRUCTION,
    EXCEPTION_INT_DIVIDE_BY_ZERO, EXCEPTION_INT_OVERFLOW, EXCEPTION_PRIV_INSTRUCTION,
    NTSTATUS,
};
use windows_sys::Win32::System::Diagnostics::Debug::{
    AddVectoredExceptionHandler, EXCEPTION_CONTINUE_SEARCH, EXCEPTION_POINTERS,
};
use windows_sys::Win32::System::Threading::{
    TLS_OUT_OF_INDEXES, TlsAlloc, TlsGetValue, TlsSetValue,
};

use super::{SIGFPE, SIGILL, SIGSEGV, SavedErrno};

/// Where a thread keeps the last exception's record: on its stack.
static LAST: AtomicU32 = AtomicU32::new(0);

unsafe extern "C" {
    /// The C runtime's: not null while it calls a handler for an exception.
    fn __pxcptinfoptrs() -> *mut *mut c_void;
}

/// Have the system tell us of exceptions, from the first use on.
pub fn watch() {
    if LAST.load(Acquire) != 0 {
        return;
    }
    // SAFETY: no preconditions.
    let slot = unsafe { TlsAlloc() };
    if slot != TLS_OUT_OF_INDEXES
        && LAST.compare_exchange(0, slot + 1, SeqCst, SeqCst).is_ok()
    {
        // SAFETY: it is static, and the library is never unmapped.
        unsafe { AddVectoredExceptionHandler(1, Some(on_exception)) };
    }
}

/// The signal that the C runtime makes of an exception.
fn signal_of(code: NTSTATUS) -> c_int {
    match code {
        EXCEPTION_ACCESS_VIOLATION => SIGSEGV,
        EXCEPTION_ILLEGAL_INSTRUCTION | EXCEPTION_PRIV_INSTRUCTION => SIGILL,
        EXCEPTION_INT_DIVIDE_BY_ZERO | EXCEPTION_INT_OVERFLOW => SIGFPE,
        // EXCEPTION_FLT_DENORMAL_OPERAND to EXCEPTION_FLT_UNDERFLOW
        code if (0xC000_008D..=0xC000_0093).contains(&(code as u32)) => SIGFPE,
        _ => 0,
    }
}

unsafe extern "system" fn on_exception(pointers: *mut EXCEPTION_POINTERS) -> i32 {
    let slot = LAST.load(Acquire).wrapping_sub(1);
    // SAFETY: what the system passed; a slot of ours.
    unsafe {
        let record = (*pointers).ExceptionRecord;
        if signal_of((*record).ExceptionCode) != 0 {
            TlsSetValue(slot, record.cast());
        }
    }
    EXCEPTION_CONTINUE_SEARCH
}

/// Whether this call of a handler is for an exception: its record lies above
/// us, in the stack, and is as it was. One that somebody has taken long ago
/// has been written over by whoever has called since.
pub fn is_in_one(signum: c_int) -> bool {
    let Some(slot) = LAST.load(Acquire).checked_sub(1) else { return false };
    let _errno = SavedErrno::new();
    let here = 0u8;
    // SAFETY: a slot of ours; a record above us is in this thread's stack.
    unsafe {
        if !(*__pxcptinfoptrs()).is_null() {
            return true;
        }
        let record = TlsGetValue(slot);
        TlsSetValue(slot, core::ptr::null());
        let distance = (record as usize).wrapping_sub(&raw const here as usize);
        distance < 0x1_0000 && signal_of(*record.cast::<NTSTATUS>()) == signum
    }
}
