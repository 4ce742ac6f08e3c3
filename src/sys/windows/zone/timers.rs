//! Timers that kick, or say that a safe point is overdue: the system's, on
//! threads of its own.
#![allow(unsafe_code)] // the boundary to the system

use core::ffi::{c_int, c_void};
use core::ptr::{from_ref, null};
use core::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use core::sync::atomic::{AtomicU32, AtomicUsize};

use windows_sys::Win32::Foundation::FILETIME;
use windows_sys::Win32::System::Threading::{
    CloseThreadpoolTimer, CreateThreadpoolTimer, PTP_CALLBACK_INSTANCE, PTP_TIMER,
    SetThreadpoolTimer, WaitForThreadpoolTimerCallbacks,
};

use super::action::tell;
use super::parking::kick_thread;
use super::{SavedErrno, Sent, SigInfo};

const ROOM: usize = 8192;

struct Timer {
    taken: AtomicU32,
    timer: AtomicUsize,
    /// Whose place it kicks; or whose safe point it says is overdue.
    thread: AtomicU32,
    context: AtomicUsize,
    signum: AtomicU32,
}

static TIMERS: [Timer; ROOM] = [const {
    Timer {
        taken: AtomicU32::new(0),
        timer: AtomicUsize::new(0),
        thread: AtomicU32::new(0),
        context: AtomicUsize::new(0),
        signum: AtomicU32::new(0),
    }
}; ROOM];

/// Kick the thread of this number.
pub fn kick(thread: c_int, _signum: c_int, _context: usize) {
    kick_thread(thread);
}

/// A timer that sends this, when it is run. Owner.
pub fn new_timer(
    thread: Option<c_int>,
    _signum: c_int,
    says: Sent,
) -> Result<c_int, c_int> {
    let _errno = SavedErrno::new();
    let free = |timer: &&Timer| timer.taken.swap(1, AcqRel) == 0;
    let found = TIMERS.iter().enumerate().find(|(_, timer)| free(timer));
    let (index, timer) = found.ok_or(libc::ENOMEM)?;
    let (context, signum) = match says {
        Sent::Overdue(context, signum) => (context, signum),
        Sent::Kick(context) => (context, 0),
        Sent::Nameless => (0, 0),
    };
    timer.thread.store(thread.unwrap_or(0) as u32, Relaxed);
    timer.context.store(context, Relaxed);
    timer.signum.store(signum, Relaxed);
    let place = from_ref(timer).cast_mut().cast();
    // SAFETY: static functions and places.
    let made = unsafe { CreateThreadpoolTimer(Some(on_time), place, null()) };
    timer.timer.store(made as usize, Release);
    if made == 0 {
        timer.taken.store(0, Release);
        return Err(libc::ENOMEM);
    }
    Ok(index as c_int)
}

unsafe extern "system" fn on_time(
    _: PTP_CALLBACK_INSTANCE,
    place: *mut c_void,
    _: PTP_TIMER,
) {
    // SAFETY: as `new_timer` has passed it.
    let Some(timer) = (unsafe { place.cast::<Timer>().as_ref() }) else { return };
    match timer.signum.load(Relaxed) {
        0 => kick_thread(timer.thread.load(Relaxed) as c_int),
        signum => {
            let context = timer.context.load(Relaxed);
            tell(&mut SigInfo::from_ourselves(Sent::Overdue(context, signum)));
        }
    }
}

fn get(timer: c_int) -> Option<(&'static Timer, PTP_TIMER)> {
    let timer = TIMERS.get(timer as usize)?;
    Some((timer, timer.timer.load(Acquire) as PTP_TIMER))
}

/// Free a timer. Owner.
pub fn delete_timer(timer: c_int) {
    let Some((place, timer)) = get(timer) else { return };
    let _errno = SavedErrno::new();
    // SAFETY: a timer of ours, which nobody runs any more.
    unsafe {
        SetThreadpoolTimer(timer, null(), 0, 0);
        WaitForThreadpoolTimerCallbacks(timer, 1);
        CloseThreadpoolTimer(timer);
    }
    place.timer.store(0, Relaxed);
    place.taken.store(0, Release);
}

/// Have it kick in a millisecond, and then every ten; or rest.
pub fn run_timer(timer: c_int, run: bool) {
    let (first, every) = if run { (1_000_000, 10_000_000) } else { (0, 0) };
    set_timer(timer, first, every);
}

/// How much earlier the system's timers may go off, by `now`.
const TICK: u64 = 16_000_000;

/// Have it send in so many nanoseconds, and then each time that so many have
/// gone by, or not again; 0 is never.
pub fn set_timer(timer: c_int, first: u64, every: u64) {
    let Some((_, timer)) = get(timer) else { return };
    let _errno = SavedErrno::new();
    // From now on, in units of 100 ns, as a negative number.
    let first_late = if every == 0 { first.saturating_add(TICK) } else { first };
    let due = -((first_late / 100).min(i64::MAX as u64) as i64);
    let due = FILETIME { dwLowDateTime: due as u32, dwHighDateTime: (due >> 32) as u32 };
    let due = if first == 0 { null() } else { &raw const due };
    // SAFETY: a timer of ours; a valid time or none.
    unsafe { SetThreadpoolTimer(timer, due, (every / 1_000_000) as u32, 0) };
}
