"""The locks, the ranges they were compiled from and the conda file agree."""

import re
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ENVS = Path(__file__).resolve().parents[2] / "envs"
sys.path.insert(0, str(ENVS))

from conda import CONDA_NAMES, direct, environment, pins  # noqa: E402

LOCKS = ["study", "test", "cluster", "integration", "benchmark", "uv"]


def requirements(name: str) -> list[Requirement]:
    lines = (ENVS / f"{name}.in").read_text("utf-8").splitlines()
    return [
        Requirement(text)
        for line in lines
        if (text := line.split("#")[0].strip())[:1] not in ("", "-")
    ]


@pytest.mark.parametrize("name", LOCKS)
def test_every_direct_dependency_is_locked_within_its_range(name: str) -> None:
    locked = pins(ENVS / f"{name}.txt")
    for requirement in requirements(name):
        assert requirement.name in locked, f"{requirement.name}: run `make lock`"
        assert Version(locked[requirement.name]) in requirement.specifier


def test_the_lock_says_which_packages_were_asked_for() -> None:
    """uv notes what each package is there for: those lines and study.in name the same packages."""
    text = (ENVS / "study.txt").read_text("utf-8")
    blocks = re.split(r"\n(?=[a-z0-9-]+==)", text)
    asked = {b.split("==")[0] for b in blocks if re.search(r"#\s+(via )?-r study\.in", b)}
    assert asked == set(direct(ENVS / "study.in"))


@pytest.mark.parametrize("name", LOCKS)
def test_locks_have_hashes_and_name_no_host(name: str) -> None:
    text = (ENVS / f"{name}.txt").read_text("utf-8")
    assert not re.search(r"https?://|index-url|find-links", text)
    for block in re.split(r"\n(?=[a-z0-9-]+==)", text)[1:]:
        assert "--hash=sha256:" in block


@pytest.mark.parametrize("name", ["test", "cluster", "integration", "benchmark"])
def test_other_environments_hold_the_study_under_the_same_pins(name: str) -> None:
    study, other = pins(ENVS / "study.txt"), pins(ENVS / f"{name}.txt")
    assert study.items() <= other.items()


def test_conda_names_the_same_dependencies_at_the_same_pins() -> None:
    names, versions = direct(ENVS / "study.in"), pins(ENVS / "study.txt")
    assert (ENVS / "conda.yaml").read_text("utf-8") == environment(names, versions)
    for name in names:
        wanted = f"  - {CONDA_NAMES.get(name, name)}={versions[name]}\n"
        assert wanted in (ENVS / "conda.yaml").read_text("utf-8")


def test_the_installed_packages_are_the_locked_ones() -> None:
    from importlib.metadata import version

    versions = pins(ENVS / "study.txt")
    assert {name: version(name) for name in direct(ENVS / "study.in")} == {
        name: versions[name] for name in direct(ENVS / "study.in")
    }
