//! Waits: what stands for the system calls that there are. A kick sets the
//! event of the thread's place, which stays set: so nothing comes between the
//! last look and the wait.
#![allow(unsafe_code)] // callers' pointers

use core::ffi::{c_int, c_long, c_void};
use core::slice;
use core::sync::atomic::AtomicU32;
use core::sync::atomic::Ordering::SeqCst;

use windows_sys::Win32::Networking::WinSock::{
    SOCKET_ERROR, WSAGetLastError, WSAPOLLFD, WSAPoll,
};
use windows_sys::Win32::System::Memory::{GetProcessHeap, HeapAlloc, HeapFree};

use super::parking::{Place, milliseconds, mine};
use super::wakeup::error_of;
use super::{SavedErrno, clock, now, park};

/// Nothing can come between the last look and the wait.
pub const HAS_NO_WINDOW: bool = true;

// The numbers of what there is, for the calls' names of Unix.
pub const SLEEP: c_long = 1;
pub const POLL: c_long = 2;
pub const WORD: c_long = 3;
pub const SIGNALS: c_long = 4;

/// How to sleep: until a clock shows the time.
pub const ABSOLUTE: c_int = 1;

/// A time, as C has it there.
#[allow(non_camel_case_types)] // C's name
#[derive(Clone, Copy)]
#[repr(C)]
pub struct timespec {
    pub tv_sec: i64,
    pub tv_nsec: c_long,
}

/// A result, or the errno, which is EINTR where something has arrived.
type Waited = Result<c_long, c_int>;

/// Wait, unless the word is set: the result or the negative errno, -EINTR if
/// the word was set or something has arrived.
///
/// # Safety
/// The arguments are such that the call may be made.
pub unsafe fn wait(breaker: *const u32, number: c_long, of: &[usize; 6]) -> c_long {
    let _errno = SavedErrno::new();
    // SAFETY: the caller's word.
    unsafe {
        match breaker.read_volatile() {
            0 => made(number, of).unwrap_or_else(|error| -c_long::from(error)),
            _ => -c_long::from(libc::EINTR),
        }
    }
}

/// # Safety
/// As [`wait`].
unsafe fn made(number: c_long, of: &[usize; 6]) -> Waited {
    let [first, second, third, fourth, ..] = *of;
    // SAFETY: the caller's word.
    unsafe {
        match number {
            SLEEP => sleep(first as c_int, second as c_int, third),
            POLL if fourth != 0 => Err(libc::ENOTSUP), // a mask
            POLL => poll(first as *mut WSAPOLLFD, second, until(third)?),
            WORD => word(first, third as u32, absolute(fourth)?), // second: how
            SIGNALS if !rest(until(third)?) => Err(libc::EAGAIN),
            SIGNALS => Err(libc::EINTR),
            _ => Err(libc::ENOTSUP),
        }
    }
}

/// EINVAL for what is no time.
fn nanoseconds(time: &timespec) -> Result<u64, c_int> {
    match (u64::try_from(time.tv_sec), u64::try_from(time.tv_nsec)) {
        (Ok(seconds), Ok(below @ ..=999_999_999)) => {
            Ok(seconds.saturating_mul(1_000_000_000).saturating_add(below))
        }
        _ => Err(libc::EINVAL),
    }
}

/// Null is for ever.
///
/// # Safety
/// It is null or points to a timespec.
unsafe fn absolute(time: usize) -> Result<u64, c_int> {
    // SAFETY: the caller's word.
    unsafe { (time as *const timespec).as_ref() }.map_or(Ok(u64::MAX), nanoseconds)
}

/// From now on.
///
/// # Safety
/// As [`absolute`].
unsafe fn until(time: usize) -> Result<u64, c_int> {
    // SAFETY: the caller's word.
    unsafe { absolute(time) }.map(|time| time.saturating_add(now()))
}

/// Until it is kicked: false where time is up.
fn rest(until: u64) -> bool {
    static NEVER: AtomicU32 = AtomicU32::new(0);
    park(&NEVER, 0, until)
}

/// Until a clock shows this time. A time from now on that is one does not come
/// here: see `sleep_until`.
///
/// # Safety
/// As [`absolute`].
unsafe fn sleep(of: c_int, flags: c_int, time: usize) -> Waited {
    let shows = clock(of).ok_or(libc::EINVAL)?;
    if time == 0 {
        return Err(libc::EFAULT);
    }
    // SAFETY: the caller's word.
    let time = unsafe { absolute(time) }?;
    if flags != ABSOLUTE {
        return Err(libc::EINVAL);
    }
    match rest(time.saturating_sub(shows).saturating_add(now())) {
        true => Err(libc::EINTR),
        false => Ok(0),
    }
}

/// Until the word no longer is `expected`.
///
/// # Safety
/// It is an atomic's address.
unsafe fn word(of: usize, expected: u32, until: u64) -> Waited {
    // SAFETY: the caller's word.
    let word = unsafe { AtomicU32::from_ptr(of as *mut u32) };
    if word.load(SeqCst) != expected {
        return Err(libc::EAGAIN);
    }
    match park(word, expected, until) {
        false => Err(libc::ETIMEDOUT),
        true if word.load(SeqCst) == expected => Err(libc::EINTR),
        true => Ok(0),
    }
}

/// WSAPoll, with the place's own socket behind the caller's.
///
/// # Safety
/// `count` of them can be read and written.
unsafe fn poll(fds: *mut WSAPOLLFD, count: usize, until: u64) -> Waited {
    if count == 0 {
        return if rest(until) { Err(libc::EINTR) } else { Ok(0) };
    }
    if fds.is_null() {
        return Err(libc::EFAULT);
    }
    if count >= u32::MAX as usize {
        return Err(libc::EINVAL);
    }
    let place = mine().ok_or(libc::ENOMEM)?;
    let size = (count + 1).saturating_mul(size_of::<WSAPOLLFD>());
    // SAFETY: memory of our own, as large as it is said to be.
    unsafe {
        let all = HeapAlloc(GetProcessHeap(), 0, size).cast::<WSAPOLLFD>();
        if all.is_null() {
            return Err(libc::ENOMEM);
        }
        all.copy_from_nonoverlapping(fds, count);
        let result = poll_all(place, all, count, until);
        if result.is_ok_and(|ready| ready > 0) {
            fds.copy_from_nonoverlapping(all, count);
        } else if result.is_ok() {
            for index in 0..count {
                (*fds.add(index)).revents = 0;
            }
        }
        HeapFree(GetProcessHeap(), 0, all.cast::<c_void>());
        result
    }
}

/// # Safety
/// One more than `count` of them can be read and written.
unsafe fn poll_all(place: &Place, all: *mut WSAPOLLFD, count: usize, until: u64) -> Waited {
    let socket = place.socket.open()?;
    // SAFETY: the caller's word.
    let result = unsafe {
        all.add(count).write(WSAPOLLFD { fd: socket, events: 0x0100, revents: 0 });
        let mut ms = 0; // at first: what is no socket is said, and ends no wait
        loop {
            // A kick from before has set the event only.
            if place.wait(0) {
                break Err(libc::EINTR);
            }
            let left = until.saturating_sub(now());
            if WSAPoll(all, count as u32 + 1, ms) == SOCKET_ERROR {
                break Err(error_of(WSAGetLastError()));
            }
            match count_ready(slice::from_raw_parts_mut(all, count)) {
                0 if (*all.add(count)).revents != 0 => break Err(libc::EINTR),
                0 if left == 0 => break Ok(0),
                0 => ms = milliseconds(if until == u64::MAX { until } else { left }) as i32,
                ready => break Ok(ready),
            }
        }
    };
    place.socket.close();
    result
}

/// Those with anything to say, which WSAPoll does not count where that is
/// POLLNVAL. One below 0 is passed over, as POSIX has it.
fn count_ready(polled: &mut [WSAPOLLFD]) -> c_long {
    let mut ready = 0;
    for one in polled {
        if (one.fd as isize) < 0 {
            one.revents = 0;
        }
        ready += c_long::from(one.revents != 0);
    }
    ready
}

/// Nothing is led out of a wait: nothing interrupts it.
///
/// # Safety
/// None is needed.
pub unsafe fn leave_wait(_: *mut c_void) -> bool {
    false
}

/// The calling thread, `me`, enters code that is not ours, where each kick
/// cancels what it waits for: ENOMEM where none could.
pub fn enter_foreign(me: usize) -> Result<(), c_int> {
    mine().ok_or(libc::ENOMEM)?.enter(me)
}

/// It has left that.
pub fn leave_foreign() {
    if let Some(place) = mine() {
        place.leave();
    }
}
