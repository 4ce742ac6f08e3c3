# SPDX-License-Identifier: MIT OR Apache-2.0
"""The extensions, and the library that both link to, all in the package.

pkg-config says where the library is; SAFEPOINT_PREFIX, where it is set, names
the folder that `cmake --install` was given, and pkg-config looks there first.
"""
import os
import shutil
import subprocess
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

LIBRARY = "libsafepoint.so.0"
PACKAGE = Path("src/safepoint")
SIGNAL = sorted(PACKAGE.glob("_signal*.c"))
NATIVE = sorted(set(PACKAGE.glob("_*.c")) - set(SIGNAL))


def pkg_config(question: str) -> str:
    environment = dict(os.environ)
    if prefix := environment.get("SAFEPOINT_PREFIX"):
        folders = [str(found.parent)
                   for found in Path(prefix).glob("lib*/**/safepoint.pc")]
        folders.append(environment.get("PKG_CONFIG_PATH", ""))
        environment["PKG_CONFIG_PATH"] = os.pathsep.join(folders)
    try:
        return subprocess.check_output(["pkg-config", question, "safepoint"],
                                       env=environment, text=True).strip()
    except (OSError, subprocess.CalledProcessError) as error:
        raise SystemExit(
            "The library safepoint was not found. Install it and pkg-config, "
            "and set SAFEPOINT_PREFIX or PKG_CONFIG_PATH to where it is."
        ) from error


LIBDIR = Path(pkg_config("--variable=libdir"))


class BuildWithLibrary(build_ext):
    def run(self) -> None:
        super().run()
        package = Path(self.get_ext_fullpath("safepoint._native")).parent
        shutil.copyfile(LIBDIR / LIBRARY, package / LIBRARY)

    def get_outputs(self) -> list[str]:
        package = Path(self.get_ext_fullpath("safepoint._native")).parent
        return [*super().get_outputs(), str(package / LIBRARY)]


def extension(name: str, sources: list[Path]) -> Extension:
    return Extension(
        name,
        [str(source) for source in sources],
        depends=[str(header) for header in PACKAGE.glob("*.h")],
        include_dirs=[pkg_config("--variable=includedir")],
        define_macros=[("Py_LIMITED_API", "0x030B0000")],
        py_limited_api=True,
        extra_compile_args=["-std=gnu11", "-Wall", "-Wextra",
                            "-fvisibility=hidden"],
        # $ORIGIN: the one copy beside them, wherever the package is.
        extra_link_args=[f"-L{LIBDIR}", f"-l:{LIBRARY}",
                         "-Wl,-rpath,$ORIGIN"],
    )


setup(
    version=pkg_config("--modversion"),
    ext_modules=[
        extension("safepoint._native", NATIVE),
        extension("safepoint._signal", SIGNAL),
    ],
    cmdclass={"build_ext": BuildWithLibrary},
    options={"bdist_wheel": {"py_limited_api": "cp311"}},
)
