# SPDX-License-Identifier: MIT OR Apache-2.0
"""The table of C tests and platforms: platforms.py PAGE RESULTS...

Reads the results that CTest has written, BUILD/PRESET/tests.xml or those of its
labels, says how many there are, and fails where a test has failed or where PAGE,
a Markdown page that has the table between two comments, says otherwise: also of
a test that has not run where its platform's all have. With
SAFEPOINT_REWRITE_TABLE=1 it writes it there; what has not run stays as it is."""

import functools
import os
import re
import sys
import xml.etree.ElementTree
from pathlib import Path

# A column's title, its preset, and why a folder's tests are not there.
SAME = "the same code as on x86-64"
NO_STEPS = "Linux cannot single-step there; `portable` steps through the same code"
TOO_SLOW = "too slow in a machine of qemu's, where step/waits has the assembly"
NO_REGISTERS = "the runner knows 64-bit registers; `portable` steps through the same code"
ELSEWHERE = {
    "faults": "the runner knows x86-64's registers only",
    "windows": "of Windows' own console and runtime",
}
NO_PTRACE = "Windows has no ptrace, nor signals between two instructions"
PLATFORMS = {
    "x86-64": ("default", {"windows": ELSEWHERE["windows"]}),
    "portable": ("portable", {"windows": ELSEWHERE["windows"], "step": SAME}),
    "musl": ("musl", {"windows": ELSEWHERE["windows"], "step": SAME}),
    "i686": ("i686", ELSEWHERE | {"step": NO_REGISTERS}),
    "aarch64": ("aarch64", ELSEWHERE | {"step": TOO_SLOW}),
    "armv7": ("armv7", ELSEWHERE | {"step": NO_STEPS}),
    "riscv64": ("riscv64", ELSEWHERE | {"step": NO_STEPS}),
    "Windows": ("windows", {"step": NO_PTRACE, "faults": NO_PTRACE}),
}
OF_PAGES = "faults/the_errors_are_those_of_the_man_pages"  # of no platform
FOLDERS = ["behaviour", "failures", "step", "faults", "windows"]
LEFT_OUT = {"Windows": Path(__file__).parent / "windows/left_out.txt"}
BEGIN, END = "<!-- table of platforms -->\n", "<!-- end of it -->\n"


SUBJECTS = {"tests-core", "tests-waits", "tests-contexts"}  # of one preset


def results(files):
    """What each test came to: "passed", "failed" or "skipped: why"."""
    found = {}
    for path in files:
        for case in xml.etree.ElementTree.parse(path).iter("testcase"):
            name, status = case.get("name"), case.get("status")
            if name.split("/")[0] not in FOLDERS or name == OF_PAGES:
                continue
            said = case.findtext("system-out") or ""
            why = re.search(r"^skipped: (.*)$", said, re.MULTILINE)
            if status == "run":
                found[name] = "passed"
            elif case.find("skipped") is not None and why:
                found[name] = f"skipped: {why[1]}"
            else:
                found[name] = "failed"
    return found


@functools.cache
def left_out(title):
    """Why a test is not there."""
    if title not in LEFT_OUT or not LEFT_OUT[title].exists():
        return {}
    lines = LEFT_OUT[title].read_text().splitlines()
    pairs = (line.split(": ", 1) for line in lines if line and line[0] != "#")
    return {name: f"–: {why}" for name, why in pairs}


def cell_of(name, title, found):
    """What there is to say of a test, None if nothing."""
    folders = PLATFORMS[title][1]
    absent = folders.get(name.split("/")[0])
    reason = left_out(title).get(name) or (f"–: {absent}" if absent else None)
    return found.get(name) or reason


def measured(files, then):
    """By test and platform, of those platforms that have run; and what has no
    result where all have run."""
    cells, missing = {}, []
    ran = {}
    for title, (preset, _) in PLATFORMS.items():
        mine = [path for path in files if path.parent.name == preset]
        if mine:
            ran[title] = mine
    found = {title: results(mine) for title, mine in ran.items()}
    names = {name for name, _ in then} | {name for those in found.values() for name in those}
    for title, mine in ran.items():
        stems = {path.stem for path in mine}
        whole = "tests" in stems or stems >= SUBJECTS
        for name in names:
            cell = cell_of(name, title, found[title])
            if cell is not None:
                cells[name, title] = cell
            elif whole:
                missing.append((name, title))
    for title in PLATFORMS.keys() - ran.keys():
        for name in names:
            reason = cell_of(name, title, {})
            if reason and (name, title) not in then:
                cells[name, title] = reason
    return cells, missing


def render(cells):
    names = sorted({name for name, _ in cells}, key=lambda n: (FOLDERS.index(n.split("/")[0]), n))
    notes = []
    lines = ["| | " + " | ".join(PLATFORMS) + " |\n", "|---" * (len(PLATFORMS) + 1) + "|\n"]
    for name in names:
        row = [name]
        for title in PLATFORMS:
            what, _, why = cells.get((name, title), "not run").partition(": ")
            if why:
                if why not in notes:
                    notes.append(why)
                what = f"{what} ({notes.index(why) + 1})"
            row.append(what)
        lines.append("| " + " | ".join(row) + " |\n")
    lines += [f"\n({number}) {why}\n" for number, why in enumerate(notes, 1)]
    return "".join(lines)


def parse(text):
    """The other way round."""
    notes = dict(re.findall(r"^\((\d+)\) (.*)$", text, re.MULTILINE))
    cells = {}
    for line in text.splitlines():
        name, *row = [cell.strip() for cell in line.strip("|").split(" | ")]
        if "/" not in name or len(row) != len(PLATFORMS):
            continue
        for title, cell in zip(PLATFORMS, row):
            found = re.fullmatch(r"(.*) \((\d+)\)", cell)
            if cell != "not run":
                cells[name, title] = f"{found[1]}: {notes[found[2]]}" if found else cell
    return cells


def main(page, *files):
    before, table, after = re.split(f"{BEGIN}|{END}", Path(page).read_text())
    then = parse(table)
    now, missing = measured([Path(file) for file in files], then)
    for title in PLATFORMS:
        mine = [cell.split(":")[0] for (_, of), cell in now.items() if of == title]
        counts = ", ".join(f"{mine.count(what)} {what}" for what in sorted(set(mine)))
        if mine:
            print(f"   {title}: {counts}")
    if os.environ.get("SAFEPOINT_REWRITE_TABLE"):
        cells = {key: cell for key, cell in then.items() if key not in missing} | now
        alive = {name for (name, _), cell in cells.items() if cell[0] != "–"}
        cells = {key: cell for key, cell in cells.items() if key[0] in alive}
        Path(page).write_text(before + BEGIN + render(cells) + END + after)
        return
    wrong = [(key, cell) for key, cell in sorted(now.items()) if then.get(key) != cell]
    wrong += [(key, "not run") for key in sorted(missing)]
    for (name, title), cell in wrong:
        print(f"{name} on {title}: {cell}; {page} says: {then.get((name, title))}")
    failed = [key for key, cell in now.items() if cell == "failed"]
    if wrong or failed:
        sys.exit(f"{page} has another table: SAFEPOINT_REWRITE_TABLE=1 writes it anew")


if __name__ == "__main__":
    main(*sys.argv[1:])
