// SPDX-License-Identifier: MIT OR Apache-2.0

//! How the error of a handler travels through C: as a number that no handler
//! of C would choose, the smallest integers, with the error's own on top.

const std = @import("std");
const c = @import("c");

const first = std.math.minInt(c_int);

fn codeOf(err: anyerror) c_int {
    return first + @as(c_int, @intFromError(err));
}

/// The number that C is to return for what a Zig function has returned.
/// `E` has to hold its errors: where it does not, the program does not compile.
pub fn code(comptime E: type, returned: anytype) c_int {
    return switch (@typeInfo(@TypeOf(returned))) {
        .void => 0,
        .int, .comptime_int => returned,
        .error_union => if (returned) |value| code(E, value) else |err| code(E, err),
        .error_set => codeOf(@as(E, returned)),
        else => @compileError("returns void, c_int, or one of them or an error, not " ++
            @typeName(@TypeOf(returned))),
    };
}

threadlocal var last_number: c_int = 0;

/// The number behind the last `error.Raised` on this thread: what a handler
/// returned, or `interrupt()` was given.
pub fn raised() c_int {
    return last_number;
}

/// What comes out of a check and a wait for the errors `E` of handlers.
/// `error.Raised` is a number, which `raised()` says.
pub fn Raised(comptime E: type) type {
    if (E == anyerror) @compileError("name the errors that handlers may return");
    return E || error{Raised};
}

/// The error that a number stands for.
pub fn errorOf(comptime E: type, number: c_int) Raised(E) {
    inline for (comptime std.meta.fieldNames(E)) |name| {
        if (number == codeOf(@field(anyerror, name))) return @field(E, name);
    }
    last_number = number;
    return error.Raised;
}

/// A function for C that calls `function` with what `toOpaque()` made.
pub fn Call(comptime E: type, comptime function: anytype) type {
    return struct {
        pub fn call(arg: ?*anyopaque) callconv(.c) c_int {
            return code(E, function(fromOpaque(Arg(function), arg)));
        }
    };
}

/// The type of a function's first argument: void, or a pointer to one thing.
pub fn Arg(comptime function: anytype) type {
    return @FieldType(std.meta.ArgsTuple(@TypeOf(function)), "0");
}

pub fn toOpaque(arg: anytype) ?*anyopaque {
    return if (@TypeOf(arg) == void) null else @ptrCast(@constCast(arg));
}

pub fn fromOpaque(comptime T: type, arg: ?*anyopaque) T {
    return if (T == void) {} else @ptrCast(@alignCast(arg));
}
