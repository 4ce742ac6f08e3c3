# SPDX-License-Identifier: MIT OR Apache-2.0
"""The table of languages and scenarios: table.py RESULTS [PAGE]

Prints it, of the JSON files in the folder RESULTS that the suite has written.
With PAGE, a Markdown page that has the table between two comments, says whether
that is what the page has; SAFEPOINT_REWRITE_TABLE=1 writes it there."""

import json
import os
import sys
from pathlib import Path

SCENARIOS = {
    "arrival": "arrival",
    "storm": "storm",
    "values": "real-time values",
    "calls": "calls from threads",
    "deadline": "deadline",
    "interrupt": "Ctrl-C",
    "hang_and_a_second_ctrl_c": "escalation: the second Ctrl-C",
    "hang_for_too_long": "escalation: a time",
    "fork": "fork",
    "child": "child",
    "errors": "errors",
    "usage": "usage",
}
LANGUAGES = ["c", "cpp", "go", "zig", "python", "lua", "rust"]
NAMES = {"c": "C", "cpp": "C++"}
BEGIN, END = "<!-- table of workers -->\n", "<!-- end of it -->\n"


def table(results):
    languages = [language for language in LANGUAGES if language in results]
    rows = [[""] + [NAMES.get(language, language.title()) for language in languages]]
    rows.append(["---"] * len(rows[0]))
    reasons = []
    for scenario, title in SCENARIOS.items():
        row = [title]
        for language in languages:
            result = results[language][scenario]
            if result not in ("passed", "failed"):
                reasons.append(result)
                result = f"no ({len(reasons)})"
            row.append(result)
        rows.append(row)
    lines = ["| " + " | ".join(row) + " |\n" for row in rows]
    notes = [f"\n({number}) {reason}\n" for number, reason in enumerate(reasons, 1)]
    return "".join(lines + notes)


def main(folder, page=None):
    files = [json.loads(path.read_text()) for path in Path(folder).glob("*.json")]
    results = {file["language"]: file["results"] for file in files}
    text = table(results)
    print(text)
    missing = set(LANGUAGES) - set(results)
    if missing:
        sys.exit(f"no results of {', '.join(sorted(missing))}")
    if any("failed" in results[language].values() for language in LANGUAGES):
        sys.exit("not all have passed")
    if page is None:
        return
    before, _, rest = Path(page).read_text().partition(BEGIN)
    old, _, after = rest.partition(END)
    if os.environ.get("SAFEPOINT_REWRITE_TABLE"):
        Path(page).write_text(before + BEGIN + text + END + after)
    elif old != text:
        sys.exit(f"{page} has another table: SAFEPOINT_REWRITE_TABLE=1 writes it anew")


main(*sys.argv[1:])
