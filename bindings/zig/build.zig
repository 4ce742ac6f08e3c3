// SPDX-License-Identifier: MIT OR Apache-2.0

const std = @import("std");

pub fn build(b: *std.Build) void {
    const target = b.standardTargetOptions(.{});
    const optimize = b.standardOptimizeOption(.{});

    const header = b.addTranslateC(.{
        .root_source_file = b.path("src/c.h"),
        .target = target,
        .optimize = optimize,
    });
    const safepoint = b.addModule("safepoint", .{
        .root_source_file = b.path("src/safepoint.zig"),
        .target = target,
        .optimize = optimize,
        .link_libc = true,
    });
    findLibrary(b, header, safepoint);
    // After that, for what it has added to the header comes along.
    safepoint.addImport("c", header.createModule());

    const program: Program = .{ .b = b, .safepoint = safepoint, .target = target, .optimize = optimize };
    program.install("worker", "worker.zig", "Build worker, the example");
    program.install("idle", "tests/idle.zig", "Build idle, a loop of checks to be measured");

    const tests = b.addTest(.{ .root_module = program.module("tests/all.zig") });
    b.step("test", "Run the tests").dependOn(&b.addRunArtifact(tests).step);
}

/// Where --search-prefix says; without one, where pkg-config says.
fn findLibrary(b: *std.Build, header: *std.Build.Step.TranslateC, safepoint: *std.Build.Module) void {
    const prefixes = if (@hasField(std.Build, "search_prefixes")) b.search_prefixes else b.graph.search_prefixes;
    const options: std.Build.Module.LinkSystemLibraryOptions = .{
        .use_pkg_config = if (prefixes.items.len == 0) .yes else .no,
    };
    safepoint.linkSystemLibrary("safepoint", options);
    if (prefixes.items.len != 0) {
        for (prefixes.items) |prefix|
            header.addSystemIncludePath(.{ .cwd_relative = b.pathJoin(&.{ prefix, "include" }) });
    } else if (@hasDecl(std.Build.Step.TranslateC, "linkSystemLibrary")) {
        header.linkSystemLibrary("safepoint", options);
    } else { // Zig 0.15
        var code: u8 = undefined;
        const question: []const []const u8 = &.{ "pkg-config", "--variable=includedir", "safepoint" };
        const answer = b.runAllowFail(question, &code, .Ignore) catch return;
        header.addSystemIncludePath(.{ .cwd_relative = std.mem.trim(u8, answer, "\n") });
    }
}

const Program = struct {
    b: *std.Build,
    safepoint: *std.Build.Module,
    target: std.Build.ResolvedTarget,
    optimize: @typeInfo(@TypeOf(std.Build.standardOptimizeOption)).@"fn".return_type.?,

    fn install(p: Program, name: []const u8, path: []const u8, description: []const u8) void {
        const exe = p.b.addExecutable(.{ .name = name, .root_module = p.module(path) });
        p.b.step(name, description).dependOn(&p.b.addInstallArtifact(exe, .{}).step);
    }

    fn module(p: Program, path: []const u8) *std.Build.Module {
        return p.b.createModule(.{
            .root_source_file = p.b.path(path),
            .target = p.target,
            .optimize = p.optimize,
            .link_libc = true,
            .imports = &.{.{ .name = "safepoint", .module = p.safepoint }},
        });
    }
};
