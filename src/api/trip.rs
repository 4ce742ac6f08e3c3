//! 6 Tripping by hand

use core::ffi::c_int;

use super::{catchable, number};
use crate::context::MAIN;
use crate::{sys, zone};

/// As if the signal had arrived, sent by this process: what
/// PyErr_SetInterruptEx does. Nothing happens where it has no handler.
///
/// Thread: any · In a signal handler: yes · Errors: EINVAL
#[unsafe(no_mangle)]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
pub extern "C" fn sig_trip(signum: c_int) -> c_int {
    number(catchable(signum).map(|signum| {
        zone::trip(signum);
        0
    }))
}

/// The next check returns `value`, before it runs anything, and leaves the
/// rest pending: how one thread cancels what another is running. A later
/// value replaces one that has not been returned yet.
///
/// Thread: any · In a signal handler: yes · Errors: EINVAL value is 0
#[unsafe(no_mangle)]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".text.safepoint_zone"))]
pub extern "C" fn sig_interrupt(value: c_int) -> c_int {
    if value == 0 {
        return -sys::EINVAL;
    }
    MAIN.inbox().interrupt(value);
    0
}
