//! Dispositions: those of the C runtime, kept as sigaction would keep them.
//!
//! Ours stands in the C runtime's table as [`on_signal`]. The runtime puts the
//! default back before each call, and cannot say what stands there without
//! another being put in its place; both are undone at once, under a lock.
#![allow(unsafe_code)] // the boundary to the C runtime

use core::ffi::{c_int, c_void};
use core::ptr::null_mut;
use core::sync::atomic::AtomicUsize;
use core::sync::atomic::Ordering::{Acquire, Relaxed, Release};

use super::{
    Action, FAULTS, SIGBREAK, SIGINT, SIGTERM, SigInfo, Spin, VALID, console, faults, set,
};

/// Signals as bits. There are no masks.
#[derive(Clone, Copy)]
#[allow(dead_code)] // read by its address
pub struct SignalSet(u64);

impl SignalSet {
    pub fn from_bits(bits: u64) -> Self {
        SignalSet(bits)
    }
}

/// All signals that a mask could hold.
pub const ALL: u64 = u64::MAX;

/// Nothing: there are no masks.
pub fn swap_mask(_how: c_int, _bits: u64) -> Result<u64, c_int> {
    Ok(0)
}

/// Nothing is blocked.
///
/// # Safety
/// None is needed.
pub unsafe fn interrupted_mask(_: *const c_void) -> u64 {
    0
}

pub const DEFAULT: Action = Action { handler: 0, flags: 0, mask: 0 };
pub const IGNORE: Action = Action { handler: 1, flags: 0, mask: 0 };
const SIG_ERR: usize = usize::MAX;

// Nobody sees these numbers.
pub const SA_SIGINFO: u32 = 1;
pub const SA_ONSTACK: u32 = 2;
pub const SA_RESETHAND: u32 = 4;
pub const SA_NODEFER: u32 = 8;
pub const SIG_BLOCK: c_int = 0;
pub const SIG_UNBLOCK: c_int = 1;
pub const SIG_SETMASK: c_int = 2;

/// Never blocked by any mask.
pub const UNBLOCKABLE: u64 = 0;
/// Default actions that do nothing: every one ends the process.
pub const IGNORED_BY_DEFAULT: u64 = 0;

/// What was last set for a signal with SA_SIGINFO, and whether it still is to
/// stand there.
struct Ours {
    handler: AtomicUsize,
    flags: AtomicUsize,
    mask: AtomicUsize,
    stands: AtomicUsize,
}

const SIGNALS: usize = 23;
static OURS: [Ours; SIGNALS] = [const {
    Ours {
        handler: AtomicUsize::new(0),
        flags: AtomicUsize::new(0),
        mask: AtomicUsize::new(0),
        stands: AtomicUsize::new(0),
    }
}; SIGNALS];

/// One change or look at a time.
static LOCK: Spin = Spin::new();

impl Ours {
    fn of(signum: c_int) -> &'static Ours {
        &OURS[signum as u32 as usize % SIGNALS]
    }

    fn get(&self) -> Action {
        Action {
            handler: self.handler.load(Acquire),
            flags: self.flags.load(Relaxed) as u32,
            mask: self.mask.load(Relaxed) as u64,
        }
    }

    fn set(&self, action: &Action) {
        self.flags.store(action.flags as usize, Relaxed);
        self.mask.store(action.mask as usize, Relaxed);
        self.handler.store(action.handler, Release);
    }
}

/// The C runtime's signal().
fn exchange(signum: c_int, handler: usize) -> usize {
    // SAFETY: a signal that exists, and a handler that was installed or is
    // ours, or one of the runtime's numbers.
    unsafe { libc::signal(signum, handler) }
}

/// The C runtime's raise(), after which its default stands there.
pub fn raise(signum: c_int) {
    // SAFETY: no preconditions.
    unsafe { libc::raise(signum) };
}

/// Set (`Some`) or only read a signal's action; the action before.
pub fn swap_action(signum: c_int, action: Option<&Action>) -> Result<Action, c_int> {
    if signum < 1 || VALID & 1u64.wrapping_shl(signum as u32 - 1) == 0 {
        return Err(libc::EINVAL);
    }
    let was = LOCK.with(|| swap_locked(signum, action));
    if was.handler == SIG_ERR {
        return Err(libc::EINVAL);
    }
    if action.is_some_and(|action| action.flags & SA_SIGINFO != 0) {
        if matches!(signum, SIGINT | SIGBREAK | SIGTERM) {
            console::watch();
        } else if set(&[signum]) & FAULTS != 0 {
            faults::watch();
        }
    }
    Ok(was)
}

fn swap_locked(signum: c_int, action: Option<&Action>) -> Action {
    let ours = Ours::of(signum);
    let is_ours = action.is_some_and(|action| action.flags & SA_SIGINFO != 0);
    let was = match action {
        Some(_) if is_ours => exchange(signum, on_signal as *const () as usize),
        Some(action) => exchange(signum, action.handler),
        None => {
            let was = exchange(signum, on_signal_meanwhile as *const () as usize);
            exchange(signum, was);
            was
        }
    };
    let before = if was == on_signal as *const () as usize {
        ours.get()
    } else {
        // A fault's handler that comes back is not called for the same again.
        let once = set(&[signum]) & FAULTS != 0 && was != DEFAULT.handler;
        Action { handler: was, flags: if once { SA_RESETHAND } else { 0 }, mask: 0 }
    };
    if let Some(action) = action {
        ours.stands.store(usize::from(is_ours), Relaxed);
        if is_ours {
            ours.set(action);
            timers_arrival(action);
        }
    }
    before
}

/// What a timer that says that a safe point is overdue is told to.
static ARRIVAL: AtomicUsize = AtomicUsize::new(0);

fn timers_arrival(action: &Action) {
    ARRIVAL.store(action.handler, Release);
}

/// Tell the arrival something of the library's own: no signal.
pub(super) fn tell(info: &mut SigInfo) {
    let handler = ARRIVAL.load(Acquire);
    if handler != 0 {
        let action = Action { handler, flags: SA_SIGINFO, mask: 0 };
        // SAFETY: it was set with SA_SIGINFO.
        unsafe { call_handler(&action, 0, info, null_mut()) };
    }
}

/// It stands there while somebody looks what does: a call of ours where that is
/// to stand there, though it may find the default, as wine's raise() reads and
/// resets in two steps. Else of what is back there.
unsafe extern "C" fn on_signal_meanwhile(signum: c_int) {
    match LOCK.with(|| stand_again(signum)) {
        // SAFETY: what the C runtime passed.
        true => unsafe { on_signal(signum) },
        false => raise(signum),
    }
}

/// The runtime has put the default there before it called ours, which still is
/// to stand there: false where it is not, or somebody else's stands there. Under
/// the lock.
fn stand_again(signum: c_int) -> bool {
    if Ours::of(signum).stands.load(Relaxed) == 0 {
        return false;
    }
    let ours = on_signal as *const () as usize;
    let now = exchange(signum, ours);
    if now != DEFAULT.handler && now != ours {
        exchange(signum, now); // somebody was quicker
        return false;
    }
    true
}

/// Ours: what the C runtime calls.
unsafe extern "C" fn on_signal(signum: c_int) {
    if console::is_passed_on(signum) {
        return;
    }
    let is_fault = faults::is_in_one(signum);
    let action = LOCK.with(|| {
        stand_again(signum);
        Ours::of(signum).get()
    });
    let mut info = if is_fault { SigInfo::fault() } else { SigInfo::raised() };
    // SAFETY: it was set with SA_SIGINFO.
    unsafe { call_handler(&action, signum, &mut info, null_mut()) };
}

/// Whom a signal comes to that nobody raises by the C runtime. Where the default
/// stands in the place of ours, a thread is inside raise() and has not got to
/// ours yet; or ours was installed on another thread than this one, to whom the
/// runtime shows a table of its own (SIGSEGV, SIGFPE, SIGILL).
pub(super) fn standing(signum: c_int) -> Result<Action, c_int> {
    let action = swap_action(signum, None)?;
    let ours = Ours::of(signum);
    let is_ours = action == DEFAULT && ours.stands.load(Relaxed) != 0;
    Ok(if is_ours { ours.get() } else { action })
}

/// As if raise() had been called; but the default is not done where it is there
/// for a moment only, or on this thread only.
pub fn raise_here(signum: c_int) -> Result<(), c_int> {
    let action = standing(signum)?;
    if action.flags & SA_SIGINFO == 0 {
        raise(signum);
    } else {
        // SAFETY: it was set with SA_SIGINFO.
        unsafe { call_handler(&action, signum, &mut SigInfo::raised(), null_mut()) };
    }
    Ok(())
}

/// Call a C handler as the C runtime would have. One of somebody else's that
/// has put itself back, as handlers do there, has not meant to be put over ours.
///
/// # Safety
/// `action.handler` is a handler that somebody installed.
pub unsafe fn call_handler(
    action: &Action,
    signum: c_int,
    info: *mut SigInfo,
    context: *mut c_void,
) {
    // SAFETY: the caller's word.
    unsafe { action.call(signum, info, context) };
    if action.flags & SA_SIGINFO != 0 {
        return;
    }
    LOCK.with(|| {
        if Ours::of(signum).stands.load(Relaxed) != 0 {
            let now = exchange(signum, on_signal as *const () as usize);
            if now != action.handler {
                exchange(signum, now);
            }
        }
    });
}

/// Do the default, which stands there now. To the console's thread it is to
/// pass on to whoever is asked next, at last the system; to a fault, to come
/// back: it strikes again.
///
/// # Safety
/// `info` is null or what was passed to a handler.
pub unsafe fn requeue(signum: c_int, info: *mut SigInfo) {
    // SAFETY: the caller's word.
    match unsafe { info.as_mut() } {
        Some(info) if info.is_from_console() => info.pass_on(),
        Some(info) if info.is_fault() => {}
        _ => raise(signum),
    }
}
