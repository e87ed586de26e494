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


def versions(packages: list[str]) -> dict[str, Any]:
    """Python, the packages that compute, and the state of the code that this module belongs to."""
    commit, clean = code_state(Path(__file__).resolve().parents[4])
    return {
        "python": platform.python_version(),
        "packages": {package: version(package) for package in packages},
        "commit": commit,
        "clean": clean,
    }


def code_state(checkout: Path) -> tuple[str | None, bool | None]:
    """The commit that a checkout of the study is at, and whether its code is unchanged since then.

    Both are None outside a repository. So they are where the package is installed: the environment
    may lie in the repository of somebody else's workflow, which does not track its files.
    """
    folder = str(checkout)
    package = "workflow/scripts/response_clusters/__init__.py"
    if git(folder, "ls-files", "--error-unmatch", package) is None:
        return None, None
    # The configuration has a record of its own, and files beside the project are not its code.
    code = ["--untracked-files=no", "--", ".", ":(exclude)config"]
    changes = git(folder, "status", "--porcelain", *code)
    return git(folder, "rev-parse", "HEAD"), None if changes is None else not changes


def required_packages(requirements: Path) -> list[str]:
    """The packages that a file of requirements lists, by name and without their versions."""
    lines = requirements.read_text("utf-8").splitlines()
    names = (re.match(r"[A-Za-z0-9._-]+", line) for line in lines)
    return sorted(name[0] for name in names if name)
