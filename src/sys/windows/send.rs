//! Sending signals; timers of the process, of which there are none.
#![allow(unsafe_code)] // the boundary to the system

use core::ffi::{c_int, c_void};

use windows_sys::Win32::Foundation::{CloseHandle, ERROR_ACCESS_DENIED, GetLastError};
use windows_sys::Win32::System::Console::{CTRL_BREAK_EVENT, GenerateConsoleCtrlEvent};
use windows_sys::Win32::System::Threading::{
    OpenProcess, PROCESS_QUERY_LIMITED_INFORMATION,
};

use super::{ENOTSUP, EPERM, ESRCH, Errno};
use crate::sys::zone::{SIGBREAK, SavedErrno, process_id, raise_here};

/// To the calling thread.
pub fn raise(signum: c_int) -> Result<(), Errno> {
    raise_here(signum)
}

/// To this process; another one's group gets Ctrl-Break, and nothing else.
pub fn kill(pid: c_int, signum: c_int) -> Result<(), Errno> {
    let _errno = SavedErrno::new();
    match signum {
        0 => exists(pid),
        _ if pid == process_id() => raise_here(signum),
        SIGBREAK if pid > 0 => {
            exists(pid)?;
            // SAFETY: no pointers.
            let sent = unsafe { GenerateConsoleCtrlEvent(CTRL_BREAK_EVENT, pid as u32) };
            if sent != 0 { Ok(()) } else { Err(EPERM) }
        }
        _ => Err(ENOTSUP),
    }
}

fn exists(pid: c_int) -> Result<(), Errno> {
    // SAFETY: no pointers; a handle of ours.
    unsafe {
        let process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, 0, pid as u32);
        match process.is_null() {
            true if GetLastError() == ERROR_ACCESS_DENIED => Err(EPERM),
            true => Err(ESRCH),
            false => {
                CloseHandle(process);
                Ok(())
            }
        }
    }
}

/// # Safety
/// None is needed.
pub unsafe fn kill_thread(_: usize, _: c_int) -> Result<(), Errno> {
    Err(ENOTSUP)
}

pub fn queue(_: c_int, _: c_int, _: isize) -> Result<(), Errno> {
    Err(ENOTSUP)
}

pub fn pidfd_send(_: c_int, _: c_int) -> Result<(), Errno> {
    Err(ENOTSUP)
}

/// Nothing.
pub fn alarm(_: u32) -> u32 {
    0
}

/// An interval timer of the process, in microseconds.
#[derive(Clone, Copy)]
pub struct Interval {
    pub value: u64,
    pub every: u64,
}

pub fn interval_timer(_: c_int, new: Option<Interval>) -> Result<Interval, Errno> {
    new.map_or(Err(ENOTSUP), |_| Err(ENOTSUP))
}

/// # Safety
/// None is needed.
pub unsafe fn wait_for_semaphore(_: *mut c_void) -> Result<(), Errno> {
    Err(ENOTSUP)
}
