"""Where compiled code is kept: a folder for each model of processor."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from response_clusters import _compiled

PACKAGE = Path(_compiled.__file__).parent

FIT = """
import sys, numpy as np
from response_clusters import CorrelationKMeans
X = np.random.default_rng(0).normal(size=(200, 5))
print(CorrelationKMeans(3, random_state=0).fit(X).inertia_)
"""


def fitted(scripts: Path, **environment: str) -> subprocess.Popen[str]:
    """A process that fits once, with the package from `scripts`."""
    own = {k: v for k, v in os.environ.items() if not k.startswith("NUMBA_")}
    return subprocess.Popen(
        [sys.executable, "-c", FIT],
        env=own | {"PYTHONPATH": str(scripts)} | environment,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_processors_of_two_kinds_keep_their_code_apart(tmp_path: Path) -> None:
    """Both start without any, at the same time: each finds all of its own afterwards."""
    package = tmp_path / "response_clusters"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    kinds = [{"NUMBA_CPU_NAME": name, "NUMBA_CPU_FEATURES": ""} for name in ("x86-64", "generic")]
    processes = [fitted(tmp_path, **kind) for kind in kinds]
    results = {process.communicate()[0] for process in processes}
    assert len(results) == 1
    folders = list((package / "__pycache__").glob("*-*/*"))
    assert len(folders) == 2
    names = [{path.name for path in folder.glob("*.nbi")} for folder in folders]
    assert names[0] == names[1]
    assert len(names[0]) >= 10


def test_a_package_that_cannot_be_written_to_uses_the_users_cache(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(_compiled, "_may_hold", lambda folder: False)
    assert tmp_path / "response_clusters" in _compiled.cache_folder().parents


def test_it_compiles_without_a_cache_where_no_folder_may_be_written_to(tmp_path: Path) -> None:
    """As on a read-only file system. A folder inside a file can be made by nobody, root or not."""
    package, nowhere = tmp_path / "response_clusters", tmp_path / "file"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    nowhere.write_text("")
    (package / "__pycache__").write_text("")
    surroundings = {"HOME": str(nowhere), "XDG_CACHE_HOME": str(nowhere)}
    process = fitted(tmp_path, **surroundings)
    assert process.communicate()[0]
    assert process.returncode == 0


def test_the_folder_that_the_user_names_is_used(tmp_path: Path) -> None:
    fitted(PACKAGE.parent, NUMBA_CACHE_DIR=str(tmp_path)).communicate()
    assert list(tmp_path.rglob("_lloyd.lloyd-*.nbi"))


def test_a_folder_that_the_locale_cannot_spell_does_no_harm(tmp_path: Path) -> None:
    place = tmp_path / "ailleurs é"
    shutil.copytree(
        PACKAGE, place / "response_clusters", ignore=shutil.ignore_patterns("__pycache__")
    )
    plain = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    process = fitted(place, **plain)
    assert process.communicate()[0]
    assert process.returncode == 0
    assert list(place.rglob("_lloyd.lloyd-*.nbi"))
