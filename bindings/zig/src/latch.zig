// SPDX-License-Identifier: MIT OR Apache-2.0

const std = @import("std");
const c = @import("c");

/// What workers look at to see that they are to stop. Once set it stays so.
/// `Context.latchWait()` waits for it. Do not copy it; processes can share it.
pub const Latch = extern struct {
    word: u32 = 0,

    comptime {
        std.debug.assert(@sizeOf(Latch) == @sizeOf(c.sig_latch));
    }

    /// Set it, and wake all who wait; what was written before is seen by them.
    /// Thread: any. In a signal handler: yes.
    pub fn set(latch: *Latch) void {
        _ = c.sig_latch_set(@ptrCast(latch));
    }

    /// One load. Thread: any. In a signal handler: yes.
    pub fn isSet(latch: *const Latch) bool {
        return c.sig_latch_is_set(@ptrCast(latch)) == 1;
    }
};
