//! Signal sets, masks and actions, and doing what an action says.
#![allow(unsafe_code)] // the boundary to the C library

use core::ffi::{c_int, c_void};
use core::mem::MaybeUninit;
use core::ptr;

use super::{Action, SavedErrno, SigInfo, last_error, set};

/// How many bytes of the C library's set are signals of ours.
const SIZE: usize = if size_of::<libc::sigset_t>() < 8 { 4 } else { 8 };

/// All signals that a set can hold.
pub const ALL: u64 = u64::MAX >> (64 - 8 * SIZE);

/// The C library's signal set, from and to bits.
#[derive(Clone, Copy)]
pub struct SignalSet(pub libc::sigset_t);

impl SignalSet {
    /// The kernel's set is the first 64 bits of the C library's, on every
    /// Linux and FreeBSD; sigaddset would leave out the C library's own
    /// signals. macOS has 32.
    #[inline(always)]
    pub fn from_bits(bits: u64) -> Self {
        let mut set = MaybeUninit::<libc::sigset_t>::zeroed();
        // SAFETY: a zeroed set is a valid, empty one, at least so many bytes.
        SignalSet(unsafe {
            let bytes = in_memory_order(bits).to_ne_bytes();
            ptr::copy_nonoverlapping(bytes.as_ptr(), set.as_mut_ptr().cast(), SIZE);
            set.assume_init()
        })
    }

    #[inline(always)]
    pub fn to_bits(self) -> u64 {
        let mut bytes = [0; 8];
        // SAFETY: so many bytes, all initialised.
        unsafe {
            let from = ptr::from_ref(&self.0).cast();
            ptr::copy_nonoverlapping(from, bytes.as_mut_ptr(), SIZE);
        }
        in_memory_order(u64::from_ne_bytes(bytes))
    }
}

/// The set is an array of `unsigned long`, lowest signals first: on 32-bit
/// big-endian machines that is not how a u64 lies in memory.
#[inline(always)]
const fn in_memory_order(bits: u64) -> u64 {
    if cfg!(all(target_endian = "big", target_pointer_width = "32")) {
        bits.rotate_left(32)
    } else {
        bits
    }
}

/// Change the calling thread's mask; the mask before. As bits: sets of the C
/// library's are large for the stack of an arrival.
#[inline(never)]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
pub fn swap_mask(how: c_int, bits: u64) -> Result<u64, c_int> {
    let set = SignalSet::from_bits(bits);
    let mut before = SignalSet::from_bits(0);
    // SAFETY: valid sets.
    match unsafe { libc::pthread_sigmask(how, &set.0, &mut before.0) } {
        0 => Ok(before.to_bits()),
        error => Err(error),
    }
}

/// The mask that the interrupted code ran with.
///
/// # Safety
/// `context` is what the kernel passed to a handler.
#[inline(always)]
pub unsafe fn interrupted_mask(context: *const c_void) -> u64 {
    // SAFETY: the caller's word; null reads as nothing blocked.
    let context = unsafe { context.cast::<libc::ucontext_t>().as_ref() };
    context.map_or(0, |context| SignalSet(context.uc_sigmask).to_bits())
}

pub const DEFAULT: Action = Action { handler: libc::SIG_DFL, flags: 0, mask: 0 };
pub const IGNORE: Action = Action { handler: libc::SIG_IGN, flags: 0, mask: 0 };

/// Set (`Some`) or only read a signal's action; the action before.
#[inline(never)]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
pub fn swap_action(signum: c_int, action: Option<&Action>) -> Result<Action, c_int> {
    let _errno = SavedErrno::new();
    let mut old = MaybeUninit::<libc::sigaction>::zeroed();
    let mut new = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: zeroed is a valid sigaction; the pointers are valid or null.
    unsafe {
        let new = match action {
            None => ptr::null(),
            Some(action) => {
                let to = &mut *new.as_mut_ptr();
                to.sa_sigaction = action.handler;
                to.sa_flags = action.flags as c_int;
                to.sa_mask = SignalSet::from_bits(action.mask).0;
                new.as_ptr()
            }
        };
        if libc::sigaction(signum, new, old.as_mut_ptr()) != 0 {
            return Err(last_error());
        }
        let old = old.assume_init();
        Ok(Action {
            handler: old.sa_sigaction,
            // SA_RESTORER is the C library's business, not ours.
            flags: old.sa_flags as u32 & !0x0400_0000,
            mask: SignalSet(old.sa_mask).to_bits(),
        })
    }
}

/// Never blocked by any mask.
pub const UNBLOCKABLE: u64 = set(&[libc::SIGKILL, libc::SIGSTOP]);

pub const SA_SIGINFO: u32 = libc::SA_SIGINFO as u32;
pub const SA_ONSTACK: u32 = libc::SA_ONSTACK as u32;
pub const SA_RESETHAND: u32 = libc::SA_RESETHAND as u32;
pub const SA_NODEFER: u32 = libc::SA_NODEFER as u32;
pub const SIG_SETMASK: c_int = libc::SIG_SETMASK;
pub const SIG_UNBLOCK: c_int = libc::SIG_UNBLOCK;

/// Default actions that do nothing, so nothing is to be done for them.
#[cfg(target_os = "linux")]
pub const IGNORED_BY_DEFAULT: u64 =
    set(&[libc::SIGCHLD, libc::SIGURG, libc::SIGWINCH, libc::SIGCONT]);
#[cfg(not(target_os = "linux"))]
pub const IGNORED_BY_DEFAULT: u64 = set(&[
    libc::SIGCHLD,
    libc::SIGURG,
    libc::SIGWINCH,
    libc::SIGCONT,
    libc::SIGIO,
    libc::SIGINFO,
]);

/// Call a C handler as the kernel would have.
///
/// # Safety
/// `action.handler` is a handler that somebody installed, and the rest is
/// what the kernel passed to ours.
#[inline(always)]
pub unsafe fn call_handler(
    action: &Action,
    signum: c_int,
    info: *mut SigInfo,
    context: *mut c_void,
) {
    // SAFETY: the caller's word.
    unsafe { action.call(signum, info, context) }
}

/// Send a delivery to this thread once more, with its own siginfo.
///
/// # Safety
/// As [`read_siginfo`].
#[inline(never)]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
pub unsafe fn requeue(signum: c_int, info: *mut SigInfo) {
    #[cfg(target_os = "linux")]
    // SAFETY: the kernel checks the siginfo; a failure falls through.
    unsafe {
        let (process, thread) = (libc::getpid(), libc::syscall(libc::SYS_gettid));
        let to = libc::SYS_rt_tgsigqueueinfo;
        if !info.is_null() && libc::syscall(to, process, thread, signum, info) == 0 {
            return;
        }
    }
    let _ = info;
    // SAFETY: no preconditions.
    unsafe { libc::raise(signum) };
}
