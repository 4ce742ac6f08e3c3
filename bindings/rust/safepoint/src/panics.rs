// SPDX-License-Identifier: MIT OR Apache-2.0
//! A panic may not unwind through C: it is caught where C calls us, kept, and
//! goes on where C has returned to us.

use std::any::Any;
use std::cell::Cell;
use std::ffi::c_int;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use crate::error::Raise;

thread_local! {
    static CAUGHT: Cell<Option<Box<dyn Any + Send>>> = const { Cell::new(None) };
}

/// What C is told of a panic: the exit status of a program that ended so.
const PANICKED: c_int = 101;

/// Users' code, called by C. Its caller has to come to `outcome`.
pub(crate) fn called_by_c(code: impl FnOnce() -> Result<(), Raise>) -> c_int {
    match catch_unwind(AssertUnwindSafe(code)) {
        Ok(Ok(())) => 0,
        Ok(Err(raise)) => raise.number(),
        Err(panic) => {
            // Where the thread has ended so far that it has no such place, no
            // check of ours can be under way.
            let _ = CAUGHT.try_with(|caught| caught.set(Some(panic)));
            PANICKED
        }
    }
}

/// What C says that users' code raised; a panic goes on here.
pub(crate) fn outcome(raised: c_int) -> Result<(), Raise> {
    let Some(raise) = Raise::new(raised) else { return Ok(()) };
    if let Some(panic) = CAUGHT.try_with(Cell::take).ok().flatten() {
        resume_unwind(panic);
    }
    Err(raise)
}
