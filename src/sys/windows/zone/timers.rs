//! Timers that kick, or say that a safe point is overdue: the system's, on
//! threads of its own.
//!
//! An arrival may have read the name of a timer that its owner gives back in
//! that moment. So none is ever closed: it is used for the next one, which has
//! another name, and by the old name nobody finds it any more.
#![allow(unsafe_code)] // the boundary to the system

use core::ffi::{c_int, c_void};
use core::ptr::{from_ref, null};
use core::sync::atomic::Ordering::Relaxed;
use core::sync::atomic::{AtomicU32, AtomicUsize};

use windows_sys::Win32::Foundation::FILETIME;
use windows_sys::Win32::System::Threading::{
    CreateThreadpoolTimer, PTP_CALLBACK_INSTANCE, PTP_TIMER, SetThreadpoolTimer,
};

use super::action::tell;
use super::parking::kick_thread;
use super::{SavedErrno, Sent, SigInfo, Spin};

const BITS: u32 = 13;
const ROOM: usize = 1 << BITS;

/// All of it is read and written under the lock.
struct Timer {
    lock: Spin,
    /// How often it was given out and given back: odd while it is in use.
    turn: AtomicU32,
    timer: AtomicUsize,
    /// Whose place it kicks; or whose safe point it says is overdue.
    thread: AtomicU32,
    context: AtomicUsize,
    signum: AtomicU32,
}

static TIMERS: [Timer; ROOM] = [const {
    Timer {
        lock: Spin::new(),
        turn: AtomicU32::new(0),
        timer: AtomicUsize::new(0),
        thread: AtomicU32::new(0),
        context: AtomicUsize::new(0),
        signum: AtomicU32::new(0),
    }
}; ROOM];

/// The timer's name in this turn, a positive number: it comes again after some
/// hundred thousand turns.
fn name(index: usize, turn: u32) -> c_int {
    ((turn << BITS) & 0x7fff_ffff | index as u32) as c_int
}

impl Timer {
    fn is_taken(&self) -> bool {
        self.turn.load(Relaxed) & 1 != 0
    }

    fn next_turn(&self) -> u32 {
        let turn = self.turn.load(Relaxed).wrapping_add(1);
        self.turn.store(turn, Relaxed);
        turn
    }

    /// Have it go off at this time or never, and then every so many ms.
    fn set(&self, due: *const FILETIME, every: u32) {
        let timer = self.timer.load(Relaxed) as PTP_TIMER;
        // SAFETY: a timer of ours, which is never closed; a valid time or none.
        unsafe { SetThreadpoolTimer(timer, due, every, 0) };
    }

    /// Take it, if it is free: which turn that is.
    fn take(
        &self,
        thread: c_int,
        context: usize,
        signum: u32,
    ) -> Option<Result<u32, c_int>> {
        self.lock.with(|| {
            if self.is_taken() {
                return None;
            }
            if self.timer.load(Relaxed) == 0 {
                let place = from_ref(self).cast_mut().cast();
                // SAFETY: static functions and places.
                let made = unsafe { CreateThreadpoolTimer(Some(on_time), place, null()) };
                if made == 0 {
                    return Some(Err(libc::ENOMEM));
                }
                self.timer.store(made as usize, Relaxed);
            }
            self.thread.store(thread as u32, Relaxed);
            self.context.store(context, Relaxed);
            self.signum.store(signum, Relaxed);
            Some(Ok(self.next_turn()))
        })
    }
}

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
    let (context, signum) = match says {
        Sent::Overdue(context, signum) => (context, signum),
        Sent::Kick(context) => (context, 0),
        Sent::Nameless => (0, 0),
    };
    for (index, timer) in TIMERS.iter().enumerate() {
        if let Some(taken) = timer.take(thread.unwrap_or(0), context, signum) {
            return taken.map(|turn| name(index, turn));
        }
    }
    Err(libc::ENOMEM)
}

unsafe extern "system" fn on_time(
    _: PTP_CALLBACK_INSTANCE,
    place: *mut c_void,
    _: PTP_TIMER,
) {
    // SAFETY: as `take` has passed it.
    let Some(timer) = (unsafe { place.cast::<Timer>().as_ref() }) else { return };
    // Of whoever has it now: a kick for nothing does no harm, and who is said
    // to be overdue is looked at once more.
    let (thread, context, signum) = timer.lock.with(|| {
        let thread = if timer.is_taken() { timer.thread.load(Relaxed) } else { 0 };
        (thread, timer.context.load(Relaxed), timer.signum.load(Relaxed))
    });
    match signum {
        0 => kick_thread(thread as c_int),
        signum => tell(&mut SigInfo::from_ourselves(Sent::Overdue(context, signum))),
    }
}

/// With the timer of this name, while it has it.
fn with(timer: c_int, work: impl FnOnce(&Timer)) {
    let index = timer as u32 as usize % ROOM;
    let Some(found) = TIMERS.get(index) else { return };
    let _errno = SavedErrno::new();
    found.lock.with(|| {
        if found.is_taken() && name(index, found.turn.load(Relaxed)) == timer {
            work(found);
        }
    });
}

/// Give a timer back. Owner.
pub fn delete_timer(timer: c_int) {
    with(timer, |timer| {
        timer.set(null(), 0);
        timer.next_turn();
    });
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
    // From now on, in units of 100 ns, as a negative number.
    let first_late = if every == 0 { first.saturating_add(TICK) } else { first };
    let due = -((first_late / 100).min(i64::MAX as u64) as i64);
    let due = FILETIME { dwLowDateTime: due as u32, dwHighDateTime: (due >> 32) as u32 };
    let due = if first == 0 { null() } else { &raw const due };
    with(timer, |timer| timer.set(due, (every / 1_000_000) as u32));
}
