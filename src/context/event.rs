//! What a handler is told.

use core::ffi::{c_int, c_void};

use crate::zone::Details;

/// A signal came: `signum`, `code`, `pid`, `uid`, `value` say which and whose.
pub const SAFEPOINT_EVENT_SIGNAL: u32 = 1;
/// A pending call or a posted job: `fn` and `arg`.
pub const SAFEPOINT_EVENT_CALL: u32 = 2;
/// A timer fell due, `count` times, first at `time`: `fn` and `arg`.
pub const SAFEPOINT_EVENT_TIMER: u32 = 3;
/// A watched child ended.
#[allow(dead_code)] // for programs; no children yet
pub const SAFEPOINT_EVENT_CHILD: u32 = 4;
/// sig_interrupt() was called: `status` is its value.
pub const SAFEPOINT_EVENT_INTERRUPT: u32 = 5;

/// A context: sig_main(), or of sig_context_new(). Opaque.
pub struct Handle {
    _private: [u8; 0],
}

/// What a pending call runs. Non-zero raises: the check stops and returns it.
pub type Call = Option<unsafe extern "C" fn(arg: *mut c_void) -> c_int>;

/// What happened. A handler's event is valid until the handler returns. What
/// does not apply is 0 or NULL.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Event {
    /// sizeof(sig_event) as the library knows it.
    pub size: u32,
    /// SAFEPOINT_EVENT_SIGNAL and so on.
    pub kind: u32,
    /// The signal's number.
    pub signum: i32,
    /// si_code: SI_USER for kill, SI_QUEUE for sigqueue, SI_TKILL for raise.
    /// Windows: 0, and 0x80 (SI_KERNEL) from the console.
    pub code: i32,
    /// The sender's process. Windows: this one, or 0 from the console.
    pub pid: i32,
    /// The sender's real user. Windows: 0.
    pub uid: u32,
    /// SIGCHLD: the child's exit status or signal. INTERRUPT: the value.
    pub status: i32,
    /// Zero.
    pub reserved: u32,
    /// What sigqueue sent along.
    pub value: isize,
    /// CALL and TIMER: the function.
    pub r#fn: Call,
    /// CALL and TIMER: its argument.
    pub arg: *mut c_void,
    /// Deliveries that this event stands for: at least 1. Where it is more,
    /// code, pid, uid, value and time are those of the first. TIMER: how often
    /// it has fallen due.
    pub count: u64,
    /// Deliveries behind this one that found no room and are lost.
    pub lost: u64,
    /// When it arrived: nanoseconds of CLOCK_MONOTONIC.
    pub time: u64,
    /// What sig_check_frame() was given.
    pub frame: *mut c_void,
    /// Whose it is.
    pub context: *mut Handle,
}

/// What runs at a safe point, on the owner's thread, in ordinary code: it may
/// allocate, lock, print, install, check, fork and longjmp. Non-zero raises.
pub type Handler =
    Option<unsafe extern "C" fn(event: *const Event, user: *mut c_void) -> c_int>;

impl Event {
    /// An event of this kind in which nothing applies.
    pub const fn of(kind: u32) -> Self {
        Event {
            size: size_of::<Event>() as u32,
            kind,
            signum: 0,
            code: 0,
            pid: 0,
            uid: 0,
            status: 0,
            reserved: 0,
            value: 0,
            r#fn: None,
            arg: core::ptr::null_mut(),
            count: 1,
            lost: 0,
            time: 0,
            frame: core::ptr::null_mut(),
            context: core::ptr::null_mut(),
        }
    }
    /// Say which signal it is, and what a delivery said of itself.
    #[inline(always)]
    pub fn put(&mut self, signum: u32, details: &Details) {
        self.signum = signum as i32;
        self.code = details.code;
        self.pid = details.pid;
        self.uid = details.uid;
        self.status = details.status;
        self.value = details.value as isize;
        self.time = details.time;
    }
}
