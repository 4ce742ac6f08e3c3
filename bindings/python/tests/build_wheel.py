# SPDX-License-Identifier: MIT OR Apache-2.0
"""Build the wheel, and a venv with it for each Python:

    build_wheel.py FOLDER PYTHON...

FOLDER/wheel gets the wheel, and FOLDER/3.11, FOLDER/3.12 and so on a venv each,
which has pytest from the Python that runs this. Nothing comes from a network,
and the sources are copied first, so that nothing is written beside them.
"""
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

SOURCE = Path(__file__).parent.parent


def run(*command: object) -> str:
    return subprocess.run([str(word) for word in command], check=True,
                          stdout=subprocess.PIPE, text=True).stdout.strip()


def build(folder: Path) -> Path:
    for old in ("source", "wheel"):
        shutil.rmtree(folder / old, ignore_errors=True)
    shutil.copytree(SOURCE, folder / "source")
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-index",
        "--no-deps", "--no-build-isolation", "--disable-pip-version-check",
        "--wheel-dir", folder / "wheel", folder / "source")
    (wheel,) = (folder / "wheel").glob("*.whl")
    return wheel


def install(wheel: Path, folder: Path, python: str) -> None:
    version = run(python, "-c",
                  "import sys; print('%d.%d' % sys.version_info[:2])")
    venv = folder / version
    run(python, "-m", "venv", "--clear", "--without-pip", venv)
    inside = venv / "bin" / "python"
    run(sys.executable, "-m", "pip", "--python", inside, "install", "--quiet",
        "--no-index", "--no-deps", "--disable-pip-version-check", wheel)
    # pytest and what it needs are Python alone, so any version can have them.
    site = run(inside, "-c",
               "import sysconfig; print(sysconfig.get_path('purelib'))")
    Path(site, "pytest.pth").write_text(sysconfig.get_path("purelib"))
    print(version, run(inside, "-c",
                       "import safepoint; print(safepoint.__file__)"))


def main(folder: Path, *pythons: str) -> None:
    wheel = build(folder)
    print(wheel)
    for python in pythons:
        install(wheel, folder, python)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
