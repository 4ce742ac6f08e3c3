// SPDX-License-Identifier: MIT OR Apache-2.0

//! What all tests need.

const std = @import("std");
const safepoint = @import("safepoint");

pub const expect = std.testing.expect;
pub const expectEqual = std.testing.expectEqual;
pub const expectError = std.testing.expectError;

pub const ms = 1_000_000;
pub const second = 1000 * ms;

/// A test that hangs dies by SIGALRM, and the runner says which it was.
pub fn begin() void {
    _ = std.c.alarm(60);
}

/// Nothing of this test is left for the next one.
pub fn end() void {
    safepoint.fini() catch |err| std.debug.panic("fini: {t}", .{err});
}

/// A handler that counts.
pub fn count(seen: *u64, event: *const safepoint.Event) void {
    seen.* += event.count;
}

/// In a thread: wait a moment, then send.
pub fn sendLater(signal: safepoint.Signal, milliseconds: u31) void {
    _ = std.c.poll(undefined, 0, milliseconds);
    safepoint.kill(std.c.getpid(), signal) catch unreachable;
}

pub fn now() u64 {
    var time: std.c.timespec = undefined;
    _ = std.c.clock_gettime(.MONOTONIC, &time);
    return @as(u64, @intCast(time.sec)) * second + @as(u64, @intCast(time.nsec));
}
