// SPDX-License-Identifier: MIT OR Apache-2.0

//! Negative errno values as errors, and back.

const std = @import("std");
const c = @import("c");

/// Each errno value of the system by its name: `error.EPERM`. `error.Unexpected`
/// is one that Zig does not know.
pub const Error = set: {
    @setEvalBranchQuota(100_000);
    var all = error{Unexpected};
    for (std.enums.values(std.c.E)) |value| {
        if (value != .SUCCESS) all = all || @TypeOf(@field(anyerror, "E" ++ @tagName(value)));
    }
    break :set all;
};

/// A result of the C library: itself where it is success, else the error.
/// Thread: any. In a signal handler: yes.
pub fn result(returned: anytype) Error!@TypeOf(returned) {
    if (returned >= 0) return returned;
    // What no errno is stays away from the enum: std's own range.
    const number = std.math.cast(u16, -%returned) orelse return error.Unexpected;
    inline for (comptime std.enums.values(std.c.E)) |value| {
        if (value != .SUCCESS and number == @intFromEnum(value))
            return @field(Error, "E" ++ @tagName(value));
    }
    return error.Unexpected;
}

/// `result()` of what has nothing to say but that it worked.
pub fn done(returned: c_int) Error!void {
    _ = try result(returned);
}

/// The errno value of an error, positive; 0 where it is none of these.
/// Thread: any. In a signal handler: yes.
pub fn errno(err: anyerror) c_int {
    inline for (comptime std.enums.values(std.c.E)) |value| {
        if (value != .SUCCESS and err == @field(anyerror, "E" ++ @tagName(value)))
            return @intFromEnum(value);
    }
    return 0;
}

/// What safepoint means by an error, in one sentence.
/// Thread: any. In a signal handler: yes.
pub fn strerror(err: Error) [:0]const u8 {
    return std.mem.span(c.sig_strerror(errno(err)));
}
