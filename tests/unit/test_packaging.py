"""The package installs from a wheel, and its public names work outside the checkout."""

import ast
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest
import response_clusters

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "workflow" / "scripts" / "response_clusters"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
CORE = ("numpy", "scipy", "numba", "scikit-learn")
USE = """
import sys


class Refuse:
    '''The packages that only the study needs count as not installed.'''

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {
            "h5py", "jsonschema", "matplotlib", "nibabel", "pandas", "pyarrow", "snakemake", "yaml"
        }:
            raise ModuleNotFoundError(name)


sys.meta_path.insert(0, Refuse())
import response_clusters as library

assert "numpy" not in sys.modules
assert not [name for name in sys.modules if name.startswith("response_clusters.")]
import numpy as np
from response_clusters import *

X = np.random.default_rng(0).standard_normal((200, 6))
one, two = (CorrelationKMeans(3, n_init=4, random_state=s, n_jobs=2).fit(X) for s in (0, 1))
match = match_prototypes(one.cluster_centers_, two.cluster_centers_)
r2 = [r2_between(X, one.labels_).r2, r2_explained(X, one.inertia_)]
assert match.matched.sum() == choose_k([1, 2, 3], [0, *r2], -1).k == 3
assert not constant_rows(unit_rows(X)).any()
assert issubclass(StudyError, ValueError)
print(library.__file__)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel, built from a copy since building leaves files beside the sources."""
    folder = tmp_path_factory.mktemp("source")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
    shutil.copytree(PACKAGE.parent, folder / "workflow" / "scripts", ignore=ignored)
    build = "from setuptools.build_meta import build_wheel as b; print(b('dist'))"
    subprocess.run([sys.executable, "-c", build], cwd=folder, check=True, capture_output=True)
    (path,) = (folder / "dist").glob("*.whl")
    return path


def test_the_wheel_holds_both_packages_and_no_script(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        names = set(archive.namelist())
    files = {
        path.relative_to(PACKAGE.parent).as_posix()
        for package in (PACKAGE, PACKAGE.with_name("simulated_nsd"))
        for ending in ("py", "yaml", "bib", "css", "j2", "js", "txt")
        for path in package.rglob(f"*.{ending}")
    }
    assert files | {"response_clusters/py.typed"} == {
        name for name in names if ".dist-info/" not in name
    }


def test_it_is_used_where_it_is_installed(wheel: Path, tmp_path: Path) -> None:
    """In an environment of its own that has only what the clustering needs besides."""
    venv.create(tmp_path / "venv", with_pip=False)
    python = tmp_path / "venv" / "bin" / "python"
    site = Path(sysconfig.get_path("purelib", "venv", {"base": str(tmp_path / "venv")}))
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps"]
    subprocess.run([*pip, "--target", site, wheel], check=True)
    (site / "installed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    words = [python, "-W", "error", "-c", USE]
    done = subprocess.run(words, cwd=tmp_path, env=env, capture_output=True, text=True)
    assert done.stderr == ""
    assert Path(done.stdout.strip()) == site / "response_clusters" / "__init__.py"


def test_dependencies_and_the_extra_are_those_of_the_study() -> None:
    lines = (ROOT / "envs" / "study.in").read_text("utf-8").splitlines()
    study = [text for line in lines if (text := line.split("#")[0].strip())]
    names = {re.split("[<>=]", line)[0]: line for line in study}
    assert PROJECT["dependencies"] == [names[name] for name in CORE]
    rest = [line for name, line in names.items() if name not in CORE]
    assert PROJECT["optional-dependencies"]["study"] == rest


def test_public_names_are_there_and_known_to_type_checkers() -> None:
    tree = ast.parse((PACKAGE / "__init__.py").read_text("utf-8"))
    (typed,) = (
        node
        for node in tree.body
        if isinstance(node, ast.If) and not node.orelse and isinstance(node.test, ast.Name)
    )
    imported = {
        alias.name: str(node.module).removeprefix("response_clusters.")
        for node in typed.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert imported == response_clusters._MODULES
    assert sorted(imported) == response_clusters.__all__ == dir(response_clusters)
    for name in response_clusters.__all__:
        assert getattr(response_clusters, name).__name__ == name
    with pytest.raises(AttributeError, match="has no attribute 'match'"):
        _ = response_clusters.match
