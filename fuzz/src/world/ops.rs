//! Each operation, as a program would have the library do it.

use std::ffi::{c_int, c_void};
use std::ptr::null_mut;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::{Acquire, Release};
use std::time::{Duration, Instant};

use super::{World, called, foreign, handler};
use crate::ffi::*;
use crate::model::{Counters, EINTR, Seen, Stands};
use crate::program::*;

const ESTALE: i64 = -libc::ESTALE as i64;
const HOUR: u64 = 3_600_000_000_000;

/// Counts up when the bell has rung: see [`World::await_timers`].
static RUNG: AtomicU32 = AtomicU32::new(0);

extern "C" fn ring(_: c_int, _: *mut c_void) {
    RUNG.fetch_add(1, Release);
}

extern "C" fn nothing(_: *mut c_void) -> c_int {
    0
}

impl World {
    fn job(&self, job: usize) -> *mut sig_job {
        self.jobs[job].get()
    }

    pub(super) fn op(&self, op: Op) -> i64 {
        let at = |slot: Slot| self.handles[slot].get();
        // SAFETY: what the header asks for: handlers and jobs outlive the
        // program, and pointers are to what is ours.
        unsafe {
            i64::from(match op {
                Op::Init => sig_init(0),
                Op::Fini => sig_fini(),
                Op::New(slot) => {
                    self.handles[slot].set(sig_context_new());
                    -c_int::from(at(slot).is_null())
                }
                Op::Free(slot) => {
                    let result = sig_context_free(at(slot));
                    if result == 0 {
                        self.stale[slot].set(at(slot));
                    }
                    result
                }
                Op::Adopt(slot) => sig_context_adopt(at(slot)),
                Op::Stale(slot) => return use_stale(self.stale[slot].get()),
                Op::Install(slot, signal, flags, body) => {
                    let user = argument(body);
                    sig_context_install(
                        at(slot),
                        SIGNALS[signal],
                        Some(handler),
                        user,
                        flags,
                    )
                }
                Op::Ignore(slot, signal) => sig_context_ignore(at(slot), SIGNALS[signal]),
                Op::Default(slot, signal) => sig_context_default(at(slot), SIGNALS[signal]),
                Op::Restore(slot, signal) => sig_context_restore(at(slot), SIGNALS[signal]),
                Op::Query(slot, signal) => return self.query(slot, signal),
                Op::Foreign(signal) => {
                    let action = foreign as *const () as libc::sighandler_t;
                    -c_int::from(libc::signal(SIGNALS[signal], action) == libc::SIG_ERR)
                }
                Op::Raise(signal) => sig_raise(SIGNALS[signal]),
                Op::Kill(signal) => sig_kill(libc::getpid(), SIGNALS[signal]),
                Op::Queue(signal, value) => {
                    sig_queue(libc::getpid(), SIGNALS[signal], value as isize)
                }
                Op::Trip(signal) => sig_trip(SIGNALS[signal]),
                Op::TripOne(slot, signal) => sig_context_trip(at(slot), SIGNALS[signal]),
                Op::Flood(slot, signal) => {
                    (0..FLOOD).fold(0, |_, _| sig_context_trip(at(slot), SIGNALS[signal]))
                }
                Op::Check(slot) => sig_context_check(at(slot)),
                Op::Next(slot) => {
                    let mut event = std::mem::zeroed();
                    let result =
                        sig_context_next(at(slot), &mut event, size_of::<sig_event>());
                    self.took(&event, result == 1);
                    result
                }
                Op::Wait(slot, signal) => {
                    let (mut event, set) = (std::mem::zeroed(), 1 << (SIGNALS[signal] - 1));
                    let size = size_of::<sig_event>();
                    let result = sig_context_wait(at(slot), set, 0, &mut event, size);
                    self.took(&event, result > 0);
                    self.waited(slot, result)
                }
                Op::Pause(slot) => self.waited(slot, sig_context_pause(at(slot))),
                Op::Hold(slot) => sig_context_hold(at(slot)),
                Op::Release(slot) => sig_context_release(at(slot)),
                Op::Call(slot, body) => add_call(at(slot), body),
                Op::Calls(slot, body) => return zeros(CALLS, || add_call(at(slot), body)),
                Op::CallStorm(slot, body) => {
                    return self.storm(|| zeros(STORM / 2, || add_call(at(slot), body)));
                }
                Op::Post(slot, job) => sig_context_post(at(slot), self.job(job)),
                Op::PostStorm(slot, job) => {
                    let post = || sig_context_post(self.handles[slot].get(), self.job(job));
                    return self.storm(|| zeros(STORM / 2, post));
                }
                Op::RaiseStorm(signal) => {
                    let all =
                        self.storm(|| zeros(STORM / 2, || sig_raise(SIGNALS[signal])));
                    c_int::from(all != STORM as i64)
                }
                Op::Interrupt(slot, value) => sig_context_interrupt(at(slot), value),
                Op::Later(slot, body) => self.call_after(slot, HOUR, 0, body),
                Op::Now(slot, body, again) => {
                    let result =
                        self.call_after(slot, 0, if again { HOUR } else { 0 }, body);
                    if result == 0 {
                        self.await_timers();
                    }
                    result
                }
                Op::Cancel(name) => sig_cancel(self.timers.borrow()[name]),
                Op::Stats(slot) => return self.stats(slot),
                Op::EventFd(slot) => self.event_fd(slot),
                Op::Block(signal) => self.mask(libc::SIG_BLOCK, signal),
                Op::Unblock(signal) => self.mask(libc::SIG_UNBLOCK, signal),
                Op::Pending(slot) => return self.pending(slot),
                Op::Fork => 0, // when it was seen that it is due
            })
        }
    }

    fn took(&self, event: &sig_event, taken: bool) {
        if taken {
            self.observe(Seen::Took(self.slot(event.context), self.what(event)));
        }
    }

    /// A wait has ended: why, where a handler raised.
    fn waited(&self, slot: Slot, result: c_int) -> c_int {
        if i64::from(result) == EINTR {
            // SAFETY: any handle will do.
            self.observe(Seen::Raised(unsafe {
                sig_context_raised(self.handles[slot].get())
            }));
        }
        result
    }

    /// Two threads at once: the sum of what they say.
    fn storm(&self, work: impl Fn() -> i64) -> i64 {
        struct Shared<T>(T);
        // SAFETY: producers, which any thread may be.
        unsafe impl<T> Sync for Shared<T> {}
        let shared = &Shared(work);
        let sum: i64 = std::thread::scope(|scope| {
            let threads = [0, 1].map(|_| scope.spawn(move || (shared.0)()));
            threads.into_iter().map(|thread| thread.join().unwrap_or(i64::MIN)).sum()
        });
        if sum == 2 * ESTALE { ESTALE } else { sum }
    }

    fn query(&self, slot: Slot, signal: Signal) -> i64 {
        let handle = self.handles[slot].get();
        // SAFETY: a structure of that size.
        let (found, result, verified) = unsafe {
            let mut found: sig_disposition = std::mem::zeroed();
            let (signum, size) = (SIGNALS[signal], size_of::<sig_disposition>());
            let result = sig_context_query(handle, signum, &mut found, size);
            (found, result, sig_context_verify(handle, signum))
        };
        if result == 0 {
            let stands = match found.kind {
                SAFEPOINT_KIND_DEFAULT => Stands::Default,
                SAFEPOINT_KIND_IGNORED => Stands::Ignored,
                SAFEPOINT_KIND_HANDLER => Stands::Ours,
                _ => Stands::Foreign,
            };
            let body = Body(found.user as usize as u8);
            let ours = found.handler.map(|_| (body, found.flags));
            self.observe(Seen::Stands(stands, ours, found.overwritten == 1, verified == 1));
        }
        result.into()
    }

    fn stats(&self, slot: Slot) -> i64 {
        // SAFETY: a structure of that size.
        let (found, result) = unsafe {
            let mut found: sig_counters = std::mem::zeroed();
            let size = size_of::<sig_counters>();
            let result = sig_context_stats(self.handles[slot].get(), &mut found, size);
            (found, result)
        };
        if result == 0 {
            self.observe(Seen::Counted(Counters {
                arrivals: found.arrivals,
                handled: found.handled,
                coalesced: found.coalesced,
                lost: found.lost,
                dropped: found.dropped,
                calls_run: found.calls_run,
                calls_refused: found.calls_refused,
                calls_dropped: found.calls_dropped,
            }));
        }
        result.into()
    }

    /// Whether it is readable.
    fn event_fd(&self, slot: Slot) -> c_int {
        // SAFETY: one descriptor, which is the library's.
        unsafe {
            let fd = sig_context_event_fd(self.handles[slot].get());
            let mut poll = libc::pollfd { fd, events: libc::POLLIN, revents: 0 };
            if fd < 0 { fd } else { libc::poll(&mut poll, 1, 0) }
        }
    }

    fn mask(&self, how: c_int, signal: Signal) -> c_int {
        // SAFETY: NULL for what is not wanted.
        let result = unsafe { sig_mask(how, 1 << (SIGNALS[signal] - 1), null_mut()) };
        self.waited(0, result)
    }

    /// As bits of [`SIGNALS`].
    fn pending(&self, slot: Slot) -> i64 {
        let mut set = 0;
        // SAFETY: a set of our own.
        let result = unsafe { sig_context_pending(self.handles[slot].get(), &mut set) };
        let bit = |(index, signum): (usize, &i32)| (set >> (signum - 1) & 1) << index;
        let bits: u64 = SIGNALS.iter().enumerate().map(bit).sum();
        if result == 0 { bits as i64 } else { result.into() }
    }

    fn call_after(&self, slot: Slot, after: u64, every: u64, body: Body) -> c_int {
        let (handle, mut name) = (self.handles[slot].get(), 0);
        // SAFETY: a function that is always there.
        let result = unsafe {
            sig_context_call_after(
                handle,
                after,
                every,
                Some(called),
                argument(body),
                &mut name,
            )
        };
        if result == 0 {
            self.timers.borrow_mut().push(name);
        }
        result
    }

    /// Wait until what is due has become pending. The library's thread first
    /// lets all fall due, and then tells their contexts: a timer of a context
    /// of our own, armed when one armed before has told, tells after that.
    fn await_timers(&self) {
        for _ in 0..2 {
            let before = RUNG.load(Acquire);
            let mut name = 0;
            // SAFETY: a function that is always there.
            let armed = unsafe {
                sig_context_call_after(
                    self.bell(),
                    0,
                    0,
                    Some(nothing),
                    null_mut(),
                    &mut name,
                )
            };
            let late = Instant::now() + Duration::from_secs(10);
            while RUNG.load(Acquire) == before {
                if armed != 0 || Instant::now() > late {
                    self.fail("no timer fell due");
                }
                std::thread::yield_now();
            }
            // SAFETY: no preconditions. It has rung: it is not to be run.
            unsafe { sig_cancel(name) };
        }
    }

    /// The context of our own, with the wake-up that says when its timers are
    /// due. Whoever made it has ended, perhaps, and a forked child has no wake-up.
    pub(super) fn bell(&self) -> *mut sig_context {
        // SAFETY: a function that is always there.
        unsafe {
            if self.bell.get().is_null() {
                self.bell.set(sig_context_new());
            }
            sig_context_adopt(self.bell.get());
            sig_context_set_wakeup_fn(self.bell.get(), Some(ring), null_mut());
        }
        self.bell.get()
    }
}

pub(super) fn argument(body: Body) -> *mut c_void {
    usize::from(body.0) as *mut c_void
}

unsafe fn add_call(handle: *mut sig_context, body: Body) -> c_int {
    // SAFETY: a function that is always there.
    unsafe { sig_context_add_pending_call(handle, Some(called), argument(body)) }
}

/// How often it returned 0; or -ESTALE.
fn zeros(times: usize, work: impl Fn() -> c_int) -> i64 {
    let mut zeros = 0;
    for _ in 0..times {
        match work() {
            0 => zeros += 1,
            stale if i64::from(stale) == ESTALE => return ESTALE,
            _ => {}
        }
    }
    zeros
}

/// Everything that a handle is good for: what is not -ESTALE, if anything.
fn use_stale(handle: *mut sig_context) -> i64 {
    // SAFETY: a stale handle is no danger, says the header.
    let results = unsafe {
        let mut event = std::mem::zeroed();
        [
            sig_context_check(handle),
            sig_context_next(handle, &mut event, size_of::<sig_event>()),
            add_call(handle, Body(0)),
            sig_context_trip(handle, SIGNALS[0]),
            sig_context_interrupt(handle, 1),
            sig_context_install(handle, SIGNALS[0], Some(handler), null_mut(), 0),
            sig_context_adopt(handle),
            sig_context_hold(handle),
            sig_context_free(handle),
        ]
    };
    let other = results.into_iter().find(|result| i64::from(*result) != ESTALE);
    other.map_or(ESTALE, i64::from)
}
