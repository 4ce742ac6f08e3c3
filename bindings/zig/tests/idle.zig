// SPDX-License-Identifier: MIT OR Apache-2.0

//! idle check|load ROUNDS: a loop with nothing but a check in it, or nothing
//! but a volatile load of a word and a branch. Their instructions are counted.

const std = @import("std");
const safepoint = @import("safepoint");

const signals = safepoint.Context(error{}).main;

var word: u32 = 0;

noinline fn changed() error{Changed}!void {
    if (std.c.getpid() != 0) return error.Changed;
}

fn load(rounds: usize) !void {
    const other: *const volatile u32 = &word;
    for (0..rounds) |_| if (other.* != 0) try changed();
}

fn check(rounds: usize) !void {
    for (0..rounds) |_| try signals.check();
}

pub export fn main(argc: c_int, argv: [*]const [*:0]const u8) c_int {
    if (argc != 3) return 2;
    const rounds = std.fmt.parseInt(usize, std.mem.span(argv[2]), 10) catch return 2;
    (if (argv[1][0] == 'c') check(rounds) else load(rounds)) catch return 1;
    return 0;
}
