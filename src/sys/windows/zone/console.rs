//! Ctrl-C, Ctrl-Break, and that the console is closed, the user logs off or the
//! system shuts down: each comes on a thread of its own.
#![allow(unsafe_code)] // the boundary to the system

use core::ffi::c_int;
use core::ptr::null_mut;
use core::sync::atomic::AtomicU32;
use core::sync::atomic::Ordering::{Acquire, SeqCst};

use windows_sys::Win32::Foundation::STATUS_CONTROL_C_EXIT;
use windows_sys::Win32::System::Console::{
    CTRL_BREAK_EVENT, CTRL_C_EVENT, CTRL_CLOSE_EVENT, CTRL_LOGOFF_EVENT,
    CTRL_SHUTDOWN_EVENT, SetConsoleCtrlHandler,
};
use windows_sys::Win32::System::Threading::{
    ExitProcess, TLS_OUT_OF_INDEXES, TlsAlloc, TlsGetValue, TlsSetValue,
};

use super::action::{SA_SIGINFO, call_handler, standing, swap_action};
use super::{SIGBREAK, SIGINT, SIGTERM, SavedErrno, SigInfo, park, wake_all};

/// Where a console's thread keeps which signal it has passed on, and whether
/// that was handled. Such a thread ends with its event.
static SEEN: AtomicU32 = AtomicU32::new(0);
const HANDLED: usize = 1 << 8;

/// Counts up when an owner lets go of SIGTERM.
static CLOSED: AtomicU32 = AtomicU32::new(0);

/// Have the console tell us, from the first use on. It stays so: to be taken
/// out while it runs could wait for itself.
pub fn watch() {
    if SEEN.load(Acquire) != 0 {
        return;
    }
    // SAFETY: no preconditions.
    let slot = unsafe { TlsAlloc() };
    if slot == TLS_OUT_OF_INDEXES {
        return;
    }
    // Slots begin at 0. Where two threads come here at once, one is unused.
    if SEEN.compare_exchange(0, slot + 1, SeqCst, SeqCst).is_ok() {
        // The C runtime has its own handler at its first look at SIGINT: before
        // ours, so that ours is asked first.
        let _ = swap_action(SIGINT, None);
        // SAFETY: it is static, and the library is never unmapped.
        unsafe { SetConsoleCtrlHandler(Some(on_event), 1) };
    }
}

fn seen() -> usize {
    match SEEN.load(Acquire) {
        0 => 0,
        slot => {
            let _errno = SavedErrno::new();
            // SAFETY: a slot of ours.
            unsafe { TlsGetValue(slot - 1) as usize }
        }
    }
}

fn set_seen(value: usize) {
    let slot = SEEN.load(Acquire).wrapping_sub(1);
    // SAFETY: a slot of ours.
    unsafe { TlsSetValue(slot, value as *const _) };
}

/// Whether the C runtime calls us on the console's thread, which has been here
/// before. Where nobody before it has taken what we have passed on, it is the
/// system's turn: the runtime would not ask it.
pub fn is_passed_on(signum: c_int) -> bool {
    let seen = seen();
    if seen == signum as usize {
        // SAFETY: no preconditions.
        unsafe { ExitProcess(STATUS_CONTROL_C_EXIT as u32) };
    }
    seen == signum as usize | HANDLED
}

/// Whoever handled this signal has put it back: threads on which the console was
/// closed may end, and the process with them.
pub fn let_go(signum: u32) {
    if signum == SIGTERM as u32 {
        CLOSED.fetch_add(1, SeqCst);
        wake_all(&CLOSED);
    }
}

unsafe extern "system" fn on_event(event: u32) -> i32 {
    let (signum, closes) = match event {
        CTRL_C_EVENT => (SIGINT, false),
        CTRL_BREAK_EVENT => (SIGBREAK, false),
        CTRL_CLOSE_EVENT | CTRL_LOGOFF_EVENT | CTRL_SHUTDOWN_EVENT => (SIGTERM, true),
        _ => return 0,
    };
    let before = CLOSED.load(SeqCst);
    // What the C runtime, which is asked next, makes of it.
    let next = if closes { SIGBREAK } else { signum };
    let ours = standing(signum);
    let Some(ours) = ours.ok().filter(|action| action.flags & SA_SIGINFO != 0) else {
        if closes {
            set_seen(next as usize); // no Ctrl-Break
        }
        return 0;
    };
    let mut info = SigInfo::from_console();
    set_seen(signum as usize | HANDLED);
    // SAFETY: it was set with SA_SIGINFO.
    unsafe { call_handler(&ours, signum, &mut info, null_mut()) };
    if info.is_passed_on() {
        set_seen(next as usize);
        return 0;
    }
    // When this returns, the system ends the process.
    while closes && CLOSED.load(SeqCst) == before {
        park(&CLOSED, before, u64::MAX);
    }
    1
}
