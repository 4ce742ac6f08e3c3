//! Where threads wait: each has a place with an event of its own, by which it
//! is told that a word has changed, or is kicked.
//!
//! A place is given to another thread when its own has ended, and its event is
//! never closed: a kick that comes late wakes somebody for nothing.
#![allow(unsafe_code)] // the boundary to the system

use core::ffi::{c_int, c_void};
use core::ptr::null;
use core::sync::atomic::Ordering::{AcqRel, Acquire, Release, SeqCst};
use core::sync::atomic::{AtomicU32, AtomicUsize, fence};

use windows_sys::Win32::Foundation::{CloseHandle, HANDLE, WAIT_OBJECT_0};
use windows_sys::Win32::System::IO::CancelSynchronousIo;
use windows_sys::Win32::System::Threading::{
    CreateEventW, FLS_OUT_OF_INDEXES, FlsAlloc, FlsGetValue, FlsSetValue, OpenThread,
    SetEvent, Sleep, THREAD_TERMINATE, WaitForSingleObject,
};

use super::wakeup::Socket;
use super::{SavedErrno, Spin, keep_loaded, now, process_ends};

/// As many as there can be owners, and some.
const ROOM: usize = 8192;

pub(super) struct Place {
    taken: AtomicU32,
    event: AtomicUsize,
    /// The word that its thread waits for; 0 is none.
    word: AtomicUsize,
    /// The thread while it is in code that is not ours; 0 is none.
    lock: Spin,
    inside: AtomicUsize,
    /// Readable when it is kicked while it waits for sockets.
    pub socket: Socket,
}

static PLACES: [Place; ROOM] = [const {
    Place {
        taken: AtomicU32::new(0),
        event: AtomicUsize::new(0),
        word: AtomicUsize::new(0),
        lock: Spin::new(),
        inside: AtomicUsize::new(0),
        socket: Socket::new(),
    }
}; ROOM];

/// How many were ever taken.
static USED: AtomicUsize = AtomicUsize::new(0);

/// Where a thread keeps the number of its place, plus 1; the slot, plus 1.
static MINE: AtomicU32 = AtomicU32::new(0);

fn slot() -> Option<u32> {
    if let Some(slot) = MINE.load(Acquire).checked_sub(1) {
        return Some(slot);
    }
    keep_loaded();
    // SAFETY: it is static, and the library is not unmapped any more.
    let slot = unsafe { FlsAlloc(Some(thread_ends)) };
    if slot == FLS_OUT_OF_INDEXES {
        return None;
    }
    // Where two threads come here at once, one slot is left unused.
    match MINE.compare_exchange(0, slot + 1, AcqRel, Acquire) {
        Ok(_) => Some(slot),
        Err(other) => other.checked_sub(1),
    }
}

unsafe extern "system" fn thread_ends(number: *const c_void) {
    if process_ends() {
        return; // a thread that held the place's lock may be no more
    }
    if let Some(place) = PLACES.get((number as usize).wrapping_sub(1)) {
        place.leave();
        place.taken.store(0, Release);
    }
}

/// The calling thread's place, by its number, plus 1; 0 where there is none.
pub fn thread_number() -> c_int {
    let _errno = SavedErrno::new();
    let Some(slot) = slot() else { return 0 };
    // SAFETY: a slot of ours.
    let mine = unsafe { FlsGetValue(slot) } as usize;
    if mine != 0 {
        return mine as c_int;
    }
    for (index, place) in PLACES.iter().enumerate() {
        if place.taken.swap(1, AcqRel) == 0 {
            if !place.has_event() {
                place.taken.store(0, Release);
                break;
            }
            // SAFETY: a slot of ours.
            unsafe { FlsSetValue(slot, (index + 1) as *const c_void) };
            USED.fetch_max(index + 1, SeqCst);
            return (index + 1) as c_int;
        }
    }
    0
}

/// The place of this number, if there is one.
pub(super) fn place(number: c_int) -> Option<&'static Place> {
    PLACES.get((number as usize).wrapping_sub(1))
}

/// The calling thread's.
pub(super) fn mine() -> Option<&'static Place> {
    place(thread_number())
}

impl Place {
    fn has_event(&self) -> bool {
        if self.event.load(Acquire) == 0 {
            // SAFETY: no name, no security: one that resets itself.
            let event = unsafe { CreateEventW(null(), 0, 0, null()) };
            self.event.store(event as usize, Release);
        }
        self.event.load(Acquire) != 0
    }

    fn event(&self) -> HANDLE {
        self.event.load(Acquire) as HANDLE
    }

    /// Wait until it is kicked: false where time is up, by `now`.
    pub fn wait(&self, until: u64) -> bool {
        loop {
            let left = until.saturating_sub(now());
            let ms = milliseconds(if until == u64::MAX { until } else { left });
            // SAFETY: an event that is never closed.
            if unsafe { WaitForSingleObject(self.event(), ms) } == WAIT_OBJECT_0 {
                return true;
            }
            if left == 0 {
                return false;
            }
        }
    }

    /// End its wait, and whatever its thread waits for in code that is not
    /// ours. Another thread.
    pub fn kick(&self) {
        let _errno = SavedErrno::new();
        // SAFETY: an event that is never closed.
        unsafe { SetEvent(self.event()) };
        self.socket.kick();
        if self.inside.load(SeqCst) != 0 {
            self.lock.with(|| {
                // It does not leave meanwhile, so nothing else is cancelled.
                let thread = self.inside.load(SeqCst);
                if thread != 0 {
                    // SAFETY: closed under this lock.
                    unsafe { CancelSynchronousIo(thread as HANDLE) };
                }
            });
        }
    }

    /// Its thread, `me`, enters code that is not ours.
    pub fn enter(&self, me: usize) -> Result<(), c_int> {
        // SAFETY: the calling thread's number.
        let thread = unsafe { OpenThread(THREAD_TERMINATE, 0, me as u32) };
        if thread.is_null() {
            return Err(libc::ENOMEM);
        }
        self.leave();
        self.inside.store(thread as usize, SeqCst);
        Ok(())
    }

    pub fn leave(&self) {
        if self.inside.load(SeqCst) == 0 {
            return;
        }
        self.lock.with(|| {
            let thread = self.inside.swap(0, SeqCst);
            if thread != 0 {
                // SAFETY: opened by `enter`.
                unsafe { CloseHandle(thread as HANDLE) };
            }
        });
    }
}

/// For the system's waits: rounded up, and `INFINITE` for ever.
pub(super) fn milliseconds(left: u64) -> u32 {
    let ms = left.div_ceil(1_000_000);
    if left == u64::MAX { u32::MAX } else { ms.min(0x7fff_ffff) as u32 }
}

/// Wait until the word no longer is `seen` and somebody says so, or something
/// else wakes this thread: false where time is up, by `now`.
pub fn park(word: &AtomicU32, seen: u32, until: u64) -> bool {
    let _errno = SavedErrno::new();
    let Some(place) = mine() else {
        // SAFETY: no preconditions.
        unsafe { Sleep(milliseconds(until.saturating_sub(now())).min(10)) };
        return now() < until;
    };
    // Store, then load, as whoever changes the word: one sees the other.
    place.word.store(word.as_ptr() as usize, SeqCst);
    fence(SeqCst);
    let woken = word.load(SeqCst) != seen || place.wait(until);
    place.word.store(0, Release);
    woken
}

/// Wake all threads that wait on this word.
pub fn wake_all(word: &AtomicU32) {
    let _errno = SavedErrno::new();
    fence(SeqCst);
    for place in PLACES.iter().take(USED.load(SeqCst)) {
        if place.word.load(SeqCst) == word.as_ptr() as usize {
            // SAFETY: an event that is never closed.
            unsafe { SetEvent(place.event()) };
        }
    }
}

/// A kick for the thread of this number. One that has ended is none any more.
pub(super) fn kick_thread(number: c_int) {
    if let Some(place) = place(number) {
        place.kick();
    }
}
