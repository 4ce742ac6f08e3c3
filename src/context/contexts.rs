//! The contexts besides the main one: storage that is recycled and never
//! unmapped, and handles that know when theirs is over.
//!
//! A handle is a number and a generation. An owner's calls compare that alone,
//! since nobody but the owner gives a context back; all others pin it first,
//! see `zone::pins`.
//!
//! An arrival pins nothing: it may come to a context that has just been given
//! back, or be the first thing that the next one counts.
#![allow(unsafe_code)] // memory of our own

use core::mem::offset_of;
use core::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use core::sync::atomic::{AtomicPtr, AtomicU64};

use super::lock::locked;
use super::{Context, ENDED, Handle, MAIN, fork};
use crate::sys::{self, Errno};
use crate::zone::{self, CONTEXTS, Inbox};

/// Behind a handle's generation: which context it is.
const NUMBER_BITS: u32 = 13;
const _: () = assert!(CONTEXTS < 1 << NUMBER_BITS);

/// What a context is made of: zeros, but for its number. The inbox begins a
/// page, as the main one does.
#[repr(C)]
struct Room {
    inbox: Inbox,
    context: Context,
}

/// By number, less 1.
static ROOMS: [AtomicPtr<Context>; CONTEXTS] =
    [const { AtomicPtr::new(core::ptr::null_mut()) }; CONTEXTS];
/// Which of them exist, as bits.
static EXIST: [AtomicU64; CONTEXTS / 64] = [const { AtomicU64::new(0) }; CONTEXTS / 64];

/// The context of this number, if there ever was one.
#[inline(always)]
pub fn room(number: usize) -> Option<&'static Context> {
    let Some(index) = number.checked_sub(1) else { return Some(&MAIN) };
    let context = ROOMS.get(index)?.load(Acquire);
    // SAFETY: null, or published by `build`, and never unmapped.
    unsafe { context.as_ref() }
}

/// All contexts that there ever were, but for the main one.
pub fn rooms() -> impl Iterator<Item = &'static Context> {
    (1..=CONTEXTS).map_while(room)
}

/// The contexts that exist, the main one first.
pub fn all() -> impl Iterator<Item = &'static Context> {
    core::iter::once(&MAIN).chain(rooms().filter(|context| context.exists()))
}

/// Its context: EINVAL for NULL, ESTALE if it is no more.
#[inline(never)]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
pub fn resolve(handle: *const Handle) -> Result<&'static Context, Errno> {
    if handle.is_null() {
        return Err(sys::EINVAL);
    }
    let context = room(handle as usize & ((1 << NUMBER_BITS) - 1)).ok_or(sys::ESTALE)?;
    if context.is_no_more(handle) { Err(sys::ESTALE) } else { Ok(context) }
}

/// The same for any thread, and a signal handler.
#[inline(always)]
pub fn pinned<T>(
    handle: *const Handle,
    work: impl FnOnce(&'static Context) -> Result<T, Errno>,
) -> Result<T, Errno> {
    let context = resolve(handle)?;
    context.pins.pin();
    let result = resolve(handle).and_then(work);
    context.pins.unpin();
    result
}

impl Context {
    /// What it is called, as long as it exists.
    #[inline(always)]
    pub fn handle(&self) -> *mut Handle {
        let generation = self.pins.generation().wrapping_add(1);
        (generation << NUMBER_BITS | self.number) as *mut Handle
    }

    /// Whether this is a handle of the past.
    #[inline(always)]
    pub fn is_no_more(&self, handle: *const Handle) -> bool {
        self.handle().addr() != handle.addr()
    }

    fn bit(&self) -> (Option<&'static AtomicU64>, u64) {
        let index = self.number.wrapping_sub(1);
        (EXIST.get(index / 64), 1 << (index % 64))
    }

    pub fn exists(&self) -> bool {
        let (word, bit) = self.bit();
        word.is_some_and(|word| word.load(Relaxed) & bit != 0)
    }

    fn set_exists(&self, on: bool) {
        let (Some(word), bit) = self.bit() else { return };
        let others = word.load(Relaxed) & !bit;
        word.store(if on { others | bit } else { others }, Relaxed);
    }
}

/// A new context of the calling thread's: ENOMEM, or EAGAIN where there are as
/// many as there can be.
pub fn new() -> Result<&'static Context, Errno> {
    fork::watch()?;
    let context = locked(|| -> Result<_, Errno> {
        let context = find_room()?;
        // What came after it was given back.
        context.drop_pending();
        context.begin_counting();
        context.owner.store(sys::this_thread(), Release);
        context.set_exists(true);
        Ok(context)
    })?;
    fork::watch_owner();
    Ok(context)
}

/// The first room that nobody has or pins, or else one more.
fn find_room() -> Result<&'static Context, Errno> {
    for number in 1..=CONTEXTS {
        match room(number) {
            None => return build(number),
            Some(context) if !context.exists() && !context.pins.is_pinned() => {
                return Ok(context);
            }
            Some(_) => {}
        }
    }
    Err(sys::EAGAIN)
}

/// Build the room of this number: all before it are there.
fn build(number: usize) -> Result<&'static Context, Errno> {
    const { assert!(offset_of!(Room, context) % align_of::<Context>() == 0) };
    let memory = sys::map(size_of::<Room>())?.cast::<Room>();
    // SAFETY: fresh memory of that size, page-aligned, and nobody else's. It
    // is zeros, as a fresh inbox is, all of whose parts are atomics.
    unsafe {
        let context = &raw mut (*memory).context;
        let place = zone::add_inbox(number, &(*memory).inbox);
        context.write(Context::new(number, place));
        if let Some(place) = ROOMS.get(number - 1) {
            place.store(context, Release);
        }
        Ok(&*context)
    }
}

/// Give a context back. EINVAL for the main one; EPERM for another's whose
/// thread has not ended; EBUSY inside a handler of its own, or where somebody
/// has been in its wake-up function for a second.
pub fn free(handle: *const Handle) -> Result<(), Errno> {
    let context = resolve(handle)?;
    if context.number == 0 {
        return Err(sys::EINVAL);
    }
    let me = sys::this_thread();
    let before = locked(|| -> Result<_, Errno> {
        let owner = context.owner.load(Relaxed);
        if context.is_no_more(handle) {
            return Err(sys::ESTALE);
        }
        if owner != me && owner != ENDED {
            return Err(sys::EPERM);
        }
        context.owner.store(me, Release);
        Ok(owner)
    })?;
    let busy = before == me && context.is_in_a_handler();
    if busy || context.set_wakeup_function([0; 2]).is_err() {
        context.owner.store(before, Release);
        return Err(sys::EBUSY);
    }
    // From here on nobody finds it who has not found it already.
    context.pins.give_back();
    // Not under the lock, though a fork in the middle leaves its child a context
    // that nobody finds: this waits until nobody is in the wake-up function.
    context.finish();
    context.inbox().wake.stop_event();
    locked(|| context.set_exists(false));
    Ok(())
}

/// Become the owner of a context, whoever was.
pub fn adopt(handle: *const Handle) -> Result<(), Errno> {
    fork::watch()?; // not under the lock: see there
    pinned(handle, |context| {
        locked(|| match context.is_no_more(handle) {
            true => Err(sys::ESTALE),
            false => context.adopt(),
        })
    })
}
