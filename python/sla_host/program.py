"""The program `sla_host`, which is part of this package."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from importlib import metadata
from pathlib import Path

_INSTALLED = Path(__file__).parent / "installed"


def path() -> Path:
    """The program's file."""
    return _INSTALLED / "bin" / "sla_host"


def experiments() -> Path:
    """The folder of the experiments that come with the program."""
    return _INSTALLED / "share" / "sla" / "experiments"


def run(*arguments: str | os.PathLike[str]) -> str:
    """Runs the program and returns what it prints. Its warnings become Python's.

    Raises RuntimeError with the program's own words if it fails.
    """
    _require_torch()
    done = subprocess.run(
        [path(), *arguments], capture_output=True, text=True, errors="surrogateescape"
    )
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip() or f"sla_host ended with status {done.returncode}")
    for line in done.stderr.splitlines():
        _, level, message = (line.split(" ", 2) + ["", ""])[:3]
        if level == "W":
            warnings.warn(message, stacklevel=3)
    return done.stdout


def main() -> None:
    """Becomes the program."""
    try:
        _require_torch()
    except RuntimeError as error:
        sys.exit(f"sla_host: {error}")
    os.execv(path(), [str(path()), *sys.argv[1:]])


def _require_torch() -> None:
    """Raises RuntimeError if torch is not of the version that the program is linked with."""
    needed = next(
        text.split("==")[1]
        for text in metadata.requires("sla-host") or []
        if text.startswith("torch==")
    )
    found = metadata.version("torch").split("+")[0]
    if found != needed:
        raise RuntimeError(
            f"this build of sla-host needs torch {needed}, but {found} is installed: "
            f"pip install torch=={needed}"
        )
