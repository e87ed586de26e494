"""The locks, the ranges they were compiled from, the conda file and the image agree."""

import re
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
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


def test_every_rule_names_the_conda_file() -> None:
    rules = ENVS.parent / "workflow" / "rules"
    for path in sorted(rules.rglob("*.smk")):
        text = path.read_text("utf-8")
        named = re.findall(r'^ +conda:\n +"(.+)"$', text, re.MULTILINE)
        assert len(named) == len(re.findall(r"^ *rule \w+:", text, re.MULTILINE)), path
        assert {(path.parent / name).resolve() for name in named} <= {ENVS / "conda.yaml"}, path


def test_the_image_is_made_of_the_lock() -> None:
    steps = (ENVS / "Dockerfile").read_text("utf-8").replace("\\\n", " ").splitlines()
    (install,) = (step for step in steps if step.startswith("RUN pip "))
    (copied,) = (step for step in steps if step.startswith("COPY "))
    _, source, target = copied.split()
    assert (ENVS / source).read_bytes() == (ENVS / "study.txt").read_bytes()
    assert {"--require-hashes", "--no-deps"} <= set(install.split())
    assert install.endswith(f"--requirement {target}")
    ignored = (ENVS / ".dockerignore").read_text("utf-8").splitlines()
    assert ignored[1:] == ["*", f"!{source}"]


def test_the_image_has_a_python_that_the_lock_is_for() -> None:
    """By its whole number, and of the release that `make lock` compiles for."""
    text = (ENVS / "Dockerfile").read_text("utf-8")
    found = re.search(r"^FROM python:(\d+\.\d+\.\d+)-slim-\w+$", text, re.MULTILINE)
    project = tomllib.loads((ENVS.parent / "pyproject.toml").read_text("utf-8"))["project"]
    makefile = (ENVS.parent / "Makefile").read_text("utf-8")
    compiled = re.findall(r"--python-version ([0-9.]+)", makefile)
    assert found and Version(found[1]) in SpecifierSet(project["requires-python"])
    assert compiled == [found[1].rpartition(".")[0]]


def test_the_image_is_run_by_nobody_in_particular() -> None:
    steps = (ENVS / "Dockerfile").read_text("utf-8").splitlines()
    # Snakemake asks for the user's name, which a number alone does not have.
    assert "ENV USER=study HOME=/tmp" in steps
    assert steps[-3:] == ["WORKDIR /study", "USER 1000:1000", 'ENTRYPOINT ["snakemake"]']


def test_the_catalogue_is_told_what_the_workflow_has() -> None:
    text = (ENVS.parent / ".snakemake-workflow-catalog.yml").read_text("utf-8")
    told = yaml.safe_load(text)["usage"]["software-stack-deployment"]
    assert told == {"conda": True, "apptainer": False, "apptainer+conda": False, "report": True}
    for needed in ("workflow/Snakefile", "config/README.md", "envs/conda.yaml"):
        assert (ENVS.parent / needed).is_file()


def test_the_installed_packages_are_the_locked_ones() -> None:
    from importlib.metadata import version

    versions = pins(ENVS / "study.txt")
    assert {name: version(name) for name in direct(ENVS / "study.in")} == {
        name: versions[name] for name in direct(ENVS / "study.in")
    }
