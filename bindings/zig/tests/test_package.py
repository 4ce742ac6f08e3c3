# SPDX-License-Identifier: MIT OR Apache-2.0
"""The package as its users have it: built by the README's words, found by its
build.zig, refused where it has to be."""

import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1]
TOOLS = Path(os.environ["SAFEPOINT_TOOLS"])
BUILD = Path(os.environ["SAFEPOINT_BUILD"]) / "zig"
# What ends a test that hangs: never a measure of speed.
PATIENCE = 900


@pytest.fixture(params=["0.15", "0.16", "0.17"])
def version(request):
    return request.param


def zig_build(version, folder, *arguments, **environment):
    """zig build in a folder: what it says, and whether it could."""
    out = BUILD / version
    done = subprocess.run(
        [TOOLS / f"zig-{version}/ziglang/zig", "build", *arguments,
         "--cache-dir", out / "local", "--prefix", out],
        cwd=folder,
        env=os.environ | {"ZIG_GLOBAL_CACHE_DIR": str(out / "global")} | environment,
        stderr=subprocess.PIPE,
        text=True,
        timeout=PATIENCE,
    )
    return done.returncode == 0, done.stderr


def consumer(version, folder, edit=lambda program: program):
    """The README's three files, in a folder of their own."""
    folder = BUILD / version / folder
    folder.mkdir(parents=True, exist_ok=True)
    readme = (PACKAGE / "README.md").read_text()
    zon, build, program = re.findall(r"```zig\n(.*?)```", readme, re.S)[:3]
    here = os.path.relpath(PACKAGE, folder)
    assert "../safepoint/bindings/zig" in zon
    (folder / "build.zig.zon").write_text(zon.replace("../safepoint/bindings/zig", here))
    (folder / "build.zig").write_text(build)
    (folder / "hello.zig").write_text(edit(program))
    return folder


def catches(pid, signum):
    """Whether the process has a handler for the signal."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"SigCgt:\s*(\w+)", status)[1], 16) >> (signum - 1) & 1


def test_the_readme_works_as_it_stands(version):
    folder = consumer(version, "hello")
    built, said = zig_build(version, folder)
    assert built, said
    hello = subprocess.Popen([BUILD / version / "bin/hello"], stderr=subprocess.PIPE, text=True)
    try:
        until = time.monotonic() + PATIENCE
        while not catches(hello.pid, signal.SIGINT):
            assert hello.poll() is None and time.monotonic() < until
        hello.send_signal(signal.SIGINT)
        _, said = hello.communicate(timeout=PATIENCE)
    finally:
        hello.kill()
    assert re.fullmatch(r"SIGINT after \d+ rounds\n", said)
    assert hello.returncode == 0


def test_a_search_prefix_finds_the_library_without_pkg_config(version):
    prefix = os.environ["SAFEPOINT_PREFIX"]
    folder = consumer(version, "searched")
    built, said = zig_build(version, folder, "--search-prefix", prefix, PKG_CONFIG_PATH="")
    assert built, said
    built, said = zig_build(version, folder, PKG_CONFIG_PATH="")
    assert not built
    assert re.search(r"safepoint\.h|system library .safepoint", said), said


@pytest.mark.parametrize("changes, complaint", [
    ({"error{Stopped}!void": "error{ Stopped, Other }!void", "return error.Stopped": "return error.Other"},
     "error.Other"),
    ({"error{Stopped}).main": "error{TimeUp}).main"}, "error.Stopped"),
    ({"error{Stopped}).main": "anyerror).main"}, "name the errors that handlers may return"),
    ({"error{Stopped}!void": "bool", "return error.Stopped": "return true"}, "returns void, c_int, or"),
    ({"stop, &rounds": "stop, &@as(u8, 0)"}, "expected type '*u64'"),
])
def test_another_error_than_the_context_has_does_not_compile(version, changes, complaint):
    def edit(program):
        for old, new in changes.items():
            assert old in program
            program = program.replace(old, new)
        return program

    built, said = zig_build(version, consumer(version, "refused", edit))
    assert not built
    assert complaint in said, said


def instructions(program, what, rounds):
    """How many it takes, as valgrind counts them."""
    done = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, what, str(rounds)],
        stderr=subprocess.PIPE, text=True, check=True, timeout=PATIENCE)
    return int(re.search(r"Collected : (\d+)", done.stderr)[1])


def test_a_check_costs_what_a_load_and_a_branch_cost(version):
    built, said = zig_build(version, PACKAGE, "idle", "--release=fast", "-Dcpu=baseline")
    assert built, said
    program = BUILD / version / "bin/idle"
    rounds = 100_000
    each = {}
    for what in "check", "load":
        begun = instructions(program, what, rounds)
        each[what] = (instructions(program, what, 2 * rounds) - begun) / rounds
    print(each)
    assert each["check"] == each["load"]
    assert each["check"] <= 4  # a test of memory, a branch, and the loop's own two
