"""The software that made the results: versions, git commit, and whether it was clean."""

import platform
import re
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any


def git(folder: str, *words: str) -> str | None:
    """What git says, or None outside a repository or without git."""
    try:
        done = subprocess.run(
            ["git", "-C", folder, *words], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()


def versions(folder: str, packages: list[str]) -> dict[str, Any]:
    """Python, the packages that compute, and the state of the code in `folder`."""
    # The configuration has a record of its own, and files beside the project are not its code.
    code = ["--untracked-files=no", "--", ".", ":(exclude)config"]
    changes = git(folder, "status", "--porcelain", *code)
    return {
        "python": platform.python_version(),
        "packages": {package: version(package) for package in packages},
        "commit": git(folder, "rev-parse", "HEAD"),
        "clean": None if changes is None else not changes,
    }


def required_packages(requirements: Path) -> list[str]:
    """The packages that a file of requirements lists, by name and without their versions."""
    lines = requirements.read_text("utf-8").splitlines()
    names = (re.match(r"[A-Za-z0-9._-]+", line) for line in lines)
    return sorted(name[0] for name in names if name)
