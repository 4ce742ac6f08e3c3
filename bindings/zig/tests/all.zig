// SPDX-License-Identifier: MIT OR Apache-2.0

//! One program, for that is compiled sooner. Each test leaves no owner, and
//! nothing pending, for the next one.

comptime {
    _ = @import("handlers.zig");
    _ = @import("raising.zig");
    _ = @import("calls.zig");
    _ = @import("contexts.zig");
    _ = @import("waiting.zig");
    _ = @import("process.zig");
}
