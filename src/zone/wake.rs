//! Waking whoever waits for the owner: a function, a file descriptor of the
//! user's, an eventfd of ours.
//!
//! An arrival that finds `active` zero does nothing here. The numbers of both
//! descriptors are ours for the life of the process: another target is put
//! *under* the number (dup3), so a number that an arrival has read can never
//! come to mean a stranger's file.
//!
//! # The eventfd
//!
//! It is readable while something is pending. A producer records, writes, and
//! then sets the breaker a second time; the owner swaps the breaker, reads the
//! eventfd empty, and only then looks for records, and writes again where it
//! finds one. So a write that comes when its record has been handled already leaves
//! the breaker set: the owner comes by once more and reads it empty. Every
//! producer writes: to trust in the write of another would be to wait for it.
#![allow(unsafe_code)] // a link section

use super::atomic::{
    AcqRel, Acquire, AtomicU32, AtomicU64, Relaxed, Release, SeqCst, constructor, fence,
    fresh_array,
};
use super::published::Published;
use crate::sys::zone as sys;

/// Bits of `active`.
pub const FUNCTION: u32 = 1;
pub const FD: u32 = 2;
pub const FD_CALLS: u32 = 4;
pub const EVENT: u32 = 8;
/// What is written to, in the bits above.
const KIND_SHIFT: u32 = 8;
/// All of these. Above them counts a version: whoever was overtaken can tell.
const ON: u32 = 0xffff;

pub struct Wake {
    active: AtomicU32,
    /// The reserved numbers, by kind; 0 is none yet (0 is never reserved by
    /// us). What lies under one is always of that kind, or takes no write of
    /// that kind: an arrival that was overtaken cannot write eight bytes for
    /// an eventfd into a pipe.
    fds: [AtomicU32; 3],
    /// What the user polls, and what is written to: one eventfd, or a pipe.
    event_fd: AtomicU32,
    event_writer: AtomicU32,
    function: Published<2>,
    /// How many are calling it.
    calling: AtomicU32,
    failed: AtomicU64,
    last_error: AtomicU32,
}

/// What lies under the reserved number, as bits of `active`.
#[derive(Clone, Copy)]
pub struct Target(u32);

impl Target {
    pub const NOTHING: Target = Target(0);

    pub fn new(kind: sys::WakeKind, calls: bool) -> Self {
        Target(FD | if calls { FD_CALLS } else { 0 } | kind.to_bits() << KIND_SHIFT)
    }

    /// How it is written to, if there is anything.
    #[inline(always)]
    pub fn kind(self) -> Option<sys::WakeKind> {
        (self.0 & FD != 0).then(|| sys::WakeKind::from_bits(self.0 >> KIND_SHIFT))
    }
}

impl Wake {
    constructor! {
        pub fn new() -> Self {
            Wake {
                active: AtomicU32::new(0),
                fds: fresh_array![AtomicU32::new(0); 3],
                event_fd: AtomicU32::new(0),
                event_writer: AtomicU32::new(0),
                function: Published::new(),
                calling: AtomicU32::new(0),
                failed: AtomicU64::new(0),
                last_error: AtomicU32::new(0),
            }
        }
    }

    /// What is switched on. SeqCst: it stands between a producer's record and
    /// its decision to wake nobody, while the owner switches something on and
    /// then looks for records.
    #[inline(always)]
    pub fn active(&self) -> u32 {
        self.active.load(SeqCst) & ON
    }

    /// Wake by whatever is on; `signum` is 0 for what is no signal. True where
    /// the breaker has to be set again: see above.
    #[inline(never)]
    #[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
    pub fn wake(&self, signum: u32) -> bool {
        let _errno = sys::SavedErrno::new(); // callers may be C handlers
        let active = self.active();
        if active & FUNCTION != 0 {
            self.call_function(signum);
        }
        if active & FD != 0 {
            self.write_fd(signum);
        }
        self.raise_event()
    }

    /// Call the user's function, if there is one. Whoever takes it away sees
    /// that it is being called, or is seen to have taken it away: SeqCst.
    #[inline(always)]
    pub fn call_function(&self, signum: u32) {
        self.calling.fetch_add(1, SeqCst);
        if self.active() & FUNCTION != 0 {
            let [function, argument] = self.function.read();
            sys::call_wakeup(function, signum as i32, argument);
        }
        self.calling.fetch_sub(1, SeqCst);
    }

    /// Write to the user's descriptor, if there is one and it wants this.
    #[inline(never)]
    #[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
    pub fn write_fd(&self, signum: u32) {
        let _errno = sys::SavedErrno::new();
        // Twice at most: where the write fails because another descriptor has
        // just taken this one's place, that one gets it.
        for _ in 0..2 {
            let active = self.active.load(SeqCst);
            let Some(kind) = Target(active).kind() else { return };
            if signum == 0 && active & FD_CALLS == 0 {
                return;
            }
            let fd = self.fds[kind as usize].load(Acquire) as i32;
            let Err(error) = sys::write_wakeup(kind, fd, signum as u8) else { return };
            if active == self.active.load(SeqCst) {
                return self.note_failure(error);
            }
        }
    }

    /// Make the eventfd readable, if it is on: whether it is.
    #[inline(never)]
    #[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
    pub fn raise_event(&self) -> bool {
        let on = self.active() & EVENT != 0;
        if on {
            let _errno = sys::SavedErrno::new();
            let written = sys::write_event(self.event_writer.load(Acquire) as i32);
            if let Err(error) = written {
                self.note_failure(error);
            }
        }
        on
    }

    /// Make it unreadable, when the breaker has been swapped: a write that
    /// comes later sets the breaker later. Owner.
    #[inline(always)]
    pub fn drain_event(&self) {
        if self.active() & EVENT != 0 {
            sys::drain_event(self.event_fd.load(Acquire) as i32);
        }
    }

    fn note_failure(&self, error: i32) {
        self.last_error.store(error as u32, Relaxed);
        self.failed.fetch_add(1, AcqRel);
    }

    /// How many wake-ups failed since the process began, and why the last.
    pub fn failures(&self) -> (u64, i32) {
        let failed = self.failed.load(Acquire);
        (failed, self.last_error.load(Relaxed) as i32)
    }

    /// The number that is ours for wake-ups of this kind, if there ever was
    /// one. Owner.
    pub fn fd(&self, kind: sys::WakeKind) -> Option<i32> {
        reserved(&self.fds[kind as usize])
    }

    /// The eventfd's numbers, to read and to write, if there ever was one. Owner.
    pub fn event(&self) -> Option<[i32; 2]> {
        Some([reserved(&self.event_fd)?, reserved(&self.event_writer)?])
    }

    /// Whether it is written to. Owner.
    pub fn is_event_on(&self) -> bool {
        self.active() & EVENT != 0
    }

    /// Reserve a number; 0 gives it up. Owner.
    pub fn reserve_fd(&self, kind: sys::WakeKind, fd: i32) {
        self.fds[kind as usize].store(fd as u32, Release);
    }

    /// Switch the eventfd on. Owner.
    pub fn start_event(&self, [reader, writer]: [i32; 2]) {
        self.event_fd.store(reader as u32, Release);
        self.event_writer.store(writer as u32, Release);
        self.switch(EVENT, EVENT);
    }

    /// Say what lies under the reserved number. Owner.
    pub fn aim(&self, target: Target) {
        self.switch(!(FUNCTION | EVENT), target.0);
    }

    /// What was last said of it. Owner.
    pub fn target(&self) -> Target {
        Target(self.active.load(Relaxed) & ON & !(FUNCTION | EVENT))
    }

    /// Call no function from here on: what was called. Owner.
    pub fn stop_function(&self) -> [usize; 2] {
        let was_on = self.active() & FUNCTION != 0;
        self.switch(FUNCTION, 0);
        if was_on { self.function.read() } else { [0; 2] }
    }

    /// Whether somebody is calling it still. Owner.
    pub fn is_calling(&self) -> bool {
        self.calling.load(SeqCst) != 0
    }

    /// Set the wake-up function, where none is; 0 is none. Owner.
    pub fn set_function(&self, words: [usize; 2]) {
        self.function.write(words);
        if words[0] != 0 {
            self.switch(FUNCTION, FUNCTION);
        }
    }

    /// A forked child starts with none of its parent's, counters at zero.
    pub fn reset(&self) {
        self.stop_function();
        self.calling.store(0, SeqCst);
        self.aim(Target::NOTHING);
    }

    pub fn begin_counting(&self) {
        self.failed.store(0, SeqCst);
        self.last_error.store(0, SeqCst);
    }

    /// Write to it no more. It stays reserved. Owner.
    pub fn stop_event(&self) {
        self.switch(EVENT, 0);
    }

    /// The child could have none of its own.
    pub fn forget_event(&self) {
        self.stop_event();
        self.event_fd.store(0, Release);
        self.event_writer.store(0, Release);
    }

    fn switch(&self, mask: u32, bits: u32) {
        let active = self.active.load(Relaxed);
        let version = (active & !ON).wrapping_add(ON + 1);
        self.active.store(version | active & ON & !mask | bits, SeqCst);
        // Whoever switches something on then looks for what is pending.
        fence(SeqCst);
    }
}

fn reserved(number: &AtomicU32) -> Option<i32> {
    match number.load(Acquire) {
        0 => None,
        fd => Some(fd as i32),
    }
}
