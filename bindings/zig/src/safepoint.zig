// SPDX-License-Identifier: MIT OR Apache-2.0

//! Signals that are recorded when they arrive, and handled later, by the
//! thread that owns them, at a point where it is safe.
//!
//! `Context` is where to begin. The header, safepoint.h, is the manual: what
//! is called `sig_call_after` and `sig_context_call_after` there is
//! `Context.callAfter` here, and `c` has all of it as it is.

const std = @import("std");
pub const c = @import("c");

const context = @import("context.zig");
const errors = @import("errors.zig");
const events = @import("event.zig");
const latch = @import("latch.zig");
const process = @import("process.zig");
const raising = @import("raise.zig");
const signals = @import("signal.zig");
const waits = @import("waits.zig");

/// A time that never comes.
pub const forever = std.math.maxInt(u64);

pub const Context = context.Context;
pub const Timer = context.Timer;
pub const Latch = latch.Latch;
pub const Waited = waits.Waited;
pub const How = waits.How;
/// What `stats()` returns.
pub const Counters = c.sig_counters;
/// What `job()` makes.
pub const Job = c.sig_job;

pub const Event = events.Event;
pub const Flags = events.Flags;
pub const Disposition = events.Disposition;

pub const Error = errors.Error;
pub const errno = errors.errno;
pub const result = errors.result;
pub const strerror = errors.strerror;
pub const raised = raising.raised;

pub const Signal = signals.Signal;
pub const Set = signals.Set;
pub const valid = signals.valid;
pub const raise = signals.raise;
pub const kill = signals.kill;
pub const killThread = signals.killThread;
pub const queue = signals.queue;
pub const pidfdSend = signals.pidfdSend;
pub const trip = signals.trip;

pub const version = process.version;
pub const versionString = process.versionString;
pub const init = process.init;
pub const fini = process.fini;
pub const interrupted = process.interrupted;
pub const setKick = process.setKick;
pub const alarm = process.alarm;
pub const Itimer = process.Itimer;
pub const setitimer = process.setitimer;
pub const getitimer = process.getitimer;
