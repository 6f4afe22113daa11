"""Compile the engine: `python -m lenet_explain.engine.build` writes engine.wasm beside this file.

Needs clang and wasm-ld (`apt-get install clang lld`); whoever runs the app needs neither, since the compiled file comes
with it. No library is linked. --native FILE compiles the same source for this machine, with --double in double
precision: tests hold the arithmetic to that.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
SOURCE = HERE / "source" / "engine.c"
COMPILED = HERE / "engine.wasm"
# no operation fused or reordered, so that every compiler and every device gives the same bits
COMMON = ("-std=c11", "-ffp-contract=off", "-Wall", "-Wextra", "-Werror", "-Wno-parentheses")
BROWSER = (
    *("-O3", "--target=wasm32", "-msimd128", "-mbulk-memory", "-nostdlib"),
    *("-Wl,--no-entry", "-Wl,--strip-all", "-Wl,-z,stack-size=131072"),
)
NATIVE = ("-O1", "-fPIC", "-shared", "-fvisibility=hidden", "-fno-math-errno", "-Wno-psabi")


class BuildError(RuntimeError):
    """The engine cannot be compiled here; the message says what is missing or what the compiler said."""


def build(target: Path = COMPILED) -> None:
    """WebAssembly with 128-bit SIMD. Raises BuildError."""
    if not shutil.which("wasm-ld"):
        raise BuildError("wasm-ld is not installed: install Debian's package lld, or LLVM's")
    _compile(*BROWSER, target=target)


def build_native(target: Path, *, double: bool) -> None:
    """A shared library of this machine's, in single or double precision. Raises BuildError."""
    _compile(*NATIVE, *(("-DREAL_IS_DOUBLE",) if double else ()), target=target)


def _compile(*options: str, target: Path) -> None:
    clang = shutil.which("clang")
    if not clang:
        raise BuildError("clang is not installed: install Debian's package clang, or LLVM's")
    done = subprocess.run(
        [clang, *COMMON, *options, "-o", str(target), str(SOURCE)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BuildError(f"clang could not compile {SOURCE.name}: {done.stderr.strip()}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m lenet_explain.engine.build", description=__doc__)
    parser.add_argument("--native", type=Path, metavar="FILE", help="compile for this machine instead")
    parser.add_argument("--double", action="store_true", help="with --native: in double precision")
    options = parser.parse_args()
    try:
        if options.native:
            build_native(options.native, double=options.double)
        else:
            build()
    except BuildError as error:
        parser.exit(1, f"{error}\n")


if __name__ == "__main__":
    main()
