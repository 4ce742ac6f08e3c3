# SPDX-License-Identifier: MIT OR Apache-2.0
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import safepoint

README = Path(__file__).parents[2] / "README.md"


def programs():
    return re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)


def test_the_first_program_works_as_it_stands(tmp_path):
    hello = tmp_path / "hello.py"
    hello.write_text(programs()[0])
    with subprocess.Popen(
        [sys.executable, "-B", str(hello)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "working: press Ctrl-C\n"
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=60)
        assert process.returncode == 1
    sender = re.escape(str(os.getpid()))
    assert re.fullmatch(rf"SIGINT from process {sender}, in round \d+\n", error)


def test_the_other_program_works_too(tmp_path, capfd):
    (tmp_path / "input").write_text("some text")
    with (tmp_path / "input").open("rb") as stdin:
        saved = []
        program = programs()[1].replace("read(0,", "read(stdin,")
        names = {
            "safepoint": safepoint,
            "read_configuration": print,
            "save": saved.append,
            "stdin": stdin,
        }
        exec(program, names)
    assert saved == [b"some text"]
    assert safepoint.query("HUP").kind is safepoint.Stands.DEFAULT
    safepoint.check()
    assert capfd.readouterr().out == "soon\n"


def test_what_is_where_names_all_there_is():
    table = README.read_text().partition("## What is where")[2].partition("\n## ")[0]
    named = set(re.findall(r"`(\w+)`", table))
    explained_elsewhere = {"INTERRUPTED", "Interrupted", "Kind", "Signal", "Stands"}
    assert set(safepoint.__all__) - named <= explained_elsewhere | {"main", "stats"}
    assert named - set(safepoint.__all__) == set()
