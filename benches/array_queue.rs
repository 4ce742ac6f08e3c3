//! crossbeam's `ArrayQueue` of 1,024 calls, behind two C functions.

use std::ffi::{c_int, c_void};
use std::sync::LazyLock;

use crossbeam_queue::ArrayQueue;

type Function = unsafe extern "C" fn(*mut c_void) -> c_int;

static QUEUE: LazyLock<ArrayQueue<(Function, usize)>> =
    LazyLock::new(|| ArrayQueue::new(1024));

/// 0, or -1 where it is full.
#[unsafe(no_mangle)]
pub extern "C" fn array_queue_push(function: Function, arg: *mut c_void) -> c_int {
    QUEUE.push((function, arg as usize)).map_or(-1, |()| 0)
}

/// Call the next one: 1, or 0 where it is empty.
#[unsafe(no_mangle)]
pub extern "C" fn array_queue_run() -> c_int {
    match QUEUE.pop() {
        None => 0,
        Some((function, arg)) => {
            // SAFETY: what was pushed with its argument.
            unsafe { function(arg as *mut c_void) };
            1
        }
    }
}
