//! Kicks where a signal to a thread says nothing, and the kernel has no timers
//! that send signals to one. A kick is the bare signal, and what comes from
//! this very process by that signal is taken for one; a thread of the
//! library's own sends it again.
//!
//! A timer is a slot. Whoever sets it writes when it is due, and wakes the
//! thread; the thread takes that time out by a compare-and-swap, so what was
//! stopped or set anew meanwhile is not sent. What is on its way all the same
//! does no harm: see `zone::waiting`.
//!
//! A slot belongs to a process, and so does the thread: a forked child has
//! neither, as it has none of its parent's timers elsewhere.
#![allow(unsafe_code)] // the kernel's pointers, a thread

use core::ffi::{c_int, c_void};
use core::mem::MaybeUninit;
use core::ptr::{null, null_mut};
use core::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};
use core::sync::atomic::{AtomicU32, AtomicU64};

use super::wait::Sent;
use super::{SavedErrno, SigInfo, now, process_id, swap_mask, system};

/// A kick, if this process has sent it: then `expected` says whether kicks
/// come by this signal.
///
/// # Safety
/// `info` is null or what the kernel passed to a handler.
#[inline(always)]
pub unsafe fn sent(info: *const SigInfo, expected: impl FnOnce() -> bool) -> Option<Sent> {
    // SAFETY: the caller's word.
    let info = unsafe { info.as_ref() }?;
    (expected() && system::is_sent_from_here(info)).then_some(Sent::Nameless)
}

/// Kick a thread of this process. One that has ended is none any more.
#[inline(always)]
pub fn kick(thread: c_int, signum: c_int, _: usize) {
    let _errno = SavedErrno::new();
    system::send_to_thread(thread, signum);
}

/// One for the waits of each context, and as many for what is overdue.
const ROOM: usize = 8192;

struct Slot {
    /// The process that has it, or had; 0 is none.
    process: AtomicU32,
    /// The thread, or 0 for the process.
    thread: AtomicU32,
    signum: AtomicU32,
    /// When to send, by CLOCK_MONOTONIC in nanoseconds, or 0; and then how
    /// often, or 0.
    due: AtomicU64,
    every: AtomicU64,
}

static SLOTS: [Slot; ROOM] = [const {
    Slot {
        process: AtomicU32::new(0),
        thread: AtomicU32::new(0),
        signum: AtomicU32::new(0),
        due: AtomicU64::new(0),
        every: AtomicU64::new(0),
    }
}; ROOM];
/// How many have ever been taken: those behind are untouched.
static USED: AtomicU32 = AtomicU32::new(0);
/// Counts up when a timer is set.
static CHANGES: AtomicU32 = AtomicU32::new(0);
/// The process whose thread runs.
static RUNS: AtomicU32 = AtomicU32::new(0);

/// A timer that sends this signal, when it is run: to this thread of the
/// process, or to whichever takes it. Owner.
pub fn new_timer(thread: Option<c_int>, signum: c_int, _: Sent) -> Result<c_int, c_int> {
    let _errno = SavedErrno::new();
    start_thread()?;
    let me = process_id() as u32;
    for (index, slot) in SLOTS.iter().enumerate() {
        let process = slot.process.load(Relaxed);
        let is_free = process != me;
        if is_free && slot.process.compare_exchange(process, me, Acquire, Relaxed).is_ok() {
            slot.due.store(0, Relaxed);
            slot.thread.store(thread.unwrap_or(0) as u32, Relaxed);
            slot.signum.store(signum as u32, Relaxed);
            USED.fetch_max(index as u32 + 1, Release);
            return Ok(index as c_int);
        }
    }
    Err(libc::ENOMEM)
}

/// Free a timer. Owner.
pub fn delete_timer(timer: c_int) {
    if let Some(slot) = SLOTS.get(timer as usize) {
        slot.due.store(0, Relaxed);
        slot.process.store(0, Release);
    }
}

/// Have it send in so many nanoseconds, and then each time that so many have
/// gone by, or not again; 0 is never.
#[inline(never)]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
pub fn set_timer(timer: c_int, first: u64, every: u64) {
    let Some(slot) = SLOTS.get(timer as usize) else { return };
    let due = if first == 0 { 0 } else { now().saturating_add(first) };
    slot.every.store(every, Relaxed);
    slot.due.store(due, Release);
    if due != 0 {
        let _errno = SavedErrno::new();
        CHANGES.fetch_add(1, SeqCst);
        system::wake_all(&CHANGES);
    }
}

/// The thread, once in a process. It takes no signals, and stays: it sleeps
/// while no timer runs.
fn start_thread() -> Result<(), c_int> {
    let (before, me) = (RUNS.load(Acquire), process_id() as u32);
    if before == me || RUNS.compare_exchange(before, me, SeqCst, Relaxed).is_err() {
        return Ok(());
    }
    let _errno = SavedErrno::new();
    let mut thread = MaybeUninit::<libc::pthread_t>::zeroed();
    let mask = swap_mask(libc::SIG_BLOCK, !0);
    // SAFETY: valid places, and a function that takes nothing.
    let failed = unsafe {
        let failed = libc::pthread_create(thread.as_mut_ptr(), null(), run, null_mut());
        if failed == 0 {
            libc::pthread_detach(thread.assume_init());
        }
        failed
    };
    if let Ok(mask) = mask {
        let _ = swap_mask(libc::SIG_SETMASK, mask);
    }
    if failed != 0 {
        RUNS.store(0, Release);
        return Err(libc::ENOMEM); // no caller of a read() takes it for its own
    }
    Ok(())
}

extern "C" fn run(_: *mut c_void) -> *mut c_void {
    system::name_thread(c"safepoint-kick");
    loop {
        // Before it looks: what is set later does not let it sleep.
        let seen = CHANGES.load(SeqCst);
        let next = send_due();
        system::wait_for_futex(&CHANGES, seen, next);
    }
}

/// Send what is due: when the next one is.
fn send_due() -> u64 {
    let (me, mut next) = (process_id() as u32, u64::MAX);
    for slot in SLOTS.iter().take(USED.load(Acquire) as usize) {
        let due = slot.due.load(Acquire);
        if due == 0 || slot.process.load(Acquire) != me {
            continue;
        }
        let now = now();
        let again = match slot.every.load(Relaxed) {
            _ if due > now => due,
            0 => 0,
            every => now.saturating_add(every),
        };
        if again != due && slot.due.compare_exchange(due, again, SeqCst, Relaxed).is_ok() {
            send(slot);
        }
        if again != 0 {
            next = next.min(again);
        }
    }
    next
}

fn send(slot: &Slot) {
    let signum = slot.signum.load(Relaxed) as c_int;
    match slot.thread.load(Relaxed) {
        // SAFETY: no pointers.
        0 => _ = unsafe { libc::kill(process_id(), signum) },
        thread => system::send_to_thread(thread as c_int, signum),
    }
}

/// Whether the owner can put a fence on all threads: no, so producers have
/// one of their own.
pub const FENCES_ALL_THREADS: bool = false;

pub fn fence_all_threads() {}
