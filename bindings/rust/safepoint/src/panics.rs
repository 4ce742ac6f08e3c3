// SPDX-License-Identifier: MIT OR Apache-2.0
//! A panic may not unwind through C: it is caught where C calls us, kept, and
//! goes on where C has returned to us.

use std::any::Any;
use std::cell::Cell;
use std::ffi::c_int;
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use crate::error::Raise;

type Panic = Box<dyn Any + Send>;

// Without a destructor, so that it is there until the thread has ended.
thread_local! {
    static CAUGHT: ManuallyDrop<Cell<Option<Panic>>> =
        const { ManuallyDrop::new(Cell::new(None)) };
}

/// What C is told of a panic: the exit status of a program that ended so.
const PANICKED: c_int = 101;

/// Users' code, called by C. Its caller has to come to `outcome`.
pub(crate) fn called_by_c(code: impl FnOnce() -> Result<(), Raise>) -> c_int {
    match catch_unwind(AssertUnwindSafe(code)) {
        Ok(Ok(())) => 0,
        Ok(Err(raise)) => raise.number(),
        Err(panic) => {
            CAUGHT.with(|caught| caught.set(Some(panic)));
            PANICKED
        }
    }
}

/// What C says that users' code raised; a panic goes on here. That is so whatever
/// C says: a main context that has gone in a handler knows no number.
pub(crate) fn outcome(raised: c_int) -> Result<(), Raise> {
    if let Some(panic) = CAUGHT.with(|caught| caught.take()) {
        resume_unwind(panic);
    }
    Raise::new(raised).map_or(Ok(()), Err)
}
